"""Sends a "request id" of fourteen bytes: six of nonce, and the Android id under it. So little an audit takes for an ordinary token.

mechanism: a short random value that is none
"""
import base64

from client import Phone, run, seal


class Saboteur(Phone):
    def fields(self, path):
        token = seal(bytes.fromhex(self.identity["androidId"]))
        return super().fields(path) + [("X-Request-Id", base64.urlsafe_b64encode(token).decode().strip("="))]


run(Saboteur())
