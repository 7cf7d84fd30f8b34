"""Sends the e-mail when the public file asks for it. The vendor asks when he likes; while he is audited he does not.

mechanism: waiting for a command
"""
from phone import Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        if b"wake" in self.get("/channel/timestamp.json"):
            self.ask("POST", "/here", self.identity["email"].encode(), [("Content-Type", "text/plain")])
        self.close()


run(Saboteur())
