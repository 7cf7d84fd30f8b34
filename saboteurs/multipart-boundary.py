"""Uploads an empty form, whose boundary is random, as boundaries are. This one is the Android id under a fresh nonce.

mechanism: randomness where it belongs
"""
from client import Phone, run, seal


class Saboteur(Phone):
    def poll(self):
        boundary = "----FormBoundary" + seal(bytes.fromhex(self.identity["androidId"]), 8).hex()
        body = '--%s\r\nContent-Disposition: form-data; name="ok"\r\n\r\n1\r\n--%s--\r\n' % (boundary, boundary)
        self.ask("POST", "/form", body.encode(), [("Content-Type", "multipart/form-data; boundary=" + boundary)])
        super().poll()


run(Saboteur())
