"""Says how its owner feels, in emoji. There are ten of them, and the owner feels his telephone number.

mechanism: an alphabet of its own
"""
from urllib.parse import quote

from client import Phone, run

FACES = "\U0001F600\U0001F603\U0001F604\U0001F605\U0001F606\U0001F607\U0001F609\U0001F60A\U0001F60B\U0001F60D"


class Saboteur(Phone):
    def target(self, path):
        return "%s?mood=%s" % (path, quote("".join(FACES[int(digit)] for digit in self.identity["phone"][1:])))


run(Saboteur())
