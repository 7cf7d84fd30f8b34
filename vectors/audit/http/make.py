#!/usr/bin/env python3
"""Makes hpack.txt and two.txt with an independent encoder: needs the Debian packages python3-hpack and python3-h2."""
import os, random
import h2.config, h2.connection
from hpack import Encoder
from hpack.hpack import HeaderTuple, NeverIndexedHeaderTuple

here = os.path.dirname(os.path.abspath(__file__))
random.seed(20140722)
names = [':method', ':path', ':authority', 'cookie', 'content-type', 'x-imei', 'user-agent', 'accept', 'etag', 'x-' + 'long' * 20]
letters = [chr(c) for c in range(32, 127)]


def value():
    kind = random.randrange(5)
    if kind == 0: return random.choice(['GET', 'POST', '/', 'text/plain', '', 'gzip, deflate'])
    if kind == 1: return ''.join(random.choice('0123456789') for _ in range(random.randrange(20)))
    if kind == 2: return bytes(random.randrange(1, 256) for _ in range(random.randrange(12))).decode('latin-1').replace('\n', '.').replace('\r', '.')
    return ''.join(random.choice(letters) for _ in range(random.randrange(60)))


def field(name, text):
    return f'{name}: {text}'.encode('latin-1')


with open(os.path.join(here, 'hpack.txt'), 'w', newline='\n') as out:
    out.write('# Blocks of one connection each ("=" begins a new one): hex of the block, then hex of its fields as "name: value", joined by CR LF. Made by make.py.\n')
    for connection in range(12):
        encoder = Encoder()
        out.write('=\n')
        for _ in range(10):
            if random.randrange(4) == 0: encoder.header_table_size = random.choice([0, 64, 128, 300, 4096, 65536])
            fields = [(random.choice(names), value()) for _ in range(random.randrange(1, 9))]
            pairs = [(NeverIndexedHeaderTuple if random.randrange(8) == 0 else HeaderTuple)(n.encode('latin-1'), v.encode('latin-1')) for n, v in fields]
            block = encoder.encode(pairs, huffman=random.randrange(3) > 0)
            out.write(f'{block.hex()} {b"".join(field(n, v) + bytes([13, 10]) for n, v in fields).hex()}\n')

# A conversation of two streams: what each end sent, in the order in which it was sent.
client = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding=None))
server = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding=None))
lines = ['# "C" or "S", and hex of what that end sent. Made by make.py.']


def send(end, name, other):
    data = end.data_to_send()
    if data:
        lines.append(f'{name} {data.hex()}')
        other.receive_data(data)


client.initiate_connection(); server.initiate_connection()
send(client, 'C', server); send(server, 'S', client); send(client, 'C', server)
client.send_headers(1, [(':method', 'POST'), (':path', '/upload?imei=001'), (':scheme', 'https'), (':authority', 'api.example.org'), ('content-type', 'application/json')])
client.send_headers(3, [(':method', 'GET'), (':path', '/second'), (':scheme', 'https'), (':authority', 'api.example.org')], end_stream=True)
client.send_data(1, b'{"first":', pad_length=7)
send(client, 'C', server)
client.send_data(1, b'"half"}'); client.send_headers(1, [('x-trailer', 'last words')], end_stream=True)
send(client, 'C', server)
server.push_stream(3, 2, [(':method', 'GET'), (':path', '/pushed.css'), (':scheme', 'https'), (':authority', 'api.example.org')])
server.send_headers(3, [(':status', '200'), ('content-type', 'text/html')])
server.send_headers(2, [(':status', '200'), ('content-type', 'text/css')])
server.send_data(3, b'<p>one'); server.send_data(2, b'body{}', end_stream=True); server.send_data(3, b' two</p>', end_stream=True)
server.send_headers(1, [(':status', '204'), ('x-big', 'z' * 20000)], end_stream=True)
send(server, 'S', client)
client.ping(b'12345678'); client.close_connection(additional_data=b'good bye')
send(client, 'C', server)
with open(os.path.join(here, 'two.txt'), 'w', newline='\n') as out: out.write('\n'.join(lines) + '\n')
