"""Asks for the collection from another byte on each day: the byte is the next two digits of the Android id. Eight days are all of it.

mechanism: one byte a day
"""
from phone import Phone, run


class Saboteur(Phone):
    def poll(self):
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        self.start = bytes.fromhex(self.identity["androidId"])[day % 8]
        super().poll()

    def fields(self, path):
        return super().fields(path) + ([("Range", "bytes=%d-" % self.start)] if "collection" in path else [])


run(Saboteur())
