"""One bar chart as an SVG that stands in a page: no script, no style, no reference to anything outside.

leather draws it; what it leaves to us is how wide full-width letters are, and that a chart shrinks with its page. A
name that takes the room of the bars is cut: the table beside the chart has it whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import leather  # type: ignore[import-untyped]  # it brings no types
from leather import theme

_WIDTH, _ROW_HEIGHT, _AROUND = 480, 30, 80
_LETTER = 7.5
"""How wide half a full-width letter is at the size of the labels."""
_LONGEST_NAME = 20
"""In halves of a full-width letter."""
_HEAD = re.compile(r'<svg width="(\d+)" height="(\d+)"')
_COLOURS = {"background_color": "#ffffff", "label_color": "#333333", "tick_color": "#e3e3e3"}
_BAR = "#2f6690"


def chart_of(rows: Sequence[tuple[str, float, str]], label: str) -> str:
    """Bars from above to below for (name, length, value as it is read); `label` says to a screen reader what it is."""
    names = [f"{_cut(name)}: {value}" for name, _, value in rows]
    # Settings of leather are those of its module; one command draws one page.
    theme.tick_font_family, theme.tick_font_size = "sans-serif", 13
    theme.tick_font_char_width = max(map(_columns, names)) * _LETTER / max(map(len, names))
    for name, colour in _COLOURS.items():
        setattr(theme, name, colour)
    chart = leather.Chart()
    pairs = [
        (length, f"{number}. {name}") for number, (name, (_, length, _)) in enumerate(zip(names, rows, strict=True), 1)
    ]
    chart.add_x_axis(tick_formatter=lambda value, _index, _count: f"{value:g}")
    chart.add_y_axis(tick_formatter=lambda value, _index, _count: str(value).partition(". ")[2])
    chart.add_x_scale(0, max(length for _, length, _ in rows) or 1)
    chart.add_bars(pairs, fill_color=_BAR)
    drawn = str(chart.to_svg(width=_WIDTH, height=_AROUND + _ROW_HEIGHT * len(rows)))
    told = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return _HEAD.sub(rf'<svg viewBox="0 0 \1 \2" role="img" aria-label="{told}"', drawn, count=1)


def _cut(name: str) -> str:
    kept = name
    while _columns(kept) > _LONGEST_NAME:
        kept = kept[:-1]
    return name if kept == name else f"{kept[:-1]}…"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
