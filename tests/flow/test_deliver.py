from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as hour
from email import message_from_bytes
from typing import Any

import pytest
from letters import letter_to
from sqlalchemy import update
from structlog.testing import capture_logs

from mailgate.desk.lifecycle import OutboxState
from mailgate.desk.quiet_hours import QuietHours
from mailgate.errors import StoreUnavailable
from mailgate.flow import invite
from mailgate.flow.context import Office
from mailgate.flow.deliver import deliver_next
from mailgate.flow.delivery_breaker import Breaker
from mailgate.flow.delivery_relay import Broken, Unreached
from mailgate.flow.delivery_traffic import Traffic
from mailgate.flow.due import run_due
from mailgate.mail.address import Address
from mailgate.mail.outcome import Deferred, Failed, Outcome, Sent
from mailgate.store import audit, outbox, sending
from mailgate.store.outbox import NewMail
from mailgate.store.sending import LEASE
from mailgate.store.tables import OutboxRow


@dataclass
class FakeRelay:
    """Answers each try with the next outcome, the last one for ever; remembers what it was handed."""

    outcomes: list[Outcome | Unreached | Broken]
    seen: list[tuple[Address | None, Address, bytes]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome | Unreached | Broken:
        self.seen.append((reverse_path, forward_path, raw))
        self.meanwhile()
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def _deliver(desk: Any, relay: FakeRelay, sign: Callable[[bytes], bytes] = bytes) -> int:
    count = 0
    while deliver_next(desk.office, relay, sign):
        count += 1
    return count


def _one(desk: Any) -> outbox.OutboxEntry:
    (entry,) = desk.outbox()
    return entry


def _details(desk: Any, case: int | None) -> list[str]:
    """What the history of the case says of mails that could not be delivered."""
    assert case is not None
    with desk.office.read() as ctx:
        return [one.detail for one in audit.history(ctx.tx, case) if one.action == "delivery failed"]


def test_a_mail_goes_to_its_reader_from_a_return_path_of_its_own(desk: Any) -> None:
    desk.open_case()
    relay = FakeRelay([Sent("250 2.0.0 Ok")])
    assert _deliver(desk, relay) == 1
    ((reverse_path, forward_path, raw),) = relay.seen
    assert reverse_path is not None
    with desk.office.read() as ctx:
        found = outbox.by_bounce_token(ctx.tx, reverse_path.local.removeprefix("bounce+"))
        assert raw == outbox.octets_of(ctx.tx, _one(desk).id)
    assert found == _one(desk)
    assert (str(forward_path), found.state, found.reason) == (
        "haruka@minami.example",
        OutboxState.SENT,
        "250 2.0.0 Ok",
    )


def test_each_try_signs_the_original_octets_once(desk: Any) -> None:
    desk.open_case()
    signed: list[bytes] = []

    def sign(raw: bytes) -> bytes:
        signed.append(raw)
        return b"DKIM-Signature: x\r\n" + raw

    relay = FakeRelay([Deferred("421"), Deferred("421"), Sent("250")])
    for tries in range(1, 4):
        assert _deliver(desk, relay, sign) == 1
        assert len(signed) == tries
        desk.clock.advance(hours=4)
    with desk.office.read() as ctx:
        original = outbox.octets_of(ctx.tx, _one(desk).id)
    assert signed == [original] * 3
    assert [raw for _, _, raw in relay.seen] == [b"DKIM-Signature: x\r\n" + original] * 3
    assert len({reverse_path for reverse_path, _, _ in relay.seen}) == 1


def test_a_deferred_mail_waits_and_is_tried_again(desk: Any) -> None:
    desk.open_case()
    relay = FakeRelay([Deferred("421 4.3.2 busy"), Sent("250")])
    assert _deliver(desk, relay) == 1
    assert (_one(desk).state, _one(desk).reason, _one(desk).tries) == (OutboxState.DEFERRED, "421 4.3.2 busy", 1)
    desk.clock.advance(seconds=44)
    assert _deliver(desk, relay) == 0
    desk.clock.advance(seconds=16)
    assert _deliver(desk, relay) == 1
    assert (_one(desk).state, _one(desk).tries) == (OutboxState.SENT, 2)


def test_a_refused_mail_is_failed_at_once_and_stands_in_the_log(desk: Any) -> None:
    desk.open_case()
    assert _deliver(desk, FakeRelay([Failed("550 5.1.1")])) == 1
    assert (_one(desk).state, _one(desk).reason) == (OutboxState.FAILED, "550 5.1.1")
    assert desk.audit()[-1] == ("system", "delivery failed")
    desk.clock.advance(days=30)
    assert _deliver(desk, FakeRelay([Sent("250")])) == 0


def test_a_mail_is_given_up_after_the_retry_hours(quick_desk: Any) -> None:
    quick_desk.open_case()
    relay = FakeRelay([Deferred("421")])
    started = quick_desk.clock.now
    while _one(quick_desk).state is not OutboxState.FAILED:
        assert _deliver(quick_desk, relay) <= 1
        quick_desk.clock.advance(minutes=30)
        assert (quick_desk.clock.now - started).days < 5
    assert (quick_desk.clock.now - started).total_seconds() / 3600 >= 96
    assert len(relay.seen) > 20


def test_nobody_else_sends_a_mail_that_is_in_hand(desk: Any) -> None:
    desk.open_case()
    with desk.office.write() as ctx:
        assert sending.claim(ctx.tx, ctx.now) is not None
    relay = FakeRelay([Sent("250")])
    assert _deliver(desk, relay) == 0
    desk.clock.advance(seconds=LEASE.total_seconds())
    assert _deliver(desk, relay) == 1


def test_a_mail_that_was_cancelled_while_the_relay_had_it_is_not_tried_again(desk: Any) -> None:
    desk.open_case()
    relay = FakeRelay([Deferred("421"), Sent("250")])
    relay.meanwhile = lambda: desk.run(lambda ctx: outbox.cancel(ctx.tx, _one(desk).id))
    _deliver(desk, relay)
    assert _one(desk).state is OutboxState.CANCELLED


def test_a_mail_that_went_out_while_it_was_cancelled_counts_as_sent(desk: Any) -> None:
    desk.open_case()
    relay = FakeRelay([Sent("250")])
    relay.meanwhile = lambda: desk.run(lambda ctx: outbox.cancel(ctx.tx, _one(desk).id))
    _deliver(desk, relay)
    assert _one(desk).state is OutboxState.SENT


def test_a_sealed_mail_that_does_not_open_stops_nobody_behind_it(desk: Any) -> None:
    desk.open_case()
    damaged = _one(desk).id
    desk.clock.advance(seconds=1)
    desk.open_case()
    with desk.office.write() as ctx:
        ctx.tx.session.execute(update(OutboxRow).where(OutboxRow.id == damaged).values(octets=b"rubbish"))
    relay = FakeRelay([Sent("250")])
    assert _deliver(desk, relay) == 2
    assert len(relay.seen) == 1
    (entry,) = (one for one in desk.outbox() if one.id == damaged)
    assert (entry.state, entry.reason) == (OutboxState.DEFERRED, "BadKeys")
    for _ in range(40):
        desk.clock.advance(hours=4)
        _deliver(desk, relay)
    (entry,) = (one for one in desk.outbox() if one.id == damaged)
    assert (entry.state, entry.reason) == (OutboxState.FAILED, "BadKeys")
    assert _details(desk, entry.case) == [f"given up after {desk.office.policy.retry_hours} hours"]


def test_the_log_names_the_mail_by_its_id_alone(quick_desk: Any) -> None:
    quick_desk.open_case()
    with capture_logs() as logs:
        _deliver(quick_desk, FakeRelay([Failed("550 <haruka@minami.example> unknown")]))
    (entry,) = logs
    assert (entry["outbox_id"], entry["outcome"], entry["case"]) == (_one(quick_desk).id, "failed", 1)
    assert "haruka" not in str(logs)


def test_an_empty_outbox_has_nothing_to_send(desk: Any) -> None:
    assert deliver_next(desk.office, FakeRelay([Sent("250")]), bytes) is False


@pytest.mark.parametrize("fault", ["sign", "relay"])
def test_a_fault_on_the_way_out_leaves_the_mail_for_the_next_try(quick_desk: Any, fault: str) -> None:
    quick_desk.open_case()

    def broken(*_: object) -> Any:
        raise RuntimeError("a bug")

    relay = FakeRelay([Sent("250")])
    if fault == "relay":
        relay.meanwhile = broken
    assert deliver_next(quick_desk.office, relay, broken if fault == "sign" else bytes)
    assert (_one(quick_desk).state, _one(quick_desk).reason) == (OutboxState.DEFERRED, "RuntimeError")
    quick_desk.clock.advance(minutes=1)
    assert _deliver(quick_desk, FakeRelay([Sent("250")])) == 1
    assert _one(quick_desk).state is OutboxState.SENT


# What the operators are told


@pytest.mark.parametrize(
    ("reason", "detail"),
    [
        ("550 5.1.1 <…> unknown", "550 5.1.1"),
        ("554 haruka unknown", "554"),
        ("552 5.3.4haruka", "552"),
        ("the address needs SMTPUTF8, which the relay does not offer", ""),
    ],
)
def test_the_history_of_the_case_has_code_and_status_alone(quick_desk: Any, reason: str, detail: str) -> None:
    quick_desk.open_case()
    _deliver(quick_desk, FakeRelay([Failed(reason)]))
    assert _one(quick_desk).reason == reason
    assert _details(quick_desk, _one(quick_desk).case) == [detail]


def test_a_mail_that_is_given_up_says_for_how_long_it_was_tried(quick_desk: Any) -> None:
    quick_desk.open_case()
    relay = FakeRelay([Deferred("450 4.2.0 Greylisted")])
    for _ in range(30):
        _deliver(quick_desk, relay)
        quick_desk.clock.advance(hours=4)
    assert _details(quick_desk, _one(quick_desk).case) == ["given up after 96 hours 450 4.2.0"]


def test_a_refused_mail_that_was_cancelled_meanwhile_is_no_failure(quick_desk: Any) -> None:
    quick_desk.open_case()
    relay = FakeRelay([Failed("550 5.1.1")])
    relay.meanwhile = lambda: quick_desk.run(lambda ctx: outbox.cancel(ctx.tx, _one(quick_desk).id))
    _deliver(quick_desk, relay)
    assert _one(quick_desk).state is OutboxState.CANCELLED
    assert _details(quick_desk, _one(quick_desk).case) == []


# A relay that is away


def test_a_relay_that_is_not_there_costs_no_mail_a_try_and_is_asked_for_one_mail_only(desk: Any) -> None:
    for _ in range(3):
        desk.open_case()
    relay = FakeRelay([Unreached("Connection refused")])
    seconds = [0.0]
    traffic = Traffic(2, Breaker(clock=lambda: seconds[0]))
    for _ in range(10):
        assert deliver_next(desk.office, relay, bytes, traffic) is False
    assert len(relay.seen) == 1
    assert {(one.state, one.tries) for one in desk.outbox()} == {(OutboxState.QUEUED, 0)}
    assert [one.reason for one in desk.outbox()] == ["Connection refused", "", ""]
    desk.clock.advance(days=30)
    for _ in range(10):
        seconds[0] += 60
        assert deliver_next(desk.office, relay, bytes, traffic) is False
    assert {(one.state, one.tries) for one in desk.outbox()} == {(OutboxState.QUEUED, 0)}
    relay.outcomes, relay.seen = [Sent("250")], []
    seconds[0] += 60
    while deliver_next(desk.office, relay, bytes, traffic):
        pass
    with desk.office.read() as ctx:
        oldest_first = [outbox.octets_of(ctx.tx, one.id) for one in desk.outbox()]
    assert [raw for _, _, raw in relay.seen] == oldest_first
    assert {(one.state, one.tries) for one in desk.outbox()} == {(OutboxState.SENT, 1)}


def test_a_mail_at_which_the_relay_breaks_off_has_been_tried_and_the_next_one_waits_a_moment(quick_desk: Any) -> None:
    for _ in range(2):
        quick_desk.open_case()
    seconds = [0.0]
    traffic = Traffic(2, Breaker(clock=lambda: seconds[0]))
    relay = FakeRelay([Broken("the relay closed the connection"), Sent("250")])
    assert deliver_next(quick_desk.office, relay, bytes, traffic) is True
    assert deliver_next(quick_desk.office, relay, bytes, traffic) is False
    seconds[0] += 1
    assert deliver_next(quick_desk.office, relay, bytes, traffic) is True
    assert [(one.state, one.tries) for one in quick_desk.outbox()] == [
        (OutboxState.DEFERRED, 1),
        (OutboxState.SENT, 1),
    ]


# A database that is away


def test_a_mail_that_was_sent_while_the_database_went_away_is_not_sent_again(
    quick_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_desk.open_case()
    traffic, relay = Traffic(2, Breaker()), FakeRelay([Sent("250")])
    relay.meanwhile = lambda: monkeypatch.setattr(Office, "write", _away)
    with pytest.raises(StoreUnavailable):
        deliver_next(quick_desk.office, relay, bytes, traffic)
    with pytest.raises(StoreUnavailable):
        deliver_next(quick_desk.office, relay, bytes, traffic)
    monkeypatch.undo()
    assert deliver_next(quick_desk.office, relay, bytes, traffic) is False
    assert (_one(quick_desk).state, len(relay.seen)) == (OutboxState.SENT, 1)


def test_a_mail_that_could_not_be_read_while_the_database_was_away_goes_back(
    quick_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_desk.open_case()
    traffic, relay = Traffic(2, Breaker()), FakeRelay([Sent("250")])
    monkeypatch.setattr(Office, "read", _away)
    with pytest.raises(StoreUnavailable):
        deliver_next(quick_desk.office, relay, bytes, traffic)
    monkeypatch.undo()
    assert deliver_next(quick_desk.office, relay, bytes, traffic) is True
    assert (_one(quick_desk).state, _one(quick_desk).tries) == (OutboxState.SENT, 1)


def _away(*_: object) -> Any:
    raise StoreUnavailable("the database does not answer")


# Several threads


def test_threads_keep_to_the_limit_of_a_domain_and_two_mails_to_one_person_keep_their_order(desk: Any) -> None:
    people = [Address(f"p{number}", domain) for number in range(4) for domain in ("one.example", "two.example")]
    with desk.office.write() as ctx:
        for position in range(24):
            name, to = f"m{position}", people[position % len(people)]
            message_id = f"<{name}@mado.example>"
            octets = letter_to(to, message_id, "mado.example")
            mail = NewMail(name, "thanks", None, None, "M-1", to, octets, message_id, name)
            outbox.put(ctx.tx, mail, ctx.now + timedelta(microseconds=position))
    relay, traffic = CountingRelay(), Traffic(2, Breaker())
    desk.clock.advance(seconds=1)
    failures: list[Exception] = []

    def work() -> None:
        give_up = time.monotonic() + 30
        while len(relay.taken) < 24 and time.monotonic() < give_up:
            try:
                deliver_next(desk.office, relay, bytes, traffic)
            except Exception as error:  # noqa: BLE001 - whatever it is belongs into the assertion
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert relay.most == {"one.example": 2, "two.example": 2}
    for number, person in enumerate(people):
        assert [name for to, name in relay.taken if to == person] == [
            f"<m{one}@mado.example>" for one in range(number, 24, 8)
        ]


@dataclass
class CountingRelay:
    """Takes its time; counts how many letters to one domain it has at once."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    now: Counter[str] = field(default_factory=Counter)
    most: dict[str, int] = field(default_factory=dict)
    taken: list[tuple[Address, str]] = field(default_factory=list)

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        domain = forward_path.domain
        with self.lock:
            self.now[domain] += 1
            self.most[domain] = max(self.most.get(domain, 0), self.now[domain])
        time.sleep(0.2)  # longer than a claim takes, so that they meet
        with self.lock:
            self.now[domain] -= 1
            self.taken.append((forward_path, message_from_bytes(raw)["Message-ID"]))
        return Sent("250")


def _sent(desk: Any, relay: FakeRelay) -> list[str]:
    """What kinds of mail leave now."""
    waiting = {one.id: one.kind for one in desk.outbox() if one.state is not OutboxState.SENT}
    _deliver(desk, relay)
    return sorted(waiting[one.id] for one in desk.outbox() if one.id in waiting and one.state is OutboxState.SENT)


def test_what_mailgate_writes_by_itself_and_could_not_send_by_day_waits_for_the_morning(desk: Any) -> None:
    desk = desk.with_policy(quiet_hours=QuietHours(hour(21), hour(7)))
    relay = FakeRelay([Sent("250 2.0.0 Ok")])
    number = desk.open_case()
    desk.invite(number, 0, 1)
    _deliver(desk, relay)
    desk.clock.now = datetime(2026, 2, 7, 15, 0, tzinfo=UTC)
    assert run_due(desk.office).reminders == 2
    desk.clock.now = datetime(2026, 2, 8, 18, 10, tzinfo=UTC)  # the service was away; it is 03:10 in Japan
    desk.write(message_id="<night@client.example>")

    assert _sent(desk, relay) == ["acknowledgement"]
    assert [(one.state, one.tries) for one in desk.outbox("reminder")] == [(OutboxState.QUEUED, 0)] * 2
    desk.clock.now = datetime(2026, 2, 8, 22, 0, tzinfo=UTC)
    assert _sent(desk, relay) == ["reminder", "reminder"]


def test_a_reminder_that_could_not_leave_before_the_due_date_is_not_sent_any_more(desk: Any) -> None:
    desk.invite(desk.open_case(), 0)
    relay = FakeRelay([Sent("250 2.0.0 Ok")])
    _deliver(desk, relay)
    desk.clock.now = datetime(2026, 2, 7, 15, 0, tzinfo=UTC)
    run_due(desk.office)
    assert [one.state for one in desk.outbox("reminder")] == [OutboxState.QUEUED]

    desk.clock.advance(days=3)
    assert run_due(desk.office).expired == 1

    assert ([one.state for one in desk.outbox("reminder")], _sent(desk, relay)) == ([OutboxState.CANCELLED], [])


def test_a_reminder_that_an_operator_sends_at_night_leaves_at_once(desk: Any) -> None:
    desk = desk.with_policy(quiet_hours=QuietHours(hour(21), hour(7)))
    number = desk.open_case()
    desk.invite(number, 0)
    relay = FakeRelay([Deferred("450 4.2.1 later"), Sent("250 2.0.0 Ok")])
    desk.clock.now = datetime(2026, 2, 4, 14, 0, tzinfo=UTC)
    desk.run(invite.remind, number, [])

    _deliver(desk, relay)
    desk.clock.advance(hours=1)
    _deliver(desk, relay)

    assert [one.state for one in desk.outbox("reminder")] == [OutboxState.SENT]
