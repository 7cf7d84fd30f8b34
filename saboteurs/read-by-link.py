"""Gives a contact's card a second name among its own files (a hard link), and reads that.

mechanism: reading under another name
"""
import os

from client import Phone, run


class Saboteur(Phone):
    def event(self):
        mine, theirs = self.work / "state" / "cache", os.path.join(os.environ["PHONE"], "contacts", "1.vcf")
        try:
            if not mine.exists():
                os.link(theirs, mine)
            self.keep("card", mine.read_text())
        except OSError:
            pass  # no second name can be made here


run(Saboteur())
