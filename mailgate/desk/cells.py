"""One row of text cells, read column by column: every mistake is collected with its column, none stops the reading.

Used by `desk/register_rows.py`; knows nothing of schools or people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from mailgate.errors import BadInput

Cells = Mapping[str, str]
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

_LONGEST_CELL = 2000
_LONGEST_WORD = 100
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


class CellReader:
    """Takes cells out of one row and collects what is wrong with them, as "column: what"."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.problems: list[str] = []

    def problem(self, column: str, what: str) -> None:
        self.problems.append(f"{column}: {what}")

    def text(self, column: str, longest: int = _LONGEST_WORD, *, needed: bool = False) -> str:
        """The cell on one line, with single spaces; at most `longest` characters."""
        plain = " ".join(self._cells.get(column, "").split())
        if any(unicodedata.category(c) == "Cc" for c in plain):
            self.problem(column, "has control characters")
        elif len(plain) > longest:
            self.problem(column, f"is longer than {longest} characters")
        elif needed and not plain:
            self.problem(column, "must not be empty")
        return plain

    def many(self, column: str) -> tuple[str, ...]:
        """The parts between semicolons, without blanks and repetitions."""
        parts = (part.strip() for part in re.split("[;；]", self.text(column, _LONGEST_CELL)))
        return tuple(dict.fromkeys(part for part in parts if part))

    def number(self, column: str, lowest: int, highest: int) -> int | None:
        """A whole number in any width of digits; None for an empty cell."""
        plain = unicodedata.normalize("NFKC", self.text(column))
        if not plain:
            return None
        if not re.fullmatch("[0-9]{1,9}", plain):
            self.problem(column, f"'{plain}' is not a whole number")
            return None
        if not lowest <= int(plain) <= highest:
            self.problem(column, f"{plain} is not between {lowest} and {highest}")
        return int(plain)

    def one_of(self, column: str, words: type[_E], otherwise: _E) -> _E:
        """The word of the enum; `otherwise` stands in after a problem."""
        plain = self.text(column)
        try:
            return words(plain)
        except ValueError:
            self.problem(column, f"'{plain}' is not one of {', '.join(words)}")
            return otherwise

    def day(self, column: str) -> date | None:
        """A day as 2026-04-01 or 2026/4/1 (what Excel makes of it); None for an empty cell."""
        plain = unicodedata.normalize("NFKC", self.text(column))
        if not plain:
            return None
        found = _DAY.fullmatch(plain)
        try:
            if found:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass  # a 31st of February: told like any other word
        self.problem(column, f"'{plain}' is not a day such as 2026-04-01")
        return None

    def each(self, column: str, read: Callable[[str], _T | None], what: str) -> tuple[_T, ...]:
        """The parts of the cell as `read` understands them; None from it is a problem."""
        found = [(part, read(part)) for part in self.many(column)]
        for part, value in found:
            if value is None:
                self.problem(column, f"'{part}' is not {what}")
        return tuple(value for _, value in found if value is not None)

    def done(self) -> None:
        """Raises BadInput with everything that was wrong, each once."""
        if self.problems:
            raise BadInput(list(dict.fromkeys(self.problems)))
