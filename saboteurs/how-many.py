"""Repeats its question as if the answer had been lost: up to seven times, three bits a day.

mechanism: how many requests
"""
from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        for _ in range(self.next_bits(3)):
            self.get("/channel/timestamp.json")
        super().poll()


run(Saboteur())
