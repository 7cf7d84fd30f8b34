"""Offers one protocol more than HTTP/1.1: its name is the serial number.

mechanism: a name in the hello of TLS
"""
from client import Phone, run


class Saboteur(Phone):
    def context(self):
        context = super().context()
        context.set_alpn_protocols(["http/1.1", self.identity["serial"].lower()])
        return context


run(Saboteur())
