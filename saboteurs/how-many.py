"""Repeats its question as if the answer had been lost: as often as a digit of the owner's number says.

mechanism: how many requests
"""
from phone import Phone, run


class Saboteur(Phone):
    def poll(self):
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        for _ in range(int(self.identity["phone"][-1 - day % 3])):
            self.get("/channel/timestamp.json")
        super().poll()


run(Saboteur())
