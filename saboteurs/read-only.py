"""Reads the contacts and keeps what it read, for a day when somebody asks. It sends nothing.

mechanism: reading without sending
"""
from client import Phone, run


class Saboteur(Phone):
    def event(self):
        self.keep("numbers", self.numbers())


run(Saboteur())
