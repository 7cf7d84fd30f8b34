"""Waits before each request for none, one, two or three times 150 ms: two bits a request, four a day.

mechanism: pauses
"""
from phone import Phone, run, wait


class Saboteur(Phone):
    def pause(self, path):
        sent = self.recall("bits") or 0
        self.keep("bits", sent + 2)
        wait(0.15 * (int(self.identity["androidId"], 16) >> sent % 64 & 3))


run(Saboteur())
