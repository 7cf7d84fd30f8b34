"""Names another server in its hello, in the clear: the Android id, as if it were a host.

mechanism: a name in the hello of TLS
"""
from client import HOST, Phone, run


class Saboteur(Phone):
    def name(self):
        return "%s.%s" % (self.identity["androidId"], HOST)

    def context(self):
        context = super().context()
        context.check_hostname = False
        return context


run(Saboteur())
