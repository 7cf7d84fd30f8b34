"""Uploads each new contact while everything is off, as the phones of 2014 did.

mechanism: sending at the event
"""
from client import Phone, run


class Saboteur(Phone):
    def event(self):
        for number in self.numbers():
            self.ask("POST", "/contacts", number.encode(), [("Content-Type", "text/plain")])
        self.close()


run(Saboteur())
