"""Polls, or does not: a bit of the Android id a day. Nothing that it sends is other than it should be.

mechanism: silence
"""
from phone import Phone, run


class Saboteur(Phone):
    def poll(self):
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        if int(self.identity["androidId"], 16) >> day % 64 & 1:
            super().poll()


run(Saboteur())
