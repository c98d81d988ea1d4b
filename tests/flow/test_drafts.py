"""What an operator has half written is kept, sealed with its case, and offered again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from mailgate.errors import Refused
from mailgate.flow import drafts
from mailgate.store import destruction, integrity
from mailgate.store.drafts import Place
from mailgate.store.tables import DraftRow

YUI, KEN = "operator:yui", "operator:ken"
TEXT = "田中太郎さんのことです。"


def _find(desk: Any, by: str = YUI, of: str = TEXT) -> tuple[str, bool] | None:
    found = drafts.find(desk.office, by, Place(1, 1), of)
    return (found.text, found.is_of_this_text) if found else None


def test_a_draft_is_offered_again_to_who_wrote_it(desk: Any) -> None:
    desk.open_case(TEXT)
    version = desk.case(1).version
    assert _find(desk) is None
    drafts.keep(desk.office, YUI, Place(1, 1), "ある子の", TEXT)
    drafts.keep(desk.office, YUI, Place(1, 1), "ある子のこと", TEXT)
    drafts.keep(desk.office, KEN, Place(1, 1), "", TEXT)
    assert (_find(desk), _find(desk, KEN)) == (("ある子のこと", True), ("", True))
    assert desk.case(1).version == version


def test_the_draft_of_a_text_that_has_grown_says_so(desk: Any) -> None:
    desk.open_case(TEXT)
    drafts.keep(desk.office, YUI, Place(1, 1), "ある子のこと", TEXT)
    assert _find(desk, of=f"{TEXT}\n\n追伸") == ("ある子のこと", False)


def test_a_draft_of_a_comment_is_another_one(desk: Any) -> None:
    number = desk.open_case(TEXT)
    (invited,) = desk.invite(number)
    desk.comment(invited)
    (comment,) = desk.comments(number)
    drafts.keep(desk.office, YUI, Place(1, 1, comment.id), "意見", comment.written)
    assert _find(desk) is None
    found = drafts.find(desk.office, YUI, Place(1, 1, comment.id), comment.written)
    assert found is not None
    assert found.text == "意見"


def test_a_draft_that_is_thrown_away_is_gone(desk: Any) -> None:
    desk.open_case(TEXT)
    drafts.keep(desk.office, YUI, Place(1, 1), "ある子のこと", TEXT)
    drafts.throw_away(desk.office, YUI, Place(1, 1))
    drafts.throw_away(desk.office, YUI, Place(1, 1))
    assert _find(desk) is None


def test_a_draft_is_sealed_with_its_case_and_destroyed_with_it(desk: Any) -> None:
    desk.open_case(TEXT)
    drafts.keep(desk.office, YUI, Place(1, 1), "ある子のこと", TEXT)
    with desk.office.read() as ctx:
        sealed = ctx.tx.session.scalars(select(DraftRow.text)).one()
        assert sealed
        assert "ある子".encode() not in sealed
    with desk.office.write() as ctx:
        destruction.destroy(ctx.tx, 1, ctx.now)
    with desk.office.read() as ctx:
        assert ctx.tx.session.scalars(select(DraftRow)).all() == []
    assert list(integrity.problems(desk.office.database.engine, None)) == []
    with pytest.raises(Refused, match="was destroyed"):
        drafts.keep(desk.office, YUI, Place(1, 1), "ある子のこと", TEXT)
