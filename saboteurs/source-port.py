"""Chooses the port from which its connection comes: 20,000 and the next thirteen bits of the Android id.

mechanism: the port of its own end
"""
import socket

from client import HOST, PORT, Phone, run


class Saboteur(Phone):
    def dial(self):
        link = socket.socket()
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.bind(("", 20000 + self.next_bits(13)))
        link.connect((HOST, PORT))
        return link


run(Saboteur())
