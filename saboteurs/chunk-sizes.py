"""Uploads zeros, in chunks of changing size: the sizes are the bytes of the Android id.

mechanism: a length
"""
from client import HOST, Phone, run


class Saboteur(Phone):
    def poll(self):
        self.ask("POST", "/speed-test")
        super().poll()

    def message(self, method, path, body, fields):
        if method == "GET":
            return super().message(method, path, body, fields)
        chunks = [1 + size for size in bytes.fromhex(self.identity["androidId"])] + [0]
        head = "POST %s HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % (path, HOST)
        return head.encode() + b"".join(b"%x\r\n%s\r\n" % (size, b"0" * size) for size in chunks)


run(Saboteur())
