# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Drives an echoing WebSocket server over the cases of RFC 6455, with `wsproto` and `websockets` as the other end.

    websocket_cases.py PORT     prints one line per case and ends with 1 if one of them failed

What a good client never sends is written byte by byte and judged by wsproto, which reads what comes back. The server under test takes
frames and messages of 65536 bytes at most, in 1024 frames at most.
"""

import asyncio
import os
import socket
import struct
import sys

import websockets.asyncio.client
import websockets.exceptions
from wsproto import ConnectionType, WSConnection
from wsproto.events import (AcceptConnection, BytesMessage, CloseConnection, Ping, Pong, Request, TextMessage)
from wsproto.utilities import RemoteProtocolError

PORT = int(sys.argv[1])
LIMIT = 65_536


def frame(first: int, payload: bytes = b"", mask: bytes | None = b"\x37\xfa\x21\x3d", length: int | None = None) -> bytes:
    """One frame, as wrong as it is asked for."""
    bit = 0x80 if mask is not None else 0
    count = len(payload)
    size = length or (1 if count < 126 else 2 if count < 65_536 else 8)
    head = bytes([first])
    if size == 1:
        head += bytes([bit | count])
    elif size == 2:
        head += bytes([bit | 126]) + struct.pack("!H", count)
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", count)
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(0x88, struct.pack("!H", code) + reason)


class Client:
    """A connection that writes any bytes and reads with wsproto."""

    def __init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", PORT), timeout=10)
        self.protocol = WSConnection(ConnectionType.CLIENT)
        self.socket.sendall(self.protocol.send(Request(host=f"127.0.0.1:{PORT}", target="/echo")))
        self.events: list = []
        self.ended = False
        self.read(lambda event: isinstance(event, AcceptConnection))

    def read(self, wanted) -> None:
        """Reads until an event is wanted or the connection ends."""
        while not self.ended:
            data = self.socket.recv(65_536)
            if not data:
                self.ended = True
                return
            self.protocol.receive_data(data)
            stop = False
            for event in self.protocol.events():
                self.events.append(event)
                stop = stop or wanted(event)
            if stop:
                return

    def exchange(self, *pieces: bytes, pause: bool = False) -> list:
        """Sends pieces and reads until the server ends the connection."""
        if pause:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                self.socket.sendall(piece)
        except OSError:
            pass  # The server has closed already, which the events say.
        try:
            self.read(lambda event: False)
        except RemoteProtocolError as error:
            self.events.append(error)
        except OSError:
            pass
        self.socket.close()
        return self.events[1:]


def summary(events: list) -> list:
    """What the server did, in short."""
    short = []
    text, data = "", b""
    for event in events:
        if isinstance(event, TextMessage):
            text += event.data
            if event.message_finished:
                short.append(("text", text))
                text = ""
        elif isinstance(event, BytesMessage):
            data += bytes(event.data)
            if event.message_finished:
                short.append(("bytes", data))
                data = b""
        elif isinstance(event, Pong):
            short.append(("pong", bytes(event.payload)))
        elif isinstance(event, Ping):
            short.append(("ping", bytes(event.payload)))
        elif isinstance(event, CloseConnection):
            short.append(("close", event.code))
        else:
            short.append(("error", str(event)))
    return short


BYE = close(1000)
OK = ("close", 1000)
GREEK = "κόσμε".encode()


def cases():
    """Name, what is sent, what has to come back."""
    for count in (0, 1, 125, 126, 127, 128, 65_535, LIMIT):
        text = "*" * count
        yield f"1.1 text of {count}", [frame(0x81, text.encode()), BYE], [("text", text), OK]
        data = b"\xfe" * count
        yield f"1.2 bytes of {count}", [frame(0x82, data), BYE], [("bytes", data), OK]
    whole = frame(0x81, b"x" * 1_000) + BYE
    yield "1.3 in single bytes", [bytes([byte]) for byte in whole], [("text", "x" * 1_000), OK]
    for count in (0, 1, 125):
        payload = bytes(range(count))
        yield f"2.1 ping of {count}", [frame(0x89, payload), BYE], [("pong", payload), OK]
    yield "2.2 ping of 126", [frame(0x89, b"x" * 126)], [("close", 1002)]
    yield "2.3 pong unasked", [frame(0x8A, b"x"), frame(0x81, b"a"), BYE], [("text", "a"), OK]
    pings = [(frame(0x89, bytes([i]))) for i in range(10)]
    yield "2.4 ten pings", [b"".join(pings), BYE], [("pong", bytes([i])) for i in range(10)] + [OK]
    for bit in (0x40, 0x20, 0x10, 0x70):
        yield f"3.1 reserved bits {bit:#x} in text", [frame(0x81 | bit, b"a")], [("close", 1002)]
        yield f"3.2 reserved bits {bit:#x} in ping", [frame(0x89 | bit)], [("close", 1002)]
        yield f"3.3 reserved bits {bit:#x} after a text", [frame(0x81, b"a"), frame(0x81 | bit)], [("text", "a"), ("close", 1002)]
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        yield f"4 opcode {opcode}", [frame(0x80 | opcode)], [("close", 1002)]
    yield "5.1 ping in pieces", [frame(0x09, b"a")], [("close", 1002)]
    yield "5.2 pong in pieces", [frame(0x0A, b"a")], [("close", 1002)]
    yield "5.3 two pieces", [frame(0x01, b"a"), frame(0x80, b"b"), BYE], [("text", "ab"), OK]
    yield "5.4 in one write", [frame(0x01, b"a") + frame(0x80, b"b") + BYE], [("text", "ab"), OK]
    yield "5.5 ping between", [frame(0x01, b"a"), frame(0x89, b"p"), frame(0x80, b"b"), BYE], [("pong", b"p"), ("text", "ab"), OK]
    many = [frame(0x01, b"a")] + [piece for i in range(20) for piece in (frame(0x00, b"b"), frame(0x89, b"p"))] + [frame(0x80)]
    yield "5.6 many pings between", many + [BYE], [("pong", b"p")] * 20 + [("text", "a" + "b" * 20), OK]
    yield "5.7 continuation of nothing", [frame(0x80, b"a")], [("close", 1002)]
    yield "5.8 first continuation of nothing", [frame(0x00, b"a")], [("close", 1002)]
    yield "5.9 text within text", [frame(0x01, b"a"), frame(0x81, b"b")], [("close", 1002)]
    yield "5.10 bytes within text", [frame(0x01, b"a"), frame(0x82, b"b")], [("close", 1002)]
    yield "5.11 continuation after the end", [frame(0x01, b"a"), frame(0x80), frame(0x80)], [("text", "a"), ("close", 1002)]
    yield "5.12 empty pieces", [frame(0x01), frame(0x00), frame(0x80), BYE], [("text", ""), OK]
    yield "6.1 text in UTF-8", [frame(0x81, GREEK), BYE], [("text", "κόσμε"), OK]
    yield "6.2 characters cut by pieces", [frame(0x01, GREEK[:1])] + [frame(0x00, GREEK[i:i + 1]) for i in range(1, len(GREEK))] + [frame(0x80), BYE], \
        [("text", "κόσμε"), OK]
    for bad in (b"\x80", b"\xc0\xaf", b"\xc3\x28", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80",
                b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff", GREEK + b"\xed\xa0\x80edited"):
        yield f"6.3 {bad.hex()}", [frame(0x81, bad)], [("close", 1007)]
    yield "6.4 cut at the end", [frame(0x81, GREEK[:-1])], [("close", 1007)]
    yield "6.5 cut at the end of the last piece", [frame(0x01, GREEK[:-1]), frame(0x80)], [("close", 1007)]
    yield "6.6 told before the message ends", [frame(0x01, GREEK + b"\xf4\x90")], [("close", 1007)]
    yield "6.7 told before the frame ends", [frame(0x81, GREEK + b"\xff" + b"x" * 60)[:25]], [("close", 1007)]
    for text in ("\0", "\x7f", "\u0080", "\u07ff", "\u0800", "\uffff", "\U00010000", "\U0010ffff", "\ufffe", "\U0001fffe"):
        yield f"6.8 U+{ord(text):X}", [frame(0x81, text.encode()), BYE], [("text", text), OK]
    yield "7.1 text and close", [frame(0x81, b"a") + BYE], [("text", "a"), OK]
    yield "7.2 two closes", [BYE + BYE], [OK]
    yield "7.3 text after close", [BYE + frame(0x81, b"a")], [OK]
    yield "7.4 ping after close", [BYE + frame(0x89)], [OK]
    yield "7.5 close within a message", [frame(0x01, b"a"), BYE], [OK]
    yield "7.6 close without a body", [frame(0x88)], [OK]
    yield "7.7 close of one byte", [frame(0x88, b"\x03")], [("close", 1002)]
    yield "7.8 close with a reason", [close(1000, b"bye")], [OK]
    yield "7.9 close with the longest reason", [close(1000, b"*" * 123)], [OK]
    yield "7.10 close that is too long", [frame(0x88, b"\x03\xe8" + b"*" * 124)], [("close", 1002)]
    yield "7.11 reason that is no UTF-8", [close(1000, b"\xce\xba\xff")], [("close", 1007)]
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        yield f"7.12 code {code}", [close(code)], [("close", code)]
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535):
        yield f"7.13 code {code}", [close(code)], [("close", 1002)]
    yield "8.1 not masked", [frame(0x81, b"a", mask=None)], [("close", 1002)]
    yield "8.2 masked with zeros", [frame(0x81, b"a", mask=b"\0\0\0\0"), BYE], [("text", "a"), OK]
    yield "8.3 length longer than needed", [frame(0x82, b"a", length=2)], [("close", 1002)]
    yield "8.4 length much longer than needed", [frame(0x82, b"a" * 126, length=8)], [("close", 1002)]
    yield "8.5 highest bit of the length", [b"\x82\xff\x80" + b"\0" * 7], [("close", 1002)]
    yield "9.1 frame that is too big", [frame(0x82, b"")[:1] + b"\xff" + struct.pack("!Q", LIMIT + 1)], [("close", 1009)]
    yield "9.2 frame of 2^62", [b"\x82\xff" + struct.pack("!Q", 1 << 62)], [("close", 1009)]
    half = b"x" * (LIMIT // 2)
    yield "9.3 longest message in pieces", [frame(0x02, half), frame(0x80, half), BYE], [("bytes", half * 2), OK]
    yield "9.4 message that is too big", [frame(0x02, half), frame(0x00, half), frame(0x80, b"x")], [("close", 1009)]
    yield "9.5 too many pieces", [frame(0x02) + frame(0x00) * 1_024], [("close", 1009)]


def run_cases() -> int:
    failures = 0
    count = 0
    for name, pieces, expected in cases():
        count += 1
        got = summary(Client().exchange(*pieces, pause="single bytes" in name))
        if got != expected:
            failures += 1
            print(f"FAILED {name}: {str(got)[:300]} instead of {str(expected)[:300]}")
    print(f"{count} cases with wsproto, {failures} failed")
    return failures


async def run_library() -> int:
    """What a program does with a library that people use."""
    uri = f"ws://127.0.0.1:{PORT}/echo"
    failures = 0
    async with websockets.asyncio.client.connect(uri, subprotocols=["chat"], max_size=None) as peer:
        if peer.subprotocol != "chat":
            failures += 1
            print(f"FAILED subprotocol: {peer.subprotocol}")
        if peer.protocol.extensions:
            failures += 1
            print(f"FAILED extensions: {peer.protocol.extensions}")
        for message in ["", "hello", "κόσμε" * 1_000, b"", os.urandom(LIMIT), "x" * LIMIT]:
            await peer.send(message)
            if await asyncio.wait_for(peer.recv(), 10) != message:
                failures += 1
                print(f"FAILED echo of {len(message)}")
        await peer.send(["in ", "three ", "pieces"])
        if await asyncio.wait_for(peer.recv(), 10) != "in three pieces":
            failures += 1
            print("FAILED pieces")
        await asyncio.wait_for(await peer.ping(), 10)
        await asyncio.gather(*(peer.send(str(number)) for number in range(200)))
        got = [await asyncio.wait_for(peer.recv(), 10) for _ in range(200)]
        if sorted(map(int, got)) != list(range(200)):
            failures += 1
            print("FAILED many")
        await peer.close(4000, "done")
        if peer.close_code != 4000:
            failures += 1
            print(f"FAILED close: {peer.close_code}")
    async with websockets.asyncio.client.connect(uri) as peer:
        await peer.send("stop")
        try:
            await asyncio.wait_for(peer.recv(), 10)
            failures += 1
            print("FAILED stop: something came")
        except websockets.exceptions.ConnectionClosedOK as error:
            if error.rcvd.code != 1000:
                failures += 1
                print(f"FAILED stop: {error}")
    async with websockets.asyncio.client.connect(uri, max_size=None) as peer:
        await peer.send("x" * (LIMIT + 1))
        try:
            await asyncio.wait_for(peer.recv(), 10)
            failures += 1
            print("FAILED size: something came")
        except websockets.exceptions.ConnectionClosedError as error:
            if error.rcvd is None or error.rcvd.code != 1009:
                failures += 1
                print(f"FAILED size: {error}")
    print(f"conversation with websockets, {failures} failed")
    return failures


if __name__ == "__main__":
    sys.exit(1 if run_cases() + asyncio.run(run_library()) else 0)
