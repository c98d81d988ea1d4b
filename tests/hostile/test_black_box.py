"""A real `serve` under attack, seen from outside; after each attack an ordinary mail is taken, read, and is a case.

One service for all of it, with a front that speaks PROXY, so that every attack has an address of its own and is counted
and judged by it. What an attack may do: be refused, or be kept for an operator. Nobody is believed or answered by it.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator

import pytest
from attacks import ATTACKS, BEGIN, HELLO, MAILS, mail
from besieged import Site, besieged, loopback_names, queue_ids, stranger, until
from loopback_dns import LoopbackDns

pytestmark = pytest.mark.slow

_SLOWEST_ORDINARY_SECONDS = 5.0
"""An idle machine has it in 0.1; this bound holds on one that also runs three other things."""
_MOST_GROWTH_BYTES = 64 * 2**20
_REPLY = re.compile(rb"[2-5]\d\d[ -][\x20-\x7e]*")
_LEAK = re.compile(rb"Traceback|Error|Exception|aiosmtpd|python|/tmp|/work|sqlite", re.IGNORECASE)


@pytest.fixture(scope="module")
def names() -> Iterator[LoopbackDns]:
    with loopback_names() as server:
        yield server


@pytest.fixture(scope="module")
def site(names: LoopbackDns, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with besieged(tmp_path_factory.mktemp("black-box"), names) as found:
        yield found


def check(site: Site) -> None:
    """All ordinary mails are cases in the queue; the hostile ones were kept, and brought about nothing else."""
    found = site.settle()
    lost = {after: found.get(one) for one, after in site.ordinary.items() if found.get(one, ("", ""))[1] != "new case"}
    assert lost == {}
    broken = {name: found[one] for one, name in site.hostile.items() if found[one][0] not in ("done", "held")}
    assert broken == {}
    believed = {name: found[one] for one, name in site.hostile.items() if found[one][1] == "new case"}
    assert believed == {}
    assert site.slowest < _SLOWEST_ORDINARY_SECONDS


def attack(site: Site, name: str, said: bytes, queued: tuple[int, ...]) -> None:
    replies = site.say(said)
    odd = [line for line in replies if not _REPLY.fullmatch(line) or _LEAK.search(line)]
    taken = queue_ids(replies)
    assert (odd, len(taken) in queued) == ([], True), f"{name}: {replies[-5:]}"
    site.hostile |= dict.fromkeys(taken, name)
    site.ordinary_mail(name)


@pytest.mark.parametrize("group", ATTACKS)
def test_what_is_said(site: Site, group: str) -> None:
    for name, one in ATTACKS[group].items():
        attack(site, name, one.said, one.queued)
    check(site)


@pytest.mark.parametrize("group", MAILS)
def test_what_is_sent(site: Site, group: str) -> None:
    site.ordinary_mail("nothing yet")
    site.settle()
    before = site.memory()
    for name, raw in MAILS[group].items():
        assert len(raw) < 1_000_000, name
        stuffed = raw.replace(b"\r\n.", b"\r\n..")
        attack(site, name, BEGIN + stuffed + b"\r\n.\r\n", (1,))
    check(site)
    assert site.memory() - before < _MOST_GROWTH_BYTES


def test_nobody_was_answered_but_who_wrote_in_their_own_name(site: Site) -> None:
    site.settle()
    kinds = dict(site.rows("SELECT kind, count(*) FROM outbox GROUP BY kind"))
    assert kinds.pop("registration-needed", 0) <= 1  # to x@evil.example, whose domain vouches for it, once a day
    assert kinds == {"acknowledgement": min(20, site.number)}


def test_many_connections_of_one_address(site: Site) -> None:
    peer = stranger()
    crowd = [site.connect(peer) for _ in range(40)]
    heard = [one.recv(100)[:3] for one in crowd]
    assert (heard.count(b"220"), heard.count(b"421")) == (20, 20)
    site.ordinary_mail("a crowd from one address")
    for one in crowd:
        one.close()
    check(site)


def test_connections_that_say_nothing_or_stop_in_a_text(site: Site) -> None:
    crowd = [site.connect(stranger()) for _ in range(60)]
    for number, one in enumerate(crowd):
        one.recv(100)
        if number % 3:
            one.sendall(BEGIN[: -1 if number % 2 else None])
    site.ordinary_mail("a crowd that waits")
    for number, one in enumerate(crowd):
        if number % 2:  # gone with RST
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        one.close()
    site.ordinary_mail("a crowd that went")
    check(site)


def test_more_connections_than_there_is_room_for(site: Site) -> None:
    crowd = [site.connect(stranger()) for _ in range(140)]
    heard = [one.recv(100)[:3] for one in crowd]
    assert set(heard) == {b"220", b"421"}
    for one in crowd:
        one.close()
    until(lambda: site.say(b"QUIT\r\n")[0].startswith(b"220"))
    site.ordinary_mail("a crowd that filled the house")
    check(site)


# TLS


def _said_around_starttls(site: Site, ahead: bytes, inside: bytes, least: ssl.TLSVersion | None = None) -> bytes:
    """What is heard inside TLS, with `ahead` sent in clear in one packet with STARTTLS; empty where TLS fails."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if least is not None:
        context.minimum_version = context.maximum_version = least
    with site.connect(stranger()) as client:
        client.recv(1000)
        client.sendall(HELLO)
        client.recv(1000)
        client.sendall(b"STARTTLS\r\n" + ahead)
        assert client.recv(1000).startswith(b"220")
        try:
            with context.wrap_socket(client) as tls:
                tls.sendall(inside)
                return tls.recv(4000)
        except (ssl.SSLError, ConnectionError):
            return b""


@pytest.mark.parametrize(
    ("ahead", "inside", "heard"),
    [
        (b"", b"EHLO x\r\n", rb"250-desk\.example\.jp\r\n(?!.*STARTTLS).*"),
        (b"", b"STARTTLS\r\n", rb"503 5\.5\.1 .*"),
        (b"", b"MAIL FROM:<>\r\n", rb"503 5\.5\.1 .*"),
        (
            b"EHLO injected\r\nMAIL FROM:<x@evil.example>\r\n",
            b"RCPT TO:<soudan@desk.example.jp>\r\n",
            rb"(503 5\.5\.1 .*)?",
        ),
        (b"\x16\x03\x01 no greeting of TLS", b"EHLO x\r\n", rb"(250-.*)?"),
    ],
)
def test_what_is_said_around_starttls(site: Site, ahead: bytes, inside: bytes, heard: bytes) -> None:
    assert re.fullmatch(heard, _said_around_starttls(site, ahead, inside), re.DOTALL)
    site.ordinary_mail("STARTTLS")
    check(site)


def test_old_tls_is_refused(site: Site) -> None:
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        assert _said_around_starttls(site, b"", b"EHLO x\r\n", ssl.TLSVersion.TLSv1_1) == b""
    site.ordinary_mail("TLS 1.1")
    check(site)


def test_a_mail_that_was_taken_before_the_client_went_is_kept_once(site: Site) -> None:
    before = len(site.settle())
    client = site.connect(stranger())
    client.sendall(BEGIN + mail(b"Subject: gone\r\n") + b".\r\n")
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    time.sleep(0.2)
    client.close()
    site.ordinary_mail("a client that went")
    check(site)
    assert len(site.settle()) - before == 2  # that mail, and the ordinary one
