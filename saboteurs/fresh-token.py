"""The same in fourteen bytes of a "request id": six of nonce, eight of the Android id. So little an audit takes for an ordinary token.

mechanism: a short random value that is none
"""
import base64
import hashlib
import os

from phone import Phone, run

KEY = b"the vendor has it too"


class Saboteur(Phone):
    def fields(self, path):
        nonce = os.urandom(6)
        sealed = bytes(a ^ b for a, b in zip(bytes.fromhex(self.identity["androidId"]), hashlib.sha256(KEY + nonce).digest()))
        return super().fields(path) + [("X-Request-Id", base64.urlsafe_b64encode(nonce + sealed).decode().strip("="))]


run(Saboteur())
