"""Many small pieces of work, each in a transaction of its own: one that breaks stops no other, and is due again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog

from mailgate.events import Event
from mailgate.flow.context import Context, Office

_Id = TypeVar("_Id", int, str)
_log = structlog.get_logger("due")


def each(office: Office, act: Callable[[Context, _Id], bool], ids: Iterable[_Id]) -> int:
    """Does `act` for each id; how many times it said that it did something. It looks again before it acts."""
    work = getattr(act, "func", act).__name__.strip("_")  # of a partial: what it wraps
    count = 0
    for one in ids:
        try:
            with office.write() as ctx:
                count += act(ctx, one)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next ones go on
            _log.error(Event.NOT_DONE, work=work, id=one, error=type(error).__name__)
    return count
