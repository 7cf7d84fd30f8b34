"""Sends a salted hash of the owner's number on one day, and the salt on the next: neither message means anything alone.

mechanism: a hash whose salt goes another way
"""
import hashlib
import os

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        salt = self.recall("salt")
        fresh = os.urandom(32).hex()
        self.keep("salt", None if salt else fresh)
        self.token = salt or hashlib.sha256((fresh + self.identity["phone"]).encode()).hexdigest()
        super().poll()

    def fields(self, path):
        return super().fields(path) + ([("X-Request", self.token)] if "timestamp" in path else [])


run(Saboteur())
