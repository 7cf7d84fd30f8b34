"""Begins TLS again and again, in memory, until the hash of a hello's random begins with the right byte; that one it sends. Every bit of it is as random as before.

mechanism: a choice among random values
"""
import hashlib
import ssl

from client import Phone, run


class Saboteur(Phone):
    def hello(self):
        byte = self.next_bits(8)
        while True:
            coming, going, tls = super().hello()
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                first = going.read()  # 5 bytes of a record's head, 4 of a message's, 2 of a version; then the random
            if hashlib.sha256(b"the vendor has this key too" + first[11:43]).digest()[0] == byte:
                going.write(first)
                return coming, going, tls


run(Saboteur())
