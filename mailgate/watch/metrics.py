"""Figures for Prometheus: what happened in this process, and what waits in the database.

What happened is counted from the log, so the two never disagree. What waits is asked of the database when somebody
looks, and is remembered for some seconds: many nodes and curious people cost it nothing. Labels are states and fixed
words; no id, address or name is ever one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailgate.errors import Later
from mailgate.flow.context import Office
from mailgate.store import figures

_SECONDS_REMEMBERED = 10.0
_EVENTS = Counter(
    "mailgate_events",
    "What this process told its log; one that stands for several mails counts each.",
    ("event", "outcome"),
    registry=None,
)


def count_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog that counts what passes and changes nothing."""
    _EVENTS.labels(str(event["event"]), str(event.get("outcome", ""))).inc(event.get("mails", 1))
    return event


def registry_of(office: Office, now: Callable[[], float] = time.monotonic) -> CollectorRegistry:
    """All figures of one process: its events, its memory and files, and those of the database."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_EVENTS)
    ProcessCollector(registry=registry)
    registry.register(_Waiting(office, now))
    return registry


class _Waiting(Collector):
    """What waits in the database; where it does not answer that is the one figure there is."""

    def __init__(self, office: Office, now: Callable[[], float]) -> None:
        self._office = office
        self._now = now
        self._guard = threading.Lock()
        self._known: list[Metric] = []
        self._stale_at = now()

    def collect(self) -> Iterator[Metric]:
        with self._guard:
            if self._now() >= self._stale_at:
                self._known = list(self._look())
                self._stale_at = self._now() + _SECONDS_REMEMBERED
            yield from self._known

    def _look(self) -> Iterator[Metric]:
        try:
            with self._office.read() as ctx:
                counts, oldest = figures.counts(ctx.tx), figures.oldest(ctx.tx)
                now = ctx.now
        except Later:
            yield GaugeMetricFamily("mailgate_database_up", "1 when the database answers.", 0)
            return
        yield GaugeMetricFamily("mailgate_database_up", "1 when the database answers.", 1)
        for name, text, states in (
            ("mailgate_received_mails", "Received mails that are not done with.", counts.spool),
            ("mailgate_outgoing_mails", "Outgoing mails that are not sent, and those that failed.", counts.outbox),
            ("mailgate_cases", "Cases.", counts.cases),
        ):
            gauge = GaugeMetricFamily(name, text, labels=("state",))
            for state, count in states.items():
                gauge.add_metric((state,), count)
            yield gauge
        yield GaugeMetricFamily(
            "mailgate_unscreened_texts", "Texts that the anonymity check has not looked through yet.", counts.unscreened
        )
        ages = GaugeMetricFamily(
            "mailgate_oldest_mail_seconds", "How long the oldest mail in this state has waited.", labels=("state",)
        )
        for state, since in oldest.items():
            ages.add_metric((state,), max((now - since).total_seconds(), 0) if since else 0)
        yield ages
