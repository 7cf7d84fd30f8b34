#!/usr/bin/env python3
"""tls.py FILE MEGABYTES PERSONA: a pcap of about MEGABYTES * 10^6 bytes of HTTP/1.1 over TLS 1.2 (AES-128-GCM, by OpenSSL), its key log as FILE.keys, and in FILE.leaks how many
values of the persona were planted: each connection sends one, in clear within TLS. Standard library and the openssl command only."""
import json, os, random, ssl, struct, subprocess, sys, tempfile

path, size, persona = sys.argv[1], int(sys.argv[2]) * 1000000, json.load(open(sys.argv[3], encoding="utf-8"))
dice = random.Random(1)
values = [persona["identifiers"][k] for k in ("imei", "imsi", "iccid", "email", "phone")] + [p["value"] for c in persona["contacts"] for p in c["phones"]]
words = "lantern field harbour meadow window copper river garden letter button candle pepper silver thunder winter orange bottle mirror".split()
PHONE, SERVER = bytes([192, 0, 2, 10]), bytes([198, 51, 100, 9])


class Link:
    """One connection: what each end writes becomes segments, a few acknowledgements between them."""

    def __init__(self, out, port):
        self.out, self.port, self.next = out, port, {True: 1, False: 1}

    def segment(self, up, flags, payload=b""):
        ports = (self.port, 443) if up else (443, self.port)
        source, target = (PHONE, SERVER) if up else (SERVER, PHONE)
        head = struct.pack("!HHIIBBHHH", *ports, self.next[up], self.next[not up], 0x50, flags, 65535, 0, 0)
        packet = bytes(12) + b"\x08\x00" + struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0, source, target) + head + payload
        self.out.write(struct.pack("<IIII", 1767225600, 0, len(packet), len(packet)) + packet)
        self.next[up] += len(payload) + (1 if flags & 3 else 0)

    def said(self, up, data):
        for at in range(0, len(data), 1448):
            self.segment(up, 0x18, data[at:at + 1448])
        self.segment(not up, 0x10)


def message(value):
    rows = [{"id": i, "text": " ".join(dice.choices(words, k=12)), "count": dice.randrange(10**6)} for i in range(dice.randrange(5, 60))]
    body = json.dumps({"rows": rows, "note": value} if value else {"rows": rows}).encode()
    return b"POST /v1/sync HTTP/1.1\r\nHost: sync.example.com\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


with tempfile.TemporaryDirectory() as folder, open(path, "wb") as out:
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days", "30", "-subj", "/CN=sync.example.com"],
                   check=True, capture_output=True)
    server_side, client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server_side.load_cert_chain(cert, key)
    client_side.check_hostname, client_side.verify_mode = False, ssl.CERT_NONE
    open(path + ".keys", "w").close()
    client_side.keylog_filename = path + ".keys"
    for side in (server_side, client_side):
        side.minimum_version = side.maximum_version = ssl.TLSVersion.TLSv1_2
        side.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    planted = 0
    while out.tell() < size:
        link = Link(out, 20000 + planted)
        up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
        client, server = client_side.wrap_bio(down, up, server_hostname="sync.example.com"), server_side.wrap_bio(up, down, server_side=True)

        def turn(what, is_client):
            bio = up if is_client else down
            try:
                done, result = True, what()
            except ssl.SSLWantReadError:
                done, result = False, None
            data = bio.read()
            if data:
                link.said(is_client, data)
                bio.write(data)
            return done, result

        link.segment(True, 2), link.segment(False, 0x12), link.segment(True, 0x10)
        one = two = False
        while not (one and two):
            one = one or turn(client.do_handshake, True)[0]
            two = two or turn(server.do_handshake, False)[0]
        stop = min(size, out.tell() + 10000000)
        first = True
        while out.tell() < stop:
            request = message(values[planted % len(values)] if first else None)
            first = False
            turn(lambda: client.write(request), True)
            left = len(request)
            while left:
                left -= len(server.read(65536))
            answer = message(None).replace(b"POST /v1/sync HTTP/1.1\r\nHost: sync.example.com", b"HTTP/1.1 200 OK", 1)
            turn(lambda: server.write(answer), False)
            left = len(answer)
            while left:
                left -= len(client.read(65536))
        link.segment(True, 0x11), link.segment(False, 0x11), link.segment(True, 0x10)
        planted += 1
with open(path + ".leaks", "w") as leaks:
    print(planted, file=leaks)
