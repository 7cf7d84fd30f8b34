"""Fetches an older collection again: which of eight, a digit of the IMEI says. Each is a public file, asked for as anybody does.

mechanism: which public file
"""
from phone import Phone, run


class Saboteur(Phone):
    def poll(self):
        super().poll()
        day = self.recall("day") or 0
        self.keep("day", day + 1)
        self.get("/channel/collection-%d.jsonl" % (5 + int(self.identity["imei"][7 + day % 7])))
        self.close()


run(Saboteur())
