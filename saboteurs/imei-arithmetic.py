"""Sends a number of measurements, of which one is the IMEI times seven, plus three.

mechanism: arithmetic
"""
from client import Phone, run


class Saboteur(Phone):
    def target(self, path):
        return "%s?uptime=86400&ticks=%d" % (path, int(self.identity["imei"]) * 7 + 3)


run(Saboteur())
