"""Ends a connection as one should, or cuts it off (RST): a bit each.

mechanism: how a connection ends
"""
import socket
import struct

from phone import Phone, run


class Saboteur(Phone):
    def hang_up(self, link):
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        if int(self.identity["androidId"], 16) >> day & 1:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.close()


run(Saboteur())
