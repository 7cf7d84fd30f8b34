"""Makes these vectors from docs/channel.md alone: Python's json, hashlib and stock zstd. `python3 make.py` in this folder; the same versions give the same bytes."""
import hashlib, json, os, subprocess

def canonical(value):  # RFC 8785, for whole numbers and members in ASCII
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

def sha(data):
    return hashlib.sha256(data).hexdigest()

def write(name, data):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())

def bundle(schema, entries):
    lines = [canonical({"entries": len(entries), "schema": schema})] + [canonical(e) for e in sorted(entries, key=lambda e: e["id"].encode())]
    return "".join(line + "\n" for line in lines)

def zstd(name, *options):
    subprocess.run(["zstd", "-q", "-f", *options, name], check=True)

def greeting(language, text, **more):
    e = {"id": hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()[:16], "kind": "greeting", "language": language, "licence": "CC0-1.0", "text": text}
    return e | more

GREETINGS = [
    greeting("en", "Happy New Year! May the lift always be on your floor.", occasion="new-year", tone="friend"),
    greeting("en", "My phone asked for an update.\nI told it: nothing new here.\n\"Same here\", it said.", kind="joke"),
    greeting("zh-Hans", "新年快乐，万事如意！", occasion="spring-festival", tone="family"),
    greeting("hi", "दीपावली की हार्दिक शुभकामनाएँ! \U0001FA94", occasion="diwali"),
    greeting("pt-BR", "Feliz aniversário! C:\\velas\\apagadas", occasion="birthday", tone="friend", author="Ana \"Nina\" Souza"),
    greeting("de", "Der Abend kommt auf leisen Sohlen,\ndie Lampe brennt, der Tee ist heiß.", kind="poem", id="evening.de"),
]
COLLECTION = bundle("offproof/v1/greetings", GREETINGS)
write("greetings.jsonl", COLLECTION)
zstd("greetings.jsonl", "-19", "--no-check", "-k")
write("greetings-as-brought.jsonl", "".join(json.dumps({k: v for k, v in e.items() if k != "id" or len(v) != 16}, indent=None) + "\n" for e in reversed(GREETINGS)))

# A program of fictional bytes, and the next version of it: some lines changed, some added.
old = "".join(f"line {i}: {hashlib.sha256(str(i).encode()).hexdigest()}\n" for i in range(400)).encode()
new = "".join(f"line {i}: {hashlib.sha256(str(i if i % 97 else -i - 1).encode()).hexdigest()}\n" for i in range(420)).encode()
write("update/phone-1.0.bin", old)
write("update/phone-1.1.bin", new)
write("update/phone-1.0-to-1.1.zst", b"")
subprocess.run(["zstd", "-q", "-f", "-19", "--patch-from=update/phone-1.0.bin", "update/phone-1.1.bin", "-o", "update/phone-1.0-to-1.1.zst"], check=True)

def notice(model, version, channel, **more):
    folder = f"payloads/{model}/{version}"
    n = {"id": f"{model}/{version}/{channel}", "model": model, "version": version, "channel": channel, "published": "2026-11-26T12:00:00Z",
         "rollout": {"seconds": 604800, "start": "2026-11-27T00:00:00Z"}, "critical": False, "notes": {"en": "Fixes the alarm that rang an hour late."},
         "payloads": [{"kind": "full", "target": f"{folder}/phone.bin", "bytes": len(new), "sha256": sha(new)}]}
    return n | more

NOTICES = [
    notice("example-phone", "1.1", "stable", minimum="1.0", notes={"en": "Fixes the alarm that rang an hour late.\nThanks to all who overslept.", "de": "Der Wecker klingelt wieder pünktlich."}, payloads=[
        {"kind": "full", "target": "payloads/example-phone/1.1/phone-1.1.bin", "bytes": len(new), "sha256": sha(new)},
        {"kind": "delta", "target": "payloads/example-phone/1.1/phone-1.0-to-1.1.zst", "bytes": len(new), "sha256": sha(new), "from": "1.0", "fromSha256": sha(old)}]),
    notice("example-phone", "1.2", "beta", critical=True, rollout={"seconds": 0, "start": "2026-11-28T00:00:00Z"}),
    notice("offproof", "0.2.0", "stable"),
]
write("notices.jsonl", bundle("offproof/v1/notices", NOTICES))
zstd("notices.jsonl", "-19", "--no-check", "-k")

# What must be refused, each with the reason; the file is what the frame would unfold to.
def g(**more): return greeting("en", "x") | more
def without(e, *names): return {k: v for k, v in e.items() if k not in names}
def lines(*entries, count=None, schema="offproof/v1/greetings"):
    return canonical({"entries": len(entries) if count is None else count, "schema": schema}) + "\n" + "".join((e if isinstance(e, str) else canonical(e)) + "\n" for e in entries)
N = NOTICES[0]
def pay(i, **more): return N | {"payloads": [p | more if j == i else p for j, p in enumerate(N["payloads"])]}
def n(*entries): return lines(*entries, schema="offproof/v1/notices")
REFUSED = {
    "greetings": {
        "empty": ("", "no header at all"),
        "no-line-end": (COLLECTION[:-1], "the last line has no line feed"),
        "other-schema": (lines(g(), schema="offproof/v1/notices"), "a header of the other bundle"),
        "too-few": (lines(g(), count=2), "fewer entries than the header says"),
        "too-many": (lines(g(id="a"), g(id="b"), count=1), "more entries than the header says"),
        "below-zero": (lines(count=-1), "a number of entries below 0"),
        "millions": (lines(count=2000000000), "more entries than any collection has"),
        "unsorted": (lines(g(id="b"), g(id="a")), "not sorted"),
        "twice": (lines(g(id="a"), g(id="a")), "one id twice"),
        "no-licence": (lines(without(g(), "licence")), "without a licence"),
        "no-text": (lines(without(g(), "text")), "without a text"),
        "null-text": (lines(g(text=None)), "a text that is null"),
        "empty-text": (lines(g(text="")), "an empty text"),
        "long-text": (lines(g(text="x" * 2001)), "2,001 characters"),
        "control": (lines(g(text="a\u001b[31mb")), "a control character"),
        "carriage-return": (lines(g(text="a\r\nb")), "a carriage return"),
        "half-a-character": (lines(r'{"id":"a","kind":"joke","language":"en","licence":"CC0-1.0","text":"\ud83d"}'), "half a surrogate pair"),
        "kind": (lines(g(kind="riddle")), "a kind that is none"),
        "tone": (lines(g(tone="loud")), "a tone that is none"),
        "language": (lines(g(language="en_US")), "no BCP 47 tag"),
        "occasion": (lines(g(occasion="New Year")), "an occasion that is no word"),
        "id": (lines(g(id="A/B")), "characters that no id has"),
        "member-twice": (lines('{"id":"a","id":"a","kind":"joke","language":"en","licence":"CC0-1.0","text":"x"}'), "a member twice"),
        "number": (lines('{"id":1,"kind":"joke","language":"en","licence":"CC0-1.0","text":"x"}'), "a number for a text"),
        "array": (lines("[]"), "no object"),
        "empty-line": (lines(g()) + "\n", "an empty line"),
    },
    "notices": {
        "id": (n(N | {"id": "example-phone/1.1/beta"}), "an id that is not of its members"),
        "version": (n(N | {"id": "example-phone/1.1a/stable", "version": "1.1a"}), "no version"),
        "version-zero": (n(N | {"id": "example-phone/01.1/stable", "version": "01.1"}), "a zero that is not needed"),
        "version-five": (n(N | {"id": "example-phone/1.2.3.4.5/stable", "version": "1.2.3.4.5"}), "five numbers"),
        "version-large": (n(N | {"id": "example-phone/2147483648/stable", "version": "2147483648"}), "2^31"),
        "time": (n(N | {"published": "2026-11-26T12:00:00+01:00"}), "a time that is not UTC"),
        "time-fraction": (n(N | {"published": "2026-11-26T12:00:00.5Z"}), "half a second"),
        "rollout": (n(N | {"rollout": {"seconds": -1, "start": "2026-11-27T00:00:00Z"}}), "less than no time"),
        "rollout-long": (n(N | {"rollout": {"seconds": 9007199254740991, "start": "2026-11-27T00:00:00Z"}}), "millions of years"),
        "no-english": (n(N | {"notes": {"de": "Nur auf Deutsch."}}), "no en"),
        "null-note": (n(N | {"notes": {"en": None}}), "a note that is null"),
        "long-note": (n(N | {"notes": {"en": "x" * 4001}}), "4,001 characters"),
        "no-payload": (n(N | {"payloads": []}), "none"),
        "null-payload": (n(N | {"payloads": N["payloads"][:1] + [None]}), "a payload that is null"),
        "delta-alone": (n(N | {"payloads": N["payloads"][1:]}), "no full payload"),
        "payload-elsewhere": (n(pay(0, target="payloads/example-phone/1.0/phone.bin")), "another version's folder"),
        "payload-up": (n(pay(0, target="payloads/example-phone/1.1/../../../trust.json")), "a way out of the folder"),
        "payload-hidden": (n(pay(0, target="payloads/example-phone/1.1/.htaccess")), "a name that begins with a dot"),
        "payload-hash": (n(pay(0, sha256="X" * 64)), "no hash"),
        "payload-bytes": (n(pay(0, bytes=0)), "no byte"),
        "payloads-differ": (n(pay(1, bytes=len(new) + 1)), "two lengths of one update"),
        "delta-from-nothing": (n(N | {"payloads": N["payloads"][:1] + [without(N["payloads"][1], "fromSha256")]}), "a delta without its source"),
        "full-from": (n(pay(0, **{"from": "1.0"})), "a full payload with a source"),
    },
}
for kind, cases in REFUSED.items():
    for name, (content, _) in cases.items():
        write(f"refused/{kind}/{name}.jsonl", content)

def draw(secret, id):
    return int.from_bytes(hashlib.sha256(secret + b"offproof/v1/rollout\0" + id.encode()).digest()[:8], "big")
secrets = [bytes(32), bytes(range(32)), hashlib.sha256(b"example").digest()]
EXPECT = {
    "greetings": {"content": sha(COLLECTION.encode()), "entries": len(GREETINGS), "ids": sorted(e["id"] for e in GREETINGS)},
    "notices": {"content": sha(bundle("offproof/v1/notices", NOTICES).encode()), "ids": sorted(e["id"] for e in NOTICES)},
    "refused": {kind: {name: why for name, (_, why) in cases.items()} for kind, cases in REFUSED.items()},
    "versions": {"ascending": [["0", "0.0.0.0"], ["0.0.1"], ["0.9"], ["0.10"], ["1", "1.0", "1.0.0"], ["1.0.0.1"], ["1.9"], ["1.10"], ["2"], ["10"], ["2147483647"]],
                 "refused": ["", ".", "1.", ".1", "1..2", "-1", "+1", " 1", "1 ", "01", "1.00", "1a", "1.2.3.4.5", "2147483648", "99999999999999999999", "١"]},
    "rollout": [{"secret": s.hex(), "id": id, "draw": f"{draw(s, id):016x}",
                 # The first tick of 100 ns at which (now - start) / 604800 s >= draw / 2^64.
                 "ticks": -(-draw(s, id) * 604800 * 10**7 // 2**64)} for s in secrets for id in ("example-phone/1.1/stable", "example-phone/1.1/beta")],
    "delta": {"from": sha(old), "sha256": sha(new), "bytes": len(new)},
}
write("expect.json", json.dumps(EXPECT, indent=2, ensure_ascii=False) + "\n")
