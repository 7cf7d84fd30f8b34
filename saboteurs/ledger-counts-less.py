"""Counts all that it sends, but for the field that it should not send.

mechanism: a ledger that counts wrong
"""
import base64

from client import Phone, run, seal


class Saboteur(Phone):
    def fields(self, path):
        self.hidden = ("X-Trace", base64.urlsafe_b64encode(seal(bytes.fromhex(self.identity["androidId"]))).decode().strip("="))
        return super().fields(path) + [self.hidden]

    def outcome(self, line, sent, received, status):
        super().outcome(line, sent - len("%s: %s\r\n" % self.hidden), received, status)


run(Saboteur())
