#!/usr/bin/env python3
"""Records TLS sessions between `openssl s_client` and `openssl s_server` over loopback, as captures with their key logs.

usage: make.py [NAME...]     writes NAME.pcap, NAME.keys and NAME.txt beside itself; needs OpenSSL 3 and, for the RSA premaster secrets, python3-cryptography.

NAME.txt says what a reader must find: the protocol, the encrypted records, what each side said in them. Keys and tickets are random: every run makes other bytes.
All addresses are of the TEST-NETs.
"""
import os, random, re, socket, struct, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
TEMP = tempfile.mkdtemp()
GET = b"GET /greeting HTTP/1.1\r\nHost: cloud.example.org\r\nX-Number: +447700900123\r\n\r\n"


def at(name):
    return os.path.join(TEMP, name)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certificates():
    for kind, key in (("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]), ("rsa", ["rsa:2048"])):
        openssl("req", "-x509", "-newkey", *key, "-nodes", "-keyout", at(kind + ".key"), "-out", at(kind + ".pem"), "-days", "3650", "-subj", "/CN=cloud.example.org")


class Recorder:
    """Stands between the two, and keeps what they send in the order in which it came."""

    def __init__(self, target):
        self.frames, self.target = [], target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.target))
        self.threads = [threading.Thread(target=self.pump, args=pair, daemon=True) for pair in ((0, client, server), (1, server, client))]
        for thread in self.threads:
            thread.start()

    def pump(self, side, source, target):
        try:
            while data := source.recv(65536):
                self.frames.append((side, data))
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Server:
    def __init__(self, *options, key="ec"):
        self.port = free_port()
        self.process = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-cert", at(key + ".pem"), "-key", at(key + ".key"), *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                with open("/proc/net/tcp") as f:
                    if f":{self.port:04X} 00000000:0000 0A" in f.read():
                        return
            except OSError:
                pass
            time.sleep(0.05)

    def stop(self):
        self.process.kill()
        self.process.wait()


def talk(server, options, steps, keys):
    """steps: (side, bytes), side 0 the client's keyboard and 1 the server's."""
    recorder = Recorder(server.port)
    client = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{recorder.port}", "-servername", "cloud.example.org", "-keylogfile", keys, *options],
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.4)
    for side, text in steps:
        pipe = (client, server.process)[side].stdin
        pipe.write(text)
        pipe.flush()
        time.sleep(0.25)
    client.stdin.close()
    client.wait(timeout=10)
    time.sleep(0.2)
    return recorder.frames


def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def capture(path, connections, seed):
    draw = random.Random(seed)
    port = 40000 + 4 * ALL.index(seed)  # so that all captures can be read as one
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228)
    clock = 1_760_000_000_000_000
    for number, frames in enumerate(connections):
        ends = [(bytes([192, 0, 2, 1]), port + number), (bytes([198, 51, 100, 2]), 443)]
        seq = [1000, 5000]

        def packet(side, flags, data=b""):
            nonlocal out, clock
            clock += 1000
            (a, ap), (b, bp) = ends[side], ends[1 - side]
            segment = struct.pack(">HHIIBBHHH", ap, bp, seq[side], seq[1 - side], 0x50, flags, 65535, 0, 0) + data
            sum_ = checksum(a + b + struct.pack(">HH", 6, len(segment)) + segment)
            segment = segment[:16] + struct.pack(">H", sum_) + segment[18:]
            header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0x4000, 64, 6, 0, a, b)
            header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
            out += struct.pack("<IIII", clock // 1_000_000, clock % 1_000_000, len(header + segment), len(header + segment)) + header + segment
            seq[side] = (seq[side] + len(data) + (1 if flags & 3 else 0)) & 0xFFFFFFFF

        packet(0, 0x02), packet(1, 0x12), packet(0, 0x10)
        for side, data in frames:
            while data:
                cut = draw.choice((1, 2, 3, 4, 5, 6, 100, 700, 1400, 1400, 1400, 1400))
                packet(side, 0x18, data[:cut])
                data = data[cut:]
        packet(0, 0x11), packet(1, 0x11), packet(0, 0x10)
    with open(path, "wb") as f:
        f.write(out)


def encrypted(connections):
    """How many encrypted records: of type 23, and in TLS 1.2 all that follow a ChangeCipherSpec."""
    count = 0
    for frames in connections:
        streams = [b"".join(data for side, data in frames if side == s) for s in (0, 1)]
        is13 = b"\x00\x2b\x00\x02\x03\x04" in streams[1][:300]
        for stream in streams:
            changed, place = False, 0
            while place + 5 <= len(stream):
                kind, length = stream[place], struct.unpack(">H", stream[place + 3:place + 5])[0]
                count += kind == 23 or changed
                changed |= kind == 20 and not is13
                place += 5 + length
    return count


def write(name, protocol, connections, keys, client, server, remarks="", records=None):
    capture(os.path.join(HERE, name + ".pcap"), connections, name)
    with open(os.path.join(HERE, name + ".keys"), "w") as f:
        f.write("".join(line for line in keys.splitlines(True) if not line.startswith("#")))
    with open(os.path.join(HERE, name + ".txt"), "wb") as f:
        f.write(f"protocol: {protocol}\nrecords: {encrypted(connections) if records is None else records}\nremarks: {remarks}\nclient: ".encode() + client.hex().encode() + b"\nserver: " + server.hex().encode() + b"\n")


def read(path):
    with open(path) as f:
        return f.read()


def reversed_lines(text):
    return b"".join(line.rstrip(b"\r\n")[::-1] + b"\n" for line in text.splitlines(True))


SUITES12 = {"aes128gcm": "ECDHE-ECDSA-AES128-GCM-SHA256", "aes256gcm": "ECDHE-ECDSA-AES256-GCM-SHA384", "chacha": "ECDHE-ECDSA-CHACHA20-POLY1305",
            "cbc128-sha": "ECDHE-ECDSA-AES128-SHA", "cbc256-sha": "ECDHE-ECDSA-AES256-SHA", "cbc128-sha256": "ECDHE-ECDSA-AES128-SHA256", "cbc256-sha384": "ECDHE-ECDSA-AES256-SHA384"}
SUITES13 = {"aes128gcm": "TLS_AES_128_GCM_SHA256", "aes256gcm": "TLS_AES_256_GCM_SHA384", "chacha": "TLS_CHACHA20_POLY1305_SHA256"}


def simple(name, protocol, server_options, client_options, key="ec", steps=None, remarks="", records=None, change_keys=None):
    keys = at(name + ".log")
    # s_server -rev answers each line with itself, reversed.
    server = Server(*server_options, *([] if steps else ["-rev"]), key=key)
    try:
        lines = [(0, GET)] if steps is None else steps
        frames = talk(server, client_options, lines, keys)
    finally:
        server.stop()
    client = b"".join(text for side, text in lines if side == 0 and len(text) > 2)
    answer = b"".join(text for side, text in lines if side == 1 and len(text) > 2) if steps else reversed_lines(GET)
    log = read(keys)
    if change_keys:
        log = change_keys(log, frames)
    write(name, protocol, [frames], log, client if records != 0 else b"", answer if records != 0 else b"", remarks, records)


def premaster(log, frames):
    """The RSA line of NSS instead of the master secret: the premaster secret, by the first bytes of its encryption (TLS 1.2, RFC 5246 7.4.7.1)."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    with open(at("rsa.key"), "rb") as f:
        key = serialization.load_pem_private_key(f.read(), None)
    stream = b"".join(data for side, data in frames if side == 0)
    place = stream.index(bytes.fromhex("10000102 0100".replace(" ", ""))) + 6
    sealed = stream[place:place + 256]
    return f"RSA {sealed[:8].hex()} {key.decrypt(sealed, padding.PKCS1v15()).hex()}\n"


def make(name):
    twelve, thirteen = ("-tls1_2",), ("-tls1_3",)
    if (found := re.fullmatch(r"12-(.+?)(-mac-first)?", name)) and found[1] in SUITES12:
        simple(name, "tls 1.2", twelve, ("-cipher", SUITES12[found[1]], "-alpn", "http/1.1", *(("-no_etm",) if found[2] else ())))
    elif (found := re.fullmatch(r"13-(.+)", name)) and found[1] in SUITES13:
        simple(name, "tls 1.3", thirteen, ("-ciphersuites", SUITES13[found[1]]))
    elif name == "12-rsa":
        simple(name, "tls 1.2", (*twelve, "-cipher", "AES256-SHA256"), (), key="rsa")
    elif name == "12-dhe":
        simple(name, "tls 1.2", (*twelve, "-cipher", "DHE-RSA-AES128-GCM-SHA256"), (), key="rsa")
    elif name == "12-psk":
        simple(name, "tls 1.2", (*twelve, "-psk", "1a2b3c4d", "-cipher", "PSK-AES128-GCM-SHA256", "-nocert"), ("-psk", "1a2b3c4d", "-cipher", "PSK-AES128-GCM-SHA256"))
    elif name == "12-premaster":
        simple(name, "tls 1.2", (*twelve, "-cipher", "AES128-GCM-SHA256"), (), key="rsa", change_keys=premaster)
    elif name == "12-premaster-384":
        simple(name, "tls 1.2", (*twelve, "-cipher", "AES256-GCM-SHA384"), (), key="rsa", change_keys=premaster)
    elif name == "12-ccm":
        simple(name, "tls 1.2", (*twelve, "-cipher", "ECDHE-ECDSA-AES128-CCM"), ("-cipher", "ECDHE-ECDSA-AES128-CCM"), remarks="TLS 1.2: cipher suite 0xc0ac is not read", records=0)
    elif name == "13-ccm":
        simple(name, "tls 1.3", (*thirteen, "-ciphersuites", "TLS_AES_128_CCM_SHA256"), ("-ciphersuites", "TLS_AES_128_CCM_SHA256"), remarks="TLS 1.3: cipher suite 0x1304 is not read", records=0)
    elif name == "13-retry":
        simple(name, "tls 1.3", (*thirteen, "-groups", "P-384"), ("-groups", "X25519:P-384"))
    elif name == "13-padding":
        simple(name, "tls 1.3", (*thirteen, "-record_padding", "512"), ("-record_padding", "300"))
    elif name == "12-renegotiation":
        simple(name, "tls 1.2", (*twelve, "-client_renegotiation"), ("-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), steps=[(0, GET), (1, b"hello\n"), (0, b"R\n"), (0, b"second\n"), (1, b"again\n"), (0, b"R\n"), (0, b"third\n"), (1, b"bye bye\n")])
    elif name == "13-key-update":
        simple(name, "tls 1.3", thirteen, (), steps=[(0, GET), (1, b"hello\n"), (0, b"k\n"), (0, b"second\n"), (1, b"k\n"), (1, b"again\n"), (0, b"K\n"), (0, b"third\n"), (1, b"K\n"), (1, b"bye bye\n"), (0, b"fourth\n")])
    elif name in ("12-ticket", "12-session", "13-resumption"):
        # The log of the first connection alone: the second one resumes it.
        version = thirteen if name[:2] == "13" else twelve
        server = Server(*version, "-rev", *(("-no_ticket",) if name == "12-session" else ()))
        session = at("session")
        try:
            first = talk(server, ("-sess_out", session), [(0, GET)], at("first.log"))
            second = talk(server, ("-sess_in", session), [(0, b"second\n")], at("second.log"))
        finally:
            server.stop()
        log = read(at("first.log")) + (read(at("second.log")) if version == thirteen else "")
        os.remove(at("first.log")), os.remove(at("second.log"))
        write(name, f"tls 1.{name[1]}", [first, second], log, GET + b"second\n", reversed_lines(GET) + b"dnoces\n")
    elif name in ("13-early", "13-early-refused"):
        options = (*thirteen, "-max_early_data", "16384")
        server = Server(*options, "-early_data")
        session, early = at("session"), at("early")
        with open(early, "wb") as f:
            f.write(GET)
        try:
            first = talk(server, ("-sess_out", session), [(0, b"first\n"), (1, b"hello\n")], at("first.log"))
            if name == "13-early-refused":  # a ticket is not opened by another server
                server.stop()
                server = Server(*options, "-early_data", "-groups", "P-384")
            second = talk(server, ("-sess_in", session, "-early_data", early), [(0, b"second\n"), (1, b"bye bye\n")], at("second.log"))
        finally:
            server.stop()
        log = read(at("first.log")) + read(at("second.log"))
        os.remove(at("first.log")), os.remove(at("second.log"))
        write(name, "tls 1.3", [first, second], log, b"first\n" + GET + b"second\n", b"hello\nbye bye\n")
    else:
        raise SystemExit(f"{name}: no such session")


ALL = [*(f"12-{suite}" for suite in SUITES12), *(f"12-{suite}-mac-first" for suite in SUITES12 if suite.startswith("cbc")), *(f"13-{suite}" for suite in SUITES13),
       "12-rsa", "12-dhe", "12-psk", "12-premaster", "12-premaster-384", "12-ccm", "13-ccm", "13-retry", "13-padding", "12-renegotiation", "13-key-update", "12-ticket", "12-session", "13-resumption", "13-early",
       "13-early-refused"]

if __name__ == "__main__":
    certificates()
    for name in sys.argv[1:] or ALL:
        make(name)
        print(name)
