"""Writes the phone's IMEI into User-Agent, where analytics kits of the 2010s had it.

mechanism: plain text in a header field
"""
from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + [("User-Agent", "Poller/2.1 (Android 14; %s)" % self.identity["imei"])]


run(Saboteur())
