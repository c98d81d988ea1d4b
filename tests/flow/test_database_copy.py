"""A desk in use is copied into an empty database, and goes on there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from custody import KEYS, open_ring, write_keys
from sqlalchemy import Engine, inspect, select, text

from mailgate.errors import Refused, StoreUnavailable
from mailgate.flow import purge
from mailgate.flow.approve_application import reject
from mailgate.store import applications, in_use, integrity, migrate, transfer
from mailgate.store.columns import Base
from mailgate.store.database import Database
from mailgate.store.engine import open_engine
from mailgate.store.key_store import KeyStore


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


def put_down(desk: Any) -> Engine:
    """The database of a desk that nobody uses any more."""
    url = desk.office.database.engine.url.render_as_string(hide_password=False)
    desk.office.database.close()
    return open_engine(url)


def fill(desk: Any) -> None:
    """A case in its second round, one that waits, and two held mails of which one went into the other."""
    desk.answered_case()
    number = desk.open_case()
    (invited,) = desk.invite(number)
    address = desk.reply_address(invited.invitation)
    for body in ("私用から送ります", "もう一通送ります"):
        desk.receive(desk.mail("another@home.example", body), address, "another@home.example")
    first, second = (one.id for one in desk.comments(number))

    desk.release_comment(first)
    desk.release_comment(second)


def test_the_copy_has_every_row_and_goes_on(desk: Any, target: Engine) -> None:
    fill(desk)
    source = put_down(desk)
    told: list[tuple[int, int]] = []
    count = transfer.copy_everything(source, target, lambda *far: told.append(far))
    found = rows(target)
    assert found == rows(source)
    assert [one["merged_into"] is not None for one in found["comments"]].count(True) == 1
    assert count == sum(map(len, found.values()))
    assert told[-1] == (count, count)
    assert integrity.problems(target, desk.office.database.keys) == []
    there = Database(target.url.render_as_string(hide_password=False), desk.office.database.keys)
    moved = replace(desk, office=replace(desk.office, database=there))
    try:
        number = moved.open_case()
        assert number == max(one["id"] for one in found["cases"]) + 1
        assert len(moved.invite(number)) == 1
    finally:
        there.close()


def test_a_number_that_was_given_once_is_given_to_nobody_in_the_copy(desk: Any, target: Engine) -> None:
    for sender in ("one@home.example", "two@home.example"):
        desk.write(sender, "氏名：青井 凛\n学校名：南小\n職種：教諭\n教職歴：8年\n", to="join@mado.example")
    desk.run(reject, 2)
    desk.clock.advance(days=31)
    assert purge.run(desk.office).applications == 1
    transfer.copy_everything(put_down(desk), target)
    there = Database(target.url.render_as_string(hide_password=False), desk.office.database.keys)
    moved = replace(desk, office=replace(desk.office, database=there))
    try:
        moved.write("three@home.example", "氏名：青井 凛\n", to="join@mado.example")
        with moved.office.read() as ctx:
            assert [one.id for one in applications.listing(ctx.tx, ())] == [1, 3]
    finally:
        there.close()


def test_a_database_with_something_in_it_is_left_alone(quick_desk: Any, target: Engine) -> None:
    with target.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(Refused, match="the new database is not empty"):
        transfer.copy_everything(put_down(quick_desk), target)


def test_what_breaks_in_the_middle_leaves_nothing(quick_desk: Any, target: Engine) -> None:
    fill(quick_desk)

    def breaks(rows: int, _of_all: int) -> None:
        if rows > 10:
            raise RuntimeError("pulled the plug")

    source = put_down(quick_desk)
    with pytest.raises(RuntimeError):
        transfer.copy_everything(source, target, breaks)
    assert inspect(target).get_table_names() == []
    assert transfer.copy_everything(source, target) > 10


IN_USE = "the database is in use: stop every process of mailgate first; a mail it took would be missing in the copy"
NEW_IN_USE = "the new database is in use, or it is the old one: name an empty one that is nobody's"
ITSELF = "the new configuration names the very database that is to be copied: name an empty one"
BEING_COPIED = "the database is being copied to another one: go on with the new one when it is done"


def use(url: str) -> Database:
    """What every part of a service and every command does first."""
    database = Database(url, KEYS)
    with database.read() as tx:
        tx.session.connection()
    return database


def refusal(source: Engine, target: Engine) -> str:
    with pytest.raises(Refused) as refused:
        transfer.copy_everything(source, target)
    return refused.value.reason


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/other.db")
    yield engine
    engine.dispose()


def test_a_database_that_somebody_uses_is_not_copied(database_url: str, other: Engine) -> None:
    """A service beside the copy would go on to take mail into the old database."""
    source = open_engine(database_url)
    migrate.prepare(source)
    users = [use(database_url) for _ in range(2)]  # as on two nodes
    while users:
        assert refusal(source, other) == IN_USE
        users.pop().close()
    assert inspect(other).get_table_names() == []
    assert transfer.copy_everything(source, other) == 0
    source.dispose()


def test_a_user_who_lost_every_connection_is_seen_again(postgresql_server: Any, other: Engine) -> None:
    name = postgresql_server.create()
    source = open_engine(postgresql_server.url(name))
    migrate.prepare(source)
    user = Database(postgresql_server.url(name), KEYS)
    for _ in range(2):
        with user.read() as tx:
            tx.session.execute(text("SELECT 1"))
        assert refusal(source, other) == IN_USE
        with suppress(StoreUnavailable), user.read() as tx:
            tx.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    user.close()
    source.dispose()
    postgresql_server.drop(name)


def test_nobody_begins_to_use_a_database_while_it_is_copied(database_url: str, other: Engine) -> None:
    """Nor the new one, whose rows are not there yet."""
    source = open_engine(database_url)
    migrate.prepare(source)
    for old, new in ((source, other), (other, source)):
        with in_use.alone(old, IN_USE), in_use.alone(new, NEW_IN_USE), pytest.raises(StoreUnavailable) as away:
            use(database_url).close()
        assert away.value.reason == BEING_COPIED
    use(database_url).close()
    source.dispose()


def test_a_database_is_not_copied_onto_itself(database_url: str) -> None:
    one, other = open_engine(database_url), open_engine(database_url)
    assert refusal(one, other) == ITSELF
    for engine in (one, other):
        engine.dispose()


def test_a_database_under_another_name_is_found_out(postgresql_server: Any, tmp_path: Path) -> None:
    name = postgresql_server.create()
    url = postgresql_server.url(name)
    source, same = open_engine(url), open_engine(f"{url}&application_name=other")
    migrate.prepare(source)
    assert refusal(source, same) == NEW_IN_USE
    for engine in (source, same):
        engine.dispose()
    postgresql_server.drop(name)
    (tmp_path / "link.db").symlink_to(tmp_path / "file.db")
    assert refusal(*(open_engine(f"sqlite:///{tmp_path}/{file}.db") for file in ("file", "link"))) == ITSELF


def test_a_new_database_that_somebody_uses_is_not_filled(database_url: str, other: Engine) -> None:
    migrate.prepare(other)
    user = use(database_url)
    target = open_engine(database_url)
    assert refusal(other, target) == NEW_IN_USE
    target.dispose()
    user.close()


def test_the_keys_go_into_another_key_store_once(tmp_path: Path, database_url: str) -> None:
    source, target = open_ring(write_keys(tmp_path / "keys")).store, KeyStore(database_url)
    source.set_word("audit", "7 aa")
    assert [transfer.copy_keys(source, target) for _ in range(2)] == [len(source.all()), 0]
    assert (target.all(), target.words()) == (source.all(), source.words())
    assert transfer.copy_keys(source, KeyStore(f"sqlite:///{source.file}")) == 0
    target.close()
