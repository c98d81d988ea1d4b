"""The loops of a running service, part by part: what each does again and again, and whom it wakes then.

Before: `service.py` has an office and a relay, and decides which parts run here. After: `worker.py` turns each loop in
a thread of its own. What is done in a turn is decided by the flows.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

from mailgate.flow import chain_audit
from mailgate.flow.context import Office
from mailgate.flow.custody import keep_day_keys
from mailgate.flow.deliver import Sign, deliver_next
from mailgate.flow.delivery_breaker import Breaker
from mailgate.flow.delivery_relay import LastingRelay
from mailgate.flow.delivery_traffic import Traffic
from mailgate.flow.due import run_due
from mailgate.flow.pressure import Pressure
from mailgate.flow.process import process_next, process_waiting, threads_that_look
from mailgate.flow.purge import Housekeeping
from mailgate.flow.screen import screen_next
from mailgate.worker import Loop

_SCHEDULER_SECONDS = 60.0
_CHAIN_SECONDS = 5.0
_ROOM_SECONDS = 10.0
_MAILS_AT_A_TIME = 16
Wake = Callable[[], None]


def wake_of(loops: list[Loop]) -> Wake:
    """Wakes them all."""

    def wake() -> None:
        for loop in loops:
            loop.wake()

    return wake


def delivery_loops(
    office: Office, relay: LastingRelay, sign: Sign, connections: int, connections_per_domain: int
) -> list[Loop]:
    """One for each connection to the relay; who finds nothing to send closes what is idle."""
    traffic = Traffic(connections_per_domain, Breaker())

    def deliver() -> bool:
        busy = deliver_next(office, relay, sign, traffic)
        if not busy:
            relay.close_idle()
        return busy

    return [Loop(f"delivery {number}", deliver) for number in range(1, connections + 1)]


def listener_loops(pressure: Pressure) -> list[Loop]:
    """Beside the listener itself: whether mail can be taken, also while no client asks."""

    def look() -> bool:
        pressure.keep_up()
        return False

    return [Loop("room", look, idle_seconds=_ROOM_SECONDS)]


def worker_loops(office: Office, wake_delivery: Wake) -> list[Loop]:
    """The first takes what was just received; then those for the mails that wait for the DNS, and for the text check,
    which must hold up no mail."""
    screening = Loop("screening", lambda: screen_next(office))

    def turn_of(some: Callable[[Office, int, Executor], int]) -> Callable[[], bool]:
        threads = threads_that_look()

        def handle() -> bool:
            busy = some(office, _MAILS_AT_A_TIME, threads) > 0
            if busy:
                screening.wake()
                wake_delivery()
            return busy

        return handle

    return [Loop("worker", turn_of(process_next)), Loop("waiting", turn_of(process_waiting)), screening]


def scheduler_loops(office: Office, wake_delivery: Wake) -> list[Loop]:
    """What time alone brings about: reminders and digests, purging, and the chain of the audit log."""

    def tick() -> bool:
        run_due(office)
        keep_day_keys(office)
        wake_delivery()
        return False

    housekeeping = Housekeeping(office)

    def purge() -> bool:
        housekeeping.look()
        return housekeeping.goes_on

    return [
        Loop("scheduler", tick, idle_seconds=_SCHEDULER_SECONDS),
        Loop("purge", purge, idle_seconds=_SCHEDULER_SECONDS),
        Loop("audit", lambda: chain_audit.chain(office) > 0, idle_seconds=_CHAIN_SECONDS),
    ]
