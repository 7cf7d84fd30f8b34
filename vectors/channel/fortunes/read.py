#!/usr/bin/env python3
"""Reads a file of fortunes as docs/channel.md §9.2 says it, made from that page alone; shares nothing with the program.

usage: read.py FILE [ENCODING]     one JSON object a line for each entry: {"line", "text", "author"}, or {"line", "why"}: empty, long, control, overstrike
"""
import json, os, re, struct, sys, unicodedata

MARKS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", ",": "\u0327"}
AUTHOR = re.compile(r"\n[^\S\n]+-{2,3}(?!-)[^\S\n]*(\S[^\n]*(?:\n[^\S\n]+[^\n]+){0,3})\Z")


def index(name):
    """delimiter, flags of FILE.dat; the number of entries it knows"""
    if not os.path.exists(name + ".dat"):
        return "%", 0, None
    with open(name + ".dat", "rb") as f:
        version, count, longest, shortest, flags = struct.unpack(">5I", f.read(20))
        return f.read(1).decode("ascii"), flags, count


def accented(letter, mark):
    both = unicodedata.normalize("NFC", letter + MARKS[mark])
    return both if len(both) == 1 and ord(both) < 256 else None


def over(below, above):
    for nothing in " _":
        if above in (below, nothing):
            return below
        if below == nothing:
            return above
    for letter, mark in ((below, above), (above, below)):
        if mark in MARKS and (both := accented(letter, mark)):
            return both
    raise ValueError("overstrike")


def printed(line):
    line = re.sub("\x1b\\[[0-9;:]*m", "", line)
    if "\b" not in line:
        return line.expandtabs(8)
    cells, at = [], 0
    for c in line:
        if c == "\b":
            if at == 0:
                raise ValueError("overstrike")
            at -= 1
            continue
        for put in (" " * (8 - at % 8) if c == "\t" else c):
            if at == len(cells):
                cells.append(put)
            else:
                cells[at] = over(cells[at], put)
            at += 1
    return "".join(cells)


def entry(lines):
    try:
        text = "\n".join(printed(line).rstrip() for line in lines).strip("\n")
    except ValueError:
        return {"why": "overstrike"}
    author = None
    behind = None
    while found := AUTHOR.search(text, behind.start() + 1 if behind else 0):  # the one nearest to the end
        behind = found
    if behind and len(name := " ".join(behind.group(1).split())) <= 200:
        author, text = name, text[:behind.start()].strip("\n")
    if not text:
        return {"why": "empty"}
    if any(unicodedata.category(c) == "Cc" and c != "\n" for c in text):
        return {"why": "control"}
    if len(text) > 2000:
        return {"why": "long"}
    return {"text": text, "author": author}


def read(name, encoding="utf-8"):
    delimiter, flags, _ = index(name)
    with open(name, "rb") as f:
        data = f.read()
    if flags & 4:
        data = data.translate(bytes(97 + (b - 97 + 13) % 26 if 97 <= b < 123 else 65 + (b - 65 + 13) % 26 if 65 <= b < 91 else b for b in range(256)))
    lines = data.decode(encoding).removeprefix("\ufeff").split("\n")
    if lines[-1] == "":
        lines.pop()
    found, first = [], 1
    for number, line in enumerate(lines + [delimiter], 1):
        if line.removesuffix("\r") == delimiter:
            own = [l.removesuffix("\r") for l in lines[first - 1:number - 1]]
            if own:
                found.append({"line": first} | entry([l for l in own if not (flags & 8 and l.startswith(delimiter * 2))]))
            first = number + 1
    return found


if __name__ == "__main__":
    for one in read(*sys.argv[1:3]):
        print(json.dumps(one, ensure_ascii=False, sort_keys=True))
