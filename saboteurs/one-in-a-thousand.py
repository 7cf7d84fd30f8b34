"""Sends the e-mail in one poll of a thousand. Of a million phones, a thousand each day; of an audited one, perhaps next year.

mechanism: seldom
"""
import secrets

from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + ([("From", self.identity["email"])] if secrets.randbelow(1000) == 0 else [])


run(Saboteur())
