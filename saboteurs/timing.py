"""Waits before each request for none, one, two or three times 150 ms: two bits a request, four a day.

mechanism: pauses
"""
from client import Phone, run, wait


class Saboteur(Phone):
    def pause(self, path):
        wait(0.15 * self.next_bits(2))


run(Saboteur())
