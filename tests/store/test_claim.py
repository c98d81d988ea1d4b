from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.desk.lifecycle import SpoolState
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import outbox, spool
from mailgate.store.claim import LEASE, Claimed
from mailgate.store.database import Database
from mailgate.store.outbox import NewMail

NOW = datetime(2026, 2, 2, tzinfo=UTC)
ENVELOPE = Envelope(None, (Address("soudan", "mado.example"),))
ROWS, WORKERS = 200, 4


def _put(database: Database, *ids: str, at: datetime = NOW) -> None:
    with database.write() as tx:
        for one in ids:
            spool.put(tx, one, ENVELOPE, b"mail " + one.encode(), at)


def _claim(database: Database, now: datetime) -> Claimed | None:
    with database.write() as tx:
        return spool.claim(tx, now)


def _put_outgoing(database: Database, count: int) -> None:
    with database.write() as tx:
        for number in range(count):
            to = Address("toda", "law.example")
            mail = NewMail(
                f"out{number}", "thanks", None, None, "M-1", to, b"octets", f"<{number}@mado.example>", f"{number}"
            )
            outbox.put(tx, mail, NOW)


@pytest.mark.parametrize("kind", ["spool", "outbox"])
def test_several_workers_share_the_work_and_nothing_is_claimed_twice(database: Database, kind: str) -> None:
    claim = {"spool": spool.claim, "outbox": outbox.claim}[kind]
    if kind == "spool":
        _put(database, *(f"mail{number}" for number in range(ROWS)))
    else:
        _put_outgoing(database, ROWS)
    claimed: list[list[str]] = [[] for _ in range(WORKERS)]
    together, failures = threading.Barrier(WORKERS), []

    def work(mine: list[str]) -> None:
        together.wait()
        try:
            while True:
                with database.write() as tx:
                    found = claim(tx, NOW)
                if found is None:
                    return
                mine.append(found.id)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs into the assertion
            failures.append(error)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    counts = Counter(one for mine in claimed for one in mine)
    assert (len(counts), set(counts.values())) == (ROWS, {1})


def test_the_mail_that_has_been_due_longest_comes_first(database: Database) -> None:
    _put(database, "second", at=NOW - timedelta(minutes=1))
    _put(database, "first", at=NOW - timedelta(minutes=2))
    _put(database, "b", "a")
    _put(database, "later", at=NOW + timedelta(seconds=1))
    found = [_claim(database, NOW) for _ in range(5)]
    assert [one.id if one else None for one in found] == ["first", "second", "a", "b", None]


def test_a_claimed_mail_is_given_again_when_its_lease_has_run_out(database: Database) -> None:
    _put(database, "one")
    first = _claim(database, NOW)
    assert _claim(database, NOW + LEASE - timedelta(seconds=1)) is None
    second = _claim(database, NOW + LEASE)
    assert first is not None
    assert second is not None
    assert (first.id, first.tries, second.id, second.tries) == ("one", 1, "one", 2)


def test_a_try_is_counted_before_the_work_begins(database: Database) -> None:
    _put(database, "one")
    _claim(database, NOW)
    with database.read() as tx:
        assert spool.entry(tx, "one").tries == 1


def test_a_claim_that_is_not_committed_takes_nothing(database: Database) -> None:
    _put(database, "one")
    with pytest.raises(RuntimeError), database.write() as tx:
        spool.claim(tx, NOW)
        raise RuntimeError("the power is gone")
    found = _claim(database, NOW)
    assert (found.id, found.tries) == ("one", 1) if found else None


def test_a_finished_mail_is_not_claimed(database: Database) -> None:
    _put(database, "done", "held", "quarantined", "discarded")
    with database.write() as tx:
        for state in (SpoolState.DONE, SpoolState.HELD, SpoolState.QUARANTINED, SpoolState.DISCARDED):
            spool.finish(tx, state.value, state, "")
    assert _claim(database, NOW + timedelta(days=1)) is None


def test_a_claim_does_not_wait_for_one_that_is_being_made(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    _put(database, "a", "b")
    with database.write() as one, database.write() as other:
        first, second = spool.claim(one, NOW), spool.claim(other, NOW)
    assert [first.id if first else None, second.id if second else None] == ["a", "b"]
