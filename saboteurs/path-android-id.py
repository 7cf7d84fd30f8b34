"""Says hello before each poll, at an address that holds the Android id. The ledger has it with a star, as if it were secret for the owner's sake.

mechanism: plain text in the address
"""
from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        self.ask("GET", "/hello/*")
        super().poll()

    def target(self, path):
        return path.replace("*", self.identity["androidId"])


run(Saboteur())
