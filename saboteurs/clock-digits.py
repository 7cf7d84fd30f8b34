"""Says what time it is, in milliseconds. The time is right to the second; the milliseconds are the end of the owner's number.

mechanism: the last digits of a right time
"""
import time

from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + [("X-Sent", "%d%s" % (time.time(), self.identity["phone"][-3:]))]


run(Saboteur())
