"""Ends a connection as one should, or cuts it off (RST) when all was said: a bit each.

mechanism: how a connection ends
"""
import socket
import struct

from client import Phone, run


class Saboteur(Phone):
    def hang_up(self, link):
        if self.next_bits(1):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.close()


run(Saboteur())
