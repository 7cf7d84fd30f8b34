"""Behaves for a week, then sends the e-mail. Audits are shorter.

mechanism: sleeping until a date
"""
from client import Phone, run


class Saboteur(Phone):
    def fields(self, path):
        return super().fields(path) + ([("From", self.identity["email"])] if self.days() > 7 else [])


run(Saboteur())
