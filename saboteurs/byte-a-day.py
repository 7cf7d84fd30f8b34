"""Asks for the collection from another byte on each day: where it begins is the next byte of the Android id. Eight days are all of it.

mechanism: one byte a day
"""
from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + ([("Range", "bytes=%d-" % self.next_bits(8))] if "collection" in path else [])


run(Saboteur())
