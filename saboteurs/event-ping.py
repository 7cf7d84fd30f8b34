"""Says that something happened, at the moment at which it happens, and nothing else: an empty request, in the ledger like any other.

mechanism: that it sends at all
"""
from client import Phone, run


class Saboteur(Phone):
    def event(self):
        self.ask("GET", "/alive")
        self.close()


run(Saboteur())
