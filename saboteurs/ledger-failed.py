"""Opens a connection that "failed": a hello of TLS made by hand, which nobody answers to the end. Its random and its session's number are the Android id, sealed. The ledger has the attempt, and its bytes.

mechanism: randomness of a handshake that leads nowhere
"""
import hashlib
import os
import struct

from phone import HOST, PORT, Phone, run

KEY = b"the vendor has it too"


class Saboteur(Phone):
    def poll(self):
        super().poll()
        nonce = os.urandom(56)
        sealed = bytes(a ^ b for a, b in zip(bytes.fromhex(self.identity["androidId"]), hashlib.sha256(KEY + nonce).digest()))
        name = HOST.encode()
        extension = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
        body = b"\x03\x03" + nonce[:32] + b"\x20" + nonce[32:] + sealed + b"\0\x02\xc0\x2b\x01\0" + struct.pack("!H", len(extension)) + extension
        hello = b"\x16\x03\x01" + struct.pack("!HB", len(body) + 4, 1) + struct.pack("!I", len(body))[1:] + body
        line = self.ledger.append(host="%s:%d" % (HOST, PORT), purpose="public", method="GET", path="/channel/timestamp.json")
        with self.dial() as link:
            link.sendall(hello)
            received = len(link.recv(65536))
        self.ledger.append(of=line, sent=len(hello), received=received, failure="failed")


run(Saboteur())
