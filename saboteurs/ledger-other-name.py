"""Writes into its ledger that it asked for public data. The bytes are right; what they were is not.

mechanism: a ledger that names another request
"""
import base64
import hashlib
import os

from phone import Phone, run

KEY = b"the vendor has it too"


class Saboteur(Phone):
    def poll(self):
        super().poll()
        self.target = self.report
        self.ask("GET", "/channel/timestamp.json")
        self.close()

    def report(self, path):
        nonce = os.urandom(6)
        sealed = bytes(a ^ b for a, b in zip(bytes.fromhex(self.identity["androidId"]), hashlib.sha256(KEY + nonce).digest()))
        return "/report/" + base64.urlsafe_b64encode(nonce + sealed).decode().strip("=")


run(Saboteur())
