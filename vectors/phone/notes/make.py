#!/usr/bin/env python3
"""Makes the vectors of docs/notes.md with Python's standard library: none of Offproof's code. Texts of notes are written out by hand, not computed.

usage: make.py FOLDER   writes folder/, vaults/, keep/ and xiaomi/ into FOLDER, each with source/, tree/ and times.json. All people and numbers are fictional.
"""
import base64, datetime, hashlib, json, os, sys

OUT = sys.argv[1]
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
JPG = b"\xff\xd8\xff\xe0 not much of a picture \xff\xd9"
AMR = b"#!AMR\n" + bytes(range(32))


def put(path, data):
    path = os.path.join(OUT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data.encode("utf-8") if isinstance(data, str) else data)


def sha(data):
    return hashlib.sha256(data.encode("utf-8") if isinstance(data, str) else data).hexdigest()


def slug(title):
    gone = lambda c: not (c.isascii() and (c.isalnum() or c == "_")) if ord(c) < 0x80 else (
        ord(c) <= 0xA0 or 0x2000 <= ord(c) <= 0x206F or ord(c) in (0x3000, 0xFEFF) or 0xE000 <= ord(c) <= 0xF8FF or 0xFFF0 <= ord(c) <= 0xFFFF or ord(c) >= 0xE0000)
    out = ""
    for c in title:
        if not gone(c):
            out += c
        elif out and out[-1] != "-":
            out += "-"
    while len(out.encode()) > 64:
        out = out[:-1]
    return out.rstrip("-") or "note"


def quote(text):
    out = ""
    for c in text:
        n = ord(c)
        if c in '"\\':
            out += "\\" + c
        elif c in "\n\r\t":
            out += {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[c]
        elif n < 0x20 or 0x7F <= n <= 0x9F:
            out += "\\x%02x" % n
        elif n in (0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF):
            out += "\\u%04x" % n
        else:
            out += c
    return '"%s"' % out


def front(members):
    out = "---\n"
    for name, value in members:
        if value is None or value == []:
            continue
        if isinstance(value, bool):
            out += "%s: %s\n" % (name, "true" if value else "false")
        elif isinstance(value, int):
            out += "%s: %d\n" % (name, value)
        elif isinstance(value, str):
            out += "%s: %s\n" % (name, quote(value))
        elif isinstance(value[0], str):
            out += "%s:\n%s" % (name, "".join("  - %s\n" % quote(v) for v in value))
        else:
            out += name + ":\n"
            for row in value:
                out += "".join("%s%s: %s\n" % ("  - " if i == 0 else "    ", k, quote(v)) for i, (k, v) in enumerate(row))
    return out + "---\n"


def ticks(ticks):  # 100 ns since 1970
    text = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=ticks // 10**7)).strftime("%Y-%m-%dT%H:%M:%S")
    rest = ("%07d" % (ticks % 10**7)).rstrip("0")
    return text + ("." + rest if rest else "") + "Z"


class Tree:
    def __init__(self, folder):
        self.folder, self.notes, self.times = folder, [], {}

    def note(self, title, key, data, time, files=()):
        self.notes.append((slug(title) + "-" + sha(key)[:16], data, time, files))

    def write(self):
        for name, data, time, files in dict.fromkeys(self.notes):
            if len({d for n, d, _, _ in self.notes if n == name}) > 1:
                name += "-" + sha(data)[:32]
            hh = sha(name)[:2]
            self.put("%s/%s.md" % (hh, name), data, time)
            for file, content in files:
                self.put("%s/%s" % (hh, file), content, 0)
        put(self.folder + "/times.json", json.dumps(self.times, indent=1, sort_keys=True, ensure_ascii=False) + "\n")

    def put(self, path, data, time):
        put(self.folder + "/tree/" + path, data)
        self.times[path] = time


def stored(data, ext):
    return "attachments/%s.%s" % (sha(data), ext)


# Folders ---------------------------------------------------------------------------------------------------------------------------------------------
FOLDER = [
    ("Shopping list.md", "# Shopping\r\n\r\n- [ ] milk\r\n", 15627624000000000),
    ("Own front matter.md", "---\ntitle: \"mine\"\ntags: [a]\n---\n---\nText without an end", 15627624000000001),
    ("BOM.TXT", b"\xef\xbb\xbfbyte order mark\n", 15627624001234567),
    ("latin1.txt", b"K\xe4se \x00\xff", 15627624001234560),
    ("empty.markdown", b"", 15627624000000000),
    ("Trips/2024/.hidden \u7b14\u8bb0 \U0001F600.md", "\u7b14\u8bb0\n", 17199072000000000),
    ("Trips/2024/" + "long " * 30 + "name.md", "![](../pic.PNG)\n", 17199072000000000),
    ("Trips/pic.PNG", PNG, 17000000000000000),
    ("Trips/copy of pic.png", PNG, 17000000010000000),
    ("no ending", b"\x00\x01", 17000000000000000),
    ("odd.tar_gz", b"\x00\x01", 17000000000000000),
    (".obsidian/app.json", '{"promptDelete": false}\n', 17000000000000000),
    (".obsidian/broken.json", '{"promptDelete": fals', 17000000000000000),
]


# Two folders with the same paths: a picture of the same name and other bytes, a note that is equal in everything, one that is not.
VAULTS = {
    "Home": [("Note.md", "![](img/1.png)\n", 17000000000000000), ("img/1.png", PNG, 17000000000000000), ("Same.md", "same\n", 17000000000000000), ("Deep/List.txt", "home\n", 17000000000000001)],
    "Work \u00fc": [("Note.md", "![](img/1.png)\n", 17000000000000000), ("img/1.png", JPG, 17000000000000000), ("Same.md", "same\n", 17000000000000000), ("Deep/List.txt", "work\n", 17000000000000002)],
}


def make_folder():
    tree = Tree("folder")
    add_folder(tree, "My \u7b14\u8bb0", "", FOLDER)
    put("folder/source-times.json", json.dumps({path: time for path, _, time in FOLDER}, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    tree.write()


def make_vaults():
    tree = Tree("vaults")
    for folder, files in VAULTS.items():
        add_folder(tree, folder, folder + "/", files)
    times = {folder + "/" + path: time for folder, files in VAULTS.items() for path, _, time in files}
    put("vaults/source-times.json", json.dumps(times, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    tree.write()


def add_folder(tree, folder, place, files):
    for path, data, time in files:
        data = data.encode("utf-8") if isinstance(data, str) else data
        put(tree.folder + "/source/" + place + path, data)
        kind = "markdown" if path.lower().endswith((".md", ".markdown")) else "text" if path.lower().endswith(".txt") else "file"
        head = [("offproof", 1), ("source", kind), ("folder", folder), ("path", path), ("modified", ticks(time))]
        name = path.split("/")[-1]
        title = name.rsplit(".", 1)[0] if name.rfind(".") > 0 else name
        if kind != "file":
            tree.note(title, "file\n" + folder + "\n" + path, front(head).encode() + data, time)
            continue
        ext = {"pic.PNG": "png", "copy of pic.png": "png", "app.json": "json", "broken.json": "json", "1.png": "png"}.get(name, "bin")
        link = {"odd.tar_gz": "odd.tar_gz"}.get(name, name)
        body = "[%s](%s)\n" % (link, stored(data, ext))
        tree.note(title, "file\n" + folder + "\n" + path, (front(head + [("attachments", [[("name", name), ("file", stored(data, ext))]])]) + body).encode(), time, ((stored(data, ext), data),))


# Keep ------------------------------------------------------------------------------------------------------------------------------------------------
PLAIN = """# no heading
#tag, snake_case, _not emphasis_ and 2*3*4
- no item
+
1. first
3) third
> no quotation
===
--- no rule
---
    four blanks
\ttab
   three
a\\b `code` [x](y) <b>bold</b> ~~gone~~ a|b
AT&T &amp; &copy; &#65; & so on

https://example.org/a_b_c?x=1&y=~me*z https://example.com/(x)&amp; xhttps://a_b_
- [ ] no box
  trailing\u0020\u0020

end\r\u0000"""
PLAIN_MARKDOWN = """\\# no heading\u0020\u0020
#tag, snake_case, \\_not emphasis\\_ and 2\\*3\\*4\u0020\u0020
\\- no item\u0020\u0020
\\+\u0020\u0020
1\\. first\u0020\u0020
3\\) third\u0020\u0020
\\> no quotation\u0020\u0020
\\===\u0020\u0020
--- no rule\u0020\u0020
\\---\u0020\u0020
&#32;   four blanks\u0020\u0020
&#9;tab\u0020\u0020
   three\u0020\u0020
a\\\\b \\`code\\` \\[x\\](y) \\<b>bold\\</b> \\~\\~gone\\~\\~ a\\|b\u0020\u0020
AT&T \\&amp; \\&copy; \\&#65; & so on

https://example.org/a_b_c?x=1&y=~me*z https://example.com/(x)<!-- -->\\&amp; xhttps://a_b\\_\u0020\u0020
\\- \\[ \\] no box\u0020\u0020
  trailing\u0020\u0020

end&#13;&#0;
"""


def dump(value, **options):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), **options)


def make_keep():
    tree = Tree("keep")

    def note(file, source, title, created, members, body, files=(), key=None, indent=None):
        put("keep/source/" + file, json.dumps(source, indent=indent))
        head = [("offproof", 1), ("source", "keep"), ("title", source.get("title") or None)] + members
        edited = int(source.get("userEditedTimestampUsec", 0)) or int(source.get("createdTimestampUsec", 0))
        tree.note(title, "keep\n" + (key or str(created)), (front(head) + body).encode("utf-8"), edited * 10, files)

    flags = lambda pinned=False, archived=False, trashed=False: [("pinned", pinned), ("archived", archived), ("trashed", trashed)]
    state = lambda pinned=False, archived=False, trashed=False: {"isPinned": pinned, "isArchived": archived, "isTrashed": trashed}
    times = lambda created, edited: [("created", ticks(created * 10)), ("modified", ticks(edited * 10))]

    note("Accidents.json", dict(state(pinned=True), color="DEFAULT", textContent=PLAIN, title="Accidents: a/b \"c\"\n2nd \U0001F600", userEditedTimestampUsec=1690864183842001,
         createdTimestampUsec=1690514467150000), "Accidents: a/b \"c\"\n2nd \U0001F600", 1690514467150000,
         times(1690514467150000, 1690864183842001) + [("color", "DEFAULT")] + flags(pinned=True), PLAIN_MARKDOWN)
    listed = dict(state(archived=True), color="CERULEAN", title="List", labels=[{"name": "to do"}, {"name": "caf\u00e9 \u2028 \"x\" \\ \u0085 \x01"}],
                  listContent=[{"text": "milk", "isChecked": True}, {"text": "two\nlines # and\n\n- more", "isChecked": False}, {"text": "", "isChecked": False}],
                  userEditedTimestampUsec="1690864183000000", createdTimestampUsec="1690514467000000")
    for file in ("List.json", "List copy.json"):  # the same note twice
        note(file, listed, "List", 1690514467000000, times(1690514467000000, 1690864183000000) + [("tags", ["to do", "caf\u00e9 \u2028 \"x\" \\ \u0085 \x01"]), ("color", "CERULEAN")] + flags(archived=True),
             "- [x] milk\n- [ ] two  \n  lines # and\n\n  \\- more\n- [ ] \n", indent=2)
    html = "<p dir=\"ltr\">with <b>HTML</b></p>"
    page = {"description": "A page", "source": "WEBLINK", "title": "Example [1]", "url": "https://example.org/<a b>"}
    script = {"description": "", "source": "WEBLINK", "title": "No *page*", "url": "javascript:alert(1)"}
    call = {"source": "WEBLINK", "title": "", "url": "TEL:+447700900123"}
    extra = {"textContentHtml": html, "annotations": [page, script, {"url": "../x"}, call], "sharees": [{"isOwner": True, "type": "WRITER", "email": "ann@example.org"}]}
    note("Pictures.json", dict(state(trashed=True), color="RED", textContent="with HTML", title="", userEditedTimestampUsec=1690864183842000, createdTimestampUsec=1690514467150001,
         attachments=[{"filePath": "1690.1.png", "mimetype": "image/png"}, {"filePath": "1690.2.jpeg", "mimetype": "image/jpeg"}, {"filePath": "1690.3.3gp", "mimetype": "audio/3gp"},
                      {"filePath": "../gone (4).png", "mimetype": "image/png"}], **extra), "2023-07-28", 1690514467150001,
         times(1690514467150001, 1690864183842000) + [("color", "RED")] + flags(trashed=True) + [("attachments", [
             [("name", "1690.1.png"), ("type", "image/png"), ("file", stored(PNG, "png"))], [("name", "1690.2.jpeg"), ("type", "image/jpeg"), ("file", stored(JPG, "jpg"))],
             [("name", "1690.3.3gp"), ("type", "audio/3gp"), ("file", stored(AMR, "amr"))], [("name", "../gone (4).png"), ("type", "image/png")]]), ("extra", dump(extra))],
         "with HTML\n\n![1690.1.png](%s)  \n![1690.2.jpeg](%s)  \n[1690.3.3gp](%s)  \n![../gone (4).png](gone%%20%%284%%29.png)\n\n[Example \\[1\\]](<https://example.org/%%3Ca%%20b%%3E>)  \nNo \\*page\\*: javascript:alert(1)  \n../x  \n[TEL:+447700900123](<TEL:+447700900123>)\n"
         % (stored(PNG, "png"), stored(JPG, "jpg"), stored(AMR, "amr")), ((stored(PNG, "png"), PNG), (stored(JPG, "jpg"), JPG), (stored(AMR, "amr"), AMR)))
    put("keep/source/1690.1.png", PNG)
    put("keep/source/1690.2.jpg", JPG)
    put("keep/source/1690.3.amr", AMR)
    # Two different notes with one key, one with a time that is none; a half of a surrogate pair.
    for file, text, kept in (("a.json", "one", "one\n"), ("b.json", "two \ud83d", "two \ufffd\n")):
        note(file, dict(state(), textContent=text, title="Same", userEditedTimestampUsec=0, createdTimestampUsec=1690514467150002), "Same", 1690514467150002,
             [("created", ticks(16905144671500020))] + flags(), kept)
    put("keep/source/Accidents.html", "<?xml version=\"1.0\" ?><html><body><div class=\"note DEFAULT\">Accidents</div></body></html>")
    tree.write()


# Xiaomi ----------------------------------------------------------------------------------------------------------------------------------------------
CONTENT = """<new-format/><text indent="1"><size>Packing # list</size></text>
<text indent="1">plain &lt;text&gt; &amp; <b>bold <i>both</i></b>, <u>u</u> <delete>d</delete> <background color="#9affe8af">m</background> 2*3</text>
<text indent="2">indented</text>
<text indent="1"></text>
<input type="checkbox" indent="1" level="3" checked="true" />passport
<input type="checkbox" indent="2" level="3" />visa <b>new</b>
<input type="checkbox" indent="3" level="3" checked="false" />photo
<input type="checkbox" indent="1" level="3" />tent
<bullet indent="1" />dot
<order indent="1" inputNumber="0" />one
<order indent="2" inputNumber="4" />five
<order indent="1" inputNumber="0" />two
<hr />
<quote><text indent="1">said</text>
<text indent="1">twice</text></quote>
<text indent="1">1 <3 and <foo></text>
<img fileid="1315204657.abc" imgdes="" imgshow="0" />
<sound fileid="1315204657.snd" />
<b><i></i></b>"""
MARKDOWN = """# Packing # list

plain \\<text> & <b>bold <i>both</i></b>, <u>u</u> <del>d</del> <mark style="background:#9affe8af">m</mark> 2\\*3\u0020\u0020
&emsp;indented

- [x] passport
    - [ ] visa <b>new</b>
        - [ ] photo
- [ ] tent
- dot

1. one

    5. five
2. two

---

> said\u0020\u0020
> twice

1 \\<3 and \\<foo>\u0020\u0020
![1315204657.abc](%s)\u0020\u0020
[1315204657.snd](%s)

[1315204657.gone](1315204657.gone)
"""


def make_xiaomi():
    tree = Tree("xiaomi")

    def note(entry, title, members, body, files=()):
        head = [("offproof", 1), ("source", "xiaomi"), ("id", str(entry["id"]))] + members
        tree.note(title, "xiaomi\n" + str(entry["id"]), (front(head) + body).encode(), entry.get("modifyDate", entry.get("createDate")) * 10000, files)
        return entry

    info = lambda title: dump({"note_content_type": "common", "web_images": "", "title": title, "mind_content": ""})
    setting = {"data": [{"digest": "8a41.mp3", "mimeType": "audio/mp3", "fileId": "1315204657.snd"}, {"mimeType": "image/jpeg", "fileId": "1315204657.abc"},
                        {"mimeType": "audio/mp3", "fileId": "1315204657.gone"}], "themeId": 0, "stickyTime": 5, "version": 0}
    first = note({"snippet": CONTENT[:40], "modifyDate": 1768067381113, "colorId": 3, "subject": "", "alertDate": 0, "type": "note", "folderId": "77", "content": CONTENT, "setting": setting,
                  "deleteTime": 0, "alertTag": 0, "id": "48926433520534752", "tag": "48926435156968800", "createDate": 1768067367974, "status": "normal", "extraInfo": info("Packing")}, "Packing",
                 [("title", "Packing"), ("created", "2026-01-10T17:49:27.974Z"), ("modified", "2026-01-10T17:49:41.113Z"), ("folder", "Work: \"x\""), ("color", "3"), ("pinned", True),
                  ("attachments", [[("name", "1315204657.abc"), ("type", "image/jpeg"), ("file", stored(JPG, "jpg"))], [("name", "1315204657.snd"), ("type", "audio/mp3"), ("file", stored(AMR, "mp3"))],
                                   [("name", "1315204657.gone"), ("type", "audio/mp3")]]),
                  ("extra", dump({"folderId": "77", "setting": setting, "tag": "48926435156968800"}))],
                 MARKDOWN % (stored(JPG, "jpg"), stored(AMR, "mp3")), ((stored(JPG, "jpg"), JPG), (stored(AMR, "mp3"), AMR)))
    put("xiaomi/source/note.json", json.dumps({"result": "ok", "data": {"entries": [first], "folders": [{"id": "77", "subject": "Work: \"x\""}], "lastPage": True}, "code": 0}))
    put("xiaomi/source/1315204657.abc.jpg", JPG)
    put("xiaomi/source/8a41.mp3", AMR)
    center = "<text indent=\"1\"><center>middle</center></text>\n\u263a 1315.old<0/><a cat/>\nlast"
    old = note({"id": 5, "createDate": 1500000000000, "modifyDate": 1500000000001, "content": center, "subject": "Old", "extraInfo": "{", "folderId": "9"}, "Old",
               [("title", "Old"), ("created", "2017-07-14T02:40:00Z"), ("modified", "2017-07-14T02:40:00.001Z"), ("folder", "9"), ("attachments", [[("name", "1315.old")]]),
                ("extra", dump({"content": center, "extraInfo": "{", "folderId": "9"}))], "middle  \n![a cat](1315.old)  \nlast\n")
    short = note({"id": "6", "createDate": 1500000000000, "snippet": "only the beginn", "status": "deleted"}, "2017-07-14",
                 [("created", "2017-07-14T02:40:00Z"), ("trashed", True), ("extra", dump({"status": "deleted"}))], "only the beginn\n")
    put("xiaomi/source/more.json", json.dumps([{"entry": old}, short]))
    tree.write()


make_folder()
make_vaults()
make_keep()
make_xiaomi()
