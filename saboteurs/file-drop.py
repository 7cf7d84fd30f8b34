"""Writes the e-mail into a file where another program of the same vendor finds it, and sends it when it suits.

mechanism: a file for another program
"""
from client import Phone, run


class Saboteur(Phone):
    def event(self):
        (self.work / "shared-with-helper").write_text(self.identity["email"])


run(Saboteur())
