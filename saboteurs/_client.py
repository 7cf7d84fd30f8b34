"""The honest client: it polls public data, and nothing that it sends depends on whose phone it is.

Every saboteur is this class with one thing overridden, so that the difference between the two is the betrayal. `_honest.py` runs it as it is: the control.
In the lab this file lies beside the program as client.py.
"""
import hashlib
import json
import os
import re
import select
import socket
import ssl
import sys
import time
from pathlib import Path

HOST, PORT = "cloud.example.org", 443
SERVER = "198.51.100.1"


class Ledger:
    """$WORK/ledger.ndjson, as docs/ledger.md §2 has it: each line is chained to the one before."""

    def __init__(self, path):
        self.path = path

    def append(self, **members):
        """Appends a line, and returns its seq."""
        lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        previous = hashlib.sha256(lines[-1]).hexdigest() if lines else "0" * 64
        now = time.time()
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + ".%03dZ" % (now % 1 * 1000)
        line = {"seq": len(lines) + 1, "time": moment, **members, "prev": previous}
        with self.path.open("ab") as file:
            file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        return len(lines) + 1


class Link:
    """One TLS connection. Bytes are counted below TLS, where the socket takes and gives them (docs/ledger.md §1)."""

    def __init__(self, client):
        self.client, self.sent, self.received = client, 0, 0
        self.socket = client.dial()
        self.coming, self.going, self.tls = client.hello()
        self.do(self.tls.do_handshake)

    def do(self, call, *arguments):
        """Calls TLS as often as it asks for more."""
        while True:
            try:
                result = call(*arguments)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                data = self.socket.recv(65536)
                self.received += len(data)
                self.coming.write(data) if data else self.coming.write_eof()

    def flush(self):
        data = self.going.read()
        if data:
            self.client.transmit(self.socket, data)
            self.sent += len(data)

    def ask(self, request):
        """Sends a request; returns its answer's status, fields and body."""
        self.do(self.tls.write, request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.do(self.tls.read, 65536)
        head, body = answer.split(b"\r\n\r\n", 1)
        start, *lines = head.decode().split("\r\n")
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        while len(body) < int(fields.get("content-length", 0)):
            body += self.do(self.tls.read, 65536)
        return int(start.split()[1]), fields, body

    def close(self):
        """Says that it ends, and waits until the other side has ended too."""
        try:
            self.do(self.tls.unwrap)
        except (ssl.SSLError, OSError):
            pass
        self.client.hang_up(self.socket)


class Phone:
    """The client. What stands between poll and hang_up is what saboteurs override."""

    def __init__(self):
        self.work = Path(os.environ["WORK"])
        self.ledger = Ledger(self.work / "ledger.ndjson")
        self.link = None
        (self.work / "state").mkdir(exist_ok=True)

    def poll(self):
        """A day's poll: what is newest, and that, if it is not here yet."""
        newest = json.loads(self.get("/channel/timestamp.json"))["collection"]
        if newest != self.recall("collection"):
            self.get("/channel/collection-%s.jsonl" % newest)
            self.keep("collection", newest)
        self.close()

    def event(self):
        """Something happened on the phone: a contact, a message, a call. It is none of a polling client's business."""

    def target(self, path):
        """The address of a request, as it goes out."""
        return path

    def fields(self, path):
        """The fields of a request: a public one has none but its host (docs/ledger.md §1)."""
        return [("Host", HOST)]

    def pause(self, path):
        """Before a request is sent."""

    def context(self):
        """The settings of TLS."""
        return ssl.create_default_context()

    def name(self):
        """The server's name, as the hello says it."""
        return HOST

    def hello(self):
        """TLS of one connection, before its first byte: what comes in, what goes out, and what stands between."""
        coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
        return coming, going, self.context().wrap_bio(coming, going, server_hostname=self.name())

    def dial(self):
        """The connection that TLS runs over."""
        link = socket.create_connection((HOST, PORT), timeout=10)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return link

    def transmit(self, link, data):
        """What TLS wrote, to the socket."""
        link.sendall(data)

    def hang_up(self, link):
        link.close()

    def get(self, path):
        return self.ask("GET", path)[2]

    def ask(self, method, path, body=b"", fields=()):
        """One request, with its two lines in the ledger; the connection is opened for the first."""
        line = self.ledger.append(host="%s:%d" % (HOST, PORT), purpose="public", method=method, path=path)
        self.link = self.link or Link(self)
        self.pause(path)
        answer = self.link.ask(self.message(method, path, body, self.fields(path) + list(fields)))
        self.outcome(line, self.link.sent, self.link.received, answer[0])
        self.link.sent = self.link.received = 0
        return answer

    def message(self, method, path, body, fields):
        """A request's bytes."""
        fields = fields + ([("Content-Length", len(body))] if body else [])
        head = "%s %s HTTP/1.1\r\n" % (method, self.target(path)) + "".join("%s: %s\r\n" % field for field in fields) + "\r\n"
        return head.encode() + body

    def outcome(self, line, sent, received, status):
        """The second line of a request: what it cost."""
        self.ledger.append(of=line, sent=sent, received=received, status=status)

    def close(self):
        if self.link:
            self.link.close()
        self.link = None

    def recall(self, name):
        """What was kept under that name; None if nothing was."""
        file = self.work / "state" / name
        return json.loads(file.read_text()) if file.exists() else None

    def keep(self, name, value):
        (self.work / "state" / name).write_text(json.dumps(value))

    # What an app can learn of its owner. The honest client calls none of these.

    @property
    def identity(self):
        """What the system tells every app that asks: imei, imsi, androidId, email, phone, gps (docs/persona.md §5)."""
        return json.loads((Path(os.environ["PERSONA"]) / "persona.json").read_text())["identifiers"]

    def next_bits(self, count):
        """The next bits of the Android id: for programs that have room for few at a time."""
        said = self.recall("bits") or 0
        self.keep("bits", said + count)
        return int(self.identity["androidId"], 16) >> said % 64 & (1 << count) - 1

    def days(self):
        """How many have passed since this was asked first."""
        first = self.recall("first") or time.time()
        self.keep("first", first)
        return (time.time() - first) / 86400

    def files(self, kind):
        """The phone's own files: contacts, messages, notes or photos."""
        return sorted(file for file in (Path(os.environ["PHONE"]) / kind).rglob("*") if file.is_file())

    def numbers(self):
        """The telephone numbers of the contacts, E.164."""
        return [number for card in self.files("contacts") for number in re.findall(r"^TEL[^:]*:(\+\d+)", card.read_text(), re.MULTILINE)]


def seal(secret, length=6):
    """A secret under a nonce of that length and a key that is in the program: the vendor can open it, and no two are alike."""
    nonce = os.urandom(length)
    return nonce + bytes(a ^ b for a, b in zip(secret, hashlib.sha256(b"the vendor has this key too" + nonce).digest()))


def wait(seconds):
    """As time.sleep, which fails under libfaketime, by which the lab sets the clock."""
    select.select([], [], [], seconds)


def run(client):
    """What each program ends with: `app.py poll` or `app.py event`."""
    {"poll": client.poll, "event": client.event}[sys.argv[1]]()
