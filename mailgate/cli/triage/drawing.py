"""From the text of a page to lines of the screen: cleaned, marked, broken as Japanese is broken.

The one door to the screen: every text passes `harmless` here, and becomes a `Content`, which Textual never reads as
markup. So no mail steers the terminal, and none styles the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from gettext import gettext as _

from textual.content import Content, Span

from mailgate.cli.common import harmless
from mailgate.cli.triage.page import Look, Mark
from mailgate.mail.folding import folds, width

_COLUMNS, _LINES = 80, 24
"""What the pages are made for."""
_STYLES = {
    Look.HEAD: "bold",
    Look.NOTE: "bold italic",
    Look.OPEN: "bold black on yellow",
    Look.REDACTED: "white on red",
    Look.KEPT: "underline",
}
_SIGNS = {Look.OPEN: ("⟦", "⟧"), Look.REDACTED: ("⟦-", "⟧"), Look.KEPT: ("⟦=", "⟧")}
"""What may identify somebody stands in signs too, for a terminal without colours."""
_CURSOR = "reverse"


def plain(text: str) -> Content:
    """A text of one style."""
    return Content(harmless(text))


def drawn(body: str, marks: Sequence[Mark], here: Mark | None, columns: int) -> tuple[Content, int]:
    """The body with its marks, each line at most `columns` wide; and the line that the cursor `here` stands in.

    Of marks that overlap the first is drawn.
    """
    clean, spans, at = _signed(body, marks, here)
    lines = list(folds(clean, columns))
    whole = Content(clean, spans)
    line = next((place for place, (_, end) in enumerate(lines) if end > at), 0) if here is not None else 0
    return Content("\n").join([whole[start:end] for start, end in lines]), line


def packed(hints: Iterable[str], columns: int) -> Iterator[str]:
    """Hints side by side in as few lines as they need, none of them broken."""
    line = ""
    for one in hints:
        if line and width(line) + 2 + width(one) > columns:
            yield line
            line = ""
        line = f"{line}  {one}" if line else one
    yield line


def _signed(body: str, marks: Sequence[Mark], here: Mark | None) -> tuple[str, list[Span], int]:
    """The clean body with signs around what is marked, how that is styled, and where the cursor stands."""
    pieces: list[str] = []
    spans: list[Span] = []
    length = position = at = 0
    for mark in _apart(marks):
        before, behind = _SIGNS.get(mark.look, ("", ""))
        pieces += [body[position : mark.start], before, body[mark.start : mark.end], behind]
        begins = length + mark.start - position
        length = begins + len(before) + mark.end - mark.start + len(behind)
        spans.append(Span(begins, length, _CURSOR if mark is here else _STYLES[mark.look]))
        at = begins if mark is here else at
        position = mark.end
    return harmless("".join([*pieces, body[position:]])), spans, at


def _apart(marks: Sequence[Mark]) -> Iterator[Mark]:
    position = 0
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        if mark.start >= position:
            yield mark
            position = mark.end


def too_small(columns: int, lines: int) -> str:
    """What to say in a terminal that is smaller than the pages are made for; "" in one that is not."""
    if columns >= _COLUMNS and lines >= _LINES:
        return ""
    text = _("this terminal has {columns} columns and {lines} lines: {wide} and {high} show all of a page")
    return text.format(columns=columns, lines=lines, wide=_COLUMNS, high=_LINES)
