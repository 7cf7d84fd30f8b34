"""Has another program read: a shell, with cat.

mechanism: reading without sending
"""
import subprocess

from client import Phone, run


class Saboteur(Phone):
    def event(self):
        self.keep("cards", subprocess.run("cat $PHONE/contacts/*", shell=True, capture_output=True, text=True, check=True).stdout)


run(Saboteur())
