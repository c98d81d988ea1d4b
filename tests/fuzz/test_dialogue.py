"""Any dialogue with the listener, cut into any packets: it goes on, keeps what it said 250 to, and keeps nothing else.

A dialogue is made of plausible commands and of junk, most of it in an order that makes no sense. Its client leaves in
one of three ways. Then an ordinary client comes. `make fuzz` plays thousands where the suite plays some.
"""

from __future__ import annotations

import itertools
import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from dialogue import SETTINGS, Client, Desk, listening, wait_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgate.smtp.limits import Limits
from mailgate.smtp.listener import Listener

_BOUNDED = settings(deadline=None, suppress_health_check=list(HealthCheck))
_REPLY = re.compile(rb"(?:[2-5]\d\d[ -][\x20-\x7e]*\r\n)*")
_QUEUED = re.compile(rb"^250 2\.0\.0 Ok: queued as Q(\d+)\r$", re.MULTILINE)
_LIMITS = Limits(guesses=10**9, mails_per_sender=10**9)

_COMMANDS = st.sampled_from(
    [
        *(b"EHLO client.example", b"HELO client.example", b"MAIL FROM:<yuki@school.example.jp>", b"MAIL FROM:<>"),
        *(b"RCPT TO:<soudan@mado.example>", b"RCPT TO:<join@mado.example>", b"DATA", b"RSET", b"NOOP", b"VRFY x"),
        *(b"MAIL FROM:<a@b.example> SIZE=20 BODY=8BITMIME SMTPUTF8", b"MAIL FROM:<a@b.example> BODY=BINARYMIME"),
        *(
            "MAIL FROM:<ゆき@学校.example> SMTPUTF8".encode(),
            b"RCPT TO:<nobody@mado.example>",
            b"BDAT 5 LAST",
            b"BDAT 0",
        ),
        *(b"STARTTLS", b"AUTH PLAIN AAAA", b"HELP", b"QUIT", b"XCLIENT ADDR=192.0.2.1", b"PROXY UNKNOWN", b"", b"."),
        *(b"MAIL FROM:<a@b.example> SIZE=99999999", b"RCPT TO:<" + b"a" * 3_000 + b"@mado.example>", b"\xff\xfe\0\r"),
    ]
)
_TEXTS = st.sampled_from(
    [
        *(
            b"Subject: x\r\n\r\ntext\r\n.\r\n",
            b".\r\n",
            b"..\r\n.\r\n",
            b"a\n.\nb\r\n.\r\n",
            b"a\r.\rb\r\n.\r\n",
            b"\0\r\n.\r\n",
        ),
        *(
            b"x" * 70_000 + b"\r\n.\r\n",
            b"x" * 9_000 + b"\r\n.\r\n",
            b"half a text",
            b"\r\n.\r",
            b"\n.\n",
            b"a\r\n.\r\nNOOP\r\n",
        ),
    ]
)
_WHOLE = st.builds(
    lambda text: b"MAIL FROM:<>\r\nRCPT TO:<soudan@mado.example>\r\nDATA\r\n" + text,
    _TEXTS,
)
_SAID = st.one_of(
    _COMMANDS.map(lambda line: line + b"\r\n"),
    _WHOLE,
    _TEXTS,
    st.binary(max_size=60),
    st.builds(lambda line, end: line + end, _COMMANDS, st.sampled_from([b"\n", b"\r", b"\0\r\n", b" \r\n", b""])),
)


@dataclass(frozen=True)
class House:
    listener: Listener
    desk: Desk


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """With room for three mails: what one dialogue does not give back is missing to an ordinary mail later."""
    desk = Desk()
    with listening(desk, replace(SETTINGS, max_connections=50, max_waiting_bytes=30_000, limits=_LIMITS)) as listener:
        yield House(listener, desk)


def _play(port: int, packets: list[bytes], leaves: str) -> bytes:
    """All that the client heard, as far as it listened."""
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    heard = b""
    try:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for packet in packets:
            client.sendall(packet)
        if leaves == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return heard
        if leaves == "half":
            client.shutdown(socket.SHUT_WR)
        else:
            client.sendall(b"\r\n.\r\nQUIT\r\n" * 3)
            client.shutdown(socket.SHUT_WR)
        while block := client.recv(65_536):
            heard += block
    except OSError:  # it was cut off
        pass
    finally:
        client.close()
    return heard


def _cut(said: bytes, places: list[int]) -> list[bytes]:
    marks = sorted({place % (len(said) + 1) for place in places} | {0, len(said)})
    return [said[one:two] for one, two in itertools.pairwise(marks)]


@_BOUNDED
@given(
    st.booleans(),
    st.lists(_SAID, max_size=12),
    st.lists(st.integers(0, 100_000), max_size=8),
    st.sampled_from(["quit", "half", "reset"]),
)
def test_any_dialogue(house: House, greets: bool, said: list[bytes], places: list[int], leaves: str) -> None:
    before = len(house.desk.taken)
    dialogue = (b"EHLO client.example\r\n" if greets else b"") + b"".join(said)
    heard = _play(house.listener.port, _cut(dialogue, places), leaves)
    assert _REPLY.fullmatch(heard), heard
    queued = [int(number) for number in _QUEUED.findall(heard)]
    client = Client(house.listener.port).begin()
    last = client.say(b"an ordinary mail\r\n.")
    client.close()
    Client.open.clear()
    assert last.startswith(b"250 2.0.0 Ok: queued as Q")
    wait_for(lambda: not [one for one in house.listener._sessions if one.transport is not None])
    taken = len(house.desk.taken) - before
    assert house.desk.taken[int(last.rsplit(b"Q", 1)[1]) - 1][1] == b"an ordinary mail\r\n"
    assert len(set(queued)) == len(queued) <= taken - 1
    if leaves != "reset" and not heard.endswith(b"again later\r\n"):
        assert len(queued) == taken - 1
    assert all(len(raw) <= SETTINGS.max_size_bytes for _, raw in house.desk.taken[before:])
