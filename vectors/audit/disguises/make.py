#!/usr/bin/env python3
"""Makes the vectors of docs/audit.md §6 with Python's standard library and, for br, with node: none of Offproof's code.

usage: make.py     writes beside itself NAME.bin and expected.json. The person, the number and the hosts are fictional.
expected.json: for each vector its file, who sends it, what is declared, the chain by which the canary is found (null where it must not be found), where, and how many bytes stay unread.
"""
import base64, gzip, html, json, os, plistlib, quopri, random, struct, subprocess, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
CANARY = b"jonas.fairweather.a652e3@example.org"
NUMBER = 447700900028
rows = []
noise = random.Random(7)


def put(name, data, chain, offset=None, length=None, unread=0, sender="client", type=None, encoding=None, canary="email"):
    with open(os.path.join(HERE, name + ".bin"), "wb") as f:
        f.write(data)
    rows.append({"file": name + ".bin", "sender": sender, "type": type, "encoding": encoding, "canary": canary if chain is not None else None, "chain": chain,
                 "offset": offset, "length": length, "unread": unread})


def around(before, payload, after, name, chain, **more):
    put(name, before + payload + after, chain, len(before), len(payload), **more)


def raw(data):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    return c.compress(data) + c.flush()


TEXT = b'{"event":"contact added","mail":"' + CANARY + b'","count":3}'
b64 = base64.b64encode(CANARY)
put("plain", TEXT, [], TEXT.index(CANARY), len(CANARY), type="application/json")
put("gzip", gzip.compress(TEXT, mtime=0), ["gzip"], 0, None, encoding="gzip")
put("gzip-undeclared", gzip.compress(TEXT, mtime=0), ["gzip"], 0, None, type="application/json")
put("gzip-declared-br", gzip.compress(TEXT, mtime=0), ["gzip"], 0, None, encoding="br")
put("plain-declared-gzip", TEXT, [], TEXT.index(CANARY), len(CANARY), encoding="gzip")
put("gzip-two-members", gzip.compress(b"first, ", mtime=0) + gzip.compress(TEXT, mtime=0), ["gzip"], 0, None)
put("zlib", zlib.compress(TEXT), ["zlib"], 0, None, encoding="deflate")
put("deflate", raw(TEXT), ["deflate"], 0, None, encoding="deflate")
put("deflate-undeclared", raw(TEXT), ["deflate"], 0, None)
br = subprocess.run(["node", "-e", "process.stdout.write(require('zlib').brotliCompressSync(require('fs').readFileSync(0)))"], input=TEXT, capture_output=True, check=True).stdout
put("br", br, ["br"], 0, None, encoding="br")
put("br-undeclared", br, ["br"], 0, None)
around(b"12345678", gzip.compress(TEXT, mtime=0), b"", "gzip-after-a-header", ["gzip"], unread=8)
around(b'{"d":"', base64.b64encode(gzip.compress(TEXT, mtime=0)).rstrip(b"="), b'"}', "base64-of-gzip", ["base64", "gzip"])
for skip in range(4):
    around(b'{"d":"', b"abcd"[:skip] + base64.b64encode(b64), b'"}', f"base64-twice-at-{skip}", ["base64", "base64"])
lines = base64.encodebytes(gzip.compress(TEXT * 8, mtime=0)).rstrip(b"\n=")
around(b"data:\n", lines, b"\n", "base64-lines", ["base64", "gzip"])
around(b"a=1&d=", base64.b16encode(zlib.compress(CANARY)), b"&b=2", "base16-of-zlib", ["base16", "zlib"])
around(b"a=1&d=", base64.b32encode(zlib.compress(CANARY)).rstrip(b"="), b"&b=2", "base32-of-zlib", ["base32", "zlib"])
around(b"a=1&d=", b"jonas%2Efairweather%2Ea652e3%40example%2Eorg", b"&b=2", "url", ["url"])
around(b"a=1&d=", b"jonas%252Efairweather.a652e3%2540example.org", b"&b=2", "url-twice", ["url", "url"])
around(b'{"d":"', b"".join(b"\\u%04x" % c for c in CANARY), b'"}', "json-escapes", ["escape"])
around(b"<p>", "".join(f"&#{c};" for c in CANARY).encode(), b"</p>", "entities", ["entity"])
put("quoted-printable", quopri.encodestring(b"A note, and something = else " * 3 + b"\n") + b"".join(b"=%02X" % c for c in CANARY), ["quoted-printable"], 0, None)
put("utf-16", ("Nachricht: " + CANARY.decode()).encode("utf-16"), ["utf-16"], 0, None)
put("utf-32", ("Nachricht: " + CANARY.decode()).encode("utf-32"), ["utf-32"], 0, None)
bin_plist = plistlib.dumps({"phone": NUMBER, "name": "Larkfield", "n": [1, 2, 3]}, fmt=plistlib.FMT_BINARY)
put("plist", bin_plist, ["plist"], None, 9, canary="phone")
put("plist-xml", plistlib.dumps({"d": gzip.compress(CANARY, mtime=0)}), ["base64", "gzip"], None, None)


def varint(n):
    out = b""
    while n >= 128:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    return varint(number << 3) + varint(value) if isinstance(value, int) else varint(number << 3 | 2) + varint(len(value)) + value


inner = field(1, b"Larkfield") + field(2, NUMBER)
message = field(1, b"contact") + field(2, 7) + field(3, inner)
put("protobuf", message, ["protobuf"], message.index(varint(NUMBER)) - 1, 7, canary="phone")
put("grpc", b"\0" + struct.pack(">I", len(message)) + message, ["protobuf"], 5 + message.index(varint(NUMBER)) - 1, 7, canary="phone")
secret = field(1, b"contact") + field(2, noise.randbytes(40))
put("protobuf-with-random", secret, None, unread=40)
cbor = b"\xa2" + b"\x65phone" + b"\x1b" + struct.pack(">Q", NUMBER) + b"\x61n" + b"\x83\x01\x02\x03"
put("cbor", cbor, ["cbor"], 7, 9, canary="phone")
pack = b"\x82" + b"\xa5phone" + b"\xcf" + struct.pack(">Q", NUMBER) + b"\xa1n" + b"\x93\x01\x02\x03"
put("msgpack", pack, ["msgpack"], 7, 9, canary="phone")
put("xored-gzip", bytes(c ^ 0x5A for c in gzip.compress(TEXT, mtime=0)), ["xor 0x5a", "gzip"], 0, None)
put("reversed-gzip", gzip.compress(TEXT, mtime=0)[::-1], ["reversed", "gzip"], 0, None)
around(b'{"d":"', base64.b64encode(zlib.compress(CANARY))[::-1].lstrip(b"="), b'"}', "reversed-base64", ["reversed", "base64", "zlib"])
part = zlib.compress(TEXT)
put("multipart", b"--x7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhello\r\n--x7\r\nContent-Type: application/octet-stream\r\n\r\n" + part + b"\r\n--x7--\r\n", ["zlib"], None, len(part), type="multipart/form-data; boundary=x7")
put("multipart-with-random", b"--x7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhello\r\n--x7\r\n\r\n" + noise.randbytes(300) + b"\r\n--x7--\r\n", None, unread=300)
put("random", noise.randbytes(1000), None, unread=1000)
put("random-in-base64", b'{"d":"' + base64.b64encode(noise.randbytes(48)) + b'"}', None, unread=64)
put("gzip-cut", gzip.compress(TEXT + b"".join(b" %d" % noise.randrange(10**5) for _ in range(900)), mtime=0)[:1500], ["gzip"], 0, None, unread=1)
nested = CANARY
for i in range(6):
    nested = gzip.compress(nested, mtime=0)
    if i == 4:
        put("gzip-five-times", nested, ["gzip"] * 5, 0, None)
put("gzip-six-times", nested, None, unread=len(gzip.compress(CANARY, mtime=0)))
put("bomb", gzip.compress(gzip.compress(bytes(30_000_000), 9, mtime=0), 9, mtime=0), None, unread=-1)

with open(os.path.join(HERE, "expected.json"), "w") as f:
    f.write("[\n" + ",\n".join("  " + json.dumps(r) for r in rows) + "\n]\n")
