#!/usr/bin/env python3
"""Writes the seed corpus of the fuzzer: one file per message, each with a first byte that says how to cut it."""
import pathlib
import sys

HOST = "Host: acme.localhost:8080\r\n"
HEADS = [
    "GET / HTTP/1.1\r\n" + HOST,
    "GET /api/v1/courses?limit=20&q=%D9%85 HTTP/1.1\r\n" + HOST + "Accept: */*\r\nConnection: keep-alive, x\r\n",
    "GET http://acme.example.org:81?b HTTP/1.1\r\nhost: [::1]\r\n",
    "OPTIONS * HTTP/1.1\r\n" + HOST,
    "HEAD /a HTTP/1.0\r\nConnection: keep-alive\r\n",
    "\r\nBREW //x;y HTTP/1.7\r\n" + HOST + "A:\r\nB: \t c \t\r\n",
    "POST / HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\n",
]
BODIES = [
    "\r\n",
    "Content-Length: 0\r\n\r\n",
    "Content-Length: 5\r\n\r\nhello",
    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=\"b\"\r\n \r\n0\r\nChecksum: x\r\n\r\n",
    "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "A: b\r\n c\r\n\r\n",
    "A : b\r\n\r\n",
    "A: b\n\n",
]
OTHERS = [
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\n\n", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /" + "a" * 120 + " HTTP/1.1\r\n", "A" * 40, "GET / HTTP/1.1\r\nHost: h\r\n" + "A: b\r\n" * 14 + "\r\n",
]
# Words for the fuzzer to put in.
WORDS = [
    "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "Host:", "Content-Length:", "Transfer-Encoding:", "chunked", "gzip", "identity",
    "Connection:", "close", "keep-alive", "Expect: 100-continue", "\\x0d\\x0a", "\\x0d\\x0a\\x0d\\x0a", "\\x0a",
    "0\\x0d\\x0a\\x0d\\x0a", "http://", "https://", "OPTIONS *", "CONNECT", "[::1]", "ffffffffffffffff", "\\x09", "\\x00",
]


def main() -> None:
    """Writes the corpus into the directory that is named, and the words beside it."""
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    messages = [head + body for head in HEADS for body in BODIES] + OTHERS
    for number, message in enumerate(messages):
        for cut in (0, 1 + number % 63):
            (directory / f"seed-{number:03}-{cut:02}").write_bytes(bytes([cut]) + message.encode())
    pipelined = "".join(HEADS[i % 3] + BODIES[i % 4] for i in range(8))
    (directory / "pipelined").write_bytes(bytes([7]) + pipelined.encode())
    mask = b"\x01\x02\x03\x04"

    def frame(first: int, payload: bytes) -> bytes:
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        return bytes([first]) + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))

    sockets = [frame(0x81, "κόσμε".encode()), frame(0x01, b"a") + frame(0x89, b"p") + frame(0x80, b"b"), frame(0x82, b"x" * 130),
               frame(0x88, b"\x03\xe8bye"), frame(0x8A, b"") + frame(0x81, b"\xed\xa0\x80")]
    for number, message in enumerate(sockets):
        (directory / f"socket-{number}").write_bytes(bytes([number]) + message)
    (directory.parent / "words").write_text("".join(f'"{word}"\n' for word in WORDS))


main()
