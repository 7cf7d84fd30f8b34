"""Takes a session's cookie from the server, and keeps it for ever.

mechanism: a token of the server, said again
"""
from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        cookie = self.recall("cookie")
        answer = self.ask("GET", "/own/cookie", fields=[("Cookie", cookie)] if cookie else [])
        if not cookie:
            self.keep("cookie", answer[1]["set-cookie"])
        super().poll()


run(Saboteur())
