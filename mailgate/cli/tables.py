"""Aligned columns for a person: heads in the language of the run, full-width characters counted as two.

Before this a command has rows, of the keys and values that its JSON has; after it lines, which `common.show` and
`listing.show_list` print. A list in a terminal is made to fit into it: times are short, columns that are empty in every
row are left out, and what can be read elsewhere in full is cut. What is typed again (ids, handles) never is, so a table
of many such columns can still be wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from mailgate.cli.common import Row, in_cell
from mailgate.cli.value_words import Cells, Shown, label
from mailgate.mail.folding import width

_WIDEST_CELL = 60
"""Columns of the terminal; a full-width character takes two."""
_GAP = 2
_PROSE = {"name": 16} | dict.fromkeys(
    ("subject", "reason", "held_reason", "detail", "aliases", "topics", "missing", "problem", "title"), 10
)
"""What may be cut in a list, and what is left of it at least."""


def table(
    rows: Sequence[Row],
    columns: Sequence[str],
    empty: str,
    words: Cells | None = None,
    of: str = "",
    *,
    cuts: bool = True,
    most: int | None = None,
) -> list[str]:
    """`rows` (`of` some things) as aligned columns with a head line in the language of this run, long cells cut where
    `cuts`, all fitted into `most` columns of a terminal as far as that can be done; `empty` when there are none.
    `words` says the values of some columns, each of a list by itself."""
    if not rows:
        return [empty]
    told_by = [cache(words[column]) if words and column in words else None for column in columns]
    cells = [[label(column, of) for column in columns]]
    cells += [[_cell(row.get(one), say, cuts) for one, say in zip(columns, told_by, strict=True)] for row in rows]
    widths = _widths(cells)
    if most is not None and _whole(widths) > most:
        cells, widths = _fitted(columns, cells, most)
    return [_joined(line, widths) for line in cells]


def is_moment(column: str) -> bool:
    """Whether the values of a column are times, in ISO 8601 with an offset."""
    return column == "at" or column.endswith("_at")


def short_moment(moment: str, now: datetime) -> str:
    """A time (ISO 8601 with an offset) as a list has it in a terminal: 14:05 today, 11-21 14:05 this year, else the
    date alone; of what ends with a day the day alone."""
    at = datetime.fromisoformat(moment)
    today = now.astimezone(at.tzinfo).date()
    if at.year != today.year:
        return f"{at:%Y-%m-%d}"
    if (at.hour, at.minute, at.second) == (23, 59, 59):
        return f"{at:%m-%d}"
    return f"{at:%H:%M}" if at.date() == today else f"{at:%m-%d %H:%M}"


def _fitted(columns: Sequence[str], cells: list[list[str]], most: int) -> tuple[list[list[str]], list[int]]:
    """The lines without columns that say nothing, and with what may be cut as short as is needed; their widths."""
    kept = [place for place in range(len(columns)) if any(line[place] for line in cells[1:])]
    cells = [[line[place] for place in kept] for line in cells]
    widths = _widths(cells)
    prose = [at for at, place in enumerate(kept) if columns[place] in _PROSE]
    least = {at: max(_PROSE[columns[kept[at]]], width(cells[0][at])) for at in prose}
    for _ in range(_whole(widths) - most):
        can = [at for at, fewest in least.items() if widths[at] > fewest]
        if can:
            widths[max(can, key=widths.__getitem__)] -= 1
    return [[_cut(cell, widest) for cell, widest in zip(line, widths, strict=True)] for line in cells], widths


def _joined(line: Sequence[str], widths: Sequence[int]) -> str:
    filled = (cell + " " * (widest - width(cell)) for cell, widest in zip(line, widths, strict=True))
    return (" " * _GAP).join(filled).rstrip()


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(width, column)) for column in zip(*cells, strict=True)]


def _whole(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _cell(value: object, say: Shown | None, cuts: bool) -> str:
    one_line = " ".join(in_cell(value, say or str).split())
    return _cut(one_line, _WIDEST_CELL) if cuts else one_line


def _cut(text: str, most: int) -> str:
    """The beginning of what is wider than `most` columns."""
    if width(text) <= most:
        return text
    text = text[:most]
    while width(text) >= most:  # at most as many rounds as there are columns, after the cut above
        text = text[:-1]
    return f"{text}…"
