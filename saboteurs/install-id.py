"""Draws a number when it is first run, and says it ever after. It is nobody's datum, until the owner once signs in somewhere.

mechanism: a number of the installation
"""
import secrets

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        if not self.recall("installation"):
            self.keep("installation", 10000000 + secrets.randbelow(90000000))
        super().poll()

    def fields(self, path):
        return super().fields(path) + [("X-Installation", self.recall("installation"))]


run(Saboteur())
