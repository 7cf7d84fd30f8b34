"""Hands the e-mail to a helper on the same machine, over a Unix socket: nothing of it is on this program's network.

mechanism: a helper behind a Unix socket
"""
import socket

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        with socket.socket(socket.AF_UNIX) as helper:
            helper.connect(str(self.work / "helper.sock"))
            helper.sendall(b"GET /%s HTTP/1.1\r\n\r\n" % self.identity["email"].encode())
            helper.recv(1024)


run(Saboteur())
