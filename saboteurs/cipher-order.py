"""Offers the suites that others offer, in another order: which of 720 says the end of the owner's number.

mechanism: the order of what a hello offers
"""
from itertools import permutations

from client import Phone, run

SUITES = ["ECDHE-ECDSA-%s:ECDHE-RSA-%s" % (suite, suite) for suite in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305", "AES128-SHA256", "AES256-SHA384", "AES128-SHA")]


class Saboteur(Phone):
    def context(self):
        context = super().context()
        context.set_ciphers(":".join(list(permutations(SUITES))[int(self.identity["phone"][-3:]) % 720]))
        return context


run(Saboteur())
