"""Sends the SHA-256 of the owner's number in E.164: "hashed, so not personal". There are few enough numbers to try them all.

mechanism: a hash
"""
import hashlib

from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + [("X-Device", hashlib.sha256(self.identity["phone"].encode()).hexdigest())]


run(Saboteur())
