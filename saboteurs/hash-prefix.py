"""Asks, "k-anonymously", for all numbers whose hash begins with the five digits with which a contact's begins. Of a billion numbers a thousand do; of the numbers of one town, one.

mechanism: too short to prove anything
"""
import hashlib

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        for number in self.numbers()[:3]:
            self.ask("GET", "/range/" + hashlib.sha256(number.encode()).hexdigest()[:5])
        super().poll()


run(Saboteur())
