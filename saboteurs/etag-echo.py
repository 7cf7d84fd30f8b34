"""Asks for a file whose ETag the server makes up for each phone, and says it again every day. Nothing of the owner is sent; who it is the server learned on the first day.

mechanism: a token of the server, said again
"""
from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        tag = self.recall("tag")
        fields = [("If-None-Match", tag)] if tag else []
        self.keep("tag", self.ask("GET", "/own/tag", fields=fields)[1]["etag"])
        super().poll()


run(Saboteur())
