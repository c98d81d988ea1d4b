"""Servers before ours say who the client is: those that the settings name are heard, and nobody else."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from dialogue import SETTINGS, Client, Desk, listening

from mailgate.smtp.fronts import Fronts, Word, read_xclient
from mailgate.smtp.limits import Limits

HERE = (ip_network("127.0.0.0/8"),)
GREETING = b"220 mx.mado.example ESMTP"
NOT_PERMITTED = b"550 5.7.1 Not permitted"
FULL = b"421 4.3.2 Too many connections, please try again later"
STRANGER = "203.0.113.7"


@pytest.fixture
def taken() -> Desk:
    return Desk()


@contextmanager
def behind(desk: Desk, fronts: Fronts, limits: Limits = SETTINGS.limits) -> Iterator[int]:
    with listening(desk, replace(SETTINGS, fronts=fronts, limits=limits)) as listener:
        yield listener.port
        while Client.open:
            Client.open.pop().close()


def begun(port: int, header: bytes) -> Client:
    """A client that says `header` before anything else."""
    client = Client(port)
    client.socket.sendall(header)
    return client


def send(client: Client) -> bytes:
    for line in (b"MAIL FROM:<yuki@school.example.jp>", b"RCPT TO:<soudan@mado.example>", b"DATA"):
        assert client.say(line)[:1] in b"23"
    return client.say(b"text\r\n.")


def version_2(peer: str, command: int = 1) -> bytes:
    """The binary header; command 0 is LOCAL."""
    source = ip_address(peer)
    family = 0x11 if source.version == 4 else 0x21
    addresses = source.packed + ip_address("192.0.2.1" if source.version == 4 else "2001:db8::1").packed
    addresses += struct.pack("!HH", 40000, 25)
    family, addresses = (family, addresses) if command else (0, b"")
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x20 | command, family]) + struct.pack("!H", len(addresses)) + addresses


@pytest.mark.parametrize(
    ("header", "peer"),
    [
        (b"PROXY TCP4 203.0.113.7 192.0.2.1 40000 25\r\n", STRANGER),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 40000 25\r\n", "2001:db8::7"),
        (b"PROXY TCP6 ::ffff:203.0.113.7 ::ffff:192.0.2.1 40000 25\r\n", STRANGER),
        (b"PROXY UNKNOWN\r\n", ""),
        (version_2(STRANGER), STRANGER),
        (version_2("2001:db8::7"), "2001:db8::7"),
        (version_2(STRANGER, command=0), ""),
    ],
)
def test_the_proxy_header_names_the_client(taken: Desk, header: bytes, peer: str) -> None:
    with behind(taken, Fronts(proxy=HERE)) as port:
        client = begun(port, header)
        assert client.reply() == GREETING
        assert client.say(b"EHLO client.example")[:3] == b"250"
        assert send(client) == b"250 2.0.0 Ok: queued as Q1"
    assert [(envelope.peer, envelope.helo) for envelope, _ in taken.taken] == [(peer, "client.example")]


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO client.example\r\n",
        b"PROXY\r\n",
        b"PROXY TCP4\r\n",
        b"PROXY TCP4 203.0.113.7\r\n",
        b"PROXY TCP4 203.0.113.7 192.0.2.1 40000 99999\r\n",
        b"PROXY TCP4 2001:db8::7 192.0.2.1 40000 25\r\n",
        b"PROXY TCP4 " + b"1" * 200 + b"\r\n",
        b"PROXY " + b"x" * 300_000 + b"\r\n",
        version_2(STRANGER)[:14] + b"\xff\xff",
        b"\r\n\r\n\0\r\nQUIT\nxx",
    ],
)
def test_without_a_good_header_nothing_is_said(taken: Desk, header: bytes) -> None:
    with behind(taken, Fronts(proxy=HERE)) as port:
        client = begun(port, header)
        client.socket.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):  # it was closed before all had been read
            assert client.reply() == b""
        assert begun(port, version_2(STRANGER)).reply() == GREETING


@pytest.mark.parametrize("header", [b"PROXY TCP4 203.0.113.7 192.0.2.1 40000 25", b"XCLIENT ADDR=203.0.113.7"])
def test_nobody_else_is_heard(taken: Desk, header: bytes) -> None:
    with behind(taken, Fronts((ip_network("192.0.2.0/24"),), (ip_network("192.0.2.0/24"),))) as port:
        client = Client(port)
        client.reply()
        assert client.say(header) in (NOT_PERMITTED, b"500 5.5.1 Command not known")
        assert b"XCLIENT" not in client.say(b"EHLO client.example")
        send(client)
    assert taken.taken[0][0].peer == "127.0.0.1"


def test_xclient_begins_the_session_anew_as_that_client(taken: Desk) -> None:
    with behind(taken, Fronts(xclient=HERE)) as port:
        client = Client(port)
        client.reply()
        assert b"\r\n250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT\r\n" in client.say(b"EHLO front")
        assert client.say(b"XCLIENT ADDR=IPV6:2001:db8::7 NAME=[UNAVAILABLE] HELO=mail+2Eclient.example") == GREETING
        assert client.say(b"MAIL FROM:<>") == b"503 5.5.1 Bad sequence of commands"
        client.say(b"EHLO front")
        send(client)
        assert client.say(b"XCLIENT ADDR=203.0.113.7 HELO=[UNAVAILABLE]") == GREETING
        client.say(b"EHLO front")
        send(client)
    assert [(one.peer, one.helo) for one, _ in taken.taken] == [("2001:db8::7", "mail.client.example"), (STRANGER, "")]


def test_xclient_within_a_mail_is_refused(taken: Desk) -> None:
    with behind(taken, Fronts(xclient=HERE)) as port:
        client = Client(port).greet()
        client.say(b"MAIL FROM:<>")
        assert client.say(b"XCLIENT ADDR=203.0.113.7") == b"503 5.5.1 Bad sequence of commands"


def test_a_client_behind_a_proxy_has_not_the_rights_of_the_proxy(taken: Desk) -> None:
    with behind(taken, Fronts(HERE, HERE)) as port:
        client = begun(port, version_2(STRANGER))
        client.reply()
        assert client.say(b"XCLIENT ADDR=192.0.2.66") == NOT_PERMITTED
        front = begun(port, version_2("127.0.0.9"))
        front.reply()
        assert front.say(b"XCLIENT ADDR=192.0.2.66") == GREETING


@pytest.mark.parametrize("way", ["proxy", "xclient"])
def test_connections_are_counted_for_the_client_and_not_for_the_front(taken: Desk, way: str) -> None:
    with behind(taken, Fronts(**{way: HERE}), Limits(connections=1)) as port:

        def arrive(peer: str) -> bytes:
            if way == "proxy":
                return begun(port, version_2(peer)).reply()
            client = Client(port)
            client.reply()
            return client.say(b"XCLIENT ADDR=" + peer.encode())

        assert [arrive(STRANGER), arrive(STRANGER), arrive("203.0.113.8")] == [GREETING, FULL, GREETING]


def test_guesses_are_counted_for_the_client(taken: Desk) -> None:
    with behind(taken, Fronts(xclient=HERE), Limits(guesses=1)) as port:
        client = Client(port)
        client.reply()
        heard = []
        for peer in (b"203.0.113.7", b"203.0.113.8", b"203.0.113.7"):
            client.say(b"RSET")
            client.say(b"XCLIENT ADDR=" + peer)
            client.say(b"EHLO x")
            heard += [client.say(b"MAIL FROM:<>")[:3], client.say(b"RCPT TO:<nobody@mado.example>")[:3]]
        assert heard == [b"250", b"550", b"250", b"550", b"450", b"503"]


@pytest.mark.parametrize(
    ("argument", "word"),
    [
        ("ADDR=192.0.2.7", Word("192.0.2.7")),
        ("addr=192.0.2.7 port=25 proto=ESMTP login=a+40b", Word("192.0.2.7")),
        ("ADDR=[UNAVAILABLE]", Word("")),
        ("HELO=a.example", Word(None, "a.example")),
        ("", None),
        ("ADDR", None),
        ("ADDR=", None),
        ("ADDR=mail.example", None),
        ("ADDR=192.0.2.7 COLOUR=red", None),
        ("HELO=a+2", None),
        ("HELO=a\x00b", None),
    ],
)
def test_xclient_is_read_strictly(argument: str, word: Word | None) -> None:
    assert read_xclient(argument) == word
