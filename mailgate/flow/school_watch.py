"""All schools of the register, ready to be looked for in a text: made once, and anew when the register has changed.

One for a process, shared by its threads. Other processes see a change by the mark in the database
(`store/revisions.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from mailgate.desk.people import School
from mailgate.store import revisions, schools
from mailgate.store.transaction import Transaction

if TYPE_CHECKING:
    from mailgate.desk.watchlist import Watchlist
    from mailgate.screening.known import KnownIdentity

Made = TypeVar("Made")


class SchoolWatch:
    """Empty until it is first asked; then the schools as the asking transaction sees them."""

    def __init__(self) -> None:
        self._watchlist = _Kept(_watchlist)
        self._identity = _Kept(_identity)

    def watchlist(self, tx: Transaction) -> Watchlist:
        """For the gate; owners are the handles of the schools."""
        return self._watchlist.of(tx)

    def identity(self, tx: Transaction) -> KnownIdentity:
        """For the anonymity check; the same object until the register changes."""
        return self._identity.of(tx)


class _Kept(Generic[Made]):
    """What is made of all schools, which takes long where they are thousands."""

    def __init__(self, make: Callable[[list[School]], Made]) -> None:
        self._make = make
        self._guard = threading.Lock()
        self._made: tuple[str, Made] | None = None

    def of(self, tx: Transaction) -> Made:
        mark = revisions.mark(tx, revisions.SCHOOLS)
        with self._guard:
            if self._made is None or self._made[0] != mark:
                self._made = (mark, self._make(schools.all_schools(tx)))
            return self._made[1]


def _watchlist(registered: list[School]) -> Watchlist:
    from mailgate.desk.identifiers import forms_of_any_school  # every office has a watch, few are asked
    from mailgate.desk.watchlist import Watchlist

    return Watchlist((school.handle, form) for school in registered for form in forms_of_any_school(school))


def _identity(registered: list[School]) -> KnownIdentity:
    from mailgate.screening.known import KnownIdentity

    names = tuple(name for school in registered for name in (school.name, *school.aliases))
    return KnownIdentity((), (), names, tuple(school.municipality for school in registered if school.municipality))
