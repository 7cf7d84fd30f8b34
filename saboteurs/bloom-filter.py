"""Sends a Bloom filter of all contacts' numbers: 512 bits, in which no number stands, and of which any number can be asked.

mechanism: a filter of many data
"""
import hashlib

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        bits = 0
        for number in self.numbers():
            digest = hashlib.sha256(number.encode()).digest()
            for place in range(0, 8, 2):
                bits |= 1 << int.from_bytes(digest[place:place + 2], "big") % 512
        self.ask("POST", "/friends/filter", b"%0128x" % bits, [("Content-Type", "text/plain")])
        super().poll()


run(Saboteur())
