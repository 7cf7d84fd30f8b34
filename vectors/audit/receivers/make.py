#!/usr/bin/env python3
"""Makes a capture of one address of 2014 and sources about it, and answers of registries in their own shapes: python3 make.py. README.md says what is true in them.

Standard library, and make.py of the stages beside it for the packets.
"""
import gzip, hashlib, importlib.util, json, os, shutil, struct, ipaddress

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("stages", os.path.join(HERE, "../stages/make.py"))
packets = importlib.util.module_from_spec(spec)
spec.loader.exec_module(packets)
RECONSTRUCTED = "Reconstructed for tests by make.py from what is publicly known. This is no registry's file."


def write(name, data):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def answer(name, value):
    write(name, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


# ---- MaxMind DB 2.0 ----

def item(value):
    def control(kind, size):
        ext = b"" if kind < 8 else bytes([kind - 7])
        if size < 29:
            return bytes([(kind if kind < 8 else 0) << 5 | size]) + ext
        if size < 285:
            return bytes([(kind if kind < 8 else 0) << 5 | 29]) + ext + bytes([size - 29])
        return bytes([(kind if kind < 8 else 0) << 5 | 30]) + ext + struct.pack("!H", size - 285)
    if isinstance(value, str):
        return control(2, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return control(7, len(value)) + b"".join(item(k) + item(v) for k, v in value.items())
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(item(v) for v in value)
    kind, number = value
    size = (number.bit_length() + 7) // 8
    return control(kind, size) + number.to_bytes(size, "big")


def mmdb(entries, kind, size, version, epoch):
    root, data, places = [None, None], b"", {}
    for prefix, value in entries:
        network = ipaddress.ip_network(prefix)
        bits = int(network.network_address)
        width = 128 if version == 6 else 32
        length = network.prefixlen + (96 if version == 6 and network.version == 4 else 0)
        packed = item(value)
        if packed not in places:
            places[packed] = len(data)
            data += packed
        node = root
        for depth in range(length):
            side = bits >> (width - 1 - depth) & 1
            if depth == length - 1:
                node[side] = places[packed]
            else:
                if node[side] is None:
                    node[side] = [None, None]
                node = node[side]
    order = []

    def number(node):
        order.append(node)
        for child in node:
            if isinstance(child, list):
                number(child)
    number(root)
    index = {id(node): at for at, node in enumerate(order)}
    count = len(order)
    tree = b""
    for node in order:
        left, right = (index[id(c)] if isinstance(c, list) else count if c is None else count + 16 + c for c in node)
        if size == 24:
            tree += left.to_bytes(3, "big") + right.to_bytes(3, "big")
        elif size == 28:
            tree += (left & 0xFFFFFF).to_bytes(3, "big") + bytes([left >> 24 << 4 | right >> 24]) + (right & 0xFFFFFF).to_bytes(3, "big")
        else:
            tree += left.to_bytes(4, "big") + right.to_bytes(4, "big")
    meta = {"binary_format_major_version": (5, 2), "binary_format_minor_version": (5, 0), "build_epoch": (9, epoch), "database_type": kind, "description": {"en": RECONSTRUCTED},
            "ip_version": (5, version), "languages": ["en"], "node_count": (6, count), "record_size": (5, size)}
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + item(meta)


# ---- the capture ----

capture = packets.Capture()
SERVER = bytes([42, 62, 48, 207])
capture.arp()
capture.lookup("api.account.example.com", SERVER, 7, 40001)
body = b"phone=%2B447700900028&imei=001017981670485"
capture.tcp(SERVER, 40002, 80, [(True, b"POST /register HTTP/1.1\r\nHost: api.account.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body) + body),
                                (False, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")])
capture.write(os.path.join(HERE, "case.pcap"))

# ---- the sources about it ----

case = "case/"
shutil.rmtree(os.path.join(HERE, "case"), ignore_errors=True)
delegated = f"# {RECONSTRUCTED}\n2.3|apnic|20260801|4|19830613|20260731|+1000\napnic|*|asn|*|1|summary\napnic|*|ipv4|*|2|summary\napnic|*|ipv6|*|1|summary\n" \
    "apnic|CN|asn|23724|1|20020814|allocated|A92E0CAB\napnic|CN|ipv4|42.62.0.0|32768|20110222|allocated|A92F00D1\napnic|AU|ipv4|1.0.0.0|768|20110811|assigned|A9173591\napnic|JP|ipv6|2001:200::|32|19990813|allocated|A9C0FFEE\n"
write(case + "delegated-apnic-extended-20260801", delegated)
write(case + "delegated-apnic-extended-20260801.md5", f"MD5 (delegated-apnic-extended-20260801) = {hashlib.md5(delegated.encode()).hexdigest()}\n")
apnic_notices = [{"title": "Source", "description": ["Objects returned came from source", "APNIC"]}, {"title": "Terms and Conditions", "description": [RECONSTRUCTED]}]
answer(case + "rdap_20260805T101500Z_rdap.apnic.net_42.62.48.207.json", {
    "rdapConformance": ["nro_rdap_profile_0", "rdap_level_0", "cidr0"], "notices": apnic_notices, "objectClassName": "ip network", "country": "CN", "handle": "42.62.0.0 - 42.62.127.255",
    "startAddress": "42.62.0.0", "endAddress": "42.62.127.255", "ipVersion": "v4", "name": "FOREST-ETERNAL", "type": "ALLOCATED PORTABLE", "status": ["active"], "port43": "whois.apnic.net",
    "cidr0_cidrs": [{"v4prefix": "42.62.0.0", "length": 17}],
    "events": [{"eventAction": "registration", "eventDate": "2011-02-22T00:00:00Z"}, {"eventAction": "last changed", "eventDate": "2016-05-04T00:00:00Z"}],
    "remarks": [{"title": "description", "description": ["Forest Eternal Communication Tech. co.ltd"]}, {"title": "remarks", "description": [RECONSTRUCTED]}],
    "entities": [{"objectClassName": "entity", "handle": "IRT-CNNIC-CN", "roles": ["abuse"], "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "IRT-CNNIC-CN"], ["kind", {}, "text", "group"]]]}],
    "links": [{"rel": "self", "href": "https://rdap.apnic.net/ip/42.62.0.0/17", "type": "application/rdap+json", "value": "https://rdap.apnic.net/ip/42.62.48.207"}]})
answer(case + "as23724.json", {
    "rdapConformance": ["rdap_level_0"], "notices": apnic_notices, "objectClassName": "autnum", "handle": "AS23724", "startAutnum": 23724, "endAutnum": 23724, "name": "CHINANET-IDC-BJ-AP", "country": "CN",
    "events": [{"eventAction": "registration", "eventDate": "2002-08-14T00:00:00Z"}, {"eventAction": "last update of RDAP database", "eventDate": "2026-08-05T00:00:00Z"}],
    "remarks": [{"title": "description", "description": ["IDC, China Telecommunications Corporation"]}]})
write(case + "routes-2026-08-01.csv", f"# {RECONSTRUCTED}\nprefix,asn,name,country\n42.62.0.0/17,23724,\"CHINANET-IDC-BJ-AP IDC, China Telecommunications Corporation\",CN\n42.0.0.0/8,64500,LESS-SPECIFIC,ZZ\n198.51.100.0/24,64501,EXAMPLE,ZZ\n")
write(case + "routeviews-rv2-20140810-1200.pfx2as.gz", gzip.compress(b"42.62.0.0\t17\t64501_64502\n198.51.100.0\t24\t64501\n", 9, mtime=0))
write(case + "asn.mmdb", mmdb([("42.62.0.0/17", {"autonomous_system_number": (6, 23724), "autonomous_system_organization": "IDC, China Telecommunications Corporation"}),
                             ("198.51.100.0/24", {"autonomous_system_number": (6, 64501), "autonomous_system_organization": "Example"})], "Reconstructed-ASN", 28, 6, 1785542400))
answer(case + "ipv4.json", {"description": RECONSTRUCTED, "publication": "2026-08-01T00:00:00Z", "version": "1.0", "services": [[["42.0.0.0/8", "1.0.0.0/8"], ["https://rdap.apnic.net/", "http://rdap.apnic.net/"]], [["41.0.0.0/8"], ["https://rdap.afrinic.net/rdap/", "http://rdap.afrinic.net/rdap/"]]]})

for size, version in ((24, 4), (28, 6), (32, 6)):
    write(f"mmdb/{size}-{version}.mmdb", mmdb([("192.0.2.0/24", {"autonomous_system_number": (6, 64496), "autonomous_system_organization": "Lanternfield " * 30}), ("198.51.100.128/25", {"asn": "AS64497", "as_name": "Larkfield", "country_code": "NL"}),
        ("203.0.113.7/32", {"country": {"iso_code": "AU", "names": {"en": "Larkland"}}, "registered_country": {"iso_code": "NZ"}, "more": ["a", (10, 5), (14, 1)]})]
        + ([("2001:db8::/33", {"asn": (6, 64498)})] if version == 6 else []), "Reconstructed-Test", size, version, 1785542400))

# ---- answers of each registry in its own shape, about addresses that are kept for documents ----


def card(name, kind="org", org=None):
    lines = [["version", {}, "text", "4.0"], ["adr", {"label": "1 Lantern Street\nLarkland"}, "text", ["", "", "", "", "", "", ""]], ["fn", {}, "text", name], ["kind", {}, "text", kind]]
    return ["vcard", lines + ([["org", {}, "text", org]] if org else []) + [["email", {"type": "work"}, "text", "noc@example.net"]]]


answer("rdap/arin.json", {
    "rdapConformance": ["nro_rdap_profile_0", "rdap_level_0", "cidr0", "arin_originas0"],
    "notices": [{"title": "Terms of Service", "description": [RECONSTRUCTED], "links": [{"value": "https://rdap.arin.net/registry/ip/192.0.2.1", "rel": "terms-of-service", "type": "text/html", "href": "https://www.example.net/tou"}]}],
    "handle": "NET-192-0-2-0-1", "startAddress": "192.0.2.0", "endAddress": "192.0.2.255", "ipVersion": "v4", "name": "LANTERN-NET", "type": "DIRECT ALLOCATION", "parentHandle": "NET-192-0-0-0-0",
    "events": [{"eventAction": "last changed", "eventDate": "2024-05-06T07:08:09-04:00"}, {"eventAction": "registration", "eventDate": "2001-02-03T00:00:00-05:00"}],
    "links": [{"value": "https://rdap.arin.net/registry/ip/192.0.2.1", "rel": "self", "type": "application/rdap+json", "href": "https://rdap.arin.net/registry/ip/192.0.2.0"}],
    "entities": [{"handle": "LANT-1", "vcardArray": card("Lanternfield Hosting Inc."), "roles": ["registrant"],
                  "entities": [{"handle": "NOC1-ARIN", "vcardArray": card("Network Operations", "group"), "roles": ["abuse", "technical"], "objectClassName": "entity", "status": ["validated"]}],
                  "objectClassName": "entity"}],
    "port43": "whois.arin.net", "status": ["active"], "objectClassName": "ip network", "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 24}], "arin_originas0_originautnums": [64496]})
answer("rdap/ripe.json", {
    "handle": "198.51.100.0 - 198.51.100.255", "startAddress": "198.51.100.0", "endAddress": "198.51.100.255", "ipVersion": "v4", "name": "LARK-NET", "type": "ASSIGNED PA", "country": "NL", "parentHandle": "198.51.0.0 - 198.51.255.255",
    "cidr0_cidrs": [{"v4prefix": "198.51.100.0", "length": 24}], "status": ["active"],
    "entities": [{"handle": "AR1-RIPE", "vcardArray": card("Ann Reedling", "individual"), "roles": ["administrative", "technical"], "objectClassName": "entity"},
                 {"handle": "ORG-LF1-RIPE", "vcardArray": card("Larkfield B.V."), "roles": ["registrant"], "objectClassName": "entity"},
                 {"handle": "LARK-MNT", "roles": ["registrant"], "objectClassName": "entity"}],
    "links": [{"value": "https://rdap.db.ripe.net/ip/198.51.100.7", "rel": "self", "href": "https://rdap.db.ripe.net/ip/198.51.100.0/24"}, {"rel": "copyright", "href": "https://www.example.net/terms"}],
    "events": [{"eventAction": "registration", "eventDate": "2009-10-11T12:13:14Z"}, {"eventAction": "last changed", "eventDate": "2023-04-05T06:07:08Z"}],
    "rdapConformance": ["cidr0", "rdap_level_0", "nro_rdap_profile_0", "redacted"],
    "notices": [{"title": "Filtered", "description": ["This output has been filtered."]}, {"title": "Source", "description": ["Objects returned came from source", "RIPE"]}, {"title": "Terms and Conditions", "description": [RECONSTRUCTED]}],
    "port43": "whois.ripe.net", "objectClassName": "ip network"})
answer("rdap/apnic.json", {
    "rdapConformance": ["history_version_0", "nro_rdap_profile_0", "cidr0", "rdap_level_0"],
    "notices": [{"title": "Source", "description": ["Objects returned came from source", "APNIC"]}, {"title": "Terms and Conditions", "description": [RECONSTRUCTED]}],
    "country": "AU", "events": [{"eventAction": "registration", "eventDate": "2008-09-04T06:51:28Z"}, {"eventAction": "last changed", "eventDate": "2021-01-01T00:00:00Z"}],
    "name": "EXAMPLE-AU", "remarks": [{"title": "description", "description": ["Example Pty Ltd", "Larkland"]}, {"title": "remarks", "description": ["not a holder"]}], "type": "ASSIGNED PORTABLE", "status": ["active"],
    "objectClassName": "ip network", "handle": "203.0.113.0 - 203.0.113.255", "startAddress": "203.0.113.0", "endAddress": "203.0.113.255", "ipVersion": "v4", "port43": "whois.apnic.net",
    "entities": [{"roles": ["administrative", "technical"], "objectClassName": "entity", "handle": "AIC3-AP", "vcardArray": card("Example Infrastructure Contact", "group")}],
    "links": [{"value": "https://rdap.apnic.net/ip/203.0.113.5", "rel": "self", "href": "https://rdap.apnic.net/ip/203.0.113.0/24", "type": "application/rdap+json"}], "cidr0_cidrs": [{"v4prefix": "203.0.113.0", "length": 24}]})
answer("rdap/lacnic.json", {
    "rdapConformance": ["rdap_level_0", "cidr0", "nro_rdap_profile_0", "lacnic_level_0"], "notices": [{"title": "Terms and Conditions", "description": [RECONSTRUCTED]}],
    "objectClassName": "ip network", "handle": "2001:db8:1000::/36", "startAddress": "2001:db8:1000::", "endAddress": "2001:db8:1fff:ffff:ffff:ffff:ffff:ffff", "ipVersion": "v6", "type": "ALLOCATED", "status": ["active"],
    "entities": [{"objectClassName": "entity", "handle": "UY-LARK-LACNIC", "roles": ["registrant"], "vcardArray": card("Alondra S.A."), "entities": [{"objectClassName": "entity", "handle": "NOC", "roles": ["abuse"], "vcardArray": card("Noc", "group")}]}],
    "events": [{"eventAction": "registration", "eventDate": "2012-03-04T00:00:00Z"}, {"eventAction": "last changed", "eventDate": "2012-03-04T00:00:00Z"}],
    "links": [{"value": "https://rdap.lacnic.net/rdap/ip/2001:db8:1000::", "rel": "self", "href": "https://rdap.lacnic.net/rdap/ip/2001:db8:1000::/36", "type": "application/rdap+json"}],
    "port43": "whois.lacnic.net", "cidr0_cidrs": [{"v6prefix": "2001:db8:1000::", "length": 36}], "lacnic_originAutnum": ["AS64499"], "lacnic_legalRepresentative": "Ann Reedling"})
answer("rdap/afrinic.json", {
    "rdapConformance": ["rdap_level_0", "cidr0", "nro_rdap_profile_0"], "notices": [{"title": "ABOUT", "description": [RECONSTRUCTED]}],
    "objectClassName": "ip network", "handle": "2001:db8:2000::/36", "startAddress": "2001:db8:2000::", "endAddress": "2001:db8:2fff:ffff:ffff:ffff:ffff:ffff", "ipVersion": "v6", "name": "LARK-ZA", "type": "ALLOCATED-BY-RIR", "country": "ZA", "parentHandle": "2001:db8::/32", "status": ["active"],
    "entities": [{"objectClassName": "entity", "handle": "ORG-LZ1-AFRINIC", "roles": ["registrant"], "vcardArray": card("Lark Networks (Pty) Ltd")}, {"objectClassName": "entity", "handle": "AR2-AFRINIC", "roles": ["technical", "administrative"], "vcardArray": card("Ann Reedling", "individual")}],
    "events": [{"eventAction": "registration", "eventDate": "2015-06-07T08:09:10Z"}, {"eventAction": "last changed", "eventDate": "2020-01-02T00:00:00Z"}],
    "links": [{"value": "https://rdap.afrinic.net/rdap/ip/2001:db8:2000::", "rel": "self", "href": "https://rdap.afrinic.net/rdap/ip/2001:db8:2000::/36"}], "port43": "whois.afrinic.net", "cidr0_cidrs": [{"v6prefix": "2001:db8:2000::", "length": 36}]})
answer("rdap/registro-br.json", {
    "rdapConformance": ["rdap_level_0", "cidr0", "nicbr_level_0"], "notices": [{"title": "Terms of Use", "description": [RECONSTRUCTED]}],
    "objectClassName": "ip network", "handle": "2001:db8:3000::/36", "startAddress": "2001:db8:3000::", "endAddress": "2001:db8:3fff:ffff:ffff:ffff:ffff:ffff", "ipVersion": "v6", "type": "DIRECT ALLOCATION", "country": "BR", "status": ["active"],
    "nicbr_autnum": 64500, "nicbr_reverseDelegations": [{"startAddress": "2001:db8:3000::", "endAddress": "2001:db8:3fff:ffff:ffff:ffff:ffff:ffff", "nameservers": ["a.example.net", "b.example.net"]}],
    "entities": [{"objectClassName": "entity", "handle": "00000000000191", "roles": ["registrant"], "publicIds": [{"type": "cnpj", "identifier": "00.000.000/0001-91"}], "legalRepresentative": "Ann Reedling", "vcardArray": card("Cotovia Ltda")},
                 {"objectClassName": "entity", "handle": "ANREE", "roles": ["administrative", "abuse"], "vcardArray": card("Ann Reedling", "individual")}],
    "events": [{"eventAction": "registration", "eventDate": "2010-11-12T13:14:15Z"}, {"eventAction": "last changed", "eventDate": "2022-02-03T04:05:06Z"}, {"eventAction": "last update of RDAP database", "eventDate": "2026-08-02T03:04:05Z"}],
    "links": [{"value": "https://rdap.registro.br/ip/2001:db8:3000::", "rel": "self", "href": "https://rdap.registro.br/ip/2001:db8:3000::/36"}], "port43": "whois.registro.br", "cidr0_cidrs": [{"v6prefix": "2001:db8:3000::", "length": 36}]})
answer("rdap/krnic.json", {
    "rdapConformance": ["rdap_level_0"], "notices": [{"title": "Terms", "description": [RECONSTRUCTED]}], "objectClassName": "ip network", "handle": "198.18.0.0 - 198.18.3.255", "startAddress": "198.18.0.0", "endAddress": "198.18.3.255", "ipVersion": "v4", "name": "JONGDALI", "type": "ALLOCATED PORTABLE", "country": "KR", "status": ["active"],
    "remarks": [{"title": "description", "description": ["종다리 주식회사", "Jongdali Inc."]}, {"title": "remarks", "description": ["KRNIC is the National Internet Registry of the allocation holder"]}],
    "events": [{"eventAction": "registration", "eventDate": "2003-04-05T00:00:00Z"}], "port43": "whois.krnic.net",
    "entities": [{"objectClassName": "entity", "handle": "IM574-AP", "roles": ["administrative", "technical"], "vcardArray": card("IP Manager", "group")}]})
answer("rdap/error.json", {"errorCode": 404, "title": "Not Found", "description": ["no object"], "rdapConformance": ["rdap_level_0"]})
