"""Asks routers for a class of service, one of 64: six bits a connection.

mechanism: a field of the IP header
"""
import socket

from client import Phone, run


class Saboteur(Phone):
    def dial(self):
        link = super().dial()
        link.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, int(self.identity["androidId"][:2], 16) >> 2 << 2)
        return link


run(Saboteur())
