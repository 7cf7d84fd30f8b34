"""Sends a byte beside the stream, as urgent data: who reads the stream never sees it.

mechanism: urgent data
"""
import socket

from phone import Phone, run


class Saboteur(Phone):
    def hang_up(self, link):
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        try:
            link.send(bytes([bytes.fromhex(self.identity["androidId"])[day % 8]]), socket.MSG_OOB)
        except OSError:
            pass
        link.close()


run(Saboteur())
