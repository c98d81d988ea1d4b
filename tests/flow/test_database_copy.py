"""A desk in use is copied into an empty database, and goes on there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from mailgate.errors import Refused
from mailgate.store import integrity, transfer
from mailgate.store.columns import Base
from mailgate.store.database import Database
from mailgate.store.engine import open_engine


@pytest.fixture
def target(database_url: str) -> Iterator[Engine]:
    """An empty database of each kind."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]
            for table in Base.metadata.sorted_tables
        }


def fill(desk: Any) -> None:
    """A case in its second round, one that waits, and two held mails of which one went into the other."""
    desk.answered_case()
    number = desk.open_case()
    (invited,) = desk.invite(number)
    address = desk.reply_address(invited.invitation)
    for body in ("私用から送ります", "もう一通送ります"):
        desk.receive(desk.mail("another@home.example", body), address, "another@home.example")
    first, second = (one.id for one in desk.comments(number))
    from mailgate.flow import review

    desk.run(review.release_comment, first)
    desk.run(review.release_comment, second)


def test_the_copy_has_every_row_and_goes_on(desk: Any, target: Engine) -> None:
    fill(desk)
    source = desk.office.database.engine
    told: list[int] = []
    count = transfer.copy_everything(source, target, told.append)
    found = rows(target)
    assert found == rows(source)
    assert [one["merged_into"] is not None for one in found["comments"]].count(True) == 1
    assert (count, told[-1]) == (sum(map(len, found.values())),) * 2
    assert integrity.problems(target, desk.office.database.keys) == []
    there = Database(target.url.render_as_string(hide_password=False), desk.office.database.keys)
    moved = replace(desk, office=replace(desk.office, database=there))
    try:
        number = moved.open_case()
        assert number == max(one["id"] for one in found["cases"]) + 1
        assert len(moved.invite(number)) == 1
    finally:
        there.close()


def test_a_database_with_something_in_it_is_left_alone(quick_desk: Any, target: Engine) -> None:
    with target.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(Refused, match="the new database is not empty"):
        transfer.copy_everything(quick_desk.office.database.engine, target)


def test_what_breaks_in_the_middle_leaves_nothing(quick_desk: Any, target: Engine) -> None:
    from sqlalchemy import inspect

    fill(quick_desk)

    def breaks(rows: int) -> None:
        if rows > 10:
            raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError):
        transfer.copy_everything(quick_desk.office.database.engine, target, breaks)
    assert inspect(target).get_table_names() == []
    assert transfer.copy_everything(quick_desk.office.database.engine, target) > 10
