#!/usr/bin/env python3
"""fts.py make DB ENTRIES | find DB RUNS WORDS...: SQLite's full-text index over the same entries; finding prints as the program beside it does."""
import json, sqlite3, sys, time

base = sqlite3.connect(sys.argv[2])
if sys.argv[1] == "make":
    base.execute("create virtual table entries using fts5(text, occasion, language, tokenize = 'unicode61 remove_diacritics 2')")
    with open(sys.argv[3], encoding="utf-8") as lines:
        base.executemany("insert into entries values (?, ?, ?)", ((e["text"], e.get("occasion", ""), e["language"]) for e in map(json.loads, lines)))
    base.execute("insert into entries(entries) values ('optimize')")
    base.commit()
else:
    for words in sys.argv[4:]:
        match = " ".join('"%s"*' % word.replace('"', "") for word in words.split())
        times = []
        for _ in range(int(sys.argv[3]) + 1):
            start = time.perf_counter()
            total = base.execute("select count(*) from entries where entries match ?", (match,)).fetchone()[0]
            base.execute("select text from entries where entries match ? order by rank limit 10", (match,)).fetchall()
            times.append(round((time.perf_counter() - start) * 1e6))
        print(words, total, " ".join(map(str, times[1:])), sep="\t")
