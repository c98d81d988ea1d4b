"""Nothing of a received mail gets into a header, an envelope, a command or a template of what we send."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import Header
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_dns import signed

from mailgate.desk.lifecycle import CaseState
from mailgate.errors import BadLetter
from mailgate.flow import invite, review, screen
from mailgate.flow.review import Decisions
from mailgate.mail.address import Address
from mailgate.mail.compose import Draft, compose, wire_address
from mailgate.smtp.letter import Letter
from mailgate.store import cases, members, outbox

HARUKA, GOOD_HOST = "haruka@minami.example", "192.0.2.1"
VICTIM = "victim@evil.example"
FIELDS = {"Date", "From", "Reply-To", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"}
FIELDS |= {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\r\n\r\n", "\n.\n", "\r\n.\r\n"]
CODE = ["{{ 7 * 7 }}", "{% for x in range(9) %}x{% endfor %}", "{{ ''.__class__.__mro__ }}", "{# gone #}", "${7*7}"]


def encoded(text: str) -> str:
    """Any character at all can come in a header field."""
    return Header(text, "utf-8", maxlinelen=900).encode(linesep="")


def letters_after(desk: Any, raw: bytes) -> list[bytes]:
    """All that is sent about a consultation that its domain signed: the answer, and an invitation with its text."""
    with desk.office.read() as ctx:
        before = {one.id for one in outbox.entries(ctx.tx, [])}
        known = {one.number for one in cases.listing(ctx.tx, list(CaseState))}
    desk.arrive(signed(raw, "minami.example"), GOOD_HOST, path=HARUKA)
    with desk.office.read() as ctx:
        (number,) = {one.number for one in cases.listing(ctx.tx, list(CaseState))} - known
        (member,) = members.all_members(ctx.tx)
    screen.screen_case(desk.office, number)
    with desk.office.write("operator:yui") as ctx:
        review.check_round(ctx, number, Decisions(redact_rest=True, keep=frozenset()))
        invite.invite(ctx, number, [member.handle])
    with desk.office.read() as ctx:
        new = [one.id for one in outbox.entries(ctx.tx, []) if one.id not in before]
        return [outbox.octets_of(ctx.tx, one) for one in new]


def text_of(raw: bytes) -> str:
    octets = message_from_bytes(raw).get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode("utf-8")


def check(raw: bytes) -> None:
    """One letter to one registered person, with our fields and no other, in lines that end as they should."""
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    names = [line.partition(b":")[0].decode() for line in re.split(rb"\r\n(?![ \t])", raw.partition(b"\r\n\r\n")[0])]
    assert sorted(set(names)) == sorted(names)
    assert set(names) <= FIELDS
    assert message_from_bytes(raw)["To"] in (HARUKA, "toda@law.example")
    assert VICTIM.encode() not in raw.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize("line_end", BREAKS)
@pytest.mark.parametrize("where", ["subject", "message-id", "references"])
def test_no_field_of_a_mail_adds_a_field_to_ours(desk: Any, where: str, line_end: str) -> None:
    hostile = f"a{line_end}Bcc: {VICTIM}{line_end}X: b"
    fields = {
        "subject": ("Subject", encoded(hostile)),
        "message-id": ("Message-ID", f"<{encoded(hostile)}@client.example>"),
        "references": ("References", f"<{encoded(hostile)}@client.example>"),
    }
    raw = desk.text(body="相談いたします。")
    name, value = fields[where]
    raw = re.sub(rf"(?m)^{name}:[^\r\n]*\r\n".encode(), b"", raw)
    sent = letters_after(desk, f"{name}: {value}\r\n".encode() + raw)
    assert sent
    for one in sent:
        check(one)


@pytest.mark.parametrize("line_end", BREAKS)
def test_a_name_that_holds_a_field_is_held_and_not_answered(desk: Any, line_end: str) -> None:
    author = f"From: {encoded(f'a{line_end}Bcc: {VICTIM}')} <{HARUKA}>"
    outcome = desk.arrive(signed(desk.text(author=author), "minami.example"), GOOD_HOST, path=HARUKA)
    assert outcome.answered == 0


@pytest.mark.parametrize("code", CODE)
def test_what_looks_like_a_template_is_text(desk: Any, code: str) -> None:
    raw = desk.text(body=f"前の行です。\r\n{code}\r\n後の行です。").replace(b"Subject: ", f"Subject: {code} ".encode())
    sent = letters_after(desk, raw)
    assert any(code in text_of(one) for one in sent)
    for one in sent:
        check(one)
        assert re.search(r"\b49\b|<class|x{9}", text_of(one)) is None


@pytest.mark.parametrize("text", ["a\r\nb.\r\n.\r\nMAIL FROM:<x@evil.example>", "a\n.\nb", "a\r.\rb", ".\r\n..\r\n."])
def test_no_text_ends_its_letter_early(desk: Any, text: str) -> None:
    """The body is base64: no dot stands alone, and no line end is anything but CRLF."""
    for one in letters_after(
        desk, desk.text(body=text.replace("\r", "\n").replace("\n\n", "\n").replace("\n", "\r\n"))
    ):
        check(one)
        assert b"\r\n." not in one


# Below the desk, for any values at all

_ANY = st.text(st.characters(exclude_categories=()) | st.sampled_from("\r\n\0<>@,;:\"' .\\"), max_size=40)
_ADDRESS = st.builds(Address, _ANY, _ANY)
_GOOD = Address("yuki", "school.example.jp")


@given(_ADDRESS, _ADDRESS)
def test_no_address_brings_a_second_command(reverse_path: Address, forward_path: Address) -> None:
    with suppress(BadLetter):
        letter = Letter.of(reverse_path, forward_path, b"Subject: x\r\n\r\ntext\r\n")
        for path in (letter.reverse_path, letter.forward_path):
            assert path.isprintable()
            outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", path)
            assert not set("<> \r\n\0") & set(outside)
            assert outside.count("@") == 1


@pytest.mark.parametrize(
    ("local", "domain"),
    [
        ("yuki", "school.example.jp>\r\nRCPT TO:<victim@evil.example"),
        ("yuki", "school.example.jp> SIZE=1"),
        ("yuki", "school.example.jp>,<victim@evil.example"),
        ("yuki@school.example.jp>\r\nDATA\r\n", "x.example"),
        ("yuki\n", "x.example"),
        ("yuki\0", "x.example"),
        ("yuki\u2028", "x.example"),
        ('"yuki', "x.example"),
        ("", "x.example"),
    ],
)
def test_an_address_with_a_command_in_it_is_never_written(local: str, domain: str) -> None:
    with pytest.raises(BadLetter):
        Letter.of(None, Address(local, domain), b"x\r\n")
    with pytest.raises(BadLetter):
        Letter.of(Address(local, domain), _GOOD, b"x\r\n")
    with pytest.raises(BadLetter):
        compose(replace(_DRAFT, to=Address(local, domain)))


@pytest.mark.parametrize("raw", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n\r\n", b"a\0b\r\n", b"a\r\r\n", b"a\r"])
def test_a_text_that_could_smuggle_is_never_sent(raw: bytes) -> None:
    with pytest.raises(BadLetter):
        Letter.of(None, _GOOD, raw)


_DRAFT = Draft(
    from_name="窓口",
    from_address=Address("reply+abc", "desk.example.jp"),
    to=_GOOD,
    subject="x",
    body="y\n",
    message_id="<a@desk.example.jp>",
    date=datetime(2026, 2, 1, tzinfo=UTC),
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "from_name": _ANY,
            "subject": _ANY,
            "body": _ANY,
            "message_id": _ANY,
            "in_reply_to": _ANY,
            "references": st.lists(_ANY, max_size=3).map(tuple),
            "automatic": _ANY,
            "to": _ADDRESS,
            "reply_to": _ADDRESS,
        },
    )
)
def test_whatever_is_composed_has_our_fields_alone(changes: dict[str, Any]) -> None:
    draft = replace(_DRAFT, **changes)
    with suppress(BadLetter):
        raw = compose(draft)
        message = message_from_bytes(raw)
        assert set(message.keys()) <= FIELDS
        assert len(message.keys()) == len(set(message.keys()))
        assert message["To"].encode("utf-8", "surrogateescape").decode() == wire_address(draft.to)
