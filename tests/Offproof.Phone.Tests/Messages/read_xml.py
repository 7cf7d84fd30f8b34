#!/usr/bin/env python3
"""Reads messages.xml with Python's own parser: one JSON array a line, [kind, columns, addresses, [[columns, base64 or null], ...]]."""
import json
import sys
import xml.etree.ElementTree as ET

for element in ET.parse(sys.argv[1]).getroot():
    parts = []
    for part in element.findall("parts/part"):
        columns = dict(part.attrib)
        data = columns.pop("data", None)
        parts.append([columns, data])
    print(json.dumps([element.tag, element.attrib, [dict(a.attrib) for a in element.findall("addrs/addr")], parts]))
