"""One commit for all that wait: what is shared, and what is each mail's own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from mailgate.errors import StoreUnavailable
from mailgate.flow import group_commit
from mailgate.flow.accept import Acceptance
from mailgate.flow.group_commit import GroupCommit
from mailgate.flow.queue_id import new_queue_id
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import day_keys, sending
from mailgate.store.tables import OutboxRow, RawMailRow, SpoolRow

DESK = Address("soudan", "mado.example")
TO_DESK = Envelope(Address("haruka", "minami.example"), (DESK,))


@contextmanager
def writing(desk: Any) -> Iterator[None]:
    """Somebody else has the turn to write: what is submitted within has to wait."""
    with desk.office.write():
        yield


def submit_while_busy(desk: Any, group: GroupCommit, mails: list[tuple[Envelope, bytes]]) -> list[Future[str]]:
    """The first one starts the writer, which has to wait for its turn; the others meet in the line behind it."""
    day_keys.look_up(desk.office.database, desk.office.clock())  # as `serve` does before it takes any mail
    with writing(desk):
        return [sent(group, envelope, raw) for envelope, raw in mails]


def sent(group: GroupCommit, envelope: Envelope, raw: bytes) -> Future[str]:
    told = group.submit(envelope, raw)
    group.commit()
    return told


def rows(desk: Any) -> int:
    with desk.office.read() as ctx:
        return ctx.tx.session.scalar(select(func.count()).select_from(RawMailRow)) or 0


def test_mails_that_wait_at_the_same_moment_share_a_commit(own_desk: Any) -> None:
    commits: list[None] = []
    group = GroupCommit(own_desk.office, lambda: commits.append(None))
    told = submit_while_busy(own_desk, group, [(TO_DESK, b"mail %d" % n) for n in range(40)])
    ids = [one.result(10) for one in told]
    assert len(set(ids)) == 40
    assert rows(own_desk) == 40
    assert len(commits) == 2  # of the first mail, which had to wait for its turn, and of all the others


def test_each_mail_is_on_the_disk_before_its_sender_is_told(own_desk: Any) -> None:
    group = GroupCommit(own_desk.office, lambda: None)
    seen: list[int] = []
    for number in range(5):
        sent(group, TO_DESK, b"x").add_done_callback(lambda _: seen.append(rows(own_desk)))
        while len(seen) <= number:
            threading.Event().wait(0.01)
    assert seen == [1, 2, 3, 4, 5]


def test_while_nobody_else_writes_whoever_commits_writes_himself(own_desk: Any) -> None:
    """By a thread: on a server, while somebody else has his turn or the lock, and for a big mail."""
    office = own_desk.office
    on_sqlite = office.database.engine.dialect.name == "sqlite"
    group = GroupCommit(office, lambda: None)
    day_keys.look_up(office.database, office.clock())
    assert sent(group, TO_DESK, b"x").done() == on_sqlite
    with writing(own_desk):
        waits = sent(group, TO_DESK, b"x")
        assert not waits.done()
    waits.result(10)
    sent(group, TO_DESK, b"x" * 100_000).result(10)
    assert rows(own_desk) == 3


def test_a_foreign_program_that_has_the_lock_holds_up_nobody_but_the_mails(own_desk: Any) -> None:
    database = own_desk.office.database
    if database.engine.dialect.name != "sqlite":
        pytest.skip("a server has no such lock")
    group = GroupCommit(own_desk.office, lambda: None)
    sent(group, TO_DESK, b"x").result(10)
    foreign = sqlite3.connect(database.engine.url.database, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    told = [sent(group, TO_DESK, b"x") for _ in range(3)]
    assert [one.done() for one in told] == [False] * 3
    foreign.execute("ROLLBACK")
    foreign.close()
    assert len({one.result(10) for one in told}) == 3


def test_after_a_commit_that_took_long_the_thread_writes(own_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    group = GroupCommit(own_desk.office, lambda: None)
    sent(group, TO_DESK, b"x").result(10)
    threads: list[str] = []
    write = group._writer.write

    def noted(mails: Any, *, at_once: bool = False) -> None:
        threads.append(threading.current_thread().name.rpartition("_")[0])
        write(mails, at_once=at_once)

    monkeypatch.setattr(group._writer, "write", noted)
    group._was_quick = True
    for quick_seconds in (0.0, 0.0, 60.0, 60.0):
        monkeypatch.setattr(group_commit, "_QUICK_SECONDS", quick_seconds)
        sent(group, TO_DESK, b"x").result(10)
        group._thread.submit(str).result(10)  # the thread has looked whether more is waiting
    on_sqlite = own_desk.office.database.engine.dialect.name == "sqlite"
    here, thread = "" if on_sqlite else "group-commit", "group-commit"
    assert threads == [here, thread, thread, here]


def test_a_mail_that_cannot_be_written_does_not_spoil_the_others(own_desk: Any) -> None:
    """Three mails get the same id from a stuck source of chance: one of them is stored."""
    group = GroupCommit(own_desk.office, lambda: None)
    stuck = iter([b"a", b"b", b"b", b"c", b"b"])
    group._office = replace(own_desk.office, random_bytes=lambda count: next(stuck) * count)
    told = submit_while_busy(own_desk, group, [(TO_DESK, b"mail %d" % n) for n in range(5)])
    failed = [one.exception(10) for one in told]
    assert [type(one) for one in failed if one] == [sqlite3.IntegrityError] * 2
    assert [number for number, one in enumerate(failed) if one] == [2, 4]
    assert rows(own_desk) == 3


def test_a_mail_that_cannot_be_sealed_is_told_alone(own_desk: Any) -> None:
    def no_chance(count: int) -> bytes:
        raise OSError("no chance today")

    group = GroupCommit(own_desk.office, lambda: None)
    good = own_desk.office
    group._office = replace(good, random_bytes=no_chance)
    for raw in (b"small", b"x" * 100_000):
        assert isinstance(sent(group, TO_DESK, raw).exception(10), OSError)
    group._office = good
    sent(group, TO_DESK, b"x").result(10)


def test_when_the_database_is_away_all_are_told_once_and_the_next_are_taken(
    own_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = GroupCommit(own_desk.office, lambda: None)
    tries: list[int] = []

    def away(mails: Any, *, at_once: bool = False) -> None:
        if not at_once:
            tries.append(len(mails))
        raise StoreUnavailable("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(group._writer, "write", away)
        told = [sent(group, TO_DESK, b"x") for _ in range(10)]
        assert {type(one.exception(10)) for one in told} == {StoreUnavailable}
        assert sum(tries) == 10
    sent(group, TO_DESK, b"x").result(10)
    assert rows(own_desk) == 1


def test_a_connection_that_broke_is_replaced(own_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a server the first mail that meets it is told "later"; on SQLite it is tried again at once."""
    monkeypatch.setattr(group_commit, "_QUICK_SECONDS", 60.0)
    group = GroupCommit(own_desk.office, lambda: None)
    sent(group, TO_DESK, b"x").result(10)
    group._writer._connection.driver_connection.close()
    lost = sent(group, TO_DESK, b"x").exception(10) is not None
    sent(group, TO_DESK, b"x").result(10)
    assert lost == (own_desk.office.database.engine.dialect.name == "postgresql")
    assert rows(own_desk) == 3 - lost


def test_a_mail_that_was_handed_over_cannot_be_called_back(own_desk: Any) -> None:
    (told,) = submit_while_busy(own_desk, GroupCommit(own_desk.office, lambda: None), [(TO_DESK, b"x")])
    assert not told.cancel()
    told.result(10)
    assert rows(own_desk) == 1


def test_small_and_big_mails_come_back_as_they_came(desk: Any) -> None:
    acceptance = Acceptance(desk.office, lambda: None)
    mails = [b"", b"\xff\x00\r\n", b"x" * 2**16, b"y" * (2**16 + 1), b"z" * 5_000_000]
    told = [acceptance.submit(TO_DESK, raw) for raw in mails]
    acceptance.commit()
    assert [desk.spooled(one.result(30)).size_bytes for one in told] == [len(raw) for raw in mails]


def test_the_case_that_a_token_names_is_known_from_the_start(desk: Any) -> None:
    number = desk.open_case()
    reply = desk.reply_address(case=number)
    with desk.office.read() as ctx:
        row = ctx.tx.session.scalars(select(OutboxRow)).first()
        bounce = f"bounce+{sending.load(ctx.tx, row.id).bounce_token}" if row else ""
    to = [reply.partition("@")[0], bounce, "soudan", "reply+" + "a" * 24]
    envelope = Envelope(None, tuple(Address(local, "mado.example") for local in to))
    queue_id = Acceptance(desk.office, lambda: None).accept(envelope, b"x")
    with desk.office.read() as ctx:
        query = select(SpoolRow.id, SpoolRow.case_id).where(SpoolRow.raw_id == queue_id)
        found = {row.id: row.case_id for row in ctx.tx.session.execute(query)}
    assert found == {queue_id: number, f"{queue_id}.2": number, f"{queue_id}.3": None, f"{queue_id}.4": None}


def test_queue_ids_sort_by_time_and_differ_at_one_moment() -> None:
    begun = datetime(2026, 2, 2, tzinfo=UTC)
    chance = iter(range(1000))
    ids = [
        new_queue_id(begun + timedelta(milliseconds=7 * n), lambda count: next(chance).to_bytes(count, "big"))
        for n in range(200)
    ]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {15}
    assert len({new_queue_id(begun, lambda count: next(chance).to_bytes(count, "big")) for _ in range(50)}) == 50
