#!/usr/bin/env python3
"""many-flows.py OUT.pcap: ten thousand connections of a phone within three hours: plain requests, some with data of vectors/phone/persona.json, some with random bytes, some cut, and names looked up."""
import base64, gzip, hashlib, random, struct, sys

random.seed(7)
out = open(sys.argv[1], "wb")
out.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
PHONE = bytes([192, 0, 2, 10])
SERVERS = [(f"s{n}.example.{'org' if n % 2 else 'net'}", bytes([198, 51, 100, n])) for n in range(1, 61)]
LEAKS = ["+447700900028", "001017981670485", "001014114914592", "5c4eacd6b50ece49", "jonas.fairweather.a652e3@example.org", "02:9d:36:5b:85:84"]


def packet(time, source, target, protocol, payload):
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) + source + target
    frame = bytes([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]) + b"\x08\x00" + ip + payload
    out.write(struct.pack("<IIII", int(time), int(time % 1 * 1e6), len(frame), len(frame)) + frame)


def tcp(time, source, target, ports, seq, ack, flags, data=b""):
    packet(time, source, target, 6, struct.pack(">HHIIBBHHH", *ports, seq, ack, 0x50, flags, 65535, 0, 0) + data)


def disguised(text):
    way = random.randrange(5)
    raw = text.encode()
    return [raw, base64.b64encode(raw), hashlib.sha256(raw).hexdigest().encode(), raw.hex().encode(), base64.b64encode(gzip.compress(b"{\"value\":\"" + raw + b"\"}", mtime=0))][way]


for number in range(10_000):
    time = 1_767_225_600 + number * 1.07
    name, server = SERVERS[min(int(random.expovariate(1 / 9)), 59)]
    port, seq, ack = 20_000 + number % 40_000, random.getrandbits(31), random.getrandbits(31)
    kind = random.random()
    if kind < 0.1:
        question = struct.pack(">HHHHHH", number & 0xffff, 0x0100, 1, 0, 0, 0) + b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0" + struct.pack(">HH", 1, 1)
        packet(time, PHONE, bytes([192, 0, 2, 1]), 17, struct.pack(">HHHH", port, 53, 8 + len(question), 0) + question)
        answer = question[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + question[12:] + struct.pack(">HHHIH", 0xc00c, 1, 1, 300, 4) + server
        packet(time + .01, bytes([192, 0, 2, 1]), PHONE, 17, struct.pack(">HHHH", 53, port, 8 + len(answer), 0) + answer)
        continue
    tcp(time, PHONE, server, (port, 443 if kind > .97 else 80), seq, 0, 2)
    tcp(time + .02, server, PHONE, (443 if kind > .97 else 80, port), ack, seq + 1, 0x12)
    if kind > .97:
        data = random.randbytes(random.randrange(40, 2000))[:1400]
    else:
        body = b"value=" + disguised(random.choice(LEAKS)).replace(b"+", b"%2B") if kind < .16 else b"value=words that say nothing"
        data = f"POST /v1/items?n={number} HTTP/1.1\r\nHost: {name}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        if .16 < kind < .18:
            data = data[:len(data) - 9]
    tcp(time + .03, PHONE, server, (port, 443 if kind > .97 else 80), seq + 1, ack + 1, 0x18, data)
    if kind <= .97:
        answer = b"HTTP/1.1 204 No Content\r\n\r\n"
        tcp(time + .05, server, PHONE, (80, port), ack + 1, seq + 1 + len(data), 0x18, answer)
