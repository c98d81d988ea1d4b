"""A bar on standard error while something lasts: in a terminal alone, a script sees nothing of it.

Flows and stores take what `bar` gives as their `Progress`. Ctrl-C takes the bar away and ends the work, which leaves
nothing half done: what was not committed is undone, a file gets its name when it is whole.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from mailgate.store.progress import Progress, silent


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """What hears how far it is; the bar appears when it hears something, and is gone at the end of the block."""
    if not sys.stderr.isatty():
        yield silent
        return
    shown = _Bar(label)
    try:
        yield shown
    finally:
        shown.end()


class _Bar:
    """One bar after the other, where the work begins anew with another number."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None  # of click, which does not name its type for others

    def __call__(self, done: int, of_all: int) -> None:
        if of_all <= 0:
            return
        if self._bar is None or self._bar.length != of_all or done < self._bar.pos:
            self.end()
            self._bar = click.progressbar(length=of_all, label=self._label, file=sys.stderr, update_min_steps=1)
            self._bar.__enter__()
        self._bar.update(min(done, of_all) - self._bar.pos)

    def end(self) -> None:
        """Leaves the terminal as it was: the cursor is there again, the next line is a new one."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
