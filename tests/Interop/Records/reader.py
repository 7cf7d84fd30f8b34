#!/usr/bin/python3
"""A reader of signed records, written from docs/consent.md alone, over jwcrypto. It shares nothing with the program.

usage: reader.py FOLDER    FOLDER is vectors/consent or a copy of it
Reads the examples as one account's life and the refused records one by one; says what is not as the lists have it. Exit code 1 then.
"""
import base64, hashlib, json, re, sys
from pathlib import Path

from jwcrypto import jwk, jws

HEX = re.compile(r"[0-9a-f]{64}\Z")
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,7})?Z\Z", re.ASCII)
UUID4 = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")
HEAD = re.compile(r"[1-9][0-9]{0,14}:[0-9a-f]{64}\Z", re.ASCII)
CATEGORIES = ("contacts", "messages", "notes", "photos")
SIGNERS = {  # §3: the clause of each type, and whose keys may sign it
    "certificate": ("§3.1", "sheet"), "grant": ("§3.3", "device"), "revocation": ("§3.4", "device"), "receipt": ("§3.5", "server"), "proof": ("§3.6", "device sheet"),
    "erasure": ("§3.7", "device sheet"), "admission": ("§3.8", "device"), "removal": ("§3.9", "device sheet"), "rotation": ("§3.10", "sheet"),
    "replacement": ("§3.11", "device"), "cancellation": ("§3.12", "sheet")}
STATES = {  # §3.5: what each type may have a receipt of, and whether the receipt says when
    "certificate": {"account": False}, "grant": {"on": False}, "revocation": {"kept": False}, "erasure": {"closed": True, "erased": False}, "cancellation": {"cancelled": False},
    "rotation": {"rotated": False}, "replacement": {"pending": True, "replaced": False}, "admission": {"device": False}, "removal": {"removed": False},
    "proof": {"token": False}}


class Refused(Exception):
    """Its text is the clause."""


def need(holds, clause):
    if not holds:
        raise Refused(clause)


def decode(text, clause="§1.7"):
    need(re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1, clause)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(encode(data) == text, clause)
    return data


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Number(str):
    """A number as it was written (§1.8)."""


def parse(data):
    def members(pairs):
        need(len({name for name, _ in pairs}) == len(pairs), "§1.5")
        return dict(pairs)

    def walk(value, level):
        need(level <= 64, "§1.5")
        for item in (list(value) + list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()):
            walk(item, level + isinstance(item, (dict, list)))
        if isinstance(value, str):
            value.encode()  # half a surrogate pair has no UTF-8

    def no_constant(name):
        raise ValueError(name)

    try:
        value = json.loads(data.decode(), object_pairs_hook=members, parse_int=Number, parse_float=Number, parse_constant=no_constant)
        need(isinstance(value, dict), "§1.5")
        walk(value, 1)
        return value
    except (ValueError, RecursionError) as e:
        raise Refused("§1.5") from e


class Members:
    """One object's members; what is missing or of another kind breaks the clause that names it."""

    def __init__(self, value, clause):
        need(isinstance(value, dict), clause)
        self.value, self.clause = value, clause

    def text(self, name, clause=None):
        value = self.value.get(name)
        need(isinstance(value, str) and not isinstance(value, Number) and value != "", clause or self.clause)
        return value

    def exactly(self, name, expected):
        need(self.text(name) == expected, self.clause)

    def hash(self, name, clause="§1.9", missing=None):
        need(HEX.match(value := self.text(name, missing)), clause)
        return value

    def thumbprint(self, name, missing=None):
        return self.hash(name, "§1.4", missing)

    def number(self, name, low, high, below="§1.8", above="§1.8", missing=None):
        need(name in self.value, missing or self.clause)
        value = self.value[name]
        need(isinstance(value, Number) and re.fullmatch(r"[0-9]+", value), "§1.8")
        need(int(value) >= low, below)
        need(int(value) <= high, above)
        return int(value)

    def seconds(self, name, missing=None):
        return self.number(name, 0, 253402300799, missing=missing)

    def object(self, name):
        return Members(self.value.get(name), self.clause)

    def list(self, name, count):
        value = self.value.get(name)
        need(isinstance(value, list) and len(value) == count, self.clause)
        return value

    def epoch(self):
        self.category = self.text("category")
        need(self.category in CATEGORIES, "§2")
        return self.number("epoch", 1, 999999, "§2", "§2")

    def key(self):
        value = self.value.get("jwk")
        need(isinstance(value, dict) and set(value) == {"crv", "kty", "x", "y"}, self.clause)
        need(all(isinstance(part, str) for part in value.values()) and value["crv"] == "P-256" and value["kty"] == "EC", self.clause)
        need(all(len(decode(value[name], self.clause)) == 32 for name in "xy"), self.clause)
        try:
            key = jwk.JWK(**value)
            key.get_op_key("verify")  # the point is on the curve
        except Exception as e:
            raise Refused(self.clause) from e
        return thumbprint(key)


def thumbprint(key):
    return decode(key.thumbprint()).hex()


def identity(consent, account, state):
    consent.exactly("schema_version", "ISO/IEC TS 27560:2023")
    need(UUID4.match(consent.text("record_id")), consent.clause)
    consent.exactly("pii_principal_id", account)
    event = Members(consent.list("events", 1)[0], consent.clause)
    event.exactly("entity_id", account)
    event.exactly("event_type", "explicit")
    event.exactly("event_state", state)
    need(TIME.match(event.text("event_time")), "§1.8")
    return event


def succession(members, account):
    number = members.number("succession", 1, 2147483647, below=members.clause)
    need((members.hash("succeeds") == account) == (number == 1), members.clause)
    sheet = members.object("sheet")
    key = sheet.key()
    need(re.fullmatch(r"age1[023456789acdefghjklmnpqrstuvwxyz]{58}", sheet.text("recipient")), members.clause)
    return number, key, sheet


class Reader:
    def __init__(self, keys):
        self.keys = {name: jwk.JWK(**value["jwk"]) for name, value in keys.items() if name != "note"}
        self.names = {thumbprint(key): name for name, key in self.keys.items()}
        self.account, self.server = thumbprint(self.keys["sheet"]), thumbprint(self.keys["server"])
        self.known = {}  # record hash -> typ, iss: what a receipt may be for

    def role(self, kid):
        return self.names[kid].split("-")[-1]

    def form(self, text):
        need(len(text) <= 65536 and text.isascii() and not re.search(r"\s", text), "§1.1")
        parts = text.split(".")
        need(len(parts) == 3, "§1.1")
        head, body, signature = map(decode, parts)
        header, payload = parse(head), parse(body)
        need(header.get("alg") == "ES256" and not {"jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64"} & set(header), "§1.2")
        need(len(signature) == 64, "§1.2")
        header = Members(header, "§1.2")
        return header.text("typ"), header.thumbprint("kid"), payload, hashlib.sha256(text.rpartition(".")[0].encode()).hexdigest()

    def signed(self, text, name):
        try:
            token = jws.JWS()
            token.deserialize(text)
            token.verify(self.keys[name], alg="ES256")
            return True
        except jws.InvalidJWSSignature:
            return False

    def read(self, text):
        typ, kid, payload, digest = self.form(text)
        kind = (re.fullmatch(r"offproof-([a-z]+)\+jwt", typ) or [None, None])[1]
        need(kind in SIGNERS, "§1.3")
        clause, signers = SIGNERS[kind]
        need(kid in self.names, "§1.4")
        if not self.signed(text, self.names[kid]):
            raise Refused("§1.4" if any(self.signed(text, name) for name in self.keys) else "§1.2")
        need(self.role(kid) in signers, clause)
        members = Members(payload, clause)
        issuer = self.account if self.role(kid) == "sheet" else kid
        need(members.thumbprint("iss", "§2") == issuer, "§2")
        audience = self.server
        if kind == "receipt":
            record = members.hash("record")
            need(record in self.known and members.text("record_typ") == self.known[record][0], clause)
            audience = self.known[record][1]
        need(members.thumbprint("aud", "§2") == audience, "§2")
        subject = members.thumbprint("sub", "§2")
        need(kind == "certificate" or subject == self.account, "§2")
        members.seconds("iat", "§2")
        self.place = None
        if issuer == self.account:
            need(kind == "proof" or not {"seq", "prev"} & set(payload), "§3.2")
        elif kind not in ("receipt", "proof"):
            self.place = members.number("seq", 1, 2147483647, below="§3.2", missing="§3.2"), members.hash("prev", missing="§3.2")
        getattr(self, kind)(members, subject, issuer)
        return kind, kid, issuer, digest, members

    def certificate(self, m, subject, issuer):
        need(m.object("cnf").key() == subject, m.clause)

    def grant(self, m, account, issuer):
        m.epoch()
        for name in ("config", "key", "sealed"):
            m.object("vault").hash(name)
        policy = m.hash("policy")
        consent = m.object("consent")
        event = identity(consent, account, "consent given")
        if "validity_duration" in event.value:
            event.text("validity_duration")
        processing = Members(consent.list("pii_processing", 1)[0], m.clause)
        processing.exactly("privacy_notice", "urn:sha256:" + policy)
        processing.text("language")
        purpose = Members(processing.list("purposes", 1)[0], m.clause)
        for name in ("purpose", "collection_method", "processing_method", "retention_period", "withdrawal_method", "privacy_rights"):
            purpose.text(name)
        purpose.exactly("lawful_basis", "consent")
        information = Members(purpose.list("pii_information", 1)[0], m.clause)
        information.exactly("pii_type", m.category)
        need(information.value.get("pii_optional") is True, m.clause)
        need(purpose.list("pii_controllers", 1) == [account] and purpose.list("recipient_third_parties", 0) == [], m.clause)
        owner, processor = (Members(party, m.clause) for party in consent.list("party_identification", 2))
        owner.exactly("party_id", account)
        owner.exactly("party_role", "pii_principal")
        processor.exactly("party_id", self.server)
        processor.exactly("party_role", "pii_processor")
        url = processor.text("party_url")
        need(url.endswith("/") and purpose.list("storage_locations", 1) == [url], m.clause)

    def revocation(self, m, account, issuer):
        m.epoch()
        m.hash("grant")
        m.exactly("stored", "keep")
        identity(m.object("consent"), account, "consent withdrawn")

    def receipt(self, m, account, issuer):
        states = STATES.get(m.text("record_typ")[len("offproof-"):-len("+jwt")], {})
        need(m.text("state") in states, m.clause)
        need(("due" in m.value) == states[m.text("state")], m.clause)
        if "due" in m.value:
            m.seconds("due")
        if "ledger" in m.value:
            need(HEAD.match(m.text("ledger")), m.clause)

    def proof(self, m, account, issuer):
        m.text("nonce")
        need(m.text("action") in ("vault", "recovery"), m.clause)
        if m.text("action") == "vault":
            m.thumbprint("device")
            m.epoch()
            need(m.text("mode") in ("add", "read"), m.clause)
        if "seconds" in m.value:
            m.number("seconds", 60, 3600, m.clause, m.clause)

    def erasure(self, m, account, issuer):
        need(m.thumbprint("device") == issuer or issuer == account, m.clause)
        m.epoch()
        m.hash("grant")
        identity(m.object("consent"), account, "erasure requested")

    def admission(self, m, account, issuer):
        need(m.object("cnf").key() == m.thumbprint("device"), m.clause)

    def removal(self, m, account, issuer):
        m.thumbprint("device")

    def rotation(self, m, account, issuer):
        _, _, sheet = succession(m, account)
        need(1 <= len(decode(sheet.text("identity"))) <= 4096, m.clause)

    def replacement(self, m, account, issuer):
        succession(m, account)

    def cancellation(self, m, account, issuer):
        m.hash("record")
        need(m.text("record_typ") in ("offproof-erasure+jwt", "offproof-replacement+jwt"), m.clause)


class Life:
    """§3.2, §3.5, §3.7 to §3.12 and §4, as far as they speak of an order: whose records are taken, one after the other."""

    def __init__(self, reader):
        self.reader, self.devices, self.gone, self.on, self.due = reader, {}, set(), {}, {}
        self.sheet, self.changes = reader.account, (0, reader.account)

    def take(self, kind, kid, issuer, digest, m):
        value, place = m.value, self.reader.place
        if kind == "receipt":
            return self.answer(value)
        need(kid == self.sheet if issuer == self.reader.account else kid in self.devices and kid not in self.gone, "§4")
        if place:
            need(place == self.devices[kid], "§3.2")
            self.devices[kid] = place[0] + 1, digest
        if kind in ("certificate", "admission"):
            device = value["sub"] if kind == "certificate" else value["device"]
            need(device not in self.devices, "§3.8")
            self.devices[device] = 1, digest
        elif kind == "grant":
            self.on[kid, value["category"], value["epoch"]] = [digest, "on"]
        elif kind == "revocation":
            self.end(kid, value, ("on",), "kept")
        elif kind == "erasure":
            by_device = issuer != self.reader.account
            self.end(value["device"], value, ("kept",) if by_device else ("on", "kept", "closed"), "closed" if by_device else "erased")
            self.due[digest] = "erasure", (value["device"], value["category"], value["epoch"])
        elif kind == "removal":
            need(value["device"] in self.devices and value["device"] not in self.gone, "§3.9")
            self.gone.add(value["device"])
        elif kind in ("rotation", "replacement"):
            need((int(value["succession"]), value["succeeds"]) == (self.changes[0] + 1, self.changes[1]), m.clause)
            if kind == "rotation":
                self.change(value, digest)
            else:
                self.due[digest] = "replacement", value
        elif kind == "cancellation":
            what, named = self.due.pop(value["record"], (None, None))
            need(value["record_typ"] == f"offproof-{what}+jwt", "§3.12")
            if what == "erasure":
                self.on[named][1] = "kept"
        self.reader.known[digest] = f"offproof-{kind}+jwt", issuer

    def answer(self, value):
        # A due is 14 days after the record was received.
        need(int(value.get("due", int(value["iat"]) + 1209600)) == int(value["iat"]) + 1209600, "§3.5")
        if value["state"] == "replaced":
            self.change(self.due.pop(value["record"])[1], value["record"])
        elif value["state"] == "erased":
            self.on[self.due.pop(value["record"])[1]][1] = "erased"

    def end(self, device, value, before, after):
        epoch = self.on.get((device, value["category"], value["epoch"]))
        need(epoch and epoch[0] == value["grant"] and epoch[1] in before, "§3.4")
        epoch[1] = after

    def change(self, value, digest):
        self.changes = self.changes[0] + 1, digest
        self.sheet = thumbprint(jwk.JWK(**value["sheet"]["jwk"]))


def main(folder):
    complaints = []
    keys, hashes, refused = (json.loads((folder / name).read_text()) for name in ("keys.json", "hashes.json", "refused.json"))
    reader = Reader(keys)
    life = Life(reader)
    for name, value in keys.items():
        if name != "note" and thumbprint(reader.keys[name]) != value["thumbprint"]:
            complaints.append(f"{name}: another thumbprint")
    if {path.stem for path in folder.glob("*.jws")} != set(hashes):
        complaints.append("hashes.json does not list the examples")
    for name, digest in hashes.items():
        try:
            read = reader.read((folder / f"{name}.jws").read_text())
            life.take(*read)
            if read[3] != digest:
                complaints.append(f"{name}: the record hash is {read[3]}")
            if not name.startswith(read[0]):
                complaints.append(f"{name}: is a {read[0]}")
            if parse((folder / f"{name}.payload.json").read_bytes()) != read[4].value:
                complaints.append(f"{name}: the readable payload is another")
        except Refused as e:
            complaints.append(f"{name}: refused for {e}")
    for entry in refused:
        try:
            reader.read((folder / "refused" / entry["file"]).read_bytes().decode())
            complaints.append(f"{entry['file']}: accepted, although {entry['breaks']}")
        except Refused as e:
            listed = entry["clause"].split()[-1]
            # A record under another type's name is seen by what that type wants.
            if str(e) != listed and not (listed == "§1.3" and str(e).startswith("§3.")):
                complaints.append(f"{entry['file']}: refused for {e}, listed for {listed}")
    print(*complaints, sep="\n", end="\n" if complaints else "")
    print(f"{len(hashes)} records read, {len(refused)} refused, {len(complaints)} complaints")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
