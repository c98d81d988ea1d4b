"""Whom a trusted mail server before us vouches for (RFC 8601); mx.mado.example is that server."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.mail.authentication import Verdict, Wish
from mailgate.mail.authentication_results import verdict_of

OURS = frozenset({"mx.mado.example"})
AUTHOR = "minami.example"

TRUSTED: dict[str, tuple[str, ...]] = {
    "dmarc": ("mx.mado.example; dmarc=pass header.from=minami.example",),
    "dkim of the very domain": ("mx.mado.example; dkim=pass header.d=minami.example header.s=k1",),
    "spf of the very domain": ("mx.mado.example; spf=pass smtp.mailfrom=bounce@minami.example",),
    "spf with a bare domain": ("mx.mado.example; spf=pass smtp.mailfrom=minami.example",),
    "upper case": ("MX.Mado.Example; dmarc=pass header.from=Minami.Example",),
    "a version": ("mx.mado.example 1; dmarc=pass header.from=minami.example",),
    "comments and reasons": ('mx.mado.example; dmarc=pass (p=reject dis=none) reason="ok" header.from=minami.example',),
    "one of two signatures": ("mx.mado.example; dkim=fail header.d=minami.example; dkim=pass header.d=minami.example",),
    "below a field of somebody else": (
        "relay.other.example; dmarc=fail header.from=minami.example",
        "mx.mado.example; dmarc=pass header.from=minami.example",
    ),
    "spf fails and dkim passes": (
        "mx.mado.example; spf=fail smtp.mailfrom=list.example; dkim=pass header.d=minami.example",
    ),
}
DOUBTFUL: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "no results": ("mx.mado.example; none",),
    "somebody else's word": ("relay.other.example; dmarc=pass header.from=minami.example",),
    "a receiver with a longer name": ("mx.mado.example.evil.example; dmarc=pass header.from=minami.example",),
    "a forged field below the true one": (
        "mx.mado.example; dmarc=fail header.from=minami.example",
        "mx.mado.example; dmarc=pass header.from=minami.example",
    ),
    "a forged field below a true one without results": (
        "mx.mado.example; none",
        "mx.mado.example; dmarc=pass header.from=minami.example",
    ),
    "dmarc fails": ("mx.mado.example; dmarc=fail header.from=minami.example",),
    "dmarc fails whatever else passes": (
        "mx.mado.example; dmarc=fail header.from=minami.example; spf=pass smtp.mailfrom=minami.example",
    ),
    "dmarc of another domain": ("mx.mado.example; dmarc=pass header.from=evil.example",),
    "dkim of another domain": ("mx.mado.example; dkim=pass header.d=evil.example",),
    "dkim of a parent domain": ("mx.mado.example; dkim=pass header.d=example",),
    "dkim of a longer domain": ("mx.mado.example; dkim=pass header.d=minami.example.evil.example",),
    "dkim says somebody in i only": ("mx.mado.example; dkim=pass header.i=@minami.example",),
    "spf of another domain": ("mx.mado.example; spf=pass smtp.mailfrom=evil.example",),
    "spf of the greeting only": ("mx.mado.example; spf=pass smtp.helo=minami.example",),
    "spf of an address that only contains it": ("mx.mado.example; spf=pass smtp.mailfrom=minami.example@evil.example",),
    "softfail": ("mx.mado.example; spf=softfail smtp.mailfrom=minami.example",),
    "neutral": ("mx.mado.example; dkim=neutral header.d=minami.example",),
    "a method that says nothing about authors": ("mx.mado.example; auth=pass smtp.auth=haruka@minami.example",),
    "dmarc without a domain": ("mx.mado.example; dmarc=pass",),
    "a pass inside a comment": ("mx.mado.example; dmarc=fail (dmarc=pass header.from=minami.example)",),
    "rubbish": ("mx.mado.example; dmarc=pass header.from",),
    "unclosed": ('mx.mado.example; dmarc=pass reason="x header.from=minami.example',),
    "empty": ("",),
}


@pytest.mark.parametrize("fields", TRUSTED.values(), ids=TRUSTED.keys())
def test_an_author_is_believed_when_the_trusted_server_vouches(fields: tuple[str, ...]) -> None:
    assert verdict_of(fields, OURS, AUTHOR).passed


@pytest.mark.parametrize("fields", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_nobody_else_is_believed(fields: tuple[str, ...]) -> None:
    assert not verdict_of(fields, OURS, AUTHOR).passed


def test_an_author_with_a_japanese_domain_is_the_same_in_ascii() -> None:
    fields = ("mx.mado.example; dmarc=pass header.from=xn--6kru6r.example",)
    assert verdict_of(fields, OURS, "xn--6kru6r.example").passed


def test_a_failure_says_that_the_domain_asks_something() -> None:
    assert verdict_of(DOUBTFUL["dmarc fails"], OURS, AUTHOR) == Verdict(
        False, Wish.UNKNOWN, undecided=False, reasons=("DMARC: fail (says the mail server before us)",)
    )


def test_silence_is_told() -> None:
    assert verdict_of((), OURS, AUTHOR).reasons == ("the mail server before us says nothing about the author",)


_PIECES = st.sampled_from(
    [*'";()=/@.\\ \n', "mx.mado.example", "dmarc", "pass", "header.from", "minami.example", "1", "é"]
)


@given(st.lists(_PIECES, max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_field_at_all_gives_an_answer(field: str) -> None:
    assert isinstance(verdict_of((field, f"mx.mado.example; {field}"), OURS, AUTHOR), Verdict)
