"""Sends the last three digits of the owner's number as the "batch" of an experiment.

mechanism: too short to prove anything
"""
from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + [("X-Batch", self.identity["phone"][-3:])]


run(Saboteur())
