"""The desks of one installation: what each of them has for itself, and which of them looks after a case.

Made by `office.py` from `[service]`, `[desk]` and `[[desks]]`; asked by the flows, which never look whether there is
more than one. What all desks share is in `policy.py`. The id of a desk stands at its cases for ever: a case whose desk
is there no more is looked after by the main one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailgate.errors import NotFound
from mailgate.mail.address import Address


@dataclass(frozen=True, slots=True)
class DeskPolicy:
    """One desk, as the people who write to it see it."""

    id: str
    name: str
    """In From and in the mails."""
    language: str
    """Of its mails: the folder below `templates/`, "ja" or "en"."""
    invitation_days: int
    reminder_days: int
    answer_days: int
    operators: tuple[Address, ...] = ()
    """Who gets its digest."""
    templates: Path | None = None
    """A folder built like `templates/`, whose files go before the common ones."""


@dataclass(frozen=True, slots=True)
class Charge:
    """The cases that one desk looks after: its own, and for the main one those of desks that are there no more."""

    desk: str
    desks: tuple[str, ...]
    """The ids of all that are there."""


@dataclass(frozen=True, slots=True)
class Desks:
    main: DeskPolicy
    further: tuple[DeskPolicy, ...] = ()

    def __iter__(self) -> Iterator[DeskPolicy]:
        """The main one first."""
        return iter((self.main, *self.further))

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(desk.id for desk in self)

    def in_charge(self, desk_id: str) -> DeskPolicy:
        """Who looks after what is of the desk with this id."""
        return next((desk for desk in self.further if desk.id == desk_id), self.main)

    def named(self, desk_id: str) -> DeskPolicy:
        """The desk that an operator names; raises NotFound when there is none."""
        if desk_id not in self.ids:
            raise NotFound("there is no desk {desk_id} (there are: {ids})", desk_id=desk_id, ids=self.ids)
        return self.in_charge(desk_id)

    def charge_of(self, desk_id: str) -> Charge:
        """What the desk with this id looks after."""
        return Charge(desk_id, self.ids)
