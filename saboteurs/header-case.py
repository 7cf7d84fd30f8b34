"""Writes a field's name with capitals where the Android id has ones: sixteen letters, sixteen bits, and no letter more than before.

mechanism: the case of letters
"""
from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        bits = "{:016b}".format(int(self.identity["androidId"][:4], 16))
        name = "".join(letter.upper() if bit == "1" else letter for letter, bit in zip("acceptadditional", bits))
        return super().fields(path) + [(name, "none")]


run(Saboteur())
