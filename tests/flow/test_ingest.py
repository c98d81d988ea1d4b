from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import BadInput, Refused
from mailgate.flow import ingest
from mailgate.mail.address import Address, parse_address
from mailgate.mail.envelope import Envelope
from mailgate.store import spool

DESK, JOIN = Address("soudan", "mado.example"), Address("join", "mado.example")
HARUKA = Address("haruka", "minami.example")


def _ingest(desk: Any, raw: bytes, reverse_path: str | None = None, to: tuple[str, ...] = ()) -> list[Envelope]:
    """The envelopes (one for each recipient) under which the mail was stored."""
    (queue_id,) = ingest.ingest(desk.office, [("a.eml", raw)], reverse_path, to)
    with desk.office.read() as ctx:
        found = [one.id for one in spool.entries(ctx.tx, []) if one.id.partition(".")[0] == queue_id]
        return [spool.load(ctx.tx, one).envelope for one in sorted(found)]


def _mail(desk: Any, to: str) -> bytes:
    return desk.mail().replace(b"To: soudan@mado.example", f"To: {to}".encode())


@pytest.mark.parametrize("to", ["soudan@mado.example", "friend@other.example", "x@mado.example", "undisclosed:;"])
def test_without_an_envelope_the_mail_says_and_else_it_is_for_the_desk(quick_desk: Any, to: str) -> None:
    assert _ingest(quick_desk, _mail(quick_desk, to)) == [Envelope(HARUKA, (DESK,))]


def test_all_of_our_addresses_that_the_mail_names_get_it(quick_desk: Any) -> None:
    found = _ingest(quick_desk, _mail(quick_desk, "join@mado.example, friend@other.example, soudan@mado.example"))
    assert {one.forward_paths for one in found} == {(DESK,), (JOIN,)}


def test_a_reply_finds_its_case_without_an_envelope(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    reply = quick_desk.reply_address(case=number)
    assert [one.forward_paths for one in _ingest(quick_desk, _mail(quick_desk, reply))] == [(parse_address(reply),)]


def test_the_envelope_that_is_given_goes_before_what_the_mail_says(quick_desk: Any) -> None:
    found = _ingest(quick_desk, quick_desk.mail(), "x@other.example", ("join@MADO.example", "join@mado.example"))
    assert found == [Envelope(Address("x", "other.example"), (JOIN,))]


@pytest.mark.parametrize("reverse_path", ["", "<>"])
def test_the_null_reverse_path_can_be_given(quick_desk: Any, reverse_path: str) -> None:
    assert [one.reverse_path for one in _ingest(quick_desk, quick_desk.mail(), reverse_path)] == [None]


@pytest.mark.parametrize("to", ["x@mado.example", "soudan@other.example", f"reply+{'a' * 24}@mado.example"])
def test_a_strange_recipient_is_refused_as_in_the_dialogue(quick_desk: Any, to: str) -> None:
    with pytest.raises(Refused, match="no such address here"):
        _ingest(quick_desk, quick_desk.mail(), "", ("soudan@mado.example", to))
    assert quick_desk.process() == 0


@pytest.mark.parametrize(("sender", "to"), [("nobody", "soudan@mado.example"), ("", "soudan")])
def test_what_is_no_address_is_refused(quick_desk: Any, sender: str, to: str) -> None:
    with pytest.raises(Refused, match="is no mail address"):
        _ingest(quick_desk, quick_desk.mail(), sender, (to,))


def test_ingested_mails_are_handled_like_all_others(desk: Any) -> None:
    ids = ingest.ingest(desk.office, [("a", desk.mail()), ("b", desk.mail())], None, [])
    desk.process()
    assert [desk.spooled(one).state for one in ids] == [SpoolState.DONE] * 2
    assert (len(desk.cases()), desk.kinds()) == (2, ["acknowledgement"] * 2)


def test_one_empty_mail_and_none_is_taken(desk: Any) -> None:
    with pytest.raises(BadInput) as caught:
        ingest.ingest(desk.office, [("a", desk.mail()), ("b", b" \r\n"), ("c", b"")], None, [])
    assert caught.value.problems == ("b is empty: nothing was taken", "c is empty: nothing was taken")
    assert desk.process() == 0
