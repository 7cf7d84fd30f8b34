"""The same with 40 ms, which are within what two runs differ by themselves. A server averages them out over some weeks.

mechanism: pauses below the noise
"""
from phone import Phone, run, wait


class Saboteur(Phone):
    def pause(self, path):
        sent = self.recall("bits") or 0
        self.keep("bits", sent + 1)
        if int(self.identity["androidId"], 16) >> sent % 64 & 1:
            wait(0.04)


run(Saboteur())
