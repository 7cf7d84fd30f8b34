#!/usr/bin/env python3
"""Makes these vectors: texts of our own, their indexes by stock strfile (Debian's fortune-mod) where one could write them, else by struct, and by read.py what is to be read of them.
`python3 make.py` in this folder; random.fortune.dat comes out otherwise each time, in its order of offsets."""
import json, os, shutil, struct, subprocess
from read import read

PLAIN = [
    "A battery walks into a bar.\nIt leaves recharged, and nobody saw it drink.",
    "What the tide takes at night\nit brings back by breakfast, washed.\n\t\t-- Ada Example",
    "Indented as a poem may be:\n    one step in,\n\tand one further.\n        -- Bo Example, \"Lines for a\n\t   Narrow Column\"",
    "Two speak here:\n   -- First Speaker\nand the last one counts.\n   --- Second Speaker",
    "She said *____\b\b\b\bwhat* she meant, t\bth\bhi\bis\bs is bold, and the cafe\b' is no cafe\u0301.",
    "\x1b[1;32mGreen\x1b[m words, and \x1b[38:5:9mred\x1b[0m ones.",
    "\n\nBlank lines around,\n\nand one between.   \n  \n",
    "    -- Nobody said anything before this",
    "A list, no author:\n  - eggs\n  - flour",
    "A rule, no author:\n  -----",
    "The same words twice.",
    "The same words twice.",
    "100 % of this is text,\n%\u00a0and so is this line,\n%% and this.",
    "A bell\a rings in this one.",
    "\x1b[2JA screen is cleared here.",
    "x\by makes no letter.",
    "   \n\t",
    "long " * 400 + "!",
    "l" * 2000,
    "An author of too many words\n\t-- " + "word " * 60,
    "Neuf é composé, neuf e\u0301 en deux: both stay.",
    "Line separators\u2028stay where they are.",
]
ROTATED = ["Guess which letters these were.\n\t\t-- Zoe Example", "13 and 13 make 26: ÄÖÜ stay."]
COLON = ["a: a colon inside of a line is text", ": and so is this", "%", "the last one ends without a line of its own"]
LATIN1 = ["Grüße aus Köln.", "Fünf Öfen für zwölf Brötchen.\n\t\t-- Jürgen Beispiel"]


def put(name, data):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def join(entries, delimiter="%", end="\n"):
    return "".join(e.removesuffix("\n") + "\n" + delimiter + "\n" for e in entries).replace("\n", end)


def strfile(name, *options):
    subprocess.run(["strfile", "-s", *options, name, name + ".dat"], check=True)


put("plain.fortune", join(PLAIN))
strfile("plain.fortune")
put("random.fortune", join(PLAIN[:9]))
strfile("random.fortune", "-r")
put("rotated.fortune", join(ROTATED).encode().translate(bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", b"NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm")))
strfile("rotated.fortune", "-x")
put("colon.fortune", join(COLON, ":")[:-3])
strfile("colon.fortune", "-c", ":", "-o")
put("latin1.fortune", join(LATIN1).encode("latin-1"))
strfile("latin1.fortune")
put("no-index.fortune", "\ufeff" + join(PLAIN[:4], end="\r\n")[:-2])  # the last line is % and nothing behind
put("lines-of-dos.fortune", join(PLAIN[:4], end="\r\n"))  # of which strfile sees one entry
strfile("lines-of-dos.fortune")
put("empty-ones.fortune", "%\n%\n" + join(PLAIN[:2]) + "%\n%\n")
strfile("empty-ones.fortune")

# What FreeBSD's strfile -C writes, from its source: offsets of 64 bits, and the flag for comments. No such machine was at hand.
text = "%% who wrote this does not matter\n" + join(["One.\n%% a remark\nTwo.", "Three."])
put("freebsd.fortune", text)
second = text.index("Three.")
put("freebsd.fortune.dat", struct.pack(">5Ic3x3Q", 1, 2, second - 2, 7, 8, b"%", 0, second, len(text)))

# Indexes that are refused, each beside the same text.
TEXT = join(["One.", "Two.", "Three."])
shutil.rmtree("refused", ignore_errors=True)
put("refused/good.fortune", TEXT)
strfile("refused/good.fortune")
with open("refused/good.fortune.dat", "rb") as f:
    GOOD = f.read()
REFUSED = {}


def refused(name, data, why):
    put(f"refused/{name}.fortune", TEXT)
    put(f"refused/{name}.fortune.dat", data)
    REFUSED[name] = why


def number(at, value, data=GOOD):
    return data[:at] + struct.pack(">I", value) + data[at + 4:]


refused("empty", b"", "shorter than its header")
refused("header-cut", GOOD[:23], "shorter than its header")
refused("version", number(0, 3), "its version is 3")
refused("native-order", struct.pack("<5I", *struct.unpack(">5I", GOOD[:20])) + GOOD[20:], "its version is 33554432")
refused("flags", number(16, 16), "flags that nobody knows, 0x10")
refused("delimiter-unseen", GOOD[:20] + b"\n" + GOOD[21:], "its delimiter is no character that can be seen")
refused("delimiter-other", GOOD[:20] + b":" + GOOD[21:], "it says 3 entries, and the file has 1")
refused("huge", number(4, 0xFFFFFFFF), "it says 4294967295 entries, and has 16 bytes of offsets")
refused("below-zero", number(4, 0x80000000), "it says 2147483648 entries, and has 16 bytes of offsets")
refused("none", number(4, 0)[:28], "it says 0 entries, and the file has 3")
refused("one-less", number(4, 2)[:36], "it says 2 entries, and the file has 3")
refused("one-more", number(4, 4) + GOOD[-4:], "it says 4 entries, and the file has 3")
refused("offsets-cut", GOOD[:-1], "it says 3 entries, and has 15 bytes of offsets")
refused("offset-behind", number(28, 1000), "an offset is behind the end of the file")
refused("end-behind", number(36, 1000), "an offset is behind the end of the file")
refused("offset-below-zero", number(24, 0xFFFFFFFF), "an offset is behind the end of the file")
refused("offset-inside", number(28, 8), "no entry begins at its offset 8")
refused("offset-twice", number(28, 0), "two of its offsets are one")

ENCODINGS = {"latin1": "latin1"}
names = sorted(n.removesuffix(".fortune") for n in os.listdir(".") if n.endswith(".fortune"))
expect = {"files": {n: {"encoding": ENCODINGS.get(n), "entries": read(n + ".fortune", ENCODINGS.get(n, "utf-8"))} for n in names}, "refused": REFUSED}
put("expect.json", json.dumps(expect, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
