"""Who is believed on the word of which Authentication-Results field (RFC 8601); mx.mado.example is the trusted one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.desk.policy import Policy
from mailgate.desk.trust import AuthenticationPolicy, Trust
from mailgate.flow.vouch import vouch
from mailgate.mail.address import Address
from mailgate.mail.message import Kind, Message, Sender

HARUKA = Address("haruka", "minami.example")
MESSAGE = Message(
    message_id="<1@minami.example>",
    subject="",
    sender=Sender("", HARUKA),
    to=(),
    date=None,
    references=(),
    body="",
    written="",
    signature="",
    kind=Kind.PERSON,
    failed=(),
    attachments=(),
    authentication_results=(),
    defects=(),
)


@pytest.fixture
def enforce(quick_desk: Any) -> Policy:
    return replace(quick_desk.office.policy, authentication=AuthenticationPolicy.ENFORCE)


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
def test_an_author_is_believed_when_the_trusted_receiver_vouches(fields: tuple[str, ...], enforce: Policy) -> None:
    assert vouch(replace(MESSAGE, authentication_results=fields), enforce) is Trust.TRUSTED


@pytest.mark.parametrize("fields", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_nobody_else_is_believed(fields: tuple[str, ...], enforce: Policy) -> None:
    assert vouch(replace(MESSAGE, authentication_results=fields), enforce) is Trust.DOUBTFUL


def test_a_mail_without_a_single_author_is_never_believed(enforce: Policy) -> None:
    fields = TRUSTED["dmarc"]
    nobody = replace(MESSAGE, sender=Sender("", None), authentication_results=fields)
    assert vouch(nobody, enforce) is Trust.DOUBTFUL


def test_without_a_trusted_receiver_nobody_is_believed(enforce: Policy) -> None:
    message = replace(MESSAGE, authentication_results=TRUSTED["dmarc"])
    assert vouch(message, replace(enforce, trusted_authserv_ids=frozenset())) is Trust.DOUBTFUL


@pytest.mark.parametrize("policy", [AuthenticationPolicy.OBSERVE, AuthenticationPolicy.OFF])
def test_other_policies_believe_every_author(policy: AuthenticationPolicy, enforce: Policy) -> None:
    message = replace(MESSAGE, authentication_results=DOUBTFUL["dmarc fails"])
    assert vouch(message, replace(enforce, authentication=policy)) is Trust.TRUSTED


_PIECES = st.sampled_from(
    [*'";()=/@.\\ \n', "mx.mado.example", "dmarc", "pass", "header.from", "minami.example", "1", "é"]
)


@given(st.lists(_PIECES, max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_field_at_all_gives_an_answer(field: str) -> None:
    message = replace(MESSAGE, authentication_results=(field, f"mx.mado.example; {field}"))
    policy = Policy.__new__(Policy)
    for name, value in (
        ("authentication", AuthenticationPolicy.ENFORCE),
        ("trusted_authserv_ids", frozenset({"mx.mado.example"})),
    ):
        object.__setattr__(policy, name, value)
    assert vouch(message, policy) in Trust
