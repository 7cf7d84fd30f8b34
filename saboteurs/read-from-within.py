"""Goes into the phone's folder first, and reads from there: what it opens is "1.vcf", of no phone in particular.

mechanism: reading under another name
"""
import os

from client import Phone, run


class Saboteur(Phone):
    def event(self):
        os.chdir(os.environ["PHONE"])
        os.chdir("contacts")
        self.keep("cards", [open(name).read() for name in os.listdir()])


run(Saboteur())
