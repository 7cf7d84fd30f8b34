#!/usr/bin/env python3
"""Makes the four stages of 2014 as captures: python3 make.py. What stands in them is in README.md beside it.

Standard library and the openssl command only. The sealed bytes of stage D differ at each run; all else is the same.
"""
import base64, json, os, ssl, struct, subprocess, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PERSONA = json.load(open(os.path.join(HERE, "../../phone/persona.json"), encoding="utf-8"))
ID = PERSONA["identifiers"]
ADDED = PERSONA["contacts"][0]["phones"][0]["value"]
KNOWN = {p["value"] for c in PERSONA["contacts"] for p in c["phones"]}
SMS = next(m for m in PERSONA["messages"] if m["kind"] == "sms" and m["direction"] == "in" and m["from"].startswith("+") and m["from"] not in KNOWN)
CARRIER = ID["carrier"]

PHONE_MAC = bytes.fromhex(ID["mac"].replace(":", ""))
ROUTER_MAC = bytes.fromhex("02005e100001")
PHONE, ROUTER = bytes([192, 0, 2, 10]), bytes([192, 0, 2, 1])
ACCOUNT, GREETINGS = bytes([203, 0, 113, 7]), bytes([198, 51, 100, 20])


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    def __init__(self):
        self.packets, self.time, self.ident = [], 1407628800_000000, 1

    def frame(self, kind, payload, up=True):
        self.time += 1700
        macs = ROUTER_MAC + PHONE_MAC if up else PHONE_MAC + ROUTER_MAC
        self.packets.append((self.time, macs + struct.pack("!H", kind) + payload))

    def ip(self, protocol, source, target, payload):
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), self.ident, 0x4000, 64, protocol, 0, source, target)
        self.ident += 1
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        self.frame(0x0800, head + payload, up=source == PHONE)

    def arp(self):
        self.frame(0x0806, struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + PHONE_MAC + PHONE + bytes(6) + ROUTER)
        self.frame(0x0806, struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + ROUTER_MAC + ROUTER + PHONE_MAC + PHONE, up=False)

    def udp(self, source, sport, target, tport, payload):
        pseudo = source + target + struct.pack("!BBH", 0, 17, 8 + len(payload))
        head = struct.pack("!HHHH", sport, tport, 8 + len(payload), 0)
        head = head[:6] + struct.pack("!H", checksum(pseudo + head + payload) or 0xFFFF)
        self.ip(17, source, target, head + payload)

    def lookup(self, name, address, ident, sport):
        labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0"
        ask = labels + struct.pack("!HH", 1, 1)
        self.udp(PHONE, sport, ROUTER, 53, struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + ask)
        answer = struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + address
        self.udp(ROUTER, 53, PHONE, sport, struct.pack("!HHHHHH", ident, 0x8180, 1, 1, 0, 0) + ask + answer)

    def tcp(self, target, sport, tport, said):
        """said: [(up, bytes)]; a whole connection, from SYN to the last ACK."""
        number = {True: 1000 + sport, False: 900000 + sport}

        def segment(up, flags, payload=b""):
            source, to = (PHONE, target) if up else (target, PHONE)
            ports = (sport, tport) if up else (tport, sport)
            ack = 0 if flags == 0x02 else number[not up]
            head = struct.pack("!HHIIBBHHH", *ports, number[up], ack, 0x50, flags, 65535, 0, 0)
            pseudo = source + to + struct.pack("!BBH", 0, 6, len(head) + len(payload))
            head = head[:16] + struct.pack("!H", checksum(pseudo + head + payload)) + head[18:]
            self.ip(6, source, to, head + payload)
            number[up] += len(payload) + (1 if flags & 0x03 else 0)

        segment(True, 0x02), segment(False, 0x12), segment(True, 0x10)
        for up, payload in said:
            for at in range(0, len(payload), 1400):
                segment(up, 0x18, payload[at:at + 1400])
            segment(not up, 0x10)
        segment(True, 0x11), segment(False, 0x11), segment(True, 0x10)

    def write(self, name):
        with open(os.path.join(HERE, name), "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for time, packet in self.packets:
                out.write(struct.pack("<IIII", time // 1000000, time % 1000000, len(packet), len(packet)) + packet)


def post(path, host, kind, body):
    return (f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Dalvik/1.6.0 (Linux; U; Android 4.4.2)\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: Keep-Alive\r\n\r\n").encode() + body


def ok(body, kind="application/json"):
    return f"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def quoted(text):
    return text.replace("+", "%2B").replace(" ", "+")


HOST = "api.account.example.com"
YES = b'{"code":0,"description":"ok"}'


def stage_a():
    c = Capture()
    c.arp()
    c.lookup(HOST, ACCOUNT, 0x1101, 40001)
    started = f"imei={ID['imei']}&number={quoted(ID['phone'])}&operator={quoted(CARRIER)}&version=JHBMIBH9".encode()
    added = json.dumps({"op": "lookup", "numbers": [ADDED]}).encode()
    sms = f"type=check&from={quoted(SMS['from'])}".encode()
    c.tcp(ACCOUNT, 40101, 80, [
        (True, post("/pass/device", HOST, "application/x-www-form-urlencoded", started)), (False, ok(YES)),
        (True, post("/contact/lookup", HOST, "application/json", added)), (False, ok(YES)),
        (True, post("/sms/peer", HOST, "application/x-www-form-urlencoded", sms)), (False, ok(YES))])
    c.write("stage-a.pcap")


def stage_b():
    c = Capture()
    c.lookup(HOST, ACCOUNT, 0x1102, 40002)
    body = f"imsi={ID['imsi']}&imei={ID['imei']}&number={quoted(ID['phone'])}".encode()
    c.tcp(ACCOUNT, 40102, 80, [(True, post("/pass/cloud", HOST, "application/x-www-form-urlencoded", body)), (False, ok(YES))])
    c.write("stage-b.pcap")


def stage_c():
    c = Capture()
    c.arp()
    host = "greetings.example.net"
    c.lookup(host, GREETINGS, 0x1103, 40003)
    get = f"GET /public/greetings/en.txt HTTP/1.1\r\nHost: {host}\r\nAccept: text/plain\r\n\r\n".encode()
    text = "A happy new year to you and yours.\nWhy did the scarecrow win a prize? He was outstanding in his field.\n" * 20
    c.tcp(GREETINGS, 40103, 80, [(True, get), (False, ok(text.encode(), "text/plain; charset=utf-8"))])
    c.write("stage-c.pcap")


def stage_d():
    sealed = base64.b64encode(json.dumps({"imsi": ID["imsi"], "number": ID["phone"], "peer": SMS["from"]}).encode())
    request, answer = post("/v2/msg/open", HOST, "text/plain", sealed), ok(YES)
    with tempfile.TemporaryDirectory() as folder:
        key, cert, log = (os.path.join(folder, n) for n in ("key.pem", "cert.pem", "log"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days", "3650",
                        "-subj", "/CN=" + HOST], check=True, capture_output=True)
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_side.load_cert_chain(cert, key)
        client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client_side.check_hostname, client_side.verify_mode, client_side.keylog_filename = False, ssl.CERT_NONE, log
        for side in (server_side, client_side):
            side.minimum_version = side.maximum_version = ssl.TLSVersion.TLSv1_2
            side.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
        server_side.options |= ssl.OP_NO_TICKET
        up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
        client, server = client_side.wrap_bio(down, up, server_hostname=HOST), server_side.wrap_bio(up, down, server_side=True)
        said, mark = [], {True: 0, False: 0}

        def drive(what, sent_up):
            try:
                what()
                done = True
            except ssl.SSLWantReadError:
                done = False
            return done

        # The two ends share their BIOs; what each wrote is copied out between the turns.
        def turn(what, is_client):
            bio = up if is_client else down
            done = drive(what, is_client)
            data = bio.read()
            if data:
                said.append((is_client, data))
                bio.write(data)
            return done

        one = two = False
        while not (one and two):
            one = turn(client.do_handshake, True) if not one else True
            two = turn(server.do_handshake, False) if not two else True
        turn(lambda: client.write(request), True)
        got = b""
        while len(got) < len(request):
            got += server.read(65536)
        turn(lambda: server.write(answer), False)
        client.read(65536)
        keys = open(log).read()
    c = Capture()
    c.lookup(HOST, ACCOUNT, 0x1104, 40004)
    c.tcp(ACCOUNT, 40104, 443, said)
    c.write("stage-d.pcap")
    with open(os.path.join(HERE, "stage-d.keys"), "w") as out:
        out.writelines(line + "\n" for line in keys.splitlines() if not line.startswith("#"))


if __name__ == "__main__":
    stage_a(), stage_b(), stage_c(), stage_d()
