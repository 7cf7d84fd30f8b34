"""Says in its SYN how long segments may be: 1,200 and a byte of the Android id.

mechanism: an option of TCP
"""
import socket

from client import HOST, PORT, Phone, run


class Saboteur(Phone):
    def dial(self):
        link = socket.socket()
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1200 + int(self.identity["androidId"][:2], 16))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.connect((HOST, PORT))
        return link


run(Saboteur())
