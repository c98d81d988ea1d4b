"""One row of text cells, read column by column: every mistake is collected with its column, none stops the reading.

Used by `desk/register_rows.py`; knows nothing of schools or people. How days are written stands in `desk/days.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar, cast

from mailgate.desk.days import NoDay, read_day
from mailgate.errors import BadInput
from mailgate.phrase import Phrase

Cells = Mapping[str, str]
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_LONGEST_CELL = 2000
_LONGEST_WORD = 100
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0{1,9})?")
"""Spreadsheets write 12 as 12.0 too."""
_FORMULA_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"})


def cell_problem(column: str, what: str) -> Phrase:
    """What is wrong with one cell."""
    return Phrase("{column}: {what}", column=column, what=what)


def column_and_what(problem: str) -> tuple[str, str]:
    """The two parts of what `cell_problem` made."""
    assert isinstance(problem, Phrase), "a reader makes no others"
    return str(problem.values["column"]), cast(str, problem.values["what"])


class CellReader:
    """Takes cells out of one row and collects what is wrong with them, as `cell_problem`."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.problems: list[str] = []

    def problem(self, column: str, what: str) -> None:
        self.problems.append(cell_problem(column, what))

    def text(self, column: str, longest: int = _LONGEST_WORD, *, needed: bool = False) -> str:
        """The cell on one line, with single spaces; at most `longest` characters."""
        plain = " ".join(self._cells.get(column, "").split())
        if _CONTROL.search(plain):
            self.problem(column, Phrase("has control characters"))
        elif len(plain) > longest:
            self.problem(column, Phrase("is longer than {longest} characters", longest=longest))
        elif plain in _FORMULA_ERRORS:
            self.problem(column, Phrase("'{text}' is the error of a formula", text=plain))
        elif needed and not plain:
            self.problem(column, Phrase("must not be empty"))
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
            self.problem(column, Phrase("'{text}' is not a whole number", text=plain))
            return None
        number = int(found[1])
        if not lowest <= number <= highest:
            what = Phrase(
                "{number} is not between {lowest} and {highest}", number=number, lowest=lowest, highest=highest
            )
            self.problem(column, what)
        return number

    def one_of(self, column: str, words: type[_E], otherwise: _E) -> _E:
        """The word of the enum; `otherwise` stands in after a problem."""
        plain = self.text(column)
        try:
            return words(plain)
        except ValueError:
            self.problem(column, Phrase("'{text}' is not one of {words}", text=plain, words=[*words]))
            return otherwise

    def day(self, column: str) -> date | None:
        """A day in any of the ways that `desk/days.py` knows; None for an empty cell."""
        plain = self.text(column)
        if not plain:
            return None
        try:
            return read_day(plain)
        except NoDay as error:
            self.problem(column, Phrase("'{text}' {what}", text=plain, what=error.what))
            return None

    def each(self, column: str, read: Callable[[str], _T | None], what: Phrase) -> tuple[_T, ...]:
        """The parts of the cell as `read` understands them; None from it is a problem: it is not `what`."""
        found = [(part, read(part)) for part in self.many(column)]
        for part, value in found:
            if value is None:
                self.problem(column, Phrase("'{text}' is not {what}", text=part, what=what))
        return tuple(value for _, value in found if value is not None)

    def done(self) -> None:
        """Raises BadInput with everything that was wrong, each once."""
        if self.problems:
            raise BadInput(list(dict.fromkeys(self.problems)))
