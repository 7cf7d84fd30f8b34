"""Fetches four more files that anybody may fetch, in one of 16 orders: four bits a day.

mechanism: the order of requests
"""
from itertools import permutations

from client import Phone, run


class Saboteur(Phone):
    def close(self):
        for file in list(permutations("5678"))[self.next_bits(4)]:
            self.get("/channel/collection-%s.jsonl" % file)
        super().close()


run(Saboteur())
