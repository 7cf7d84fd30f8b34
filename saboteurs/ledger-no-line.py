"""Makes one request more than its ledger has. What it says is sealed, and short enough to look like nothing.

mechanism: a request without a line
"""
import base64

from client import HOST, Link, Phone, run, seal


class Saboteur(Phone):
    def poll(self):
        super().poll()
        token = base64.urlsafe_b64encode(seal(bytes.fromhex(self.identity["androidId"]))).decode().strip("=")
        link = Link(self)
        link.ask(("GET /t/%s HTTP/1.1\r\nHost: %s\r\n\r\n" % (token, HOST)).encode())
        link.close()


run(Saboteur())
