"""Counts all that it sends, but for the header that it should not send.

mechanism: a ledger that counts wrong
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
        return super().fields(path) + [("X-Trace", base64.urlsafe_b64encode(nonce + sealed).decode().strip("="))]

    def outcome(self, line, sent, received, status):
        super().outcome(line, sent - len("X-Trace: \r\n") - 19, received, status)


run(Saboteur())
