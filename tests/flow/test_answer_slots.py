"""With slots an answer leaves, and is dated, at a fixed time of day; what is said of it until then."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from mailgate.desk.lifecycle import OutboxState
from mailgate.flow import outgoing
from mailgate.flow.deliver import deliver_next
from mailgate.flow.due import run_due
from mailgate.mail.address import Address
from mailgate.mail.outcome import Outcome, Sent
from mailgate.store import integrity

SLOT = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
"""18:00 in Tokyo; the desk's day begins at 09:30."""


class Relay:
    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        self.taken.append(raw)
        return Sent("250")


def deliver(desk: Any) -> list[bytes]:
    relay = Relay()
    while deliver_next(desk.office, relay, bytes):
        pass
    return relay.taken


@pytest.fixture
def waiting(desk: Any) -> Any:
    """An answered case whose answer waits for the slot; the other mails are gone."""
    found = desk.with_policy(answer_slots=(time(7, 30), time(18, 0)))
    found.answered_case()
    deliver(found)
    return found


def states(desk: Any) -> list[tuple[str, str]]:
    return [(one.kind, str(one.state)) for one in desk.outbox() if one.kind in ("answer", "thanks")]


def test_the_answer_and_the_thanks_wait_for_the_slot_and_leave_then(waiting: Any) -> None:
    assert states(waiting) == [("answer", "queued"), ("thanks", "queued")]
    waiting.clock.now = SLOT - timedelta(seconds=1)
    assert deliver(waiting) == []
    waiting.clock.now = SLOT + timedelta(seconds=1)
    assert len(deliver(waiting)) == 2
    assert states(waiting) == [("answer", "sent"), ("thanks", "sent")]


def test_the_date_is_that_of_the_slot_and_tells_nothing_of_the_operator(waiting: Any) -> None:
    waiting.clock.now = SLOT + timedelta(minutes=3)
    dates = {message_from_bytes(raw)["Date"] for raw in deliver(waiting)}
    assert {parsedate_to_datetime(date) for date in dates} == {SLOT}
    assert {date[-14:] for date in dates} == {"18:00:00 +0900"}


def test_a_clock_that_was_ahead_is_no_reason_to_send_it_early(waiting: Any) -> None:
    run_due(waiting.office)
    assert deliver(waiting) == []


def test_an_operator_does_not_send_it_early_by_retry(waiting: Any) -> None:
    (answer,) = waiting.outbox("answer")
    waiting.run(outgoing.retry, answer.id)
    assert deliver(waiting) == []
    waiting.clock.now = SLOT + timedelta(seconds=1)
    deliver(waiting)
    assert [one.state for one in waiting.outbox("answer")] == [OutboxState.SENT]


def test_what_waits_is_no_fault_of_the_database(waiting: Any) -> None:
    office = waiting.office
    assert integrity.problems(office.database.engine, office.database.keys) == []


def test_without_slots_it_leaves_at_once(quick_desk: Any) -> None:
    quick_desk.answered_case()
    deliver(quick_desk)
    assert states(quick_desk) == [("answer", "sent"), ("thanks", "sent")]
