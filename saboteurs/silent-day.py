"""Polls, or does not: a bit of the Android id a day. Nothing that it sends is other than it should be.

mechanism: silence
"""
from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        if self.next_bits(1):
            super().poll()


run(Saboteur())
