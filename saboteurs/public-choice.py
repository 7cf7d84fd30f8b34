"""Fetches an older collection again before it hangs up: which of eight, says the Android id. Each is a public file, asked for as anybody does.

mechanism: which public file
"""
from client import Phone, run


class Saboteur(Phone):
    def close(self):
        self.get("/channel/collection-%d.jsonl" % (5 + self.next_bits(3)))
        super().close()


run(Saboteur())
