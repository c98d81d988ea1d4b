"""`case list` asks the database as often for a long queue as for a short one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from mailgate.cli import shapes
from mailgate.store import cases


@contextmanager
def statements(desk: Any) -> Iterator[list[str]]:
    """What is asked of the database within the block."""
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(desk.office.database.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(desk.office.database.engine, "before_cursor_execute", hear)


def listed(desk: Any) -> tuple[int, list[dict[str, Any]]]:
    with statements(desk) as asked, desk.office.read() as ctx:
        rows = shapes.case_summaries(ctx, cases.listing(ctx.tx, ()))
    return len(asked), rows


def test_a_longer_queue_takes_no_more_statements(desk: Any) -> None:
    desk.answered_case()
    few, rows = listed(desk)
    assert few <= 11
    for members in ((0,), (1, 2), (0, 1, 2)):
        for invitation in desk.invite(desk.open_case(), *members):
            desk.comment(invitation)
    desk.open_case("森野市立南小学校の水原遥香です。")
    many, more = listed(desk)
    assert many == few
    assert [one["number"] for one in more] == [1, 2, 3, 4, 5]
    assert [len(one["invitations"]) for one in more] == [len(rows[0]["invitations"]), 1, 2, 3, 0]
    assert [len(one["comments"]) for one in more] == [len(rows[0]["comments"]), 1, 2, 3, 0]
    assert {one["teacher"] for one in more} == {desk.teacher.handle}


def test_each_case_has_its_own_and_the_list_says_what_a_single_case_says(desk: Any) -> None:
    first, _ = desk.answered_case()
    second = desk.open_case()
    desk.run(lambda ctx: cases.tag(ctx.tx, second, ["学級経営", "保護者対応"]))
    desk.comment(desk.invite(second, 0, 1)[1])
    _, rows = listed(desk)
    with desk.office.read() as ctx:
        alone = [shapes.case_summaries(ctx, [cases.get(ctx.tx, one["number"])]) for one in rows]
    assert [[one] for one in rows] == alone
    assert [(one["number"], one["state"], one["tags"], one["approved"]) for one in rows] == [
        (first, "answered", [], True),
        (second, "open", ["保護者対応", "学級経営"], True),
    ]
    assert [[one["case"] for one in row["comments"]] for row in rows] == [[first], [second]]


def test_an_empty_queue_asks_little_and_lists_nothing(quick_desk: Any) -> None:
    assert listed(quick_desk)[1] == []
