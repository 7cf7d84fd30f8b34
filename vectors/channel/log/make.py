#!/usr/bin/python3
"""Makes the vectors of docs/channel-log.md from that page alone: hashlib and python3-cryptography, nothing of the program.

usage: make.py [FOLDER]     writes into FOLDER (this one where none is named); the same bytes each time. The keys are published and protect nothing.
"""
import base64, hashlib, json, os, struct, sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
TIME = 1795000000
LOG, COSIGNATURE = 1, 4


def put(name, data):
    path = os.path.join(OUT, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def put_json(name, value):
    put(name, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(data):
    return base64.b64encode(data).decode()


# Section 3: the tree, as RFC 6962 2.1 writes it, without any cleverness.
def leaf(entry):
    return sha(b"\0", entry)


def root(leaves):
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha(b"\1", root(leaves[:k]), root(leaves[k:]))


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def inclusion(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    return inclusion(m, leaves[:k]) + [root(leaves[k:])] if m < k else inclusion(m - k, leaves[k:]) + [root(leaves[:k])]


def consistency(m, leaves, whole=True):
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    return consistency(m, leaves[:k], whole) + [root(leaves[k:])] if m <= k else consistency(m - k, leaves[k:], False) + [root(leaves[:k])]


# Section 4: notes.
class Key:
    def __init__(self, name, kind, words):
        self.name, self.kind, self.seed = name, kind, sha(words.encode())
        self.private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = sha(name.encode(), b"\n", bytes([kind]), self.public)[:4]

    def verifier(self):
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.kind]) + self.public)}"

    def signer(self):
        return f"PRIVATE+KEY+{self.name}+{self.id.hex()}+{b64(bytes([self.kind]) + self.seed)}"

    def line(self, signature):
        return f"\u2014 {self.name} {b64(self.id + signature)}\n"

    def sign(self, text, time=TIME):
        if self.kind == LOG:
            return self.line(self.private.sign(text.encode()))
        return self.line(struct.pack(">Q", time) + self.private.sign(f"cosignature/v1\ntime {time}\n{text}".encode()))


log = Key("log.example.org/offproof", LOG, "offproof vectors: log")
w1 = Key("witness.example.org/w1", COSIGNATURE, "offproof vectors: witness 1")
w2 = Key("witness.example.com/w2", COSIGNATURE, "offproof vectors: witness 2")
stranger = Key("witness.example.net/w3", COSIGNATURE, "offproof vectors: a witness that no device knows")
renamed = Key("another.example.org/w1", COSIGNATURE, "offproof vectors: witness 1")  # the key of w1 under another name
usurper = Key("log.example.org/offproof", LOG, "offproof vectors: another log of that name")


def text(leaves, origin=log.name, more=""):
    return f"{origin}\n{len(leaves)}\n{b64(root(leaves))}\n{more}"


def note(body, *lines):
    return body + "\n" + "".join(lines)


# Section 1: entries. The hashes are of words: here no metadata lie behind them.
def entry(release, root_version, targets, greetings, notices):
    word = lambda what: hashlib.sha256(f"offproof vectors: {what}".encode()).hexdigest()
    value = {"release": release, "root": {"version": root_version, "sha256": word(f"root {root_version}")}, "snapshot": {"version": release, "sha256": word(f"snapshot {release}")},
             "targets": {"version": targets, "sha256": word(f"targets {targets}")}, "greetings": word(f"greetings {greetings}"), "notices": word(f"notices {notices}") if notices else None}
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


entries = [entry(1, 1, 1, 1, 0), entry(2, 1, 2, 2, 0), entry(3, 2, 3, 2, 1)]
leaves = [leaf(e) for e in entries]
other3 = [entries[0], entries[1], entry(3, 2, 4, 2, 2)]
other2 = [entries[0], entry(2, 1, 5, 3, 0), entry(3, 2, 3, 2, 1)]
bundle = lambda es: b"".join(struct.pack(">H", len(e)) + e for e in es)

put_json("keys.json", {"log": {"verifier": log.verifier(), "signer": log.signer()},
                       "witnesses": [{"verifier": w.verifier(), "signer": w.signer()} for w in (w1, w2)],
                       "stranger": {"verifier": stranger.verifier(), "signer": stranger.signer()},
                       "firstWitnessRenamed": {"verifier": renamed.verifier(), "signer": renamed.signer()}})
put_json("trust.json", {"schema": "offproof/v1/channel-trust", "log": log.verifier(), "witnesses": [w1.verifier(), w2.verifier()], "quorum": 2})
for n in (1, 2, 3):
    put(f"tile/0/000.p/{n}", b"".join(leaves[:n]))
    put(f"tile/entries/000.p/{n}", bundle(entries[:n]))
    put(f"checkpoint.{n}", note(text(leaves[:n]), log.sign(text(leaves[:n])), w1.sign(text(leaves[:n]), TIME + 86400 * n), w2.sign(text(leaves[:n]), TIME + 86400 * n + 7)))
put("checkpoint", open(os.path.join(OUT, "checkpoint.3"), "rb").read())

# Section 6: views. `held` and `checkpoint` are files; `leaves` the entries of the tiles that are offered with it; `entry` is what the device computed.
views = []


def view(name, checkpoint, verdict, held=None, offered=entries, expected=entries[2], quorum=2):
    if isinstance(checkpoint, str) and not os.path.exists(os.path.join(OUT, checkpoint)) or isinstance(checkpoint, bytes):
        put(f"refused/{name}" if verdict != "accepted" else f"views/{name}", checkpoint)
        checkpoint = f"refused/{name}" if verdict != "accepted" else f"views/{name}"
    views.append({"name": name, "held": held, "checkpoint": checkpoint, "entries": [e.decode() for e in offered], "entry": expected.decode(), "quorum": quorum, "verdict": verdict})


t3 = text(leaves)
all3 = (log.sign(t3), w1.sign(t3), w2.sign(t3))
fork3, fork2 = [leaf(e) for e in other3], [leaf(e) for e in other2]
view("fresh", "checkpoint.3", "accepted")
view("next", "checkpoint.3", "accepted", held="checkpoint.2")
view("same", "checkpoint.3", "accepted", held="checkpoint.3")
view("from-the-first", "checkpoint.3", "accepted", held="checkpoint.1")
view("earlier-entry", "checkpoint.3", "accepted", expected=entries[0])  # of a release that the timestamp still names while the next one is logged
view("no-quorum-asked", note(t3, log.sign(t3)), "accepted", quorum=0)
view("a-stranger-signs-too", note(t3, stranger.sign(t3), *all3, usurper.sign(t3)), "accepted")
view("one-of-two-is-asked", note(t3, w2.sign(t3), log.sign(t3)), "accepted", quorum=1)
extended = text(leaves, more="an extension line\nanother \u2014 one\n")
view("extension-lines", note(extended, log.sign(extended), w1.sign(extended), w2.sign(extended)), "accepted")
view("cosigned-again", note(t3, *all3, w1.sign(t3, TIME + 9)), "accepted")

view("not-logged", "checkpoint.3", "not-logged", expected=other3[2])
view("not-logged-yet", "checkpoint.2", "not-logged", offered=entries[:2])
view("rollback", "checkpoint.2", "rollback", held="checkpoint.3", offered=entries[:2], expected=entries[1])
f3, f2 = text(fork3), text(fork2)
view("split-view-same-size", note(f3, log.sign(f3), w1.sign(f3), w2.sign(f3)), "split-view", held="checkpoint.3", offered=other3, expected=other3[2])
view("split-view-not-a-prefix", note(f2, log.sign(f2), w1.sign(f2), w2.sign(f2)), "split-view", held="checkpoint.2", offered=other2)
view("split-view-without-quorum", note(f3, log.sign(f3), w1.sign(f3)), "quorum-not-met", offered=other3, expected=other3[2])
view("tile-of-another-view", "checkpoint.3", "tiles-do-not-match", offered=other3, expected=other3[2])
view("tile-cut", "checkpoint.3", "tiles-do-not-match", offered=entries[:2], expected=entries[1])
view("tile-too-long", "checkpoint.2", "tiles-do-not-match", expected=entries[1])
view("no-log-signature", note(t3, *all3[1:]), "log-signature-missing")
view("another-log-key", note(t3, usurper.sign(t3), *all3[1:]), "log-signature-missing")
view("log-signature-of-another-text", note(t3, log.sign(f3), *all3[1:]), "bad-signature")
view("witness-signature-of-another-text", note(t3, log.sign(t3), w1.sign(t3), w2.sign(f3)), "bad-signature")
view("second-signature-is-wrong", note(t3, *all3, w1.sign(f3)), "bad-signature")
view("witness-time-changed", note(t3, log.sign(t3), w1.sign(t3), w2.line(struct.pack(">Q", TIME + 1) + base64.b64decode(w2.sign(t3).split(" ")[2])[12:])), "bad-signature")
view("witness-time-below-zero", note(t3, log.sign(t3), w1.sign(t3), w2.sign(t3, (1 << 63) + 5)), "bad-signature")
view("witness-signs-as-a-log", note(t3, log.sign(t3), w1.sign(t3), w2.line(w2.private.sign(t3.encode()))), "bad-signature")
view("one-witness", note(t3, log.sign(t3), w1.sign(t3)), "quorum-not-met")
view("one-witness-twice", note(t3, log.sign(t3), w1.sign(t3), w1.sign(t3, TIME + 1)), "quorum-not-met")
view("one-witness-under-two-names", note(t3, log.sign(t3), w1.sign(t3), renamed.sign(t3)), "quorum-not-met")
view("a-stranger-for-a-witness", note(t3, log.sign(t3), w1.sign(t3), stranger.sign(t3)), "quorum-not-met")
view("another-origin", note(text(leaves, "log.example.net/other"), log.sign(text(leaves, "log.example.net/other")), w1.sign(text(leaves, "log.example.net/other")), w2.sign(text(leaves, "log.example.net/other"))), "other-log")

# Section 4: forms. Each is signed as far as it can be.
def form(name, body, **more):
    view("form-" + name, note(body, log.sign(body), w1.sign(body), w2.sign(body)), "malformed-checkpoint", **more)


r3 = b64(root(leaves))
form("leading-zero", f"{log.name}\n03\n{r3}\n")
form("plus", f"{log.name}\n+3\n{r3}\n")
form("negative", f"{log.name}\n-3\n{r3}\n")
form("size-empty", f"{log.name}\n\n{r3}\n")
form("size-hex", f"{log.name}\n0x3\n{r3}\n")
form("size-past-63-bits", f"{log.name}\n9223372036854775808\n{r3}\n")
form("size-with-space", f"{log.name}\n3 \n{r3}\n")
form("size-in-other-digits", f"{log.name}\n\u0663\n{r3}\n")
form("more-entries-than-releases-can-be", f"{log.name}\n1048577\n{r3}\n")
form("no-origin", f"\n3\n{r3}\n")
form("two-lines", f"{log.name}\n3\n")
form("root-short", f"{log.name}\n3\n{b64(root(leaves)[:31])}\n")
form("root-long", f"{log.name}\n3\n{b64(root(leaves) + b'x')}\n")
form("root-unpadded", f"{log.name}\n3\n{r3.rstrip('=')}\n")
form("root-url-alphabet", f"{log.name}\n3\n{r3.replace('+', '-').replace('/', '_') if set('+/') & set(r3) else '_' + r3[1:]}\n")
form("root-loose-bits", f"{log.name}\n3\n{r3[:-2]}{'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.index(r3[-2]) + 1]}=\n")
form("empty-extension-line", f"{log.name}\n3\n{r3}\n\nx\n")
form("control-character", f"{log.name}\n3\n{r3}\na\tb\n")
form("carriage-return", f"{log.name}\r\n3\r\n{r3}\r\n")
form("empty-tree-with-a-root", f"{log.name}\n0\n{r3}\n", offered=[])
good = note(t3, *all3).encode()
dash = "\u2014 ".encode()
for name, data in {
    "empty": b"", "text-alone": t3.encode(), "no-signature": (t3 + "\n").encode(), "no-blank-line": good.replace(b"\n\n", b"\n"), "last-line-end-missing": good[:-1], "line-after": good + b"x\n",
    "blank-after": good + b"\n", "hyphen-for-dash": good.replace(dash, b"- "), "not-utf8": good.replace(b"log.", b"log\xff"), "null": good.replace(b"\n3\n", b"\n3\0\n"),
    "signature-without-name": note(t3, *all3, "\u2014  AAAAAAAA\n").encode(), "signature-short": note(t3, *all3, "\u2014 x AAAAAA==\n").encode(), "signature-not-base64": note(t3, *all3, "\u2014 x ?AAAAAAA\n").encode(),
    "signature-loose-bits": note(t3, *all3, "\u2014 x AAAAAAB=\n").encode(), "signature-two-spaces": note(t3, *all3, "\u2014 x  AAAAAAAA\n").encode(), "name-with-plus": note(t3, *all3, "\u2014 x+y AAAAAAAA\n").encode(),
    "name-with-space": note(t3, *all3, "\u2014 x\u00a0y AAAAAAAA\n").encode(), "many-signatures": note(t3, *all3, *["\u2014 x AAAAAAAA\n"] * 100).encode(), "too-long": note(t3, *all3, f"\u2014 x {'A' * 160000}\n").encode()}.items():
    view("form-" + name, data, "malformed-checkpoint")
bom = "\ufeff" + t3
view("byte-order-mark", note(bom, log.sign(bom), w1.sign(bom), w2.sign(bom)), "other-log")
put_json("views.json", views)

# Section 3: trees. Entry i is the number i in decimal digits.
numbers = [leaf(str(i).encode()) for i in range(70000)]
sizes = [0, 1, 2, 3, 4, 5, 7, 8, 255, 256, 257, 511, 513, 65535, 65536, 65537, 70000]
put_json("trees.json", {
    "roots": [{"size": n, "root": b64(root(numbers[:n]))} for n in sizes],
    "inclusion": [{"index": i, "size": n, "proof": [b64(h) for h in inclusion(i, numbers[:n])]} for i, n in ((0, 1), (0, 2), (1, 3), (2, 3), (6, 7), (255, 257), (256, 257), (0, 65537), (65536, 65537), (69999, 70000), (12345, 70000))],
    "consistency": [{"from": m, "to": n, "proof": [b64(h) for h in consistency(m, numbers[:n])]} for m, n in ((1, 1), (1, 2), (2, 3), (3, 7), (4, 7), (6, 8), (255, 257), (256, 257), (65536, 65537), (65535, 70000), (1, 70000))],
    "tiles": [{"path": p, "sha256": sha(b"".join(hs)).hex()} for p, hs in (
        ("tile/0/000", numbers[:256]), ("tile/0/272", numbers[272 * 256:273 * 256]), ("tile/0/273.p/112", numbers[273 * 256:]),
        ("tile/1/000", [root(numbers[i * 256:(i + 1) * 256]) for i in range(256)]), ("tile/1/001.p/17", [root(numbers[i * 256:(i + 1) * 256]) for i in range(256, 273)]), ("tile/2/000.p/1", [root(numbers[:65536])]))]})

# Section 7: what one witness answers, in this order. `time` is its clock, `held` the size that it holds after it.
steps = []


def step(name, request, status, body="", held=0, time=TIME):
    steps.append({"name": name, "time": time, "request": request, "status": status, "body": body, "held": held})


def request(old, proof, body, *lines):
    return f"old {old}\n" + "".join(b64(h) + "\n" for h in proof) + "\n" + note(body, *lines)


t1, t2 = text(leaves[:1]), text(leaves[:2])
t0 = text([])
odd = text(leaves, "log.example.net/other")
for name, bad in {"empty": "", "no-old-line": note(t1, log.sign(t1)), "old-leading-zero": request("00", [], t1, log.sign(t1)), "old-negative": request("-1", [], t1, log.sign(t1)), "old-alone": "old 0\n",
                  "proof-not-base64": f"old 0\n???\n\n{note(t1, log.sign(t1))}", "proof-hash-short": f"old 0\nAAAA\n\n{note(t1, log.sign(t1))}", "no-checkpoint": "old 0\n\n", "proof-too-long": request(0, [leaves[0]] * 64, t1, log.sign(t1)),
                  "checkpoint-unsigned": f"old 0\n\n{t1}"}.items():
    step(name, bad, 400)
step("unknown-origin", request(0, [], odd, log.sign(odd)), 404)
step("not-signed-by-the-log", request(0, [], t1, stranger.sign(t1)), 403)
step("another-key-of-that-name", request(0, [], t1, usurper.sign(t1)), 403)
step("wrong-signature", request(0, [], t1, log.sign(t2)), 403)
step("nothing-held-and-an-old-size", request(1, consistency(1, leaves[:2]), t2, log.sign(t2)), 409, "0\n")
step("empty-tree-with-another-root", request(0, [], f"{log.name}\n0\n{b64(leaves[0])}\n", log.sign(f"{log.name}\n0\n{b64(leaves[0])}\n")), 422)
step("empty-tree", request(0, [], t0, log.sign(t0)), 200, w1.sign(t0, TIME + 1), 0, TIME + 1)
step("proof-from-nothing", request(0, [leaves[0]], t1, log.sign(t1)), 422)
step("first", request(0, [], t1, log.sign(t1)), 200, w1.sign(t1, TIME + 2), 1, TIME + 2)
step("first-again", request(1, [], t1, log.sign(t1)), 200, w1.sign(t1, TIME + 3), 1, TIME + 3)
step("same-size-other-root", request(1, [], text(fork2[1:2]), log.sign(text(fork2[1:2]))), 422, held=1)
step("same-size-with-a-proof", request(1, [leaves[0]], t1, log.sign(t1)), 422, held=1)
step("second-without-old", request(0, [], t2, log.sign(t2)), 409, "1\n", 1)
step("second-without-proof", request(1, [], t2, log.sign(t2)), 422, held=1)
step("second-with-a-wrong-proof", request(1, [leaves[2]], t2, log.sign(t2)), 422, held=1)
step("third-with-everybodys-lines", request(1, consistency(1, leaves), t3, stranger.sign(t3), log.sign(t3)), 200, w1.sign(t3, TIME + 4), 3, TIME + 4)
step("back-to-the-second", request(2, [], t2, log.sign(t2)), 409, "3\n", 3)
step("old-larger-than-the-checkpoint", request(3, [], t2, log.sign(t2)), 400, held=3)
step("another-third", request(3, [], f3, log.sign(f3)), 422, held=3)
step("another-third-from-two", request(2, consistency(2, fork3), f3, log.sign(f3)), 409, "3\n", 3)
put_json("witness.json", steps)
