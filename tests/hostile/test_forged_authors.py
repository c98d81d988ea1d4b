"""Mails that claim to be Haruka's and are not: nobody is believed, nobody answered, nothing changes, nothing is lost.

The families are those of the paper "Composition Kills" and of its tool espoofer (how two programs read one mail
differently), those by which authheaders was fooled, and plain ones. The attacker's own domain is in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from loopback_dns import signed, with_tag

from mailgate.desk.lifecycle import CaseState

HARUKA, EVIL = "haruka@minami.example", "x@evil.example"
EVIL_HOST, GOOD_HOST, OTHER_HOST = "198.51.100.66", "192.0.2.1", "203.0.113.7"
NOT_THE_DOMAINS = "the domain of the sender disowns the mail"
NOBODY_ELSES = "the sender is not authenticated"
NOT_CLEAR = "the mail names no single author"


@dataclass(frozen=True)
class Forgery:
    """`author` is the line or lines of From; `change` is applied after the attacker signed with `signer`."""

    author: str = f"From: {HARUKA}"
    reason: str = NOT_THE_DOMAINS
    path: str | None = EVIL
    helo: str = "mail.evil.example"
    fields: tuple[str, ...] = ()
    signer: str = "evil.example"
    change: Callable[[bytes], bytes] = field(default=lambda raw: raw)


def tag(name: str, value: str) -> Callable[[bytes], bytes]:
    return lambda raw: with_tag(raw, name, value)


CASES: dict[str, Forgery] = {
    # the plain ones
    "nothing is right": Forgery(signer=""),
    "the attacker's own SPF and DKIM": Forgery(),
    "the victim in the envelope too": Forgery(path=HARUKA),
    "a signature that is not the victim's": Forgery(signer="minami.example"),
    "the greeting of the victim and no reverse-path": Forgery(path=None, helo="minami.example"),
    "the greeting of the victim's host": Forgery(path=None, helo="mail.minami.example"),
    # SPF asked about a name that is not what it seems
    "a subdomain that does not exist": Forgery(path="x@nobody.minami.example"),
    "a parenthesis in the reverse-path": Forgery(path="x@minami.example(.evil.example"),
    "a quote in the reverse-path": Forgery(path="x@minami.example'@a.evil.example"),
    "a route in the reverse-path": Forgery(path="@minami.example,@x.example:'x@evil.example"),
    "a parenthesis in the greeting": Forgery(path=None, helo="minami.example(.evil.example"),
    "a NUL in the greeting": Forgery(path=None, helo="minami.example\0.evil.example"),
    "a sibling with a hyphen in the reverse-path": Forgery(path="x@minami.example-evil.example"),
    # DKIM asked about a name that is not what it seems
    "a NUL in the selector": Forgery(
        change=lambda raw: with_tag(with_tag(raw, "d", "minami.example"), "s", "k1._domainkey.evil.example.\0x")
    ),
    "a quote in the signing domain": Forgery(change=tag("d", "minami.example'a.evil.example")),
    "a parenthesis in the signing domain": Forgery(change=tag("d", "minami.example(.evil.example")),
    "the victim as the identity": Forgery(change=tag("i", "@minami.example")),
    "the victim as the signing domain": Forgery(change=tag("d", "minami.example")),
    "the public suffix as the signing domain": Forgery(change=tag("d", "example")),
    "a sibling with a hyphen signs": Forgery(signer="minami.example-evil.example"),
    # several authors
    "the victim above the attacker": Forgery(f"From: {HARUKA}\r\nFrom: {EVIL}", NOT_CLEAR),
    "the victim below the attacker": Forgery(f"From: {EVIL}\r\nFrom: {HARUKA}", NOT_CLEAR),
    "a blank before the colon of one": Forgery(f"From : {HARUKA}\r\nFrom: {EVIL}", NOT_CLEAR),
    "a blank before the colon of the other": Forgery(f"From: {EVIL}\r\nFrom : {HARUKA}", NOT_CLEAR),
    "another From added after signing": Forgery(
        f"From: {EVIL}", NOT_CLEAR, change=lambda raw: f"From: {HARUKA}\r\n".encode() + raw
    ),
    "both in one field": Forgery(f"From: {HARUKA}, {EVIL}", NOT_CLEAR),
    "both in one field, the other way round": Forgery(f"From: <{EVIL}>, <{HARUKA}>", NOT_CLEAR),
    "a group": Forgery(f"From: teachers: {HARUKA};, {EVIL}", NOT_CLEAR),
    "a From field with a folded name": Forgery(f"From\r\n : {HARUKA}", NOT_CLEAR),
    "a From field that starts with a blank": Forgery(f" From: {HARUKA}\r\nFrom: {EVIL}", NOT_CLEAR),
    "no From, a Sender": Forgery("", NOT_CLEAR, fields=(f"Sender: {HARUKA}",)),
    "no From, a Resent-From": Forgery("", NOT_CLEAR, fields=(f"Resent-From: {HARUKA}",)),
    "an empty From": Forgery("From: ", NOT_CLEAR),
    # one field that two could read differently
    "an address before the angle": Forgery(f"From: {HARUKA} <{EVIL}>", NOT_CLEAR),
    "an address behind the angle": Forgery(f"From: <{EVIL}>{HARUKA}", NOT_CLEAR),
    "two angles": Forgery(f"From: <{HARUKA}><{EVIL}>", NOT_CLEAR),
    "a quoted pair between two": Forgery(f"From: <{HARUKA}>\\,<{EVIL}>", NOT_CLEAR),
    "a backslash and a comma": Forgery(f"From: {HARUKA}\\,<{EVIL}>", NOT_CLEAR),
    "a comment between": Forgery(f"From: {HARUKA}(c)<{EVIL}>", NOT_CLEAR),
    "a stray parenthesis": Forgery(f"From: {HARUKA}){EVIL}", NOT_CLEAR),
    "a route": Forgery(f"From: <@evil.example,@x.example:{HARUKA}>", NOT_CLEAR),
    "a NUL in the address": Forgery(f"From: <{HARUKA}\0@evil.example>", NOT_CLEAR),
    "two at signs": Forgery("From: <haruka@minami.example@evil.example>", NOT_CLEAR),
    "curly quotes around an address": Forgery(f"From: “{HARUKA}” <{EVIL}>", NOT_CLEAR),
    # display names
    "a name that is the victim's address": Forgery(f'From: "{HARUKA}" <{EVIL}>', NOT_CLEAR),
    "an encoded name that is the victim's address": Forgery(
        f"From: =?utf-8?b?aGFydWthQG1pbmFtaS5leGFtcGxl?= <{EVIL}>", NOT_CLEAR
    ),
    "a full-width name that is the victim's address": Forgery(
        f'From: "ｈａｒｕｋａ＠ｍｉｎａｍｉ．ｅｘａｍｐｌｅ" <{EVIL}>', NOT_CLEAR
    ),
    "an encoded address": Forgery("From: =?utf-8?q?haruka=40minami.example?=", NOT_CLEAR),
    "an encoded address beside another": Forgery(
        f"From: =?utf-8?b?PGhhcnVrYUBtaW5hbWkuZXhhbXBsZT4=?=, <{EVIL}>", NOT_CLEAR
    ),
    # names that only look alike, without a signature of their own
    "a homograph": Forgery("From: haruka@mınami.example", NOBODY_ELSES, signer=""),
    "a subdomain of the victim": Forgery("From: haruka@mail.minami.example"),
    # what others are said to have found out
    "a field that says it passed": Forgery(
        fields=("Authentication-Results: desk.example.jp; dmarc=pass header.from=minami.example",)
    ),
    "a chain of ARC that says it passed": Forgery(
        fields=(
            "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=evil.example; s=k1; b=AAAA",
            "ARC-Authentication-Results: i=1; mx.evil.example; dmarc=pass header.from=minami.example",
        )
    ),
    "a Received-SPF that says it passed": Forgery(fields=("Received-SPF: pass (mailfrom=minami.example)",)),
    "a reply to somebody else": Forgery(fields=("Reply-To: x@evil.example", "Sender: x@evil.example")),
}


@pytest.mark.parametrize("forgery", CASES.values(), ids=CASES.keys())
def test_nobody_is_believed_and_nobody_is_answered(desk: Any, forgery: Forgery) -> None:
    raw = desk.text(*forgery.fields, author=forgery.author)
    if forgery.signer == "minami.example":
        raw = signed(raw, "minami.example", number=1)
    elif forgery.signer and forgery.author.startswith("From:"):
        raw = signed(raw, forgery.signer, number=1)
    found = desk.arrive(forgery.change(raw), EVIL_HOST, forgery.helo, forgery.path)
    assert found.harm == (0, 0, 0)
    assert found.entry.case is not None, "it is kept as a case that waits"
    case = desk.state(found.entry.case)
    assert (case.state, case.held_reason) == (CaseState.HELD, forgery.reason)


TO_A_TOKEN = {
    "as the teacher, rejected by her domain": (False, f"From: {HARUKA}", "取り下げ"),
    "as the teacher, with a digit": (False, f"From: {HARUKA}", "5"),
    "as the member, whose domain says nothing": (True, "From: toda@law.example", "コメントです。"),
    "as the member, to decline": (True, "From: toda@law.example", "辞退"),
    "as the member, named beside": (True, f'From: "toda@law.example" <{EVIL}>', "コメントです。"),
    "as nobody in particular": (True, f"From: toda@law.example, {EVIL}", "コメントです。"),
}


@pytest.mark.parametrize(("of_member", "author", "words"), TO_A_TOKEN.values(), ids=TO_A_TOKEN.keys())
def test_whoever_has_seen_a_reply_address_changes_nothing(desk: Any, of_member: bool, author: str, words: str) -> None:
    raw = signed(desk.text("Cc: x@evil.example", author=author, body=words), "evil.example", number=1)
    found = desk.arrive(raw, EVIL_HOST, to=desk.reply_address(of_member))
    assert found.harm == (0, 0, 0)


CHANGED_ON_THE_WAY: dict[str, Callable[[bytes], bytes]] = {
    "a longer body": lambda raw: raw + b"Buy this.\r\n",
    "another subject": lambda raw: raw.replace(b"Subject: ", b"Subject: [ad] "),
    "a second subject above": lambda raw: b"Subject: another\r\n" + raw,
    "a second From above": lambda raw: b"From: x@evil.example\r\n" + raw,
    "a Content-Type above": lambda raw: b"Content-Type: text/html\r\n" + raw,
}


@pytest.mark.parametrize("change", CHANGED_ON_THE_WAY.values(), ids=CHANGED_ON_THE_WAY.keys())
def test_a_signed_mail_that_was_changed_is_not_hers(desk: Any, change: Callable[[bytes], bytes]) -> None:
    assert desk.arrive(change(signed(desk.text(), "minami.example")), EVIL_HOST).harm == (0, 0, 0)


@pytest.mark.parametrize("how", [{"length": True}, {"headers": ["from"]}, {"algorithm": b"rsa-sha1"}])
def test_a_weak_signature_of_hers_vouches_for_nothing(desk: Any, how: dict[str, Any]) -> None:
    assert desk.arrive(signed(desk.text(), "minami.example", **how), EVIL_HOST).harm == (0, 0, 0)


def test_an_honest_mail_is_still_taken(desk: Any) -> None:
    by_signature = desk.arrive(signed(desk.text(), "minami.example"), OTHER_HOST)
    by_host = desk.arrive(desk.text(), GOOD_HOST, "mail.minami.example", HARUKA)
    assert [one.harm for one in (by_signature, by_host)] == [(1, 0, 1), (1, 0, 1)]
    assert by_signature.entry.authentication == (
        "trusted\nDKIM: pass for the author's domain\nSPF: fail for another domain\n"
        "DMARC: for mail that does not pass the author's domain asks reject"
    )


HONEST: dict[str, Callable[[bytes], bytes]] = {
    "a forwarder whose sender does not sign": lambda raw: raw.removeprefix(raw.partition(b"From:")[0]),
    "a mailing list with a footer": lambda raw: signed(raw + b"-- \r\nML\r\n", "list.example", number=1),
    "a board of education that marks the subject": lambda raw: raw.replace(b"Subject: ", b"Subject: [gaibu] "),
    "a gateway that recodes the body": lambda raw: raw.replace("相談".encode(), b"=?"),
}


@pytest.mark.parametrize("way", HONEST.values(), ids=HONEST.keys())
def test_honest_mail_that_lost_its_proof_waits_and_is_not_lost(desk: Any, way: Callable[[bytes], bytes]) -> None:
    found = desk.arrive(
        way(signed(desk.text(), "minami.example")), OTHER_HOST, "mx.board.example", "bounce@list.example"
    )
    assert found.harm == (0, 0, 0)
    assert desk.state(found.entry.case).state is CaseState.HELD
    assert f"({desk.count})" in desk.text_of(found.entry.case)


def test_a_forwarder_that_keeps_the_signature_whole_is_no_obstacle(desk: Any) -> None:
    raw = b"Received: from a by b; Mon, 2 Feb 2026 09:00:00 +0900\r\n" + signed(desk.text(), "minami.example")
    assert desk.arrive(raw, OTHER_HOST, "mx.board.example", "bounce@list.example").harm == (1, 0, 1)
