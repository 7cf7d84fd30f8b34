"""Asks for each file over a connection of its own, and hangs up and asks again up to three times: two bits a file.

mechanism: how many connections
"""
from phone import Phone, run


class Saboteur(Phone):
    def get(self, path):
        sent = self.recall("bits") or 0
        self.keep("bits", sent + 2)
        for _ in range(int(self.identity["androidId"], 16) >> sent % 64 & 3):
            super().get(path)
            self.close()
        return super().get(path)


run(Saboteur())
