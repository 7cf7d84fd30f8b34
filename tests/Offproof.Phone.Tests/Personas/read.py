"""Reads a persona's files with Python's standard library and libsodium (PyNaCl), and says in what they differ from persona.json (docs/persona.md).

    read.py DIR        exit 1 and one line for each difference
"""
import base64, hashlib, json, os, quopri, re, sys, zipfile, io
import xml.etree.ElementTree as ET
from datetime import datetime, timezone

ROOT = sys.argv[1]
PERSONA = json.load(open(os.path.join(ROOT, "persona.json"), encoding="utf-8"))
OWN = PERSONA["identifiers"]["phone"]
differences = []


def same(where, expected, found):
    if expected != found:
        differences.append(("%s: expected %r, found %r" % (where, expected, found))[:300])


def data(*path):
    with open(os.path.join(ROOT, *path), "rb") as f:
        return f.read()


def facts(content_type, content, **more):
    return dict(more, contentType=content_type, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


# Contacts ----------------------------------------------------------------------------------------------------------------------------------------------
def split(text, separator):
    """At separators without a backslash before them."""
    out, part, at = [], "", 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            part += text[at:at + 2]
            at += 2
        elif text[at] == separator:
            out.append(part)
            part = ""
            at += 1
        else:
            part += text[at]
            at += 1
    return out + [part]


def lines_21(raw):
    """Logical lines of vCard 2.1: soft breaks joined, base64 folded by blanks up to an empty line."""
    out = []
    lines = raw.decode("ascii").split("\r\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if "QUOTED-PRINTABLE" in line.partition(":")[0]:
            while line.endswith("="):
                at += 1
                line = line[:-1] + lines[at]
        elif "BASE64" in line.partition(":")[0]:
            while lines[at + 1] != "":
                at += 1
                line += lines[at].removeprefix(" ")
                assert len(lines[at]) <= 74 and lines[at].startswith(" ")
            at += 1
        out.append(line)
        at += 1
    return out


def lines_utf8(raw):
    text = raw.decode("utf-8")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return re.sub("\r\n[ \t]", "", text).split("\r\n")


def unescape(text):
    return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) in "nN" else m.group(1), text)


def values_21(parameters, value):
    components = re.split(r"(?<!\\);", value)
    if "ENCODING=QUOTED-PRINTABLE" in parameters:
        return [quopri.decodestring(c).decode("utf-8") for c in components]
    return [c.replace("\\;", ";") for c in components]


def values_utf8(parameters, value):
    return [unescape(c) for c in split(value, ";")]


def cards(lines, values):
    card = None
    for line in lines:
        head, _, value = line.partition(":")
        name, *parameters = head.split(";")
        if name == "BEGIN":
            card = dict(displayName=None, name=None, nickname=None, phones=[], emails=[], addresses=[], organization=None, department=None, title=None,
                        birthday=None, url=None, note=None, photo=None)
            continue
        if card is None or not line:
            assert not line, line
            continue
        upper = [p.upper().split("=")[-1] for p in parameters]
        if name == "END":
            card.pop("labelled", None)
            yield card
            card = None
        elif name in ("FN", "TITLE", "URL", "NOTE"):
            # A text, not a list: a separator in it belongs to it.
            card[{"FN": "displayName"}.get(name, name.lower())] = ";".join(values(parameters, value)) if name != "URL" else value
        elif name == "N":
            card["name"] = dict(zip(("family", "given", "additional", "prefixes", "suffixes"), values(parameters, value)))
        elif name == "NICKNAME":
            card["nickname"] = ";".join(values(parameters, value))
        elif name == "X-ANDROID-CUSTOM":
            kind, _, rest = value.partition(";")
            same("MIME type", "vnd.android.cursor.item/nickname", kind)
            row = values(parameters, rest)
            same("columns", (15, "1"), (len(row), row[1]))
            card["nickname"] = row[0]
        elif name in ("TEL", "item1.TEL"):
            number = value.removeprefix("tel:")
            custom = [p[2:] for p in parameters if p.startswith("X-")]
            kind = "mobile" if "CELL" in upper else "home" if "HOME" in upper else "work" if "WORK" in upper else "custom"
            if "PREF" in upper or "1" in upper:
                same("the preferred number is the first", 0, len(card["phones"]))
            card["phones"].append(dict(value=number, type=kind, label=custom[0] if custom else None))
        elif name == "item1.X-ABLabel":
            card["phones"][-1]["label"] = value
        elif name == "EMAIL":
            card["emails"].append(dict(value=value, type="home" if "HOME" in upper else "work"))
        elif name == "ADR":
            box, extended, *rest = values(parameters, value)
            same("unused parts of ADR", ("", ""), (box, extended))
            card["addresses"].append(dict(zip(("street", "locality", "region", "postalCode", "country"), rest), type="home" if "HOME" in upper else "work"))
        elif name == "ORG":
            parts = values(parameters, value)
            card["organization"] = parts[0]
            card["department"] = parts[1] if len(parts) > 1 and parts[1] else None
        elif name == "BDAY":
            if parameters == ["X-APPLE-OMIT-YEAR=1604"]:
                value = value.replace("1604", "-")
            elif re.fullmatch(r"\d{8}", value):
                value = "%s-%s-%s" % (value[:4], value[4:6], value[6:])
            elif re.fullmatch(r"--\d{4}", value):
                value = value[:4] + "-" + value[4:]
            card["birthday"] = value
        elif name == "PHOTO":
            content = base64.b64decode(value.rpartition(",")[2], validate=True)
            card["photo"] = facts("image/jpeg", content)
        elif name not in ("VERSION", "PRODID"):
            same("a known property", None, line)


def contacts(path, reader, values):
    found = list(cards(reader(data(*path)), values))
    same("/".join(path) + " cards", len(PERSONA["contacts"]), len(found))
    for i, (expected, card) in enumerate(zip(PERSONA["contacts"], found)):
        expected = {k: v for k, v in expected.items() if k != "canary"}
        for member in expected:
            same("%s contact %d %s" % ("/".join(path), i, member), expected[member], card[member])


# Messages ----------------------------------------------------------------------------------------------------------------------------------------------
def xml_messages(raw):
    text = raw.decode("utf-8")
    assert all(ord(c) < 0x10000 for c in text), "characters beyond U+FFFF are references"
    text = re.sub(r"&#(5[56]\d{3});&#(5[67]\d{3});", lambda m: chr(0x10000 + ((int(m[1]) - 0xD800) << 10) + int(m[2]) - 0xDC00), text)
    root = ET.fromstring(text)
    same("count", str(len(PERSONA["messages"])), root.get("count"))
    null = lambda s: None if s == "null" else s
    for e in root:
        box = e.get("type") if e.tag == "sms" else e.get("msg_box")
        received = box == "1"
        sent = int(e.get("date_sent")) * (1 if e.tag == "sms" else 1000)
        message = dict(kind=e.tag, addresses=e.get("address").split("~"), direction={"1": "in", "2": "out", "3": "draft"}[box], date=int(e.get("date")),
                       dateSent=sent or None, read=e.get("read") == "1", subject=null(e.get("subject") if e.tag == "sms" else e.get("sub")))
        same("readable_date", datetime.fromtimestamp(message["date"] // 1000, timezone.utc).strftime("%b X%d, %Y %H:%M:%S").replace("X0", "").replace("X", ""), e.get("readable_date"))
        if e.tag == "sms":
            message.update(body=e.get("body"), parts=[])
            message["from"] = message["addresses"][0] if received else None
        else:
            addrs = [(a.get("address"), a.get("type")) for a in e.iter("addr")]
            parts = [(p.get("ct"), p.get("cl"), p.get("text").encode() if p.get("data") is None else base64.b64decode(p.get("data"), validate=True)) for p in e.iter("part")]
            message.update(mms(addrs, parts, received))
            same("recipients", sorted(set(message["addresses"]) - {message["from"]}), message.pop("to"))
        people = [name_of.get(a) for a in message["addresses"]]
        same("contact_name", "(Unknown)" if None in people else ", ".join(people), e.get("contact_name"))
        yield message


def mms(addrs, parts, received):
    senders = [a for a, t in addrs if t == "137"]
    to = [a for a, t in addrs if t == "151"]
    same("one sender", 1, len(senders))
    if received:
        same("this phone is a recipient", True, OWN in to)
        to.remove(OWN)
    else:
        same("the sender's token", "insert-address-token", senders[0])
    texts = [content.decode() for ct, _, content in parts if ct == "text/plain"]
    return {"from": senders[0] if received else None, "to": sorted(to), "body": texts[0] if texts else None,
            "parts": [facts(ct, content, name=name) for ct, name, content in parts]}


def json_messages(objects, member, content):
    for m in objects:
        if "msg_box" not in m:
            received = m["type"] == "1"
            yield {"kind": "sms", "addresses": [m["address"]], "direction": {"1": "in", "2": "out", "3": "draft"}[m["type"]], "date": int(m["date"]),
                   "dateSent": int(m["date_sent"]) or None, "read": m["read"] == "1", "subject": None, "body": m["body"], "parts": [], "from": m["address"] if received else None}
            continue
        received = m["msg_box"] == "1"
        addrs = [(a["address"], a["type"]) for a in [m[member("sender_address")]] + m[member("recipient_addresses")]]
        parts = [(p["ct"], p["cl"], p["text"].encode() if "text" in p else content(p)) for p in m[member("parts")]]
        message = mms(addrs, parts, received)
        to = message.pop("to")
        message.update(kind="mms", addresses=sorted(to + ([message["from"]] if received else [])), direction={"1": "in", "2": "out", "3": "draft"}[m["msg_box"]],
                       date=int(m["date"]) * 1000, dateSent=int(m["date_sent"]) * 1000 or None, read=m["read"] == "1", subject=m.get("sub"))
        yield message


def zip_messages(raw):
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        same("a sound ZIP", None, archive.testzip())
        names = archive.namelist()
        same("the first member", "messages.ndjson", names[0])
        used = set()

        def content(part):
            name = "data/" + part["_data"].rpartition("/")[2]
            used.add(name)
            return archive.read(name)
        yield from json_messages([json.loads(line) for line in archive.read("messages.ndjson").decode().split("\n")[:-1]], lambda name: "__" + name, content)
        same("members", set(names[1:]), used)


def unseal(raw):
    import nacl.pwhash, nacl.bindings.crypto_secretstream as ss
    same("SSEF", b"SSEF\0\xff\0\1", raw[:8])
    passes, memory, chunk = (int.from_bytes(raw[a:a + 4], "big") for a in (8, 12, 32))
    same("parameters", (3, 65536, 65536), (passes, memory, chunk))
    key = nacl.pwhash.argon2id.kdf(32, b"lantern field sample phone", raw[16:32], passes, memory)
    state = ss.crypto_secretstream_xchacha20poly1305_state()
    ss.crypto_secretstream_xchacha20poly1305_init_pull(state, raw[36:60], key)
    text, at, tag = b"", 60, None
    while at < len(raw):
        same("final chunk last", False, tag == 3)
        piece, tag = ss.crypto_secretstream_xchacha20poly1305_pull(state, raw[at:at + chunk + 17])
        text += piece
        at += chunk + 17
    same("final chunk", 3, tag)
    return text


def messages(where, found):
    found = list(found)
    same(where + " messages", len(PERSONA["messages"]), len(found))
    for i, (expected, message) in enumerate(zip(PERSONA["messages"], found)):
        expected = {k: v for k, v in expected.items() if k != "canary"}
        for member in expected:
            same("%s message %d %s" % (where, i, member), expected[member], message[member])


# Notes -------------------------------------------------------------------------------------------------------------------------------------------------
def markdown(folder, expected):
    text = data(folder, os.path.basename(expected["path"])).decode("utf-8")
    head, body = re.fullmatch(r"---\n(.*?)\n---\n\n(.*)", text, re.S).groups()
    front = dict(line.split(": ", 1) for line in head.split("\n"))
    attached = re.findall(r"\n!\[([^\]]+)\]\(attachments/\1\)\n", body)
    body = re.sub(r"\n!\[[^\]]+\]\(attachments/[^)]+\)\n", "", body)
    items = [dict(text=t, checked=x == "x") for x, t in re.findall(r"^- \[([ x])\] (.*)$", body, re.M)] or None
    time = lambda s: int(datetime.fromisoformat(s.replace("Z", "+00:00")).timestamp()) * 1000
    return dict(title=json.loads(front["title"]), created=time(front["created"]), edited=time(front["updated"]), labels=json.loads(front["labels"]), pinned=front["pinned"] == "true",
                archived=front["archived"] == "true", items=items, text=None if items else body[:-1],
                attachments=[facts("image/jpeg", data(folder, "attachments", name), path="notes/attachments/" + name) for name in attached])


def keep(expected):
    folder = "formats/notes/keep"
    note = json.loads(data(folder, os.path.basename(expected["path"])[:-3] + ".json"))
    return dict(title=note["title"], created=note["createdTimestampUsec"] // 1000, edited=note["userEditedTimestampUsec"] // 1000, labels=[l["name"] for l in note.get("labels", [])],
                pinned=note["isPinned"], archived=note["isArchived"], text=note.get("textContent"),
                items=[dict(text=i["text"], checked=i["isChecked"]) for i in note["listContent"]] if "listContent" in note else None,
                attachments=[facts(a["mimetype"], data(folder, a["filePath"]), path="notes/attachments/" + a["filePath"]) for a in note.get("attachments", [])])


def xiaomi(expected):
    folder = "formats/notes/xiaomi"
    entry = json.loads(data(folder, os.path.basename(expected["path"])[:-3] + ".json"))["data"]["entry"]
    plain = lambda s: s.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    items = [dict(text=plain(t), checked=bool(c)) for c, t in re.findall(r'<input type="checkbox" indent="1" level="3"( checked="true")? />(.*)', entry["content"])] or None
    lines = [plain(t) for t in re.findall(r'<text indent="1">(.*?)</text>', entry["content"])]
    files = {d["fileId"]: d for d in entry["setting"]["data"]}
    attached = [files[i] for i in re.findall(r'<img fileid="([^"]+)"', entry["content"])]
    return dict(title=json.loads(entry["extraInfo"])["title"], created=entry["createDate"], edited=entry["modifyDate"], pinned=entry["setting"]["stickyTime"] > 0, items=items,
                text=None if items else "\n".join(lines),
                attachments=[facts(d["mimeType"], data(folder, d["digest"]), path=e["path"]) for d, e in zip(attached, expected["attachments"])])


def notes(where, reader):
    for i, expected in enumerate(PERSONA["notes"]):
        for member, value in reader(expected).items():
            same("%s note %d %s" % (where, i, member), expected[member], value)


# ---------------------------------------------------------------------------------------------------------------------------------------------------------
name_of = {p["value"]: c["displayName"] for c in PERSONA["contacts"] for p in c["phones"]}
try:
    contacts(("contacts", "contacts.vcf"), lines_21, values_21)
    messages("XML", xml_messages(data("messages", "sms-20251231200000.xml")))
    notes("Markdown", lambda expected: markdown("notes", expected))
    same("files of notes", sorted([os.path.basename(n["path"]) for n in PERSONA["notes"]]), sorted(n for n in os.listdir(os.path.join(ROOT, "notes")) if n != "attachments"))
    if os.path.isdir(os.path.join(ROOT, "formats")):
        contacts(("formats", "contacts", "vcard-2.1", "contacts.vcf"), lines_21, values_21)
        contacts(("formats", "contacts", "vcard-3.0", "contacts.vcf"), lines_utf8, values_utf8)
        contacts(("formats", "contacts", "vcard-4.0", "contacts.vcf"), lines_utf8, values_utf8)
        folder = ("formats", "messages")
        messages("XML of formats", xml_messages(data(*folder, "sms-backup-restore", "sms-20251231200000.xml")))
        messages("ZIP", zip_messages(data(*folder, "sms-import-export-2", "messages.zip")))
        messages("JSON", json_messages(json.loads(data(*folder, "sms-import-export-1", "messages.json")), lambda name: name, lambda part: base64.b64decode(part["binary_data"], validate=True)))
        messages("encrypted", zip_messages(unseal(data(*folder, "sms-import-export-encrypted", "messages.zip"))))
        notes("Markdown of formats", lambda expected: markdown("formats/notes/markdown", expected))
        notes("Keep", keep)
        notes("Xiaomi", xiaomi)
except Exception as problem:
    differences.append("%s: %s" % (type(problem).__name__, problem))
print("\n".join(differences[:50]))
sys.exit(1 if differences else 0)
