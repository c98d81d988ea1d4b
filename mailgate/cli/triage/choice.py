"""A list to tick with a cursor: what is ticked, and how it looks in a number of columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailgate.cli.common import harmless
from mailgate.mail.folding import width


@dataclass(frozen=True, slots=True)
class Row:
    value: str
    """What is given back: a handle."""
    told: str
    """What stands beside it."""


@dataclass(frozen=True, slots=True)
class Choice:
    rows: tuple[Row, ...] = ()
    ticked: frozenset[str] = frozenset()
    cursor: int = 0

    def moved(self, by: int) -> Choice:
        """The cursor `by` rows on, within the list."""
        return replace(self, cursor=max(0, min(len(self.rows) - 1, self.cursor + by)))

    def toggled(self) -> Choice:
        """The row under the cursor ticked, or not any more."""
        return replace(self, ticked=self.ticked ^ {self.rows[self.cursor].value}) if self.rows else self

    @property
    def values(self) -> tuple[str, ...]:
        """What is ticked, in the order of the list."""
        return tuple(row.value for row in self.rows if row.value in self.ticked)

    def lines(self, columns: int, height: int) -> Iterator[str]:
        """At most `height` lines around the cursor, each of at most `columns` columns."""
        first = max(0, min(self.cursor - height // 2, len(self.rows) - height))
        for place, row in list(enumerate(self.rows))[first : first + height]:
            mark = "[x]" if row.value in self.ticked else "[ ]"
            cursor = ">" if place == self.cursor else " "
            yield cut(f"{cursor} {mark} {row.value}  {row.told}", columns)


def cut(line: str, columns: int) -> str:
    """`line` as one harmless line of at most so many columns; what was cut off, between two words where it has some,
    ends in "..": an ellipsis is one column wide in some terminals and two in others."""
    clean = harmless(line).replace("\n", " ")
    if width(clean) <= columns:
        return clean
    kept = clean[:columns]
    while width(kept) > columns - 2:
        kept = kept[:-1]
    whole = kept if clean[len(kept)] == " " else kept.rpartition(" ")[0]
    return f"{whole if width(whole) > columns // 2 else kept}.."
