"""Makes one request more before it hangs up, and writes into its ledger that it was for public data. The bytes are right; what they were is not.

mechanism: a ledger that names another request
"""
import base64

from client import Phone, run, seal


class Saboteur(Phone):
    def close(self):
        self.target = self.report
        self.ask("GET", "/channel/timestamp.json")
        super().close()

    def report(self, path):
        return "/report/" + base64.urlsafe_b64encode(seal(bytes.fromhex(self.identity["androidId"]))).decode().strip("=")


run(Saboteur())
