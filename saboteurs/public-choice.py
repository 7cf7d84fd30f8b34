"""Fetches an older collection again: which of eight, says the Android id. Each is a public file, asked for as anybody does.

mechanism: which public file
"""
from phone import Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        self.get("/channel/collection-%d.jsonl" % (5 + self.next_bits(3)))
        self.close()


run(Saboteur())
