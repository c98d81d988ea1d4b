"""DKIM with really signed mails: what verifies, what verifies and does not count, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_dns import SERVFAIL, SMALL_RECORD, LoopbackDns, ed25519_record, key_record, signed, with_tag

from mailgate.authentication.resolver import Questions, Resolver
from mailgate.authentication.signatures import _canonical_body, check_signatures, take_apart
from mailgate.mail.authentication import Dkim, Result
from mailgate.mail.fields import without_separator

AUTHOR = "minami.example"
NOW = datetime.now(UTC)
HEAD = (
    b"From: =?utf-8?b?5rC05Y6f?= <haruka@minami.example>\r\n"
    b"To: soudan@desk.example.jp\r\n"
    b"Subject: =?utf-8?b?44GU55u46KuH?=\r\n"
    b"Date: Mon, 02 Feb 2026 09:00:00 +0900\r\n"
    b"Message-ID: <1@minami.example>\r\n"
)
MAIL = HEAD + b"\r\nSoudan  desu. \r\n\r\nYoroshiku.\r\n\r\n\r\n"


@pytest.fixture
def check(dns: LoopbackDns, resolver: Resolver) -> Callable[[bytes], tuple[Dkim, ...]]:
    dns.add(f"k1._domainkey.{AUTHOR}", "TXT", key_record())
    dns.add("k1._domainkey.mail.minami.example", "TXT", key_record())
    dns.add("k1._domainkey.list.example", "TXT", key_record())
    dns.add(f"small._domainkey.{AUTHOR}", "TXT", SMALL_RECORD)
    dns.add(f"ed._domainkey.{AUTHOR}", "TXT", ed25519_record())
    dns.add(f"gone._domainkey.{AUTHOR}", "TXT", "v=DKIM1; p=")
    dns.add(f"broken._domainkey.{AUTHOR}", "TXT", SERVFAIL)
    dns.add(f"odd._domainkey.{AUTHOR}", "TXT", "v=DKIM1; k=rsa; p=AAAA")
    dns.add(f"long._domainkey.{AUTHOR}", "TXT", f"{key_record()}; n={'x' * 2000}")
    return lambda raw: check_signatures(raw, AUTHOR, Questions(resolver), NOW)


Check = Callable[[bytes], tuple[Dkim, ...]]
PASSES = (Dkim(Result.PASS, AUTHOR),)


@pytest.mark.parametrize("form", [(one, two) for one in (b"relaxed", b"simple") for two in (b"relaxed", b"simple")])
@pytest.mark.parametrize(
    "body",
    [b"", b"\r\n", b"\r\n\r\n", b"a", b"a\r\n", b" \r\n", b"a \t b \r\n\r\n", "先生\r\n".encode(), b"a\r\r\n\r\n"],
)
def test_a_signature_verifies_in_every_form(check: Check, form: tuple[bytes, bytes], body: bytes) -> None:
    assert check(signed(HEAD + b"\r\n" + body, AUTHOR, form=form)) == PASSES


def test_ed25519_verifies(check: Check) -> None:
    assert check(signed(MAIL, AUTHOR, "ed", ed25519=True)) == PASSES


def test_line_feeds_alone_verify(check: Check) -> None:
    """As a file that `mail ingest` takes in."""
    assert check(signed(MAIL, AUTHOR).replace(b"\r\n", b"\n")) == PASSES


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (lambda raw: raw.replace(b"Yoroshiku", b"Torisage"), "the body was changed"),
        (lambda raw: raw + b"more\r\n", "the body was changed"),
        (lambda raw: raw.replace(b"Subject: ", b"Subject: x"), "does not verify, or its key is not fit"),
        (lambda raw: raw.replace(b"09:00:00", b"10:00:00"), "does not verify, or its key is not fit"),
        (lambda raw: raw.replace(b"haruka@", b"chiaki@"), "does not verify, or its key is not fit"),
    ],
)
def test_a_changed_mail_fails(check: Check, changed: Callable[[bytes], bytes], reason: str) -> None:
    assert check(changed(signed(MAIL, AUTHOR))) == (Dkim(Result.FAIL, AUTHOR, reason),)


@pytest.mark.parametrize("selector", ["none", "gone", "odd", "long", "ed"])
def test_without_a_fit_key_it_fails(check: Check, selector: str) -> None:
    (found,) = check(signed(MAIL, AUTHOR, selector))
    assert found.result is Result.FAIL


def test_a_silent_dns_is_no_failure(check: Check) -> None:
    (found,) = check(signed(MAIL, AUTHOR, "broken"))
    assert found.result is Result.TEMPERROR


def test_a_small_key_does_not_count(check: Check) -> None:
    (found,) = check(signed(MAIL, AUTHOR, "small", small=True))
    assert found.result is Result.FAIL


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (signed(MAIL, AUTHOR, length=True), "covers only a part of the body"),
        (signed(MAIL, AUTHOR, headers=["from"]), "does not cover subject and date and message-id"),
        (signed(MAIL, AUTHOR, headers=["from", "date", "message-id"]), "does not cover subject"),
        (signed(MAIL, AUTHOR, algorithm=b"rsa-sha1"), "not by SHA-256"),
        (with_tag(signed(MAIL, AUTHOR), "s", "k1\0.evil"), "names no key"),
        (with_tag(signed(MAIL, AUTHOR), "d", "minami.example(.evil.example"), "names no key"),
        (with_tag(signed(MAIL, AUTHOR), "d", "minami.example\0.evil.example"), "names no key"),
        (with_tag(signed(MAIL, AUTHOR), "d", '"minami.example"'), "names no key"),
        (with_tag(signed(MAIL, AUTHOR), "c", "odd/odd"), "cannot be read"),
        (with_tag(signed(MAIL, AUTHOR), "bh", "=?="), "cannot be read"),
        (b"DKIM-Signature: rubbish\r\n" + MAIL, "cannot be read"),
        (b"DKIM-Signature:\r\n" + MAIL, "names no key"),
        (b"DKIM-Signature: v=1; d=minami.example; s=" + b"x" * 5000 + b"\r\n" + MAIL, "too long"),
        (b"Subject: another\r\n" + signed(MAIL, AUTHOR), "the mail has subject twice"),
        (
            b"Content-Type: text/plain\r\nContent-Type: text/html\r\n" + signed(MAIL, AUTHOR),
            "the mail has content-type twice",
        ),
    ],
)
def test_what_does_not_count_is_not_asked_for(check: Check, dns: LoopbackDns, raw: bytes, reason: str) -> None:
    (found,) = check(raw)
    assert (found.result, found.reason, dns.asked) == (Result.POLICY, reason, [])


def test_an_expired_signature_does_not_count(dns: LoopbackDns, resolver: Resolver) -> None:
    signature = b"v=1; a=rsa-sha256; d=minami.example; s=k1; x=1000; bh=; b=; h=from:subject:date:message-id"
    (found,) = check_signatures(
        b"DKIM-Signature: " + signature + b"\r\n" + MAIL, AUTHOR, Questions(resolver), NOW + timedelta(days=1)
    )
    assert (found.result, found.reason) == (Result.POLICY, "expired")


@pytest.mark.parametrize(
    "raw",
    [
        signed(MAIL, AUTHOR).replace(b"To:", b"From: evil@evil.example\r\nTo:"),
        b"From: evil@evil.example\r\n" + signed(MAIL, AUTHOR),
        signed(MAIL, AUTHOR).replace(b"From:", b"From :"),
        signed(MAIL, AUTHOR).replace(b"\r\nTo:", b"\r\nno field\r\nTo:"),
        signed(MAIL, AUTHOR).replace(b"\r\nTo:", b"\r\n\rTo:"),
        signed(MAIL, AUTHOR).replace(b"From:", b"Frob:"),
        b" folded from nothing\r\n" + signed(MAIL, AUTHOR),
        b"",
        b"\r\n",
    ],
)
def test_a_header_section_that_two_could_read_differently_is_not_checked(check: Check, raw: bytes) -> None:
    assert check(raw) == (Dkim(Result.PERMERROR, "", "the header section cannot be read for certain"),)


def test_the_signature_that_counts_is_found_among_others(check: Check) -> None:
    raw = signed(MAIL, AUTHOR)
    for _ in range(8):
        raw = signed(raw, "list.example")
    found = check(raw)
    assert (len(found), found[0]) == (5, PASSES[0])
    assert {one.result for one in found[1:]} == {Result.NONE}


def test_two_hundred_signatures_cost_five_questions(check: Check, dns: LoopbackDns) -> None:
    one = signed(MAIL, "list.example").removesuffix(MAIL)
    began = time.process_time()
    assert len(check(one * 200 + MAIL)) == 5
    assert time.process_time() - began < 1.0
    assert len(dns.asked) <= 5


@given(st.binary(max_size=200))
def test_any_octets_at_all_are_taken_apart_or_refused(raw: bytes) -> None:
    for octets in (raw, HEAD + raw):
        if (found := take_apart(octets)) is not None:
            whole = b"".join(name + b":" + value for name, value in found.fields) + b"\r\n" + found.body
            as_sent = without_separator(octets).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            assert whole in (as_sent, as_sent + b"\r\n\r\n")  # no blank line: it is all header


_BODIES = st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"\r", b"."]), max_size=30).map(b"".join)


@given(_BODIES)
def test_our_canonical_bodies_are_those_of_dkimpy(body: bytes) -> None:
    from dkim.canonicalization import Relaxed, Simple

    assert _canonical_body(body, "simple") == Simple.canonicalize_body(body)
    assert _canonical_body(body, "relaxed") == Relaxed.canonicalize_body(body)


_HUNDRED = 100 * 1024
SLOW = {
    "one run of blanks": HEAD + b"\r\n" + b" " * (20 * _HUNDRED) + b"x\r\n",
    "lines of blanks": HEAD + b"\r\n" + (b" " * 990 + b"x\r\n") * (20 * _HUNDRED // 992),
    "empty lines": HEAD + b"\r\n" + b"\r\n" * (10 * _HUNDRED),
    "carriage returns": HEAD + b"\r\n" + b"\r" * (20 * _HUNDRED) + b"\r\n",
    "folds": HEAD + b"X-Long: a" + b"\r\n " * (_HUNDRED // 3 * 2) + b"\r\n\r\nx\r\n",
    "many fields": HEAD + b"X: y\r\n" * 40_000 + b"\r\nx\r\n",
}


@pytest.mark.parametrize("raw", SLOW.values(), ids=SLOW.keys())
def test_two_megabytes_of_the_worst_cost_no_more_than_of_anything(check: Check, raw: bytes) -> None:
    signature = signed(MAIL, AUTHOR).removesuffix(MAIL)
    began = time.process_time()
    check(signature * 5 + raw)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    "tags",
    [
        b"h=from" + b":subject:date:message-id" * 8 + b":x" * 150 + b"; b=" + b" b" * 900,
        b"h=from:subject:date:message-id; b=" + b"\r\n " * 1000 + b"x",
        b"h=from" + b" " * 3000 + b":subject:date:message-id; b=x",
        b"h=from:subject:date:message-id; b=AAAA; t=" + b"9" * 3000,
    ],
)
def test_the_worst_signatures_cost_little(check: Check, tags: bytes) -> None:
    body_hash = b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    one = (
        b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=minami.example; s=k1; bh=" + body_hash + b"; " + tags
    )
    began = time.process_time()
    assert Result.PASS not in {found.result for found in check((one + b"\r\n") * 5 + HEAD + b"\r\n")}
    assert time.process_time() - began < 1.0
