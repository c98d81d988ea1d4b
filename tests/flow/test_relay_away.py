"""A real relay goes away while mail is being delivered and comes back: nothing is lost, doubled or tried in vain."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from free_port import free_port
from letters import letter_to

from mailgate.desk.lifecycle import OutboxState
from mailgate.flow.deliver import deliver_next
from mailgate.flow.delivery_breaker import Breaker
from mailgate.flow.delivery_traffic import Traffic
from mailgate.mail.address import Address
from mailgate.smtp.relay import RelaySettings, SmtpRelay, Tls
from mailgate.store import outbox
from mailgate.store.outbox import NewMail

_MAILS, _DOMAINS, _THREADS = 60, 6, 4
_IN_TIME = 30.0


class Sink:
    """Keeps the Message-IDs of what it takes, and counts what it has in hand at once."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.open = self.most_open = 0
        self.connected = 0

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.taken.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 2.0.0 Ok"

    def made(self) -> SMTP:
        sink = self

        class Counted(SMTP):
            def connection_made(self, transport: Any) -> None:
                sink.connected += 1
                sink.open += 1
                sink.most_open = max(sink.most_open, sink.open)
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                sink.open -= 1
                super().connection_lost(error)

        return Counted(self, hostname="sink.example")


class Relay(Controller):
    """A controller whose connections die with it, as those of a machine that is switched off."""

    def __init__(self, sink: Sink, port: int) -> None:
        super().__init__(sink, hostname="127.0.0.1", port=port)
        self._sink = sink

    def factory(self) -> SMTP:
        return self._sink.made()


@contextmanager
def _up(sink: Sink, port: int) -> Iterator[None]:
    relay = Relay(sink, port)
    relay.start()
    try:
        yield
    finally:
        relay.stop()


def _until(ready: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _IN_TIME
    while not ready():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.01)


def _queue(desk: Any) -> list[str]:
    """Mails to several people of several domains, a second apart; their Message-IDs, oldest first."""
    made = []
    with desk.office.write() as ctx:
        for position in range(_MAILS):
            to = Address(f"p{position}", f"d{position % _DOMAINS}.example")
            message_id = f"<m{position}@mado.example>"
            octets = letter_to(to, message_id, "mado.example")
            mail = NewMail(f"m{position}", "thanks", None, None, "M-1", to, octets, message_id, f"token{position}")
            outbox.put(ctx.tx, mail, ctx.now - timedelta(seconds=_MAILS - position))
            made.append(message_id)
    return made


@contextmanager
def _delivering(desk: Any, port: int, threads: int) -> Iterator[Counter[str]]:
    """Delivers in so many threads; counts the steps that had something to do, and those that had not."""
    settings = RelaySettings("127.0.0.1", port, Tls.NONE, "mado.example", connections=threads, timeout_seconds=5)
    relay, traffic = SmtpRelay(settings), Traffic(2, Breaker(first_seconds=0.02, longest_seconds=0.1))
    stopping, steps = threading.Event(), Counter[str]()

    def work() -> None:
        while not stopping.is_set():
            try:
                busy = deliver_next(desk.office, relay, bytes, traffic)
            except Exception as error:  # noqa: BLE001 - whatever it is belongs into the assertion
                steps[repr(error)] += 1
                return
            steps["busy" if busy else "idle"] += 1
            if not busy:
                stopping.wait(0.01)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    try:
        yield steps
    finally:
        stopping.set()
        for worker in workers:
            worker.join()
        relay.close()


def test_a_relay_that_goes_away_and_comes_back_gets_every_mail_once(desk: Any) -> None:
    made, sink, port = _queue(desk), Sink(), free_port()
    with _delivering(desk, port, _THREADS) as steps:
        time.sleep(0.3)  # nobody listens yet
        assert steps["busy"] == 0
        assert {(one.state, one.tries) for one in desk.outbox() if not one.reason} == {(OutboxState.QUEUED, 0)}
        with _up(sink, port):
            _until(lambda: len(sink.taken) >= _MAILS // 3)
        desk.clock.advance(hours=1)
        time.sleep(0.3)
        before = len(sink.taken)
        with _up(sink, port):
            _until(lambda: all(one.state is not OutboxState.QUEUED for one in desk.outbox()))
            desk.clock.advance(hours=1)  # for the few at which the connection broke
            _until(lambda: all(one.state is OutboxState.SENT for one in desk.outbox()))
    assert set(steps) == {"busy", "idle"}
    assert before < _MAILS
    assert set(sink.taken) == set(made)
    broken = sum(one.tries > 1 for one in desk.outbox())
    assert broken <= _THREADS
    assert len(sink.taken) <= _MAILS + broken
    assert sink.most_open <= _THREADS
    assert sink.connected <= 3 * _THREADS


def test_what_waited_for_the_relay_goes_out_oldest_first(desk: Any) -> None:
    made, sink, port = _queue(desk), Sink(), free_port()
    with _delivering(desk, port, 1):
        time.sleep(0.2)
        with _up(sink, port):
            _until(lambda: len(sink.taken) == _MAILS)
            _until(lambda: all(one.state is OutboxState.SENT for one in desk.outbox()))
    assert sink.taken == made
    assert {one.tries for one in desk.outbox()} == {1}
    assert sink.connected == 1 + 1  # the controller makes one at its start
