"""Long lines cut to the width of a terminal, by the rules of `mail/folding.py`.

For a terminal alone: what goes into a file or another program keeps its lines.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator

from mailgate.cli.pager import in_terminal
from mailgate.mail.folding import folded, width

_NARROWEST, _WIDEST = 20, 100
"""Of a terminal: longer lines are hard to read."""


def wrapped(lines: Iterable[str], indent: str = "") -> Iterator[str]:
    """The lines with `indent` before each, none wider than the terminal; as they are where there is none."""
    columns = max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)
    for line in lines:
        parts = folded(line, columns - width(indent)) if in_terminal() else line.split("\n")
        yield from (f"{indent}{part}".rstrip() for part in parts)
