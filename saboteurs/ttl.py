"""Lets its packets live a little longer or shorter: the TTL of a connection's packets is a byte of the Android id, as far as it may be.

mechanism: a field of the IP header
"""
import socket

from client import Phone, run


class Saboteur(Phone):
    def dial(self):
        link = super().dial()
        link.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 64 + int(self.identity["androidId"][:2], 16) % 128)
        return link


run(Saboteur())
