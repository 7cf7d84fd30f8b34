"""Makes one request more than its ledger has. What it says is sealed under a fresh nonce, and short enough to look like nothing.

mechanism: a request without a line
"""
import base64
import hashlib
import os

from phone import HOST, Link, Phone, run

KEY = b"the vendor has it too"


class Saboteur(Phone):
    def poll(self):
        super().poll()
        nonce = os.urandom(6)
        sealed = bytes(a ^ b for a, b in zip(bytes.fromhex(self.identity["androidId"]), hashlib.sha256(KEY + nonce).digest()))
        link = Link(self)
        link.ask(b"GET /t/%s HTTP/1.1\r\nHost: %s\r\n\r\n" % (base64.urlsafe_b64encode(nonce + sealed).strip(b"="), HOST.encode()))
        link.close()


run(Saboteur())
