from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from mailgate.desk.lifecycle import OutboxState
from mailgate.flow.deliver import deliver_next
from mailgate.mail.address import Address
from mailgate.mail.outcome import Deferred, Failed, Outcome, Sent
from mailgate.store import outbox
from mailgate.store.outbox import LEASE
from mailgate.store.tables import OutboxRow


@dataclass
class FakeRelay:
    """Answers each try with the next outcome, the last one for ever; remembers what it was handed."""

    outcomes: list[Outcome]
    seen: list[tuple[Address | None, Address, bytes]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
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
    desk.clock.advance(seconds=59)
    assert _deliver(desk, relay) == 0
    desk.clock.advance(seconds=1)
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
        assert outbox.claim(ctx.tx, ctx.now) is not None
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
    for _ in range(5):
        try:
            _deliver(desk, relay)
        except Exception:  # noqa: BLE001 - as the loop of the sender does; what counts stands below
            continue
    assert len(relay.seen) == 1


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
    with pytest.raises(RuntimeError):
        deliver_next(quick_desk.office, relay, broken if fault == "sign" else bytes)
    quick_desk.clock.advance(seconds=LEASE.total_seconds())
    assert _deliver(quick_desk, FakeRelay([Sent("250")])) == 1
    assert _one(quick_desk).state is OutboxState.SENT
