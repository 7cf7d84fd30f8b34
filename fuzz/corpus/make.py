#!/usr/bin/env python3
"""Makes the seeds of the fuzzer that nobody found: small files of every shape that a reader knows. Python's standard library, and python3-nacl for the encrypted one.

usage: make.py     writes beside itself, READER/made-*. All numbers, names and places are fictional.
"""
import io, json, os, struct, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))


def put(reader, name, data):
    os.makedirs(os.path.join(HERE, reader), exist_ok=True)
    with open(os.path.join(HERE, reader, "made-" + name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


# Messages ------------------------------------------------------------------------------------------------------------------------------------------
SMS = {"_id": "1", "address": "+447700900001", "date": "1719791999999", "type": "1", "body": "hi \U0001F600", "__display_name": "Ann"}
MMS = {"_id": "2", "date": "1720997593", "msg_box": "1", "m_type": "132", "m_id": "M", "__sender_address": {"address": "+447700900001", "type": "137"},
       "__recipient_addresses": [{"address": "+15555550101", "type": "151"}], "__parts": [{"ct": "image/png", "_data": "/x/PART_1"}, {"ct": "text/plain", "text": "t"}, {"ct": "image/png", "_data": "PART_2.png"}]}
ODD = {"address": "+15555550102", "date": "1", "kind": "k", "data": "d", "~": "t", "n": 12.5, "f": False, "z": None, "o": {"a": [1, "x", {}]}}
LINES = "".join(json.dumps(m) + "\n" for m in (SMS, MMS, ODD))

put("sms-xml", "sms", "<smses count='1'><sms address='+447700900001' date='1719791999999' type='1' body='&#55357;&#56832;'/></smses>")
put("sms-xml", "group", '<smses count="1"><mms date="1720998300" msg_box="1" address="+15555550101~+447700900002" m_id="M"><parts><part seq="0" ct="image/png" data="AAEC" text="null"/>'
    '<part ct="text/plain" text="null"/></parts><addrs><addr address="+15555550101" type="137"/><addr address="insert-address-token" type="151"/></addrs></mms></smses>')
put("sms-xml", "utf16", '<smses count="1"><sms address="Bank" date="1" body="x\u00e9"/></smses>'.encode("utf-16-le"))
put("sms-zip-lines", "lines", LINES)
put("sms-tree", "lines", '{"kind":"sms","address":"+447700900001","body":"\\ud83d","date":"1"}\n{"kind":"mms","date":"2","~kind":"k","addrs":[{"address":"a","type":"137"}],"parts":[{"ct":"image/png","data":"' + "0" * 64 + '.png"}]}\n')
put("sms-json", "array", json.dumps([SMS, dict({k: v for k, v in MMS.items() if k[0] != "_"}, sender_address={"address": "a"}, recipient_addresses=[], parts=[{"ct": "image/png", "binary_data": "AAEC"}])]))


def archive(method, big=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in (("messages.ndjson", LINES.encode()), ("data/PART_1", b"\x89PNG"), ("data/other", b"")):
            with z.open(zipfile.ZipInfo(name, (2024, 8, 1, 0, 0, 0)), "w", force_zip64=big) as f:
                f.write(data)
        z.comment = b"c"
    return out.getvalue()


put("sms-zip", "stored", archive(zipfile.ZIP_STORED))
put("sms-zip", "zip64", archive(zipfile.ZIP_DEFLATED, big=True))
put("sms-zip", "cut", archive(zipfile.ZIP_STORED)[:400])


def sealed(plain, memory, real, chunk):
    import nacl.pwhash, nacl.bindings.crypto_secretstream as ss
    salt = b"0123456789abcdef"
    state = ss.crypto_secretstream_xchacha20poly1305_state()
    out = b"SSEF\0\xff\0\1" + (1).to_bytes(4, "big") + memory.to_bytes(4, "big") + salt + chunk.to_bytes(4, "big")
    out += ss.crypto_secretstream_xchacha20poly1305_init_push(state, nacl.pwhash.argon2id.kdf(32, b"fuzz", salt, 1, real))
    for number, at in enumerate(range(0, len(plain), chunk)):
        out += ss.crypto_secretstream_xchacha20poly1305_push(state, plain[at:at + chunk], None, 3 if at + chunk >= len(plain) else 2 * (number % 2))
    return out


put("sms-encrypted", "zip", sealed(archive(zipfile.ZIP_DEFLATED), 64, 65536, 100))
put("sms-encrypted", "json", sealed(json.dumps([SMS]).encode(), 64, 65536, 4096))
put("sms-encrypted", "twice", sealed(b"SSEF\0\xff\0\1", 64, 65536, 4096))

# Photos --------------------------------------------------------------------------------------------------------------------------------------------
def directory(entries, at, order):
    """entries: (tag, type, count, bytes). Values of more than four bytes follow the directory, which stands at `at`."""
    body, after = struct.pack(order + "H", len(entries)), b""
    end = at + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        if len(value) > 4:
            value, after = struct.pack(order + "I", end + len(after)), after + value
        body += struct.pack(order + "HHI", tag, kind, count) + value.ljust(4, b"\0")
    return body + struct.pack(order + "I", 0) + after


def tiff(order):
    rational = lambda *values: b"".join(struct.pack(order + "II", n, d) for n, d in values)
    short = lambda n: struct.pack(order + "H", n)
    long = lambda n: struct.pack(order + "I", n)
    exif = [(0x9003, 2, 20, b"2024:05:06 07:08:09\0"), (0x9011, 2, 7, b"-03:00\0")]
    gps = [(1, 2, 2, b"S\0"), (2, 5, 3, rational((33, 1), (55, 1), (39, 1))), (3, 2, 2, b"E\0"), (4, 5, 3, rational((18, 1), (24, 1), (59, 1))), (5, 1, 1, b"\0"), (6, 5, 1, rational((25, 1)))]
    first = lambda a, b: directory([(0x0112, 3, 1, short(6)), (0x8769, 4, 1, long(a)), (0x8825, 4, 1, long(b))], 8, order)
    a = 8 + len(first(0, 0))
    b = a + len(directory(exif, a, order))
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8) + first(a, b) + directory(exif, a, order) + directory(gps, b, order)


def app1(body):
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def xmp(inner):
    return ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:c="http://ns.google.com/photos/1.0/camera/" xmlns:d="http://ns.google.com/photos/1.0/container/" '
            'xmlns:i="http://ns.google.com/photos/1.0/container/item/" xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:t="http://ns.adobe.com/tiff/1.0/">' + inner + "</rdf:RDF>").encode()


def jpeg(*segments):
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda\0\2\xff\xd9"


def box(name, body):
    return struct.pack(">I", len(body) + 8) + name + body


def heif(version):
    items = [(1, b"Exif", b""), (2, b"mime", b"\0application/rdf+xml\0")]
    data = [struct.pack(">I", 0) + tiff(">"), xmp('<rdf:Description t:Orientation="3" e:DateTimeOriginal="2024-01-02T03:04:05Z"/>')]
    infe = b"".join(box(b"infe", struct.pack(">BBBBHH", 2, 0, 0, 0, i, 0) + kind + more) for i, kind, more in items)
    meta = lambda at: box(b"meta", b"\0\0\0\0" + box(b"iinf", b"\0\0\0\0" + struct.pack(">H", 2) + infe) + iloc(at) + (box(b"idat", b"".join(data)) if version else b""))

    def iloc(at):
        rows = b""
        for (i, _, _), d in zip(items, data):
            rows += struct.pack(">H", i) + (b"\0\1" if version else b"") + b"\0\0" + struct.pack(">HII", 1, at, len(d))
            at += len(d)
        return box(b"iloc", bytes([version, 0, 0, 0]) + b"\x44\0" + struct.pack(">H", 2) + rows)

    front = box(b"ftyp", b"heic\0\0\0\0mif1")
    return front + meta(0) if version else front + meta(len(front) + len(meta(0)) + 8) + box(b"mdat", b"".join(data))


VIDEO = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x08moov"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
put("photo-facts", "jpeg", jpeg(app1(b"Exif\0\0" + tiff("<"))))
put("photo-facts", "xmp", jpeg(app1(XMP + xmp('<rdf:Description t:Orientation="8" e:DateTimeOriginal="2024-01-02T03:04:05+02:00"/>'))))
put("photo-facts", "motion-new", jpeg(app1(XMP + xmp('<rdf:Description c:MotionPhoto="1"><d:Item i:Semantic="Primary"/><d:Item i:Semantic="MotionPhoto" i:Length="24" i:Padding="0"/></rdf:Description>'))) + VIDEO)
put("photo-facts", "motion-old", jpeg(app1(XMP + xmp('<rdf:Description c:MicroVideo="1" c:MicroVideoOffset="24"/>'))) + VIDEO)
put("photo-facts", "tiff", tiff(">"))
put("photo-facts", "png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(tiff(">"))) + b"eXIf" + tiff(">") + b"\0\0\0\0" + b"\0\0\0\0IEND\0\0\0\0")
put("photo-facts", "webp", b"RIFF\0\0\0\0WEBPEXIF" + struct.pack("<I", len(tiff("<"))) + tiff("<"))
put("photo-facts", "heif-0", heif(0))
put("photo-facts", "heif-1", heif(1))
put("takeout-sidecar", "whole", json.dumps({"title": "IMG_1.jpg", "photoTakenTime": {"timestamp": "1714990089", "formatted": "x"}, "geoData": {"latitude": -33.9275, "longitude": 18.4164, "altitude": 25.0},
                                            "geoDataExif": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0}}))
put("takeout-sidecar", "number", '{"photoTakenTime":{"timestamp":-62135596800},"geoDataExif":{"latitude":90,"longitude":-180}}')

# TLS and QUIC, of the vectors: pieces of (sender + 2 x connection, length, bytes), for TLS behind the key log -------------------------------------------
VECTORS = os.path.join(HERE, "..", "..", "vectors", "audit")


def piece(which, data):
    return bytes([which]) + struct.pack(">H", len(data)) + data


def tls_streams(path):
    with open(path, "rb") as f:
        capture = f.read()
    at, connections, out = 24, [], b""
    while at < len(capture):
        length = struct.unpack("<I", capture[at + 8:at + 12])[0]
        segment = capture[at + 16 + 20:at + 16 + length]
        ports, data = struct.unpack(">HH", segment[:4]), segment[20:]
        if (client := max(ports)) not in connections:
            connections.append(client)
        if data:
            out += piece(2 * connections.index(client) + (ports[0] != client), data)
        at += 16 + length
    return out


for name in ("12-aes128gcm", "12-cbc128-sha", "12-cbc128-sha256-mac-first", "12-chacha", "12-premaster", "12-renegotiation", "12-ticket", "13-aes256gcm", "13-early", "13-key-update", "13-retry"):
    path = os.path.join(VECTORS, "tls", name)
    with open(path + ".keys", "rb") as f:
        log = f.read()
    put("tls", name, struct.pack(">H", len(log)) + log + tls_streams(path + ".pcap"))
for name in ("rfc9001", "retry-2", "pieces", "versions"):
    with open(os.path.join(VECTORS, "quic", name + ".txt")) as f:
        put("quic", name, b"".join(piece(line.startswith("server"), bytes.fromhex(line[7:])) for line in f if line[:7] in ("client ", "server ")))

# Captures ------------------------------------------------------------------------------------------------------------------------------------------
CAPTURES = os.path.join(HERE, "..", "..", "vectors", "audit", "packets")


def packets(name, link):
    data = open(os.path.join(CAPTURES, name), "rb").read()
    out, at = bytes([[1, 101, 0, 113, 276, 9, 51, 107].index(link)]), 24
    while at < len(data):
        captured, wire = struct.unpack_from("<II", data, at + 8)
        out += struct.pack(">HB", captured, min(wire - captured, 15)) + data[at + 16:at + 16 + captured]
        at += 16 + captured
    return out


for name, link in (("link-vlan", 1), ("link-pppoe", 1), ("link-null", 0), ("link-cooked", 113), ("link-cooked-2", 276), ("link-ppp", 9), ("link-arp", 1), ("link-padding", 1), ("link-snap", 1), ("ip-extensions", 101), ("ip-in-ip", 101),
                   ("ip-others", 101), ("ip-nested-8", 101), ("fragments", 1), ("fragments-6", 1), ("fragments-contradict", 1), ("tcp-whole", 1), ("tcp-hole", 1), ("tcp-reset", 1), ("tcp-keep-alive", 1), ("tcp-port-again", 1)):
    put("packets", name, packets(name + ".pcap", link))


def segments(*steps):
    return b"".join(struct.pack(">BHB", what, start, length) for what, start, length in steps)


put("tcp", "in-order", segments((0, 0, 100), (0, 100, 100), (0, 200, 255), (0, 455, 10)))
put("tcp", "out-of-order", segments((0, 100, 100), (0, 300, 50), (0, 0, 100), (0, 200, 100)))
put("tcp", "overlap", segments((0, 0, 100), (0, 50, 100), (0, 180, 40), (0, 140, 100), (0xe0, 60, 30)))
put("tcp", "hole", segments((0, 0, 100), (0, 200, 100), (0xf8, 300, 0), (0, 100, 100), (0, 300, 10)))
put("tcp", "end", segments((0, 0, 100), (0xfe, 100, 0), (0, 50, 100)))
put("tcp", "reset", segments((0, 0, 100), (0xff, 100, 0), (0, 100, 10)))
# The auditor's persona and its search -------------------------------------------------------------------------------------------------------------
put("persona", "least", '{"schema":"offproof/v1/persona"}')
put("persona", "odd", '{"schema":"offproof/v1/persona","identifiers":{"imei":"0010179816704851","iccid":"8999901428452480823F","phone":"07700 900123","gps":{"lat":-0.5,"lon":180}},"messages":[{"body":null,"parts":[null]}]}')
put("search", "number", b"tel:+44 (0)7700 900-123 lat=21.2671&lon=-157.8125\0")
put("search", "xored", bytes(b ^ 0x5A for b in b"gasopatobanesobe 447700900123") + "gasopatobanesobe".encode("utf-16-le") + b"Z2Fzb3BhdG9iYW5lc29iZQ== 676173 ebosenabotaposag 0010179816704850")
put("search", "binary", struct.pack("<dd", 21.267143, -157.812482) + struct.pack(">Qii", 1017981670485, 212671430, -1578124820) + bytes(40))

# What two ends say ---------------------------------------------------------------------------------------------------------------------------------
# F8 10 turns the direction, F8 and a smaller byte is a gap of so many bytes.
TURN = b"\xf8\x10"
put("http1", "pipelined", b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloHEAD /c HTTP/1.1\r\n\r\n" + TURN +
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
put("http1", "chunked", b"GET / HTTP/1.1\r\n\r\n" + TURN + b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: u\r\n\r\n" + b"HTTP/1.0 200 OK\r\n\r\nto the end")
put("http1", "gap", b"POST / HTTP/1.1\r\nContent-Length: 20\r\n\r\n0123\xf8\x0889ab\xf8\x03GET /next HTTP/1.1\r\n\r\n")
put("http1", "smuggled", b"POST / HTTP/1.1\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nXGET /in HTTP/1.1\r\n\r\n")
put("http1", "websocket", b"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n" + TURN + b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n\x81\x05hello\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\0" + TURN + b"\x81\x85abcd\x09\x07\x0f\x08\x0e")
put("http1", "tunnel", b"CONNECT a:1 HTTP/1.1\r\n\r\n" + TURN + b"HTTP/1.1 200 x\r\n\r\n" + TURN + b"GET /in HTTP/1.1\r\n\r\n" + TURN + b"HTTP/1.1 204 x\r\n\r\n")
put("http1", "old", b"GET /old\r\n" + TURN + b"<html>")
put("http1", "dns", struct.pack(">H6H", 29, 1, 256, 1, 0, 0, 0) + b"\7example\3org\0\0\1\0\1")
put("websocket", "frames", b"\x81\x05hello\x01\x03abc\x80\x03def\x89\x04ping\x88\x05\x03\xe8bye\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\0\xc1\x05\xf2\x00\x11\x00\0" + TURN + b"\x82\x83\1\2\3\4abc\x82\xfe\0\x05\0\0\0\0hello")


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


GET = b"\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"
TWO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"\0\3\0\0\0\x64") + frame(1, 4, 1, GET) + frame(0, 9, 1, b"\2body\0\0") + frame(1, 0, 3, GET[:3]) + frame(9, 5, 3, GET[3:])
put("http2", "both", TWO + TURN + frame(4, 0, 0, b"") + frame(4, 1, 0, b"") + frame(5, 4, 1, b"\0\0\0\2" + GET) + frame(1, 4, 1, b"\x88\x5f\x10application/grpc") + frame(0, 1, 1, b"\0\0\0\0\5first") + frame(3, 0, 3, b"\0\0\0\x08") + frame(7, 0, 0, b"\0\0\0\3\0\0\0\0bye"))
put("http2", "table", TWO + frame(1, 5, 5, b"\x3f\xe1\x1f\x40\1a\1b\xbe\xbf") + frame(1, 5, 7, b"\x20\x3f\x09\x40\1c\1d\xbe") + frame(6, 0, 0, b"12345678") + frame(8, 0, 0, b"\0\0\1\0") + frame(0x77, 0, 0, b"?"))
put("dns", "answer", struct.pack(">6H", 4660, 0x8180, 1, 3, 0, 1) + b"\7example\3org\0\0\1\0\1" + b"\xc0\x0c\0\5\0\1\0\0\1\0\0\6\3cdn\xc0\x0c" + b"\xc0\x0c\0\x10\0\1\0\0\1\0\0\5\4text" + b"\xc0\x0c\0\1\0\1\0\0\1\0\0\4\xc0\0\2\1" + b"\0\0\x29\x10\0\0\0\0\0\0\x08\0\x0c\0\4\0\0\0\0")
put("dns", "dhcp", b"\1\1\6\0" + bytes(232) + b"\x63\x82\x53\x63\x35\1\1\x0c\5phone\x3d\7\1\0\x11\2\3\4\5\xff\0\0")
put("dns", "ntp", b"\x1b" + bytes(47))
put("har", "entry", json.dumps({"log": {"version": "1.2", "entries": [{"serverIPAddress": "192.0.2.1", "request": {"method": "POST", "url": "https://example.org/a", "httpVersion": "h2", "headers": [{"name": "a", "value": "b"}], "cookies": [{"name": "c", "value": "d"}],
    "postData": {"mimeType": "text/plain", "params": [{"name": "e", "value": "f"}]}}, "response": {"status": 200, "headers": [], "content": {"size": 2, "text": "aGk=", "encoding": "base64"}}, "_webSocketMessages": [{"type": "send", "opcode": 2, "data": "AAE="}]}]}}))


def net(value):
    if isinstance(value, bool): data, kind = str(value).lower().encode(), b"!"
    elif isinstance(value, int): data, kind = str(value).encode(), b"#"
    elif isinstance(value, float): data, kind = str(value).encode(), b"^"
    elif isinstance(value, str): data, kind = value.encode(), b";"
    elif isinstance(value, bytes): data, kind = value, b","
    elif value is None: data, kind = b"", b"~"
    elif isinstance(value, list): data, kind = b"".join(map(net, value)), b"]"
    else: data, kind = b"".join(net(k) + net(v) for k, v in value.items()), b"}"
    return str(len(data)).encode() + b":" + data + kind


PEERS = {"version": 21, "client_conn": {"peername": ["192.0.2.1", 1]}, "server_conn": {"peername": ["192.0.2.2", 443]}}
MESSAGE = {"method": b"GET", "scheme": b"https", "host": "example.org", "port": 443, "path": b"/", "http_version": b"HTTP/1.1", "headers": [[b"a", b"b"], [b"content-length", b"2"]], "content": b"hi", "trailers": None}
put("mitmproxy", "http", net({**PEERS, "type": "http", "request": MESSAGE, "response": {**MESSAGE, "status_code": 200, "reason": b"OK", "content": None}, "websocket": {"messages": [[1, True, b"said", 1.5, False]]}}))
put("mitmproxy", "others", net({**PEERS, "type": "tcp", "messages": [[True, b"GET / HTTP/1.1\r\n\r\n", 1.5]]}) + net({**PEERS, "type": "udp", "messages": [[False, b"x", 1.5]]}) + net({**PEERS, "type": "dns", "request": {"questions": [{"name": "example.org"}]}}))
put("mitmproxy", "old", net({"version": [0, 18, 2], "type": "http", "request": MESSAGE, "client_conn": {"address": {"address": ["192.0.2.1", 1]}}}))


# A log's: from the vectors, in the form that the reader wants (its first byte is the number of entries less one).
LOG = os.path.join(HERE, "../../vectors/channel/log")
for n in (1, 2, 3):
    for kind, folder in (("tile", "tile/0"), ("bundle", "tile/entries")):
        with open(os.path.join(LOG, folder, "000.p", str(n)), "rb") as f:
            put("log-tile", f"{kind}-{n}", bytes([n - 1]) + f.read())
with open(os.path.join(LOG, "trust.json")) as f:
    put("log-note", "key", json.load(f)["log"])
with open(os.path.join(LOG, "witness.json")) as f:
    STEPS = {step["name"]: step["request"] for step in json.load(f)}
put("log-note", "request", STEPS["third-with-everybodys-lines"])
put("log-note", "empty-tree", STEPS["empty-tree"][len("old 0\n\n"):])


# TUF metadata: the keys are RFC 8032's, the signatures nobody's. ---------------------------------------------------------------------------------------
def tuf_key(public):
    import hashlib
    key = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}}
    return hashlib.sha256(json.dumps(key, sort_keys=True, separators=(",", ":")).encode()).hexdigest(), key


KEYS = [tuf_key("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), tuf_key("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
PEM = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n"


def tuf(name, kind, **signed):
    put("tuf", name, json.dumps({"signatures": [{"keyid": k, "sig": "00" * 64} for k, _ in KEYS] + [{"keyid": "later", "sig": ""}], "signed": {"_type": kind, "spec_version": "1.0.34", "version": 3, "expires": "2030-01-02T03:04:05Z", **signed}}))


FILE = {"version": 2, "length": 10, "hashes": {"sha256": "0" * 64, "sha512": "a" * 128}}
tuf("root", "root", consistent_snapshot=True, keys={**dict(KEYS), "other": {"keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": {"public": PEM}, "x-owner": "A"}},
    roles={role: {"keyids": [k for k, _ in KEYS] + ["other"], "threshold": 2} for role in ("root", "timestamp", "snapshot", "targets", "mirrors")}, unknown={"line\nend": ["\u00e9\U0001F600", -1, None]})
tuf("timestamp", "timestamp", meta={"snapshot.json": FILE})
tuf("snapshot", "snapshot", meta={"targets.json": FILE, "a.json": {"version": 1}})
tuf("targets", "targets", targets={"a/b.txt": {"length": 0, "hashes": {"sha256": "b" * 64}, "custom": {"n": 1}}}, delegations={"keys": dict(KEYS), "roles": [
    {"name": "a", "keyids": [KEYS[0][0]], "threshold": 1, "terminating": True, "paths": ["a/*", "[!b-c]?/**"]}, {"name": "b", "keyids": [], "threshold": 9, "terminating": False, "path_hash_prefixes": ["0", "aF"]}]})

# Indexes of strfile, each with its text behind it ----------------------------------------------------------------------------------------------------
FORTUNES = os.path.join(HERE, "../../vectors/channel/fortunes")
for folder, kind in ((FORTUNES, "good"), (os.path.join(FORTUNES, "refused"), "refused")):
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".dat")):
        with open(os.path.join(folder, name), "rb") as index, open(os.path.join(folder, name[:-4]), "rb") as text:
            index = index.read()
            put("fortune-index", kind + "-" + name.split(".")[0], len(index).to_bytes(2, "big") + index + text.read())
put("brought", "semicolons.csv", "\ufeffText;Language;License;;\r\n\"Hallo; Du\";de;CC0-1.0;;\r\n;;;;\r\n\"a \"\"b\"\"\n%\nc\";de;MIT;;\r\n")
put("brought", "tabs.csv", "id\tkind\toccasion\ttone\tauthor\ttext\na\tjoke\teaster\tformal\tAnn\tone\n")
put("brought", "utf16.csv", b"\xff\xfe" + "text\tlanguage\nGr\u00fc\u00dfe\tde\n".encode("utf-16-le"))
put("brought", "array.json", '[{"text":"one"},{"text":"two","language":"de","licence":"MIT","author":"Ann"}]')
put("brought", "wrapped.json", '{\n "schema": "offproof/v1/greetings",\n "greetings": [\n  {"text": "one", "rank": 3}\n ]\n}\n')
