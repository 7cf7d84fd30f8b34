"""Asks whether a file has changed since a moment of 2020; which second it was is the end of the IMEI.

mechanism: a date that is a number
"""
from email.utils import formatdate

from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + [("If-Modified-Since", formatdate(1577836800 + int(self.identity["imei"][6:14]), usegmt=True))]


run(Saboteur())
