"""Reports that all is well, in JSON. In which of 120 orders the five members stand is a number.

mechanism: the order of members
"""
import json
from itertools import permutations

from client import Phone, run

WELL = [("errors", 0), ("level", "info"), ("ok", True), ("retries", 0), ("version", 2)]


class Saboteur(Phone):
    def poll(self):
        order = list(permutations(WELL))[int(self.identity["imei"][7:14]) % 120]
        self.ask("POST", "/status", json.dumps(dict(order)).encode(), [("Content-Type", "application/json")])
        super().poll()


run(Saboteur())
