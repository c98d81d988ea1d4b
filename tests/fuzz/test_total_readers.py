"""Whatever the bytes, every reader gives a clean result; `make fuzz` tries thousands where the suite tries a few."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import UTC, datetime

import pytest
import wire_octets as wire
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strange_mails import STRANGE, contents, labels, mails

from mailgate.cli.reading import message_document
from mailgate.errors import BadLetter
from mailgate.mail import automatic, bounce, charset, fields, mailboxes, rendering
from mailgate.mail.address import Address, parse_address
from mailgate.mail.compose import Draft, compose
from mailgate.mail.message import Kind
from mailgate.mail.parse import parse
from mailgate.mail.quoting import newly_written

_STATUS = re.compile(r"(?:[245]\.\d{1,3}\.\d{1,3})?")
_NOT_CLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for one in value for text in _texts(one)]
    if dataclasses.is_dataclass(value):
        return [text for one in dataclasses.fields(value) for text in _texts(getattr(value, one.name))]
    return []


@STRANGE
@given(mails)
def test_every_mail_is_read_and_its_texts_are_clean(raw: bytes) -> None:
    message = parse(raw)
    assert [text for text in _texts(message) if _NOT_CLEAN.search(text)] == []
    assert "the mail cannot be read: shown as it came" not in message.defects
    assert "the structure cannot be read: shown as it came" not in message.defects
    line = json.dumps(message_document("x.eml", message), ensure_ascii=False)
    assert json.loads(line.encode("utf-8"))["body"] == message.body
    assert message.kind is Kind.BOUNCE or message.failed == ()
    assert [one for one in message.failed if parse_address(one.address) is None] == []
    assert [one.status for one in message.failed if not _STATUS.fullmatch(one.status)] == []


@STRANGE
@given(contents, st.lists(contents, max_size=3), st.text(max_size=200))
def test_every_report_is_read(body: bytes, statuses: list[bytes], text: str) -> None:
    section, rest = fields.split_mail(body)
    found = bounce.failed_recipients(section, rest, tuple(statuses), charset.clean(text))
    assert len({one.address for one in found}) == len(found)


@STRANGE
@given(mails, st.text(max_size=60), st.lists(st.text(max_size=20), max_size=3), st.text(max_size=500))
def test_every_header_section_has_a_kind(raw: bytes, subject: str, types: list[str], text: str) -> None:
    section, _ = fields.split_mail(raw)
    sender, _ = mailboxes.author(section)
    assert automatic.kind_of(section, subject, sender, types, charset.clean(text)) in Kind


@STRANGE
@given(st.text(max_size=2_000), st.booleans(), st.none() | st.text(max_size=300))
def test_what_is_new_is_never_more_than_the_text(body: str, is_reply: bool, sent: str | None) -> None:
    text = charset.clean(body)
    written = newly_written(text, is_reply=is_reply, sent=sent)
    assert len(written.text) <= len(text)
    assert written.signature in text


@STRANGE
@given(st.binary(max_size=400), labels)
@example(b"\xc9\xbd", "euc-jp")
def test_octets_of_any_label_are_clean_text(octets: bytes, label: str | None) -> None:
    text = charset.decode(octets, label).text
    assert charset.clean(text) == text


_JAPANESE = st.text(
    st.sampled_from("あいう、。アイウー漢字表能ソ十髙﨑①㈱ｱｲｳﾞ～－ABC xyz.,<>\n"), min_size=4, max_size=80
)


@STRANGE
@given(
    _JAPANESE,
    st.sampled_from([("cp50221", wire.jis), ("x-sjis", wire.sjis), ("eucJP-ms", wire.euc), ("utf8", wire.utf8)]),
)
def test_japanese_under_its_own_label_reads_back(text: str, form: tuple[str, wire.Encoder]) -> None:
    label, encode = form
    assert charset.decode(encode(text), label) == charset.Decoded(text, ())


@STRANGE
@given(st.text(max_size=1_000))
def test_any_html_becomes_text(html: str) -> None:
    assert isinstance(rendering.html_to_text(charset.clean(html)), str)


def _flowed(text: str) -> str:
    """`text` as a sender with DelSp=yes wraps it (RFC 3676 4.2)."""
    lines = []
    for line in text.split("\n"):
        stuffed = f" {line}" if line.startswith((" ", ">", "From ")) else line
        cut = [stuffed[at : at + 7] for at in range(0, len(stuffed), 7)] or [""]
        lines += [f"{piece} " for piece in cut[:-1]] + [cut[-1]]
    return "\n".join(lines)


@STRANGE
@given(st.text(st.sampled_from("あいabc >F"), max_size=60).map(lambda text: text.rstrip(" ")))
def test_flowed_text_is_put_together_again(line: str) -> None:
    assume(not any(piece.startswith((" ", ">")) for piece in _flowed(line).split("\n")[1:]))
    assert rendering.unflow(_flowed(line), delete_space=True) == line


@STRANGE
@given(st.text(min_size=1, max_size=200), st.text(max_size=400), st.text(min_size=1, max_size=40))
def test_a_letter_is_refused_or_reads_back_as_it_was(subject: str, body: str, name: str) -> None:
    draft = Draft(
        from_name=name,
        from_address=Address("soudan", "desk.example.jp"),
        to=Address("yuki..1", "docomo.example.jp"),
        subject=subject,
        body=body,
        message_id="<a@desk.example.jp>",
        date=datetime(2026, 2, 1, 10, 5, tzinfo=UTC),
    )
    try:
        message = parse(compose(draft))
    except BadLetter:
        return
    assert message.body == (charset.clean(body).strip("\n") if body.strip() else "")
    assert message.subject == " ".join(charset.clean(subject).split(" ")).strip()
    assert (str(message.sender.address), message.to) == ("soudan@desk.example.jp", ("yuki..1@docomo.example.jp",))


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_the_shortest_inputs_are_read(size: int) -> None:
    assert [parse(bytes([octet]) * size).to for octet in range(256)] == [()] * 256
