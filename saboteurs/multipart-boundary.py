"""Uploads an empty form, whose boundary is random, as boundaries are. This one is the Android id under a fresh nonce.

mechanism: randomness where it belongs
"""
import hashlib
import os

from phone import Phone, run

KEY = b"the vendor has it too"


class Saboteur(Phone):
    def poll(self):
        nonce = os.urandom(8)
        sealed = bytes(a ^ b for a, b in zip(bytes.fromhex(self.identity["androidId"]), hashlib.sha256(KEY + nonce).digest()))
        boundary = "----FormBoundary" + (nonce + sealed).hex()
        body = '--%s\r\nContent-Disposition: form-data; name="ok"\r\n\r\n1\r\n--%s--\r\n' % (boundary, boundary)
        self.ask("POST", "/form", body.encode(), [("Content-Type", "multipart/form-data; boundary=" + boundary)])
        super().poll()


run(Saboteur())
