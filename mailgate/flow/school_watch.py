"""All schools of the register, ready to be looked for in a text: made once, and anew when the register has changed.

One for a process, shared by its threads. Other processes see a change by the mark in the database
(`store/revisions.py`).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from mailgate.store import revisions, schools
from mailgate.store.database import Transaction

if TYPE_CHECKING:
    from mailgate.desk.watchlist import Watchlist


class SchoolWatch:
    """Empty until it is first asked."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._made: tuple[str, Watchlist] | None = None

    def watchlist(self, tx: Transaction) -> Watchlist:
        """The schools as this transaction sees them; owners are their handles."""
        from mailgate.desk.identifiers import forms_of_any_school  # every office has a watch, few are asked
        from mailgate.desk.watchlist import Watchlist

        mark = revisions.mark(tx, revisions.SCHOOLS)
        with self._guard:
            if self._made is None or self._made[0] != mark:
                registered = schools.all_schools(tx)
                forms = ((school.handle, form) for school in registered for form in forms_of_any_school(school))
                self._made = (mark, Watchlist(forms))
            return self._made[1]
