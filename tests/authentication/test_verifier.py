"""One mail, all the questions: where the record is looked for, what silence does, and how many questions that is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from loopback_dns import SERVFAIL, LoopbackDns, key_record, signed

from mailgate.authentication.resolver import Resolver
from mailgate.authentication.verifier import DnsVerifier
from mailgate.mail.address import Address
from mailgate.mail.authentication import Verdict, Wish
from mailgate.mail.envelope import Envelope

MAIL = (
    b"From: haruka@minami.example\r\nTo: soudan@desk.example.jp\r\nSubject: x\r\n"
    b"Date: Mon, 02 Feb 2026 09:00:00 +0900\r\nMessage-ID: <1@minami.example>\r\n\r\nSoudan desu.\r\n"
)


def verify(
    resolver: Resolver, raw: bytes = MAIL, author: str = "minami.example", *, sees_peers: bool = True
) -> Verdict:
    envelope = Envelope(Address("haruka", author), (), "192.0.2.1", "mx.minami.example")
    return DnsVerifier(resolver, sees_peers).verify(envelope, raw, author, datetime.now(UTC), patient=True)


@pytest.mark.parametrize(
    ("author", "records", "expected"),
    [
        ("minami.example", {"minami.example": "p=reject"}, Wish.REJECT),
        ("a.minami.example", {"minami.example": "p=reject"}, Wish.REJECT),
        ("a.minami.example", {"minami.example": "p=reject; sp=none"}, Wish.NOTHING),
        ("a.minami.example", {"minami.example": "p=none; sp=none; np=reject"}, Wish.REJECT),
        ("known.minami.example", {"minami.example": "p=none; sp=none; np=reject"}, Wish.NOTHING),
        ("a.minami.example", {"a.minami.example": "p=none", "minami.example": "p=reject"}, Wish.NOTHING),
        ("minami.ed.jp", {"ed.jp": "p=reject"}, Wish.REJECT),
        ("a.b.minami.example", {"b.minami.example": "p=reject"}, Wish.NOTHING),
        ("minami.example", {}, Wish.NOTHING),
    ],
)
def test_the_record_is_found(
    dns: LoopbackDns, resolver: Resolver, author: str, records: dict[str, str], expected: Wish
) -> None:
    dns.add("known.minami.example", "A", "192.0.2.9")
    for name, tags in records.items():
        dns.add(f"_dmarc.{name}", "TXT", f"v=DMARC1; {tags}")
    assert verify(resolver, author=author).wish is expected


def test_two_records_are_none_and_end_the_search(dns: LoopbackDns, resolver: Resolver) -> None:
    dns.add("_dmarc.a.minami.example", "TXT", "v=DMARC1; p=none", "v=DMARC1; p=reject")
    dns.add("_dmarc.minami.example", "TXT", "v=DMARC1; p=quarantine")
    assert verify(resolver, author="a.minami.example").wish is Wish.NOTHING
    assert ("_dmarc.minami.example", "TXT") not in dns.asked


@pytest.mark.parametrize(
    ("broken", "raw", "expected"),
    [
        # (passed, undecided)
        ("_dmarc.minami.example", MAIL, (False, True)),
        ("_dmarc.minami.example", signed(MAIL, "minami.example"), (True, False)),
        ("k1._domainkey.minami.example", signed(MAIL, "minami.example"), (False, True)),
        ("minami.example", MAIL, (False, True)),
        ("minami.example", signed(MAIL, "minami.example"), (True, False)),
    ],
)
def test_silence_matters_where_something_depends_on_it(
    dns: LoopbackDns, resolver: Resolver, broken: str, raw: bytes, expected: tuple[bool, bool]
) -> None:
    if broken != "k1._domainkey.minami.example":
        dns.add("k1._domainkey.minami.example", "TXT", key_record())
    dns.add(broken, "TXT", SERVFAIL)
    found = verify(resolver, raw)
    assert (found.passed, found.undecided) == expected


def test_silence_about_the_public_suffix_is_nothing(dns: LoopbackDns, resolver: Resolver) -> None:
    """Hardly any has a record: nobody waits for it."""
    dns.add("_dmarc.ed.jp", "TXT", SERVFAIL)
    found = verify(resolver, author="minami.ed.jp")
    assert (found.wish, found.undecided) == (Wish.NOTHING, False)


def test_behind_a_mail_server_its_address_says_nothing(dns: LoopbackDns, resolver: Resolver) -> None:
    dns.add("minami.example", "TXT", "v=spf1 ip4:192.0.2.1 -all")
    found = verify(resolver, sees_peers=False)
    assert (found.passed, ("minami.example", "TXT") in dns.asked) == (False, False)
    assert "SPF: none (not checked: the mail comes through a mail server of ours)" in found.reasons


def test_arc_is_noted_and_not_believed(dns: LoopbackDns, resolver: Resolver) -> None:
    found = verify(resolver, b"ARC-Seal: i=1; cv=none; d=list.example\r\n" + MAIL)
    assert (found.passed, found.reasons[-1]) == (False, "ARC: passed on by others (noted, not believed)")


def test_an_ordinary_mail_asks_three_questions_and_the_next_one_none(dns: LoopbackDns, resolver: Resolver) -> None:
    dns.add("k1._domainkey.minami.example", "TXT", key_record())
    dns.add("_dmarc.minami.example", "TXT", "v=DMARC1; p=reject")
    dns.add("minami.example", "TXT", "v=spf1 ip4:192.0.2.1 -all")
    raw = signed(MAIL, "minami.example")
    for _ in range(2):
        assert verify(resolver, raw).passed
    assert dns.asked == [
        ("k1._domainkey.minami.example", "TXT"),
        ("_dmarc.minami.example", "TXT"),
        ("minami.example", "TXT"),
    ]
