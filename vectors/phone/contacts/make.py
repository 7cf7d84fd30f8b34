#!/usr/bin/env python3
"""Makes the vectors of docs/contacts.md with Python's standard library: none of Offproof's code. What must come out of the sources is typed here by hand.

usage: make.py FOLDER   writes sources/, tree/, times.json, export3.vcf and export4.vcf into FOLDER. Everybody in it is fictional.
"""
import base64, hashlib, json, os, sys

OUT = sys.argv[1]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(range(200)) + b"\xff\xd9").decode()


def put(path, data):
    path = os.path.join(OUT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def fold(line):  # 75 octets, between characters
    out, room, size = "", 75, 0
    for c in line:
        n = len(c.encode())
        if size + n > room:
            out, room, size = out + "\r\n ", 74, 0
        out, size = out + c, size + n
    return out


def card(version, lines):
    return "".join(fold(l) + "\r\n" for l in ["BEGIN:VCARD", "VERSION:" + version] + lines + ["END:VCARD"]).encode()


def lines(text, end="\r\n"):
    return text.strip("\n").replace("\n", end) + end


def chunks(text, size):
    return [text[i:i + size] for i in range(0, len(text), size)]


# Android: 2.1. Bytes of Shift_JIS, ISO-8859-1 and windows-1252 stand among ASCII, so it is put together as bytes.
ANDROID = lines("""
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=84rger;=F0=9F=98=80;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=F0=9F=98=80=
 =20=C3=84rger
TEL;CELL;PREF:+44 7700 900001,,2;3
TEL;X-Night:+44 7700 900002
EMAIL;HOME:first@example.org
EMAIL;INTERNET:"First"
  <other@example.org>
# a comment
NOTE;ENCODING=QUOTED-PRINTABLE:one, =
two;=0D=0A=
 three =3D 3=
#four
ORG:Tin \\; Sons;Sales, East
X-ANDROID-CUSTOM;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:vnd.android.cursor.item/relation;=4A=3B=C3=B6;=5C=3B;1;;
ADR;HOME;ENCODING=QUOTED-PRINTABLE:;;1 Low Road=0AFlat 2;Town;;AB1 2CD;
X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Fizz;1;;;;;;;;;;;;;
X-PHONETIC-LAST-NAME:Erger
GEO:51.5,-0.1
URL:https://example.org/a,b;c
PHOTO;ENCODING=BASE64;JPEG:@JPEG@
X-AFTER:no empty line before this one
REV:20240102T030405Z
END:VCARD

BEGIN:VCARD
N:Nobody;No
AGENT:
BEGIN:VCARD
VERSION:2.1
FN:Agent Brown
TEL:+44 7700 900003
END:VCARD
TEL;WORK:+44 7700 900004
PHOTO;BASE64;GIF:not base64!
NOTE:A line broken
where it may not be
END:VCARD
Stray text
between cards
BEGIN:VCARD
VERSION:2.1
FN;CHARSET=SHIFT_JIS:@SJIS@
N;CHARSET=SHIFT_JIS:@SJIS2@
NOTE;CHARSET=ISO-8859-1:Gr\u00fc\u00dfe
X-UNDECLARED:\u0093quoted\u0094
BDAY:--07-09
TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7=A0=D7=99);VOICE:+44 7700 900006
item1.URL:https://example.org/
EMAIL;X-CUSTOM(Shop, old):shop@example.org
EMAIL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7):cut@example.org
END:VCARD
""")
ANDROID = ANDROID.replace("@JPEG@", "\r\n" + "\r\n".join(" " + c for c in chunks(JPEG, 60)))
ANDROID = ANDROID.encode("latin-1").replace(b"@SJIS@", "能 予".encode("shift_jis")).replace(b"@SJIS2@", "能;予;;;".encode("shift_jis"))

# iOS: 3.0, doubled CR, folded photo, groups, a UUID.
IOS = lines("""
BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iOS 6.1.3//EN
N:Smith;Bob;;;
FN:Bob Smith
item1.TEL;type=pref:(555) 555-0101
item1.X-ABLabel:_$!<Mobile>!$_
item2.URL;type=pref:http\\://www.example.com
item2.X-ABLabel:_$!<HomePage>!$_
TEL;TYPE="a,b:c",HOME;VOICE:p12w34
BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-06
NOTE:back\\\\slash\\, comma\\; and a fold that goes on for longer than seventy-
 five octets: 日本語の長い行はここで折り返されます。العربية 🚀🚀🚀 end
NICKNAME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:B=C3=B6b=0D=0Ab
ADR;type=HOME:;;2 High Street;City;;EF3 4GH;
LABEL;type=HOME:2 High Street\\nCity "C"
SORT-STRING:smith
X-SIP:bob
PHOTO;ENCODING=b;TYPE=PNG:@PNG@
UID:AAAAAAAA-0000-4000-8000-00000000000B
REV:2024-03-04T05:06:07+01:00
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Twin;Tim;;;
FN:Tim Twin
TEL:+1 555 555 0102
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Twin;Tim;;;
FN:Tim Twin
TEL:+1 555 555 0103
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Twin;Tim;;;
FN:Tim Twin
TEL:+1 555 555 0102
END:VCARD
""", "\r\r\n").replace("@PNG@", "\r\r\n ".join(chunks(PNG, 40)))

V4 = lines("""
BEGIN:VCARD
VERSION:4.0
FN;PREF=1:Zoë
N;SORT-AS="Zoe,Z":Zoë;;;;
BDAY:--0715
ANNIVERSARY:20090808
GENDER:F
TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+44-7700-900-005;ext=6
EMAIL;PREF=2:zoe@example.org
PHOTO:data:image/png;base64,@PNG@
ADR;LABEL="3 End\\nVillage":;;3 End;Village;;;
GEO:geo:1.5,2.5
UID:urn:uuid:0c0ffee0-0000-4000-8000-000000000009
X-UNKNOWN;X-P=q:a;b,c\\,d
END:VCARD
BEGIN:VCARD
VERSION:4.0
KIND:group
FN:Friends
MEMBER:urn:uuid:0c0ffee0-0000-4000-8000-000000000009
UID:https://example.org/groups/Friends
""", "\n").replace("@PNG@", PNG)

UTF16 = lines("""
BEGIN:VCARD
VERSION:3.0
FN:\U0001F680 Rocket
N:Rocket;\U0001F680;;;
UID:rocket_1
END:VCARD
""")

put("sources/android.vcf", ANDROID)
put("sources/ios.vcf", IOS.encode())
put("sources/v4.vcf", ("\ufeff" + V4).encode())
put("sources/utf16.vcf", ("\ufeff" + UTF16).encode("utf-16-le"))
put("sources/notes.txt", b"no card\r\n")

# ---------------------------------------------------------------------------------------------------------------------------------------------------
def stem(kind, text):
    return hashlib.sha256((kind + "\n" + text).encode()).hexdigest()[:32]


TREE = {
    stem("name", "😀 Ärger"): ("3.0", [
        "N:Ärger;😀;;;", "FN:😀 Ärger", "TEL;TYPE=CELL,PREF:+44 7700 900001\\,\\,2\\;3", "TEL;TYPE=X-Night:+44 7700 900002", "EMAIL;TYPE=HOME:first@example.org",
        "EMAIL;TYPE=INTERNET:\"First\" <other@example.org>", "NOTE:one\\, two\\;\\n three = 3#four", "ORG:Tin \\; Sons;Sales\\, East",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/relation;J\\;ö;\\;;1;;", "ADR;TYPE=HOME:;;1 Low Road\\nFlat 2;Town;;AB1 2CD;", "X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Fizz;1;;;;;;;;;;;;;", "X-PHONETIC-LAST-NAME:Erger",
        "GEO:51.5;-0.1", "URL:https://example.org/a,b;c", "PHOTO;ENCODING=b;TYPE=JPEG:" + JPEG, "X-AFTER:no empty line before this one", "REV:20240102T030405Z"], 1704164645000),
    stem("name", "No Nobody"): ("3.0", ["N:Nobody;No", "FN:No Nobody", "AGENT:Agent Brown", "TEL;TYPE=WORK:+44 7700 900004", "NOTE:A line broken where it may not be"], 0),
    stem("name", "Agent Brown"): ("3.0", ["N:;Agent Brown;;;", "FN:Agent Brown", "TEL:+44 7700 900003"], 0),
    stem("name", "能 予"): ("3.0", ["FN:能 予", "N:能;予;;;", "NOTE:Grüße", "X-UNDECLARED:“quoted”", "BDAY:--07-09", "item2.TEL;TYPE=VOICE:+44 7700 900006", "item2.X-ABLabel:ני", "item1.URL:https://example.org/", "item3.EMAIL:shop@example.org", "item3.X-ABLabel:Shop\\, old",
        "EMAIL;TYPE=\"X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7)\":cut@example.org"], 0),
    "aaaaaaaa-0000-4000-8000-00000000000b": ("3.0", [
        "PRODID:-//Apple Inc.//iOS 6.1.3//EN", "N:Smith;Bob;;;", "FN:Bob Smith", "item1.TEL;type=pref:(555) 555-0101", "item1.X-ABLabel:_$!<Mobile>!$_", "item2.URL;type=pref:http\\://www.example.com",
        "item2.X-ABLabel:_$!<HomePage>!$_", "TEL;TYPE=\"a,b:c\",HOME;TYPE=VOICE:p12w34", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-06",
        "NOTE:back\\\\slash\\, comma\\; and a fold that goes on for longer than seventy-five octets: 日本語の長い行はここで折り返されます。العربية 🚀🚀🚀 end", "NICKNAME:Böb\\nb",
        "ADR;type=HOME:;;2 High Street;City;;EF3 4GH;", "LABEL;type=HOME:2 High Street\\nCity \"C\"", "SORT-STRING:smith", "X-SIP:bob", "PHOTO;ENCODING=b;TYPE=PNG:" + PNG,
        "UID:AAAAAAAA-0000-4000-8000-00000000000B", "REV:2024-03-04T05:06:07+01:00"], 1709525167000),
    ("name", "Tim Twin", 1): ("3.0", ["N:Twin;Tim;;;", "FN:Tim Twin", "TEL:+1 555 555 0102"], 0),
    ("name", "Tim Twin", 2): ("3.0", ["N:Twin;Tim;;;", "FN:Tim Twin", "TEL:+1 555 555 0103"], 0),
    "0c0ffee0-0000-4000-8000-000000000009": ("4.0", [
        "FN;PREF=1:Zoë", "N;SORT-AS=\"Zoe,Z\":Zoë;;;;", "BDAY:--0715", "ANNIVERSARY:20090808", "GENDER:F", "TEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":tel:+44-7700-900-005;ext=6", "EMAIL;PREF=2:zoe@example.org",
        "PHOTO:data:image/png;base64," + PNG, "ADR;LABEL=3 End\\nVillage:;;3 End;Village;;;", "GEO:geo:1.5,2.5", "UID:urn:uuid:0c0ffee0-0000-4000-8000-000000000009", "X-UNKNOWN;X-P=q:a;b,c\\,d"], 0),
    stem("uid", "https://example.org/groups/Friends"): ("4.0", ["KIND:group", "FN:Friends", "MEMBER:urn:uuid:0c0ffee0-0000-4000-8000-000000000009", "UID:https://example.org/groups/Friends"], 0),
    "rocket_1": ("3.0", ["FN:🚀 Rocket", "N:Rocket;🚀;;;", "UID:rocket_1"], 0),
}
files, times = {}, {}
for key, (version, content, time) in TREE.items():
    data = card(version, content)
    name = key if isinstance(key, str) else stem(*key[:2]) + "-" + hashlib.sha256(data).hexdigest()[:16]
    path = "%s/%s.vcf" % (hashlib.sha256(name.encode()).hexdigest()[:2], name)
    files[path], times[path] = data, time
    put("tree/" + path, data)
put("times.json", (json.dumps(times, indent=2, sort_keys=True) + "\n").encode())

# Exports: cards of the other version, nicknames of Android and a birthday without a year, by hand; the rest as it stands in the tree.
ZOE3 = card("3.0", [
    "FN;TYPE=pref:Zoë", "N:Zoë;;;;", "SORT-STRING:Zoe\\,Z", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-07-15", "ANNIVERSARY:20090808", "GENDER:F", "TEL;TYPE=voice,home,pref:+44-7700-900-005\\;ext=6", "EMAIL;PREF=2:zoe@example.org",
    "PHOTO;ENCODING=b;TYPE=PNG:" + PNG, "ADR:;;3 End;Village;;;", "LABEL:3 End\\nVillage", "GEO:1.5;2.5", "UID:urn:uuid:0c0ffee0-0000-4000-8000-000000000009", "X-UNKNOWN;X-P=q:a;b,c\\,d"])
GROUP3 = card("3.0", ["N:;Friends;;;", "X-ADDRESSBOOKSERVER-KIND:group", "FN:Friends", "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:0c0ffee0-0000-4000-8000-000000000009", "UID:https://example.org/groups/Friends"])
BOB4 = card("4.0", [
    "PRODID:-//Apple Inc.//iOS 6.1.3//EN", "N;SORT-AS=smith:Smith;Bob;;;", "FN:Bob Smith", "item1.TEL;PREF=1:(555) 555-0101", "item1.X-ABLabel:_$!<Mobile>!$_", "item2.URL;PREF=1:http\\://www.example.com",
    "item2.X-ABLabel:_$!<HomePage>!$_", "TEL;TYPE=\"a,b:c\",HOME;TYPE=VOICE:p12w34", "BDAY:--0506",
    "NOTE:back\\\\slash\\, comma\\; and a fold that goes on for longer than seventy-five octets: 日本語の長い行はここで折り返されます。العربية 🚀🚀🚀 end", "NICKNAME:Böb\\nb",
    "ADR;type=HOME;LABEL=2 High Street\\nCity ^'C^':;;2 High Street;City;;EF3 4GH;", "IMPP:sip:bob", "PHOTO:data:image/png;base64," + PNG,
    "UID;VALUE=text:AAAAAAAA-0000-4000-8000-00000000000B", "REV:20240304T050607+0100"])
FIRST4 = card("4.0", [
    "N:Ärger;😀;;;", "FN:😀 Ärger", "TEL;TYPE=CELL;PREF=1:+44 7700 900001\\,\\,2\\;3", "TEL;TYPE=X-Night:+44 7700 900002", "EMAIL;TYPE=HOME:first@example.org",
    "EMAIL;TYPE=INTERNET:\"First\" <other@example.org>", "NOTE:one\\, two\\;\\n three = 3#four", "ORG:Tin \\; Sons;Sales\\, East",
    "X-ANDROID-CUSTOM:vnd.android.cursor.item/relation;J\\;ö;\\;;1;;", "ADR;TYPE=HOME:;;1 Low Road\\nFlat 2;Town;;AB1 2CD;", "NICKNAME:Fizz", "X-PHONETIC-LAST-NAME:Erger",
    "GEO:geo:51.5,-0.1", "URL:https://example.org/a,b;c", "PHOTO:data:image/jpeg;base64," + JPEG, "X-AFTER:no empty line before this one", "REV:20240102T030405Z"])
FIRST3 = card("3.0", [
    "N:Ärger;😀;;;", "FN:😀 Ärger", "TEL;TYPE=CELL,PREF:+44 7700 900001\\,\\,2\\;3", "TEL;TYPE=X-Night:+44 7700 900002", "EMAIL;TYPE=HOME:first@example.org",
    "EMAIL;TYPE=INTERNET:\"First\" <other@example.org>", "NOTE:one\\, two\\;\\n three = 3#four", "ORG:Tin \\; Sons;Sales\\, East",
    "X-ANDROID-CUSTOM:vnd.android.cursor.item/relation;J\\;ö;\\;;1;;", "ADR;TYPE=HOME:;;1 Low Road\\nFlat 2;Town;;AB1 2CD;", "NICKNAME:Fizz", "X-PHONETIC-LAST-NAME:Erger",
    "GEO:51.5;-0.1", "URL:https://example.org/a,b;c", "PHOTO;ENCODING=b;TYPE=JPEG:" + JPEG, "X-AFTER:no empty line before this one", "REV:20240102T030405Z"])
YOTE3 = card("3.0", ["FN:能 予", "N:能;予;;;", "NOTE:Grüße", "X-UNDECLARED:“quoted”", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-07-09", "item2.TEL;TYPE=VOICE:+44 7700 900006", "item2.X-ABLabel:ני", "item1.URL:https://example.org/", "item3.EMAIL:shop@example.org", "item3.X-ABLabel:Shop\\, old",
    "EMAIL;TYPE=\"X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7)\":cut@example.org"])
YOTE4 = card("4.0", ["FN:能 予", "N:能;予;;;", "NOTE:Grüße", "X-UNDECLARED:“quoted”", "BDAY:--0709", "item2.TEL;TYPE=VOICE:+44 7700 900006", "item2.X-ABLabel:ני", "item1.URL:https://example.org/", "item3.EMAIL:shop@example.org", "item3.X-ABLabel:Shop\\, old",
    "EMAIL;TYPE=\"X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7)\":cut@example.org"])
ROCKET4 = card("4.0", ["FN:🚀 Rocket", "N:Rocket;🚀;;;", "UID;VALUE=text:rocket_1"])
export3, export4 = b"", b""
for path in sorted(files):
    data = files[path]
    export3 += ZOE3 if b"FN;PREF=1:Zo" in data else GROUP3 if b"KIND:group" in data else FIRST3 if b"GEO:51.5" in data else YOTE3 if b"X-UNDECLARED" in data else data
    plain4 = data.replace(b"VERSION:3.0", b"VERSION:4.0")
    export4 += BOB4 if b"FN:Bob Smith" in data else FIRST4 if b"GEO:51.5" in data else YOTE4 if b"X-UNDECLARED" in data else ROCKET4 if b"rocket_1" in data else plain4
put("export3.vcf", export3)
put("export4.vcf", export4)
