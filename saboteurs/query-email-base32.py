"""Adds a "cache key" to each address: the owner's e-mail, in base32.

mechanism: plain text in the address
"""
import base64

from client import Phone, run


class Saboteur(Phone):
    def target(self, path):
        key = base64.b32encode(self.identity["email"].encode()).decode().strip("=").lower()
        return "%s?v=%s" % (path, key)


run(Saboteur())
