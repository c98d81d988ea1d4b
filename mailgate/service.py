"""The running service: its loops (`loops.py`) and its listener, started together, stopped in order. Decides nothing."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import replace

import structlog

from mailgate import privileges
from mailgate.allocator import keep_one_arena
from mailgate.config import Config
from mailgate.edges import address_of, limits_of, listener_of, relay_of, settle, signer_of
from mailgate.events import Event
from mailgate.flow.accept import Acceptance
from mailgate.flow.context import Office
from mailgate.flow.custody import is_local_store_of_many, keep_day_keys
from mailgate.loops import delivery_loops, listener_loops, scheduler_loops, wake_of, worker_loops
from mailgate.office import child_limits_of, open_office
from mailgate.sandbox.reader import ChildReader
from mailgate.watch import systemd
from mailgate.watch.health import ill_parts, trouble_around
from mailgate.watch.log import configure_log
from mailgate.watch.metrics import registry_of
from mailgate.watch.page import Page

_log = structlog.get_logger("service")

PARTS = ("listener", "worker", "delivery", "scheduler")


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
        self._relay = relay_of(config)
        self._reader = ChildReader(child_limits_of(config))
        office = replace(office, read_mail=self._reader)
        delivery = config.delivery
        deliveries = delivery_loops(
            office, self._relay, signer_of(config), delivery.connections, delivery.connections_per_domain
        )
        wake_delivery = wake_of(deliveries)
        workers = worker_loops(office, wake_delivery)
        loops = {"worker": workers, "delivery": deliveries, "scheduler": scheduler_loops(office, wake_delivery)}
        self._acceptance = Acceptance(office, workers[0].wake, limits_of(config))
        loops["listener"] = listener_loops(self._acceptance.pressure)
        self._loops = [loop for part, of_part in loops.items() if part in parts for loop in of_part]
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
    keep_one_arena()
    configure_log(logging.INFO)
    sockets = None
    if "listener" in parts:
        privileges.refuse_root(config.service.user, config.listener.host)
        sockets = address_of(config)
    settle(config)
    office = open_office(config, takes_only=set(parts) == {"listener"})
    if office.database.keys.can_open:
        office.database.keys.ring.expect_root()  # before a 250 is said to what nobody could open then
        keep_day_keys(office)
        if is_local_store_of_many(office.database):
            _log.warning(Event.KEYS_OF_ONE_MACHINE)
    service = Service(config, office, parts, sockets)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    service.start()
    try:
        if privileges.is_root():
            _log.warning(Event.AS_ROOT)
        ready(service)
        systemd.notify(systemd.READY)
        while not stopping.wait(systemd.seconds_between_words()):
            if not service.ill_parts():
                systemd.notify(systemd.WELL)
        systemd.notify(systemd.STOPPING)
    finally:  # nobody reads what `ready` prints: without a stop the threads would keep the process for ever
        service.stop()
        office.database.close()
