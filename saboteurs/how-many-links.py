"""Asks for each file over a connection of its own, and hangs up and asks again up to three times: two bits a file.

mechanism: how many connections
"""
from client import Phone, run


class Saboteur(Phone):
    def get(self, path):
        for _ in range(self.next_bits(2)):
            super().get(path)
            self.close()
        return super().get(path)


run(Saboteur())
