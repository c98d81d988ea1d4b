"""The load: clients that speak SMTP one command at a time, as fast as the server answers. A process of its own.

    python load.py PORT CONNECTIONS MAILS PER_CONNECTION BIG_BYTES [BIG_MAILS]

Sends MAILS mails over CONNECTIONS connections at a time, PER_CONNECTION on each (0: all that there are), and prints one
JSON object: the seconds that it took and the latencies (final dot to reply, in seconds) as quantiles. With BIG_BYTES
one client more sends BIG_MAILS mails of that size, one after the other, beginning with the others; not counted.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast

import uvloop
from mails import big_mail, small_mails  # beside this file

_EHLO, _MAIL, _RCPT, _DATA, _TEXT = range(5)
_FROM = b"MAIL FROM:<kondo@school.example.org>\r\n"
_TO = b"RCPT TO:<soudan@desk.example.jp>\r\n"


class Load:
    """What is left to send, and how long each mail took."""

    def __init__(self, texts: list[bytes], mails: int) -> None:
        self.texts = texts
        self.left = mails
        self.done = 0
        self.total = mails
        self.latencies: list[float] = []
        self.finished = asyncio.get_running_loop().create_future()

    def take(self) -> bytes | None:
        if self.left <= 0:
            return None
        self.left -= 1
        return self.texts[self.left % len(self.texts)]

    def tell(self, seconds: float) -> None:
        self.latencies.append(seconds)
        self.done += 1
        if self.done == self.total and not self.finished.done():
            self.finished.set_result(None)


class Client(asyncio.Protocol):
    """One connection; opens its successor when it has sent its share."""

    def __init__(self, load: Load, port: int, per_connection: int) -> None:
        self.load, self.port, self.per_connection = load, port, per_connection
        self.sent = 0
        self.state = _EHLO
        self.text: bytes | None = None
        self.begun = 0.0
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.expected = b"220"

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data
        if data[-1:] != b"\n" or data[data.rfind(b"\n", 0, -1) + 4 :][:1] == b"-":  # more lines of this reply to come
            self.buffer = data
            return
        self.buffer = b""
        if data[:3] != self.expected:
            self.load.finished.set_exception(RuntimeError(f"expected {self.expected!r}, got {data!r}"))
            return
        self.go_on()

    def go_on(self) -> None:
        state = self.state
        if state == _EHLO:
            self.say(b"EHLO client.example.org\r\n", b"250", _MAIL)
        elif state == _MAIL:
            self.text = self.load.take()
            if self.text is None:
                self.transport.close()
            else:
                self.say(_FROM, b"250", _RCPT)
        elif state == _RCPT:
            self.say(_TO, b"250", _DATA)
        elif state == _DATA:
            self.say(b"DATA\r\n", b"354", _TEXT)
        elif self.text is not None:
            self.begun = time.perf_counter()
            text, self.text = self.text, None
            self.say(text, b"250", _TEXT)
        else:
            self.took_it()

    def took_it(self) -> None:
        self.load.tell(time.perf_counter() - self.begun)
        self.sent += 1
        self.state = _MAIL
        if self.sent != self.per_connection:
            self.go_on()
            return
        self.transport.write(b"QUIT\r\n")
        self.transport.close()
        if self.load.left > 0:
            asyncio.ensure_future(connect(self.load, self.port, self.per_connection))  # noqa: RUF006 - kept by the loop

    def say(self, octets: bytes, expected: bytes, state: int) -> None:
        self.expected, self.state = expected, state
        self.transport.write(octets)


async def connect(load: Load, port: int, per_connection: int) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: Client(load, port, per_connection), "127.0.0.1", port)


async def run(port: int, connections: int, mails: int, per_connection: int, big_bytes: int, big_mails: int = 1) -> None:
    load = Load([text + b".\r\n" for text in small_mails()], mails)
    begun = time.perf_counter()
    for _ in range(connections):
        await connect(load, port, per_connection)
    if big_bytes:
        await connect(Load([big_mail(big_bytes) + b".\r\n"], big_mails), port, 0)
    await load.finished
    seconds = time.perf_counter() - begun
    ordered = sorted(load.latencies)
    quantiles = {
        name: ordered[min(len(ordered) - 1, int(len(ordered) * q))] for name, q in (("p50", 0.5), ("p99", 0.99))
    }
    print(json.dumps({"seconds": seconds, "mails": mails, **quantiles}))  # noqa: T201 - for the process that started it


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(run(*map(int, sys.argv[1:])))
