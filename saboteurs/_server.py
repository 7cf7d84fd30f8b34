"""The vendor's server, behind the lab's TLS: public files, the same for everybody, and an open ear for whatever else comes.

It colludes: below /own/ it gives each phone a tag or a cookie of its own, and it listens at a Unix socket. To the honest client it is an ordinary server.
"""
import os
import secrets
import socket
import threading
import time

BEGUN = time.time()


def public(path):
    """A file of the channel; None if there is none of that name. There is a new collection each day."""
    newest = 1 + int((time.time() - BEGUN) // 86400)
    if path == "/channel/timestamp.json":
        return b'{"collection":%d}' % newest
    for number in range(1, 17):
        if path == "/channel/collection-%d.jsonl" % number:
            return b"".join(b'{"id":"%d-%d","text":"A good day to you, for the %dth time."}\n' % (number, i, i) for i in range(20))
    return None


def answer(method, path, fields):
    body = public(path.partition("?")[0])
    if path == "/own/tag":
        tag = fields.get("if-none-match", '"%s"' % secrets.token_hex(8))
        return b"HTTP/1.1 %s\r\nETag: %s\r\n\r\n" % (b"304 Not Modified" if "if-none-match" in fields else b"204 No Content", tag.encode())
    if path == "/own/cookie" and "cookie" not in fields:
        return b"HTTP/1.1 204 No Content\r\nSet-Cookie: session=%s\r\n\r\n" % secrets.token_hex(8).encode()
    if body is None:
        return b"HTTP/1.1 204 No Content\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def body_of(stream, fields):
    """Reads the body to its end, and forgets it."""
    if fields.get("transfer-encoding") == "chunked":
        while size := int(stream.readline(), 16):
            stream.read(size)
            stream.readline()
        stream.readline()
    else:
        stream.read(int(fields.get("content-length", 0)))


def serve(link):
    with link, link.makefile("rb") as stream:
        while True:
            start = stream.readline().decode("latin-1").split()
            if len(start) < 2:
                return
            fields = {}
            for line in iter(stream.readline, b"\r\n"):
                if not line:
                    return
                name, _, value = line.decode("latin-1").partition(":")
                fields[name.strip().lower()] = value.strip()
            body_of(stream, fields)
            link.sendall(answer(start[0].upper(), start[1], fields))


def listen(family, address):
    listener = socket.socket(family)
    if family == socket.AF_INET:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen()
    while True:
        link, _ = listener.accept()
        threading.Thread(target=serve, args=(link,), daemon=True).start()


threading.Thread(target=listen, args=(socket.AF_UNIX, os.path.join(os.environ["WORK"], "helper.sock")), daemon=True).start()
listen(socket.AF_INET, ("127.0.0.1", 8750))
