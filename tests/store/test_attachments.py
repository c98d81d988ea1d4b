"""Decisions about attachments: what is kept, what may leave, and that it is exactly what was kept."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from mailgate.desk.lifecycle import AttachmentState
from mailgate.errors import BadKeys
from mailgate.mail.drawing import Drawing
from mailgate.store import attachments, rounds
from mailgate.store.attachments import Decision, Place, Released

NOW = datetime(2026, 2, 3, tzinfo=UTC)
PICTURE = Drawing("image/png", b"pixels of a class room", 1)
PAGES = Drawing("application/pdf", b"two pages", 2)
BY = "operator:yui"


def digest(drawing: Drawing) -> str:
    return hashlib.sha256(drawing.octets).hexdigest()


@pytest.fixture
def place(desk: Any) -> Place:
    number = desk.open_case()
    with desk.office.read() as ctx:
        (entry,) = rounds.entries(ctx.tx, number)
    return Place(number, None, entry.spool_id, 2)


def keep(desk: Any, place: Place, drawing: Drawing = PICTURE) -> None:
    with desk.office.write() as ctx:
        attachments.keep_drawing(ctx.tx, place, drawing, BY, NOW)


def test_without_a_decision_nothing_is_kept_or_leaves(desk: Any, place: Place) -> None:
    with desk.office.read() as ctx:
        assert attachments.drawing(ctx.tx, place) is None
        assert attachments.decisions(ctx.tx, [place.spool_id]) == {}
        assert attachments.released(ctx.tx, [place.spool_id]) == []


def test_a_drawing_is_kept_sealed_and_does_not_leave(desk: Any, place: Place) -> None:
    keep(desk, place)
    decision = Decision(AttachmentState.DRAWN, digest(PICTURE), BY, NOW)
    with desk.office.read() as ctx:
        assert attachments.drawing(ctx.tx, place) == PICTURE
        assert attachments.decisions(ctx.tx, [place.spool_id]) == {(place.spool_id, 2): decision}
        assert attachments.released(ctx.tx, [place.spool_id]) == []
        assert PICTURE.octets not in ctx.tx.session.scalar(text("SELECT octets FROM attachments"))


def test_what_is_released_leaves_in_the_order_of_mails_and_parts(desk: Any, place: Place) -> None:
    first = Place(place.case, None, place.spool_id, 1)
    keep(desk, place)
    keep(desk, first, PAGES)
    with desk.office.write() as ctx:
        for one in (place, first):
            attachments.release(ctx.tx, one, BY, NOW)
    with desk.office.read() as ctx:
        assert attachments.released(ctx.tx, [place.spool_id]) == [
            Released(place.spool_id, 1, PAGES),
            Released(place.spool_id, 2, PICTURE),
        ]
        assert attachments.released_digests(ctx.tx, place.case, to_members=True) == {digest(PAGES), digest(PICTURE)}
        assert attachments.released_digests(ctx.tx, place.case, to_members=False) == frozenset()
        assert attachments.released_digests(ctx.tx, place.case + 1, to_members=True) == frozenset()


def test_what_is_withheld_leaves_no_drawing_behind(desk: Any, place: Place) -> None:
    keep(desk, place)
    with desk.office.write() as ctx:
        attachments.release(ctx.tx, place, BY, NOW)
        attachments.withhold(ctx.tx, place, BY, NOW)
    with desk.office.read() as ctx:
        assert attachments.drawing(ctx.tx, place) is None
        assert attachments.released(ctx.tx, [place.spool_id]) == []
        assert attachments.released_digests(ctx.tx, place.case, to_members=True) == frozenset()
        assert ctx.tx.session.scalar(text("SELECT length(octets) FROM attachments")) == 0


def test_a_drawing_that_was_changed_in_the_database_does_not_leave(desk: Any, place: Place) -> None:
    keep(desk, place)
    with desk.office.write() as ctx:
        attachments.release(ctx.tx, place, BY, NOW)
        ctx.tx.session.execute(text("UPDATE attachments SET octets_digest = :other"), {"other": "0" * 64})
    with desk.office.read() as ctx, pytest.raises(BadKeys, match="not the one that was kept"):
        attachments.released(ctx.tx, [place.spool_id])


def test_a_sealed_drawing_does_not_open_in_the_place_of_another(desk: Any, place: Place) -> None:
    keep(desk, place)
    keep(desk, Place(place.case, None, place.spool_id, 1), PAGES)
    with desk.office.write() as ctx:
        ctx.tx.session.execute(text("UPDATE attachments SET octets = (SELECT octets FROM attachments WHERE id = 2)"))
    with desk.office.read() as ctx, pytest.raises(BadKeys):
        attachments.drawing(ctx.tx, place)
