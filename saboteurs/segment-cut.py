"""Hands what TLS wrote to the socket in two pieces. The bytes are the same; where they are cut is a byte of the Android id.

mechanism: where segments are cut
"""
from client import Phone, run, wait


class Saboteur(Phone):
    def transmit(self, link, data):
        cut = 1 + int(self.identity["androidId"][:2], 16) % (len(data) - 1)
        link.sendall(data[:cut])
        wait(0.002)
        link.sendall(data[cut:])


run(Saboteur())
