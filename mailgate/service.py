"""The running service: its loops and its listener, started together and stopped in order. Decides nothing."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import replace

import structlog

from mailgate import privileges
from mailgate.config import Config
from mailgate.edges import address_of, limits_of, listener_of, relay_of, settle, signer_of
from mailgate.events import Event
from mailgate.flow import chain_audit
from mailgate.flow.accept import Acceptance
from mailgate.flow.context import Office
from mailgate.flow.custody import is_local_store_of_many, keep_day_keys
from mailgate.flow.deliver import deliver_next
from mailgate.flow.delivery_breaker import Breaker
from mailgate.flow.delivery_traffic import Traffic
from mailgate.flow.due import run_due
from mailgate.flow.process import process_next, process_waiting
from mailgate.flow.purge import Housekeeping
from mailgate.flow.screen import screen_next
from mailgate.office import child_limits_of, open_office
from mailgate.sandbox.reader import ChildReader
from mailgate.watch import systemd
from mailgate.watch.health import ill_parts, trouble_around
from mailgate.watch.log import configure_log
from mailgate.watch.metrics import registry_of
from mailgate.watch.page import Page
from mailgate.worker import Loop

_log = structlog.get_logger("service")

PARTS = ("listener", "worker", "delivery", "scheduler")
_SCHEDULER_SECONDS = 60.0
_CHAIN_SECONDS = 5.0
_MAILS_AT_A_TIME = 16


class Service:
    """The running parts of one process. `start`, then `stop`; each once."""

    def __init__(
        self,
        config: Config,
        office: Office,
        parts: Collection[str] = PARTS,
        sockets: list[socket.socket] | None = None,
    ) -> None:
        """`sockets` are those of `address_of`; None: the listener takes its address when it starts."""
        relay, signer = relay_of(config), signer_of(config)
        self._relay = relay
        self._reader = ChildReader(child_limits_of(config))
        office = replace(office, read_mail=self._reader)
        traffic = Traffic(config.delivery.connections_per_domain, Breaker())

        def deliver() -> bool:
            busy = deliver_next(office, relay, signer, traffic)
            if not busy:
                relay.close_idle()
            return busy

        deliveries = [Loop(f"delivery {number}", deliver) for number in range(1, config.delivery.connections + 1)]

        def wake_delivery() -> None:
            for loop in deliveries:
                loop.wake()

        screening = Loop("screening", lambda: screen_next(office))

        def handle(some: Callable[[Office, int], int]) -> bool:
            busy = some(office, _MAILS_AT_A_TIME) > 0
            if busy:
                screening.wake()
                wake_delivery()
            return busy

        worker = Loop("worker", lambda: handle(process_next))
        waiting = Loop("waiting", lambda: handle(process_waiting))

        def tick() -> bool:
            run_due(office)
            keep_day_keys(office)
            wake_delivery()
            return False

        scheduler = Loop("scheduler", tick, idle_seconds=_SCHEDULER_SECONDS)
        housekeeping = Housekeeping(office)

        def purge() -> bool:
            housekeeping.look()
            return housekeeping.goes_on

        purging = Loop("purge", purge, idle_seconds=_SCHEDULER_SECONDS)
        chaining = Loop("audit", lambda: chain_audit.chain(office) > 0, idle_seconds=_CHAIN_SECONDS)
        loops = {
            "worker": [worker, waiting, screening],
            "delivery": deliveries,
            "scheduler": [scheduler, purging, chaining],
        }
        self._loops = [loop for part, of_part in loops.items() if part in parts for loop in of_part]
        self._acceptance = Acceptance(office, worker.wake, limits_of(config))
        self.listener = listener_of(config, self._acceptance, sockets) if "listener" in parts else None
        self._door = self._acceptance.pressure if self.listener is not None else None
        self._office = office
        self.page: Page | None = None
        if config.watch.address is not None:
            self.page = Page(*config.watch.address, registry_of(office), self.problems)

    @property
    def port(self) -> int | None:
        """Where the listener listens; None when this process has none."""
        return self.listener.port if self.listener is not None else None

    def ill_parts(self) -> list[str]:
        """What only a restart of this process can help, a line each."""
        return ill_parts([*self._loops, *([self.listener] if self.listener is not None else [])])

    def problems(self) -> list[str]:
        """What keeps this process from its work, a line each; none when all is well."""
        return [*self.ill_parts(), *trouble_around(self._office, self._door)]

    def start(self) -> None:
        """Raises Refused when the listener's address is taken; then nothing has been started."""
        if self.listener is not None:
            self.listener.start()
        for loop in self._loops:
            loop.start()
        if self.page is not None:
            self.page.start()

    def stop(self) -> None:
        """No new mail, then each loop finishes what it has in hand."""
        if self.listener is not None:
            self.listener.stop()
        self._acceptance.close()
        for loop in self._loops:
            loop.stop()
        self._relay.close()
        self._reader.close()
        if self.page is not None:
            self.page.stop()


def serve(config: Config, parts: Collection[str], ready: Callable[[Service], None]) -> None:
    """Runs until SIGTERM or SIGINT; `ready` is called when everything runs.

    Started as root it takes its address and is root no more, before it opens anything: see `settle`.
    """
    configure_log(logging.INFO)
    sockets = None
    if "listener" in parts:
        privileges.refuse_root(config.service.user, config.listener.host)
        sockets = address_of(config)
    settle(config)
    office = open_office(config, takes_only=set(parts) == {"listener"})
    if office.database.keys.can_open:
        keep_day_keys(office)
        if is_local_store_of_many(office.database):
            _log.warning(Event.KEYS_OF_ONE_MACHINE)
    service = Service(config, office, parts, sockets)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    service.start()
    if privileges.is_root():
        _log.warning(Event.AS_ROOT)
    ready(service)
    systemd.notify(systemd.READY)
    while not stopping.wait(systemd.seconds_between_words()):
        if not service.ill_parts():
            systemd.notify(systemd.WELL)
    systemd.notify(systemd.STOPPING)
    service.stop()
    office.database.close()
