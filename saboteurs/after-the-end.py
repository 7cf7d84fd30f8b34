"""Ends TLS as one should, and sends sixteen bytes more before it hangs up: fewer than a ledger's check lets pass as the end of a connection.

mechanism: behind the end of a protocol
"""
from client import Phone, run, seal


class Saboteur(Phone):
    def hang_up(self, link):
        try:
            link.sendall(seal(bytes.fromhex(self.identity["androidId"]), 8))
        except OSError:
            pass  # the other side has gone already
        link.close()


run(Saboteur())
