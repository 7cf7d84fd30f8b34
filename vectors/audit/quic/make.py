#!/usr/bin/env python3
"""Makes datagrams of QUIC whose first packets a reader must open: those of RFC 9001 Appendix A and RFC 9369 Appendix A, and own ones. Needs python3-cryptography.

usage: make.py     writes NAME.txt beside itself: what must be found, and then a line for each datagram, `client HEX` or `server HEX`
"""
import os, struct
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

HERE = os.path.dirname(os.path.abspath(__file__))
V1, V2, D29 = 1, 0x6B3343CF, 0xFF00001D
SALT = {V1: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", V2: "0dede3def700a6db819381be6e269dcbf9bd2ed9", D29: "afbfec289993d24c9e9786f19c6111e04390a899"}
RETRY = {V1: ("be0c690b9f66575a1d766b54e368c84e", "461599d35d632bf2239825bb"), V2: ("8fb4b01b56ac48e260fbcbcead7ccc92", "d86969bc2d7c6d9990efb04a"), D29: ("ccce187ed09a09d05728155a6cb96be1", "e54930f97f2136f0530a8c1c")}
CLIENT_ID, SERVER_ID = bytes.fromhex("8394c8f03e515708"), bytes.fromhex("f067a5502a4262b5")


def expand(secret, label, length):
    name = b"tls13 " + label
    return HKDFExpand(hashes.SHA256(), length, struct.pack(">HB", length, len(name)) + name + b"\0").derive(secret)


def keys(version, connection, side):
    extract = hmac.HMAC(bytes.fromhex(SALT[version]), hashes.SHA256())
    extract.update(connection)
    secret = expand(extract.finalize(), side, 32)
    prefix = b"quicv2 " if version == V2 else b"quic "
    return [expand(secret, prefix + what, size) for what, size in ((b"key", 16), (b"iv", 12), (b"hp", 16))]


def number(value, size=None):
    for code, width in enumerate((1, 2, 4, 8)):
        if (size or 0) <= width and value < 1 << (8 * width - 2):
            return (value | code << (8 * width - 2)).to_bytes(width, "big")


def protect(version, connection, side, header, at, count, payload):
    """header: with the packet number, which has its last bytes; count: the packet number as a number."""
    key, iv, hp = keys(version, connection, side)
    nonce = (int.from_bytes(iv, "big") ^ count).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, payload, header)
    sample = sealed[4 - (len(header) - at):][:16]
    encryptor = Cipher(algorithms.AES(hp), modes.ECB()).encryptor()
    mask = encryptor.update(sample)
    header = bytes([header[0] ^ mask[0] & 15]) + header[1:at] + bytes(a ^ b for a, b in zip(header[at:], mask[1:]))
    return header + sealed


def first(version, kind=0):
    return 0xC0 | ((kind + (version == V2)) & 3) << 4


def initial(version, connection, side, target, source, count, payload, token=b"", width=4):
    header = bytes([first(version) | width - 1]) + struct.pack(">IB", version, len(target)) + target + bytes([len(source)]) + source
    header += number(len(token)) + token + number(width + len(payload) + 16, 2)
    at = len(header)
    return protect(version, connection, side, header + count.to_bytes(width, "big"), at, count, payload)


def crypto(data, offset):
    return b"\x06" + number(offset) + number(len(data)) + data


def retry(version, original, target, source, token):
    packet = bytes([first(version, 3) | 15]) + struct.pack(">IB", version, len(target)) + target + bytes([len(source)]) + source + token
    key, nonce = (bytes.fromhex(text) for text in RETRY[version])
    return packet + AESGCM(key).encrypt(nonce, b"", bytes([len(original)]) + original + packet)


def vector(value, width):
    return len(value).to_bytes(width, "big") + value


def client_hello(name, protocols, extra=b""):
    extensions = struct.pack(">HH", 0, len(name) + 5) + vector(b"\0" + vector(name, 2), 2)
    alpn = vector(b"".join(vector(p, 1) for p in protocols), 2)
    extensions += struct.pack(">H", 16) + vector(alpn, 2) + bytes.fromhex("002b0003020304 00330026 0024001d0020".replace(" ", "")) + bytes(range(32)) + extra
    body = b"\x03\x03" + bytes(range(32)) + b"\0" + vector(bytes.fromhex("1301"), 2) + vector(b"\0", 1) + vector(extensions, 2)
    return b"\x01" + vector(body, 3)


PUBLISHED_HELLO = bytes.fromhex(
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578616d706c652e636f6d"
    "ff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43"
    "e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801"
    "100104800075300901100f088394c8f03e51570806048000ffff").ljust(1162, b"\0")
PUBLISHED_ANSWER = bytes.fromhex(
    "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c940d89690b84d08a6099"
    "3c144eca684d1081287c834d5311bcf32bb9da1a002b00020304")

# How the published packets begin and end; the tag at the end covers all of them.
PUBLISHED = {
    V1: (("c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11", "e221af44860018ab0856972e194cd934"), ("cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b", "2158407dd074ee"),
         "ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba"),
    V2: (("d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485", "a18b2faa745b6fe189cf772a9f84cbfc"), ("dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c", "4bed8521e2e140"),
         "cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6"),
}


def published(version):
    hello = initial(version, CLIENT_ID, b"client in", CLIENT_ID, b"", 2, PUBLISHED_HELLO)
    answer = initial(version, CLIENT_ID, b"server in", b"", SERVER_ID, 1, PUBLISHED_ANSWER, width=2)
    again = retry(version, CLIENT_ID, b"", SERVER_ID, b"token")
    for packet, (begin, end) in zip((hello, answer), PUBLISHED[version]):
        assert packet.hex().startswith(begin) and packet.hex().endswith(end), packet.hex()
    assert again.hex() == PUBLISHED[version][2]
    return hello, answer, again


def write(name, protocol, server_name, alpn, opened, opaque, remarks, datagrams):
    with open(os.path.join(HERE, name + ".txt"), "w") as f:
        f.write(f"protocol: {protocol}\nname: {server_name}\nnames: {alpn}\nopened: {opened}\nopaque: {opaque}\nremarks: {remarks}\n")
        f.write("".join(f"{('client', 'server')[side]} {data.hex()}\n" for side, data in datagrams))


REST = "QUIC: what follows its first packets is not read"


def long(version, kind, length):
    return bytes([first(version, kind)]) + struct.pack(">IB", version, 4) + b"abcd\0" + number(length, 2) + bytes(i * 7 & 255 for i in range(length))


hello1, answer1, retry1 = published(V1)
hello2, answer2, retry2 = published(V2)
write("rfc9001", "quic v1", "example.com", "example.com alpn", 2, 0, "", [(0, hello1), (1, answer1)])
write("rfc9369", "quic v2", "example.com", "example.com alpn", 2, 0, "", [(0, hello2), (1, answer2)])
for name, version, hello, again in (("retry-1", V1, hello1, retry1), ("retry-2", V2, hello2, retry2)):
    second = initial(version, SERVER_ID, b"client in", SERVER_ID, b"", 3, PUBLISHED_HELLO[:245].ljust(1100, b"\0"), token=b"token")
    answer = initial(version, SERVER_ID, b"server in", b"", SERVER_ID, 1, PUBLISHED_ANSWER, width=1)
    write(name, f"quic v{1 if version == V1 else 2}", "example.com", "example.com alpn example.com alpn", 3, 0, "", [(0, hello), (1, again), (0, second), (1, answer)])

# A hello in seven pieces over two packets, out of order, some of them twice, with other packets behind the second; draft 29.
hello = client_hello(b"imei-004999010640000.example.org", [b"h3-29", b"h3"])
cuts = [0, 1, 9, 40, 70, 71, 120, len(hello)]
pieces = [crypto(hello[a:b], a) for a, b in zip(cuts, cuts[1:])]
one = initial(D29, CLIENT_ID, b"client in", CLIENT_ID, b"me", 0, pieces[4] + b"\x01" + pieces[2] + bytes(9) + pieces[6] + pieces[0], width=1)
two = initial(D29, CLIENT_ID, b"client in", CLIENT_ID, b"me", 1, pieces[5] + pieces[2] + bytes(3) + pieces[1] + pieces[3] + bytes.fromhex("0200000000") + crypto(hello[5:60], 5), width=3)
coalesced = two + long(D29, 1, 90) + long(D29, 2, 60) + bytes(40)
close = initial(D29, CLIENT_ID, b"server in", b"me", SERVER_ID, 0, bytes.fromhex("020000000000 1c4128 06".replace(" ", "")) + number(12) + b"no such host" + bytes(20), width=2)
short = b"\x41" + bytes(range(1, 60))
write("pieces", "quic draft 29", "imei-004999010640000.example.org", "imei-004999010640000.example.org h3-29 h3", 3, len(long(D29, 1, 90) + long(D29, 2, 60)) + len(short), REST,
      [(0, one), (0, coalesced), (1, close), (0, short)])

# Another version is asked for first; the second hello has what cannot be read in it.
negotiation = b"\x80" + struct.pack(">IB", 0, 2) + b"me" + bytes([8]) + CLIENT_ID + struct.pack(">III", V1, V2, 0x1A2A3A4A)
strange = bytes([0xC0]) + struct.pack(">IB", 0x5A6A7A8A, 8) + CLIENT_ID + b"\x02me" + bytes(i * 3 & 255 for i in range(1200))
hello = client_hello(b"example.org", [b"h3"], bytes.fromhex("fe0d0004 01020304 abcd0003 616263".replace(" ", "")))
third = initial(V1, b"another!", b"client in", b"another!", b"me", 0, crypto(hello, 0) + b"\x07\x01x" + bytes(9))
broken = bytearray(initial(V1, b"another!", b"server in", b"me", b"", 0, bytes(40)))
broken[-1] ^= 1
write("versions", "quic v1", "example.org", "example.org h3", 1, len(strange) + 7 + 3 + 9 + len(broken),
      "Encrypted ClientHello: the name that was asked for may be hidden in it; QUIC of version 0x5a6a7a8a is not read; QUIC: a first packet that does not verify; QUIC: a frame of type 0x07 is not read; a TLS extension of type 43981 is not read",
      [(1, negotiation), (0, strange), (0, third), (1, bytes(broken))])
