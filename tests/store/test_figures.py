"""What waits, and since when, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailgate.desk.lifecycle import CaseState, OutboxState, SpoolState
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import cases, figures, outbox, sending, spool
from mailgate.store.outbox import NewMail
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOMEBODY = Address("haruka", "minami.example")
NOTHING = {SpoolState.RECEIVED: None, SpoolState.WAITING: None, OutboxState.QUEUED: None, OutboxState.DEFERRED: None}


def _receive(tx: Transaction, name: str, at: datetime) -> None:
    spool.put(tx, name, Envelope(None, (Address("soudan", "mado.example"),)), b"", at)


def _compose(tx: Transaction, name: str, at: datetime) -> None:
    outbox.put(tx, NewMail(name, "thanks", None, None, "T-7F3K", SOMEBODY, b"", f"<{name}@mado.example>", name), at)


def test_an_empty_desk_has_every_state_at_nought(tx: Transaction) -> None:
    found = figures.counts(tx)
    assert found.spool == {SpoolState.RECEIVED: 0, SpoolState.WAITING: 0, SpoolState.HELD: 0, SpoolState.QUARANTINED: 0}
    assert found.outbox == {
        OutboxState.QUEUED: 0,
        OutboxState.DEFERRED: 0,
        OutboxState.FAILED: 0,
        OutboxState.STOPPED: 0,
    }
    assert found.cases == dict.fromkeys(CaseState, 0)
    assert (found.unscreened, figures.oldest(tx)) == (0, NOTHING)


def test_what_is_done_with_is_not_counted(tx: Transaction) -> None:
    for number in range(3):
        _receive(tx, f"r{number}", NOW + number * HOUR)
        _compose(tx, f"o{number}", NOW + number * HOUR)
    first, second, _ = spool.claim(tx, NOW + 9 * HOUR, 3)
    spool.finish(tx, first, SpoolState.DONE, "")
    spool.finish(tx, second, SpoolState.HELD, "")
    sending.mark_sent(tx, "o0", NOW, "250")
    cases.open_case(tx, cases.NewCase(CaseState.NEW, "", None, SOMEBODY, "", NOW, NOW, None))
    found = figures.counts(tx)
    assert found.spool == {SpoolState.RECEIVED: 1, SpoolState.WAITING: 0, SpoolState.HELD: 1, SpoolState.QUARANTINED: 0}
    assert found.outbox == {
        OutboxState.QUEUED: 2,
        OutboxState.DEFERRED: 0,
        OutboxState.FAILED: 0,
        OutboxState.STOPPED: 0,
    }
    assert found.cases == dict.fromkeys(CaseState, 0) | {CaseState.NEW: 1}


def test_the_oldest_is_the_one_that_came_first_whenever_it_is_due(tx: Transaction) -> None:
    for number in range(3):
        _compose(tx, f"o{number}", NOW + number * HOUR)
        _receive(tx, f"r{number}", NOW + number * HOUR)
    sending.mark_sent(tx, "o0", NOW, "250")
    tried = sending.claim(tx, NOW + 9 * HOUR)
    assert tried is not None
    sending.defer(tx, tried, NOW + 99 * HOUR, "451")
    assert figures.oldest(tx) == {
        SpoolState.RECEIVED: NOW,
        SpoolState.WAITING: None,
        OutboxState.QUEUED: NOW + 2 * HOUR,
        OutboxState.DEFERRED: NOW + HOUR,
    }
