"""A listener on loopback without a desk behind it: what it takes is kept in a list. And a client that says exactly what
it is told to."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

from mailgate.flow.pressure import Trouble
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.smtp.listener import Listener, ListenerSettings

DESK = Address("soudan", "mado.example")
JOIN = Address("join", "mado.example")
OTHER = Address("reply+abcdefghijklmnopqrstuvwx", "mado.example")
YUKI = Address("yuki", "school.example.jp")
TEXT = b"Subject: x\r\n\r\ntext\r\n"

SETTINGS = ListenerSettings(
    host="127.0.0.1",
    port=0,
    lmtp=False,
    hostname="mx.mado.example",
    max_size_bytes=10_000,
    max_connections=5,
    certificate=None,
)


@dataclass
class Room:
    """What the disk and the database have to say; looked at whenever `due`."""

    trouble: Trouble | None = None
    due: bool = False
    looks: int = 0
    found: Trouble | None = None

    def is_due(self) -> bool:
        return self.due

    def look(self) -> None:
        self.looks += 1
        self.trouble = self.found


@dataclass
class Desk:
    """An Intake that knows three addresses and keeps what it was given."""

    taken: list[tuple[Envelope, bytes]] = field(default_factory=list)
    before_accept: Callable[[], object] = field(default=lambda: None)
    before_recipient: Callable[[], object] = field(default=lambda: None)
    knows_at_once: bool = False
    pressure: Room = field(default_factory=lambda: Room())
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=16))

    def knows(self, address: Address) -> bool | None:
        return address == DESK if self.knows_at_once else None

    def recipient(self, address: Address) -> bool:
        self.before_recipient()
        return address.key in (DESK.key, JOIN.key, OTHER.key)

    def submit(self, envelope: Envelope, raw: bytes) -> Future[str]:
        return self.pool.submit(self.accept, envelope, raw)

    def commit(self) -> None:
        """The pool has it in hand already."""

    def accept(self, envelope: Envelope, raw: bytes) -> str:
        self.before_accept()
        self.taken.append((envelope, raw))
        return f"Q{len(self.taken)}"


class Client:
    """A client that says exactly what it is told to, and reads whole replies."""

    open: ClassVar[list[Client]] = []

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")
        self.open.append(self)

    def reply(self) -> bytes:
        """The next reply without its last CRLF; empty when the connection is closed."""
        lines = b""
        while line := self.file.readline():
            lines += line
            if line[3:4] != b"-":
                break
        return lines.removesuffix(b"\r\n")

    def say(self, line: bytes) -> bytes:
        self.socket.sendall(line + b"\r\n")
        return self.reply()

    def greet(self) -> Client:
        self.reply()
        assert self.say(b"EHLO client.example").startswith(b"250-mx.mado.example\r\n")
        return self

    def begin(self, *recipients: bytes) -> Client:
        """Greets and goes on to the 354 of DATA."""
        self.greet()
        assert self.say(b"MAIL FROM:<yuki@school.example.jp>") == b"250 2.1.0 Ok"
        for recipient in recipients or (b"soudan@mado.example",):
            assert self.say(b"RCPT TO:<" + recipient + b">") == b"250 2.1.5 Ok"
        assert self.say(b"DATA").startswith(b"354 ")
        return self

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@contextmanager
def listening(desk: Desk, settings: ListenerSettings = SETTINGS) -> Iterator[Listener]:
    listener = Listener(settings, desk)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def reset(client: Client) -> None:
    """Leaves with RST instead of FIN."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
