"""Chooses the port that its connection comes from: 20,000 and the last digits of the owner's number.

mechanism: the port of its own end
"""
import socket

from phone import HOST, PORT, Phone, run


class Saboteur(Phone):
    def dial(self):
        link = socket.socket()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        link.bind(("", 20000 + 1000 * day + int(self.identity["phone"][-3:])))
        link.connect((HOST, PORT))
        return link


run(Saboteur())
