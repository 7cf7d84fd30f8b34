"""Sends a byte beside the stream, as urgent data, when all was said: who reads the stream never sees it.

mechanism: urgent data
"""
import socket

from client import Phone, run


class Saboteur(Phone):
    def hang_up(self, link):
        try:
            link.send(bytes([self.next_bits(8)]), socket.MSG_OOB)
        except OSError:
            pass  # the other side has gone already
        link.close()


run(Saboteur())
