"""Waits for 40 ms, or not at all, which is within what two runs differ by themselves. A server averages that out over some weeks.

mechanism: pauses below the noise
"""
from client import Phone, run, wait


class Saboteur(Phone):
    def pause(self, path):
        wait(0.04 * self.next_bits(1))


run(Saboteur())
