from __future__ import annotations

import secrets
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from mailgate.desk.lifecycle import OutboxState, SpoolState
from mailgate.errors import ChangedMeanwhile
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import outbox, sending, spool
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
        return next(iter(spool.claim(tx, now)), None)


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
    claim = {"spool": lambda *given: next(iter(spool.claim(*given)), None), "outbox": sending.claim}[kind]
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


def test_what_is_cancelled_while_it_is_being_claimed_is_not_taken(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL: SQLite has one writer at a time."""
    database = postgresql_database
    _put_outgoing(database, 2)

    def between_look_and_taking(octets: int) -> str:
        with database.write() as other:
            outbox.cancel(other, "out0")
        return secrets.token_hex(octets)

    monkeypatch.setattr("mailgate.store.claim.secrets", SimpleNamespace(token_hex=between_look_and_taking))
    with database.write() as tx:
        claimed = sending.claim(tx, NOW)
    assert claimed is None
    monkeypatch.undo()
    with database.write() as tx:
        claimed = sending.claim(tx, NOW)
        assert claimed is not None
        assert (claimed.id, outbox.entry(tx, "out0").state) == ("out1", OutboxState.CANCELLED)


def test_a_finished_mail_is_not_claimed(database: Database) -> None:
    states = (SpoolState.DONE, SpoolState.HELD, SpoolState.QUARANTINED, SpoolState.DISCARDED)
    _put(database, *states)
    for _ in states:
        claimed = _claim(database, NOW)
        assert claimed is not None
        with database.write() as tx:
            spool.finish(tx, claimed, SpoolState(claimed.id), "")
    assert _claim(database, NOW + timedelta(days=1)) is None


def _claim_many(database: Database, at_most: int, now: datetime = NOW) -> list[str]:
    with database.write() as tx:
        return [one.id for one in spool.claim(tx, now, at_most)]


def test_several_are_taken_at_a_time_and_abandoned_ones_alone(database: Database) -> None:
    _put(database, *"abcde")
    assert _claim_many(database, 3) == ["a", "b", "c"]
    later = NOW + LEASE
    assert [_claim_many(database, 3, later) for _ in range(4)] == [["a"], ["b"], ["c"], ["d", "e"]]


def test_what_one_author_sent_is_never_in_two_hands(database: Database) -> None:
    mine = Envelope(Address("haruka", "minami.example"), ENVELOPE.forward_paths)
    with database.write() as tx:
        spool.put(tx, "first", mine, b"1", NOW - timedelta(seconds=2))
        spool.put(tx, "second", mine, b"2", NOW - timedelta(seconds=1))
        spool.put(tx, "of-another", ENVELOPE, b"3", NOW)
    with database.write() as tx:
        (first,) = spool.claim(tx, NOW)
    assert (first.id, _claim_many(database, 9)) == ("first", ["of-another"])
    with database.write() as tx:
        spool.try_again(tx, first, NOW + timedelta(seconds=5), "a bug", counts=True)
    assert _claim_many(database, 9) == ["second"]


def test_together_they_are_taken_in_their_order(database: Database) -> None:
    mine = Envelope(Address("haruka", "minami.example"), ENVELOPE.forward_paths)
    with database.write() as tx:
        for number in reversed(range(4)):
            spool.put(tx, f"mail{number}", mine, b"m", NOW - timedelta(seconds=9 - number))
    assert _claim_many(database, 9) == ["mail0", "mail1", "mail2", "mail3"]


def test_who_was_too_slow_finishes_nothing(database: Database) -> None:
    _put(database, "one")
    slow, quick = _claim(database, NOW), _claim(database, NOW + LEASE)
    assert slow is not None
    assert quick is not None
    with pytest.raises(ChangedMeanwhile), database.write() as tx:
        spool.finish(tx, slow, SpoolState.DONE, "by the slow one")
    with pytest.raises(ChangedMeanwhile), database.write() as tx:
        spool.try_again(tx, slow, NOW, "by the slow one", counts=True)
    with database.write() as tx:
        spool.untouched(tx, slow, NOW)
        spool.finish(tx, quick, SpoolState.DONE, "by the quick one")
    with database.read() as tx:
        assert spool.entry(tx, "one").reason == "by the quick one"


def test_what_was_not_touched_is_due_at_once_and_its_try_does_not_count(database: Database) -> None:
    _put(database, "one")
    first = _claim(database, NOW)
    assert first is not None
    with database.write() as tx:
        spool.untouched(tx, first, NOW)
    second = _claim(database, NOW)
    assert (second.id, second.tries) == ("one", 1) if second else None


def test_what_a_clock_that_was_ahead_put_off_is_due_again(database: Database) -> None:
    _put(database, "ahead", at=NOW + timedelta(days=30))
    _put(database, "later", at=NOW + timedelta(minutes=2))
    with database.write() as tx:
        assert spool.unstick(tx, NOW) == 1
    assert _claim_many(database, 9) == ["ahead"]


def test_work_in_hand_is_not_taken_away_by_setting_the_clock_right(database: Database) -> None:
    _put(database, "one")
    assert _claim_many(database, 1) == ["one"]
    with database.write() as tx:
        assert spool.unstick(tx, NOW) == 0
