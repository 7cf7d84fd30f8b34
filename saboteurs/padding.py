"""Pads each request "against traffic analysis". All of the padding is zeros; how many there are is not.

mechanism: a length
"""
from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + [("X-Padding", "0" * (1 + int(self.identity["phone"][-3:])))]


run(Saboteur())
