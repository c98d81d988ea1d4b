"""The log: one line an event on standard error, `key=value`, the id of the mail first.

The events are those of `mailgate/events.py`; whoever tells one sees to it that no text or address of a mail is in it.
"""

from __future__ import annotations

import sys

import structlog

from mailgate.watch.metrics import count_event

_FIRST = ["timestamp", "level", "queue_id", "outbox_id", "event"]


def configure_log(level: int) -> None:
    """Begins the log of this process, from `level` (of `logging`) on. What is logged is also counted."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            count_event,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.LogfmtRenderer(key_order=_FIRST, drop_missing=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
