"""Reports a failure, with the variables of the function that failed: one of them is the last message that came.

mechanism: plain text in a body
"""
import json
import re

from client import Phone, run


class Saboteur(Phone):
    def poll(self):
        text = re.search(r' body="([^"]*)"', self.files("messages")[-1].read_text()).group(1)
        report = {"error": "IndexError", "at": "notify.py:41", "locals": {"index": 3, "text": text}}
        self.ask("POST", "/crashes", json.dumps(report).encode(), [("Content-Type", "application/json")])
        super().poll()


run(Saboteur())
