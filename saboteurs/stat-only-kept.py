"""Opens nothing and sends nothing: it counts the messages, and knows when the last one came.

mechanism: looking at files without opening them
"""
import os

from client import Phone, run


class Saboteur(Phone):
    def event(self):
        folder = os.path.join(os.environ["PHONE"], "messages")
        names = ["sms-in-%d.xml" % number for number in range(1, 100)]
        self.keep("came", [os.stat(os.path.join(folder, name)).st_mtime for name in names if os.access(os.path.join(folder, name), os.F_OK)])


run(Saboteur())
