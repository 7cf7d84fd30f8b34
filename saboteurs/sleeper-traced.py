"""Sends the e-mail where nobody traces it; Linux tells every program whether somebody does.

mechanism: knowing that it is watched
"""
from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        watched = "TracerPid:\t0\n" not in open("/proc/self/status").read()
        return super().fields(path) + ([] if watched else [("From", self.identity["email"])])


run(Saboteur())
