#!/usr/bin/env python3
"""many.py COUNT FILE...: COUNT entries as JSON lines, the same on every machine: those of the files, then each time a part of one with a part of another of its language."""
import json, random, sys

count = int(sys.argv[1])
entries = [json.loads(line) for name in sys.argv[2:] for line in open(name, encoding="utf-8")]
languages = {}
for entry in entries:
    languages.setdefault(entry["language"], []).append(entry)
dice = random.Random(11)
seen = {(e["language"], e["text"]) for e in entries}
for entry in entries[:count]:
    print(json.dumps(entry, ensure_ascii=False))
made = min(count, len(entries))
while made < count:
    one = dice.choice(entries)
    other = dice.choice(languages[one["language"]])
    half, rest = one["text"][: len(one["text"]) * 2 // 3], other["text"][len(other["text"]) // 2 :]
    text = f"{half} {rest}"
    if (one["language"], text) in seen or len(text) > 2000:
        continue
    seen.add((one["language"], text))
    print(json.dumps({**one, "text": text}, ensure_ascii=False))
    made += 1
