"""A report in a terminal: aligned tables with a bar at the end of each row.

The blocks that bars are made of take one column in some terminals and two in others: nothing stands behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailgate.cli.report_sections import Section
from mailgate.cli.tables import table

_LONGEST_BAR = 24
_EIGHTHS = " ▏▎▍▌▋▊▉"


def lines_of(title: str, opening: Iterable[str], sections: Iterable[Section]) -> Iterator[str]:
    """The whole report."""
    yield title
    yield from opening
    for one in sections:
        yield from ("", f"== {one.heading}")
        if one.note:
            yield one.note
        yield from _table(one)


def _table(section: Section) -> list[str]:
    longest = max((one for one in section.bars if one is not None), default=0) or 1
    bars = [*section.bars] or [None] * len(section.rows)
    columns = [str(number) for number in range(len(section.head) + 1)]
    rows = [
        dict(zip(columns, (*row, _bar(value, longest)), strict=True))
        for row, value in zip(section.rows, bars, strict=True)
    ]
    names = dict(zip(columns, (*section.head, ""), strict=True))
    _, *lines = table([names, *rows], columns, "")
    return lines


def _bar(value: float | None, longest: float) -> str:
    eighths = round((value or 0) / longest * _LONGEST_BAR * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()
