"""One row of text cells, read column by column: every mistake is collected with its column, none stops the reading.

Used by `desk/register_rows.py`; knows nothing of schools or people. How days are written stands in `desk/days.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from mailgate.desk.days import read_day
from mailgate.errors import BadInput

Cells = Mapping[str, str]
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_LONGEST_CELL = 2000
_LONGEST_WORD = 100
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0{1,9})?")
"""Spreadsheets write 12 as 12.0 too."""
_FORMULA_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"})


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
        if _CONTROL.search(plain):
            self.problem(column, "has control characters")
        elif len(plain) > longest:
            self.problem(column, f"is longer than {longest} characters")
        elif plain in _FORMULA_ERRORS:
            self.problem(column, f"'{plain}' is the error of a formula")
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
        found = _WHOLE.fullmatch(plain)
        if found is None:
            self.problem(column, f"'{plain}' is not a whole number")
            return None
        number = int(found[1])
        if not lowest <= number <= highest:
            self.problem(column, f"{number} is not between {lowest} and {highest}")
        return number

    def one_of(self, column: str, words: type[_E], otherwise: _E) -> _E:
        """The word of the enum; `otherwise` stands in after a problem."""
        plain = self.text(column)
        try:
            return words(plain)
        except ValueError:
            self.problem(column, f"'{plain}' is not one of {', '.join(words)}")
            return otherwise

    def day(self, column: str) -> date | None:
        """A day in any of the ways that `desk/days.py` knows; None for an empty cell."""
        plain = self.text(column)
        if not plain:
            return None
        try:
            return read_day(plain)
        except ValueError as error:
            self.problem(column, f"'{plain}' {error}")
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
