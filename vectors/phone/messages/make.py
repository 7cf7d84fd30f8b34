#!/usr/bin/env python3
"""Makes the vectors of docs/messages.md with Python's standard library, and libsodium (python3-nacl) for the encrypted one: none of Offproof's code.

usage: make.py FOLDER   writes xml/, v2/, v1/ and v2/encrypted.ssef into FOLDER. All numbers are fictional. The encrypted file differs every time.
"""
import base64, datetime, hashlib, json, os, re, sys, zipfile
import xml.etree.ElementTree as ET

OUT = sys.argv[1]
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
VCF = b"BEGIN:VCARD\r\nVERSION:2.1\r\nTEL;CELL:+447700900003\r\nEND:VCARD\r\n"
WAV = bytes(range(256)) * 3 + b"\0"
EXT = {"image/png": "png", "image/jpeg": "jpg", "text/x-vcard": "vcf", "audio/x-wav": "wav"}


def put(path, data):
    path = os.path.join(OUT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data.encode("utf-8") if isinstance(data, str) else data)


def text(value):  # RFC 8785, and \udxxx for half of a pair
    dumped = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda m: "\\u%04x" % ord(m.group()), dumped)


def wtf8(s):
    return s.encode("utf-8", "surrogatepass")


def columns(row):
    return ["%s:%s" % (text(k), text(v)) for k, v in sorted(row.items(), key=lambda kv: wtf8(kv[0]))]


def reserve(row):
    return {("~" + k if k in ("kind", "addrs", "parts", "data") or k.startswith("~") else k): v for k, v in row.items()}


def tree(folder, messages):
    """messages: (kind, columns, addrs, [(columns, bytes or None)])"""
    files, parts_out = {}, {}
    for kind, cols, addrs, parts in messages:
        if kind == "sms":
            who = [cols.get("address", "")]
        elif cols.get("address"):
            who = [a for a in dict.fromkeys(cols["address"].split("~")) if a]
        else:
            real = [a for a in addrs if a.get("address") and a["address"] != "insert-address-token"]
            sender = list(dict.fromkeys(a["address"] for a in real if a.get("type") == "137"))
            rest = list(dict.fromkeys(a["address"] for a in real if a.get("type") != "137"))
            if cols.get("msg_box") == "1":
                who = sender if len(rest) <= 1 and sender else list(dict.fromkeys(sender + rest))
            else:
                who = rest or sender
        conv = hashlib.sha256(b"\n".join(sorted(wtf8(a) for a in who))).hexdigest()[:32]
        items = ['"kind":"%s"' % kind] + columns(reserve(cols))
        if addrs:
            items.append('"addrs":[%s]' % ",".join("{%s}" % ",".join(columns(reserve(a))) for a in addrs))
        if parts:
            made = []
            for cols_, data in parts:
                inner = columns(reserve(cols_))
                if data is not None:
                    name = hashlib.sha256(data).hexdigest() + "." + EXT.get(cols_.get("ct", "").split(";")[0].strip().lower(), "bin")
                    parts_out["%s/parts/%s" % (conv, name)] = data
                    inner.append('"data":"%s"' % name)
                made.append("{%s}" % ",".join(inner))
            items.append('"parts":[%s]' % ",".join(made))
        line = wtf8("{%s}\n" % ",".join(items))
        date = cols.get("date", "")
        ms = None
        if re.fullmatch("[0-9]+", date):
            ms = int(date) * 1000 if int(date) < 100_000_000_000 else int(date)
        month = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).strftime("%Y-%m") if ms is not None else "0000-00"
        files.setdefault("%s/%s.ndjson" % (conv, month), set()).add((ms if ms is not None else -1, hashlib.sha256(line).digest(), line))
    times = {}
    for path, lines in files.items():
        put(folder + "/tree/" + path, b"".join(l for _, _, l in sorted(lines)))
        times[path] = max(0, max(t for t, _, _ in lines))
    for path, data in parts_out.items():
        put(folder + "/tree/" + path, data)
        times[path] = 0
    put(folder + "/times.json", json.dumps(times, indent=1, sort_keys=True) + "\n")


# XML -----------------------------------------------------------------------------------------------------------------------------------------------
XML = """\ufeff<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<!--File Created By a phone that nobody owns; <sms body="no message" />-->
<?xml-stylesheet type="text/xsl" href="sms.xsl"?>
<!DOCTYPE smses [ <!ENTITY bomb "boom>"> ]>
<smses count="9" backup_set="0c0ffee0-0000-4000-8000-000000000001" backup_date="1722470400000" type="full">
  <sms protocol="0" address="+447700900001" date="1719791999999" type="1" subject="null" body="June, still &#55357;&#56832; &amp; &#x1F680;" toa="null" sc_toa="null" service_center="+447700900999" read="1" status="-1" locked="0" date_sent="1719791999000" sub_id="-1" readable_date="Jun 30, 2024 23:59:59" contact_name="Ann O&apos;Neil" />
  <sms protocol="0" address="+447700900001" date="1719792000000" type="2" subject="null" body="July: two
lines&#10;and a third" toa="null" sc_toa="null" service_center="null" read="1" status="0" locked="0" date_sent="0" sub_id="-1" readable_date="Jul 1, 2024 00:00:00" contact_name="Ann O&apos;Neil" />
  <sms protocol="0" address="+447700900001" date="1719792000000" type="2" subject="null" body="null" read="1" status="-1" locked="0" date_sent="0" contact_name="Ann O&apos;Neil" />
  <sms protocol="0" address="07700 900001" date="1719792000001" type="1" subject="" body="half &#55357; alone, &bomb; and 1 < 2" read="0" status="-1" locked="0" date_sent="0" kind="vendor's" x_vendor="kept" contact_name="(Unknown)"/>
  <sms address="Bank" date="" type="1" body="no date" />
  <mms date="1720997593000" rr="null" sub="&#55356;&#57225;" ct_t="application/vnd.wap.multipart.related" read_status="null" seen="1" msg_box="1" address="+15555550101~+447700900002~+447700900001" m_id="M1" m_type="132" date_sent="1720997590" sim_slot="1" _id="7" readable_date="Jul 14, 2024" contact_name="Ann O&apos;Neil, Bob">
    <parts>
      <part seq="-1" ct="application/smil" name="null" chset="null" cd="null" fn="null" cid="&lt;smil&gt;" cl="smil.xml" ctt_s="null" ctt_t="null" text="&lt;smil&gt;&lt;body/&gt;&lt;/smil&gt;" />
      <part seq="0" ct="image/png" name="a.png" chset="null" cd="null" fn="null" cid="null" cl="a.png" ctt_s="null" ctt_t="null" text="null" sef_type="0" data="@PNG@" />
      <part seq="0" ct="text/plain" name="null" chset="106" cd="null" fn="null" cid="null" cl="t.txt" ctt_s="null" ctt_t="null" text="null" />
      <part seq="0" ct="Text/X-vCard; charset=utf-8" text="null" data="@VCF@" />
      <part seq="1" ct="audio/x-wav" text="null" data='@WAV@' />
      <part seq="2" ct="application/x-odd" text="null" data="" />
    </parts>
    <addrs>
      <addr address="+447700900001" type="137" charset="106" />
      <addr address="+15555550101" type="151" charset="106" />
      <addr address="+447700900002" type="130" charset="106" />
    </addrs>
  </mms>
  <mms date="1720998243000" msg_box="2" address="group_8@rcs.example" tr_id="proto:CkIKImNvbQ==" m_type="128" text_only="1" creator="org.example.messages"><parts><part seq="0" ct="text/plain" text="RCS &#55358;&#57000;"/></parts><addrs/></mms>
  <mms date="1720998300" msg_box="1" m_type="130" ct_l="http://mmsc.example/1"><parts></parts><addrs><addr address="+447700900003" type="137"/><addr address="insert-address-token" type="151"/></addrs></mms>
  <sms protocol="0" address="+447700900001" date="1719792000000" type="2" subject="null" body="null" read="1" status="-1" locked="0" date_sent="0" contact_name="Ann O&apos;Neil" />
</smses>
"""


def entities(data):  # blanks and references inside of base64
    s = base64.b64encode(data).decode()
    return s[:20] + "&#10;" + s[20:40] + "\n" + s[40:].replace("=", "&#61;").replace("/", "&#x2f;")


def pair(m):
    high, low = int(m.group(1)), int(m.group(2))
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def make_xml():
    raw = XML.replace("@PNG@", base64.b64encode(PNG).decode()).replace("@VCF@", base64.b64encode(VCF).decode().rstrip("=")).replace("@WAV@", entities(WAV))
    put("xml/messages.xml", raw)
    put("xml/messages.utf16.xml", raw.encode("utf-16-be", "surrogatepass"))
    # What the platform's parser cannot take is put aside first: pairs joined, the half and the line ends of values marked, stray characters escaped.
    clean = raw.lstrip("\ufeff")
    clean = re.sub(r"&#(5[56]\d{3});&#(5[67]\d{3});", pair, clean)
    clean = clean.replace("&#55357;", "\ue000").replace("&bomb;", "&amp;bomb;").replace("1 < 2", "1 &lt; 2").replace("July: two\n", "July: two&#10;")
    clean = re.sub(r"<!DOCTYPE.*?\]>", "", clean)
    messages = []
    for e in ET.fromstring(clean):
        is_sms = e.tag == "sms"
        back = lambda s: s.replace("\ue000", "\ud83d")
        cols = {k: back(v) for k, v in e.attrib.items() if v != "null" or (is_sms and k == "body")}
        addrs = [{k: v for k, v in a.attrib.items() if v != "null"} for a in e.iter("addr")]
        parts = []
        for p in e.iter("part"):
            data = p.attrib.pop("data", None)
            cols_ = {k: v for k, v in p.attrib.items() if v != "null" or (k == "text" and data is None and p.attrib["ct"].lower().startswith("text/"))}
            if data is not None:
                data = re.sub(r"\s", "", data)
                data = base64.b64decode(data + "=" * (-len(data) % 4))
            parts.append((cols_, data))
        messages.append((e.tag, cols, addrs, parts))
    tree("xml", messages)


# SMS Import/Export -----------------------------------------------------------------------------------------------------------------------------------
SMS = {"_id": "1", "thread_id": "4", "address": "+447700900001", "date": "1719791999999", "date_sent": "1719791999000", "protocol": "0", "read": "1", "status": "-1", "type": "1",
       "body": "June, still \U0001F600 / \u2028 \\ \" \u0001", "locked": "0", "sub_id": "1", "seen": "1"}
BARE = {"_id": "2", "address": "+15555550102", "date": "1722470400000", "type": "2", "body": "null", "weird": 12.50, "flag": True, "gone": None, "nested": {"a": [1, "x"]}}
MMS = {"_id": "9", "thread_id": "5", "date": "1720997593", "date_sent": "1720997590", "msg_box": "1", "m_id": "M1", "m_type": "132", "ct_t": "application/vnd.wap.multipart.related",
       "extra__base64__": "AAEC", "sub": "\U0001F389"}
FROM = {"_id": "31", "msg_id": "9", "address": "+447700900001", "type": "137", "charset": "106"}
TO = [{"_id": "32", "msg_id": "9", "address": "+15555550101", "type": "151", "charset": "106"}, {"_id": "33", "msg_id": "9", "address": "+447700900002", "type": "130", "charset": "106"}]
PARTS = [({"_id": "41", "mid": "9", "seq": "-1", "ct": "application/smil", "text": "<smil/>"}, None),
         ({"_id": "42", "mid": "9", "seq": "0", "ct": "image/png", "cl": "a.png", "_data": "/data/user_de/0/com.android.providers.telephony/app_parts/PART_1_a.png"}, PNG),
         ({"_id": "43", "mid": "9", "seq": "0", "ct": "text/plain", "text": "picture \ud83d"}, None),
         ({"_id": "44", "mid": "9", "seq": "1", "ct": "image/jpeg", "_data": "/data/lost/PART_2.jpg"}, None)]
ONE = {"_id": "10", "date": "1720997600", "msg_box": "2", "m_type": "128"}
ONE_TO = [{"address": "+447700900003", "type": "151"}]


def strings(row):
    return {k: v if isinstance(v, str) else json.dumps(v, separators=(",", ":")) for k, v in row.items() if v is not None}


def make_v2():
    sms = dict(SMS, __display_name="Ann")
    mms = dict(MMS, __sender_address=dict(FROM, __display_name="Ann"), __recipient_addresses=TO, __parts=[p for p, _ in PARTS])
    one = dict(ONE, __recipient_addresses=ONE_TO, __parts=[{"ct": "text/plain", "text": "hi"}])
    dump = lambda m: json.dumps(m, ensure_ascii=True).replace("/", "\\/").replace("12.5,", "12.50,") + "\n"
    lines = "".join(dump(m) for m in (sms, BARE, mms, one))
    path = os.path.join(OUT, "v2/messages.zip")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in (("messages.ndjson", lines.encode()), ("data/PART_1_a.png", PNG)):
            info = zipfile.ZipInfo(name, (2024, 8, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, data)
    bare = dict(strings(BARE), weird="12.50")
    tree("v2", [("sms", sms, [], []), ("sms", bare, [], []), ("mms", MMS, [dict(FROM, __display_name="Ann")] + TO, PARTS),
                ("mms", ONE, ONE_TO, [({"ct": "text/plain", "text": "hi"}, None)])])


def make_v1():
    sms = dict(SMS, display_name="Ann")
    parts = [dict(p, **({"binary_data": base64.b64encode(d).decode()} if d else {})) for p, d in PARTS]
    mms = dict(MMS, sender_address=dict(FROM, display_name="Ann"), recipient_addresses=TO, parts=parts)
    put("v1/messages.json", json.dumps([sms, mms], indent=2, ensure_ascii=True).replace("/", "\\/"))
    tree("v1", [("sms", sms, [], []), ("mms", MMS, [dict(FROM, display_name="Ann")] + TO, PARTS)])


def make_encrypted():
    import nacl.pwhash, nacl.utils, nacl.bindings.crypto_secretstream as ss
    plain = open(os.path.join(OUT, "v2/messages.zip"), "rb").read()
    ops, mem, chunk, salt = 3, 65536, 512, nacl.utils.random(16)
    key = nacl.pwhash.argon2id.kdf(32, "correct horse".encode(), salt, ops, mem)
    state = ss.crypto_secretstream_xchacha20poly1305_state()
    out = b"SSEF\0\xff\0\1" + ops.to_bytes(4, "big") + mem.to_bytes(4, "big") + salt + chunk.to_bytes(4, "big")
    out += ss.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    for at in range(0, len(plain), chunk):
        tag = ss.crypto_secretstream_xchacha20poly1305_TAG_FINAL if at + chunk >= len(plain) else ss.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
        out += ss.crypto_secretstream_xchacha20poly1305_push(state, plain[at:at + chunk], None, tag)
    put("v2/encrypted.ssef", out)


make_xml()
make_v2()
make_v1()
make_encrypted()
