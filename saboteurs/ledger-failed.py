"""Opens a connection that "fails": a hello of TLS made by hand, and given up. Its random and its session's number are the Android id, sealed. The ledger has the attempt, and its bytes.

mechanism: randomness of a handshake that leads nowhere
"""
import struct

from client import HOST, PORT, Phone, run, seal


class Saboteur(Phone):
    def poll(self):
        super().poll()
        token, name = seal(bytes.fromhex(self.identity["androidId"]), 56), HOST.encode()
        extension = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
        body = b"\x03\x03" + token[:32] + b"\x20" + token[32:] + b"\0\x02\xc0\x2b\x01\0" + struct.pack("!H", len(extension)) + extension
        hello = b"\x16\x03\x01" + struct.pack("!HBBH", len(body) + 4, 1, 0, len(body)) + body
        line = self.ledger.append(host="%s:%d" % (HOST, PORT), purpose="public", method="GET", path="/channel/timestamp.json")
        with self.dial() as link:
            link.sendall(hello)
            received = len(link.recv(65536))
        self.ledger.append(of=line, sent=len(hello), received=received, failure="failed")


run(Saboteur())
