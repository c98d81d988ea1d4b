"""How what lasts tells how far it is: to whoever asked for it, who may show a bar, or nothing.

A flow or a store function takes a `Progress`; `cli/progress.py` draws. Whatever it raises (Ctrl-C comes so) undoes the
transaction around it as every other failure does.
"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Hears how many are done, and of how many; the second number may be 0 while it is not known."""


def silent(_done: int, _of_all: int) -> None:
    """For whoever does not want to know."""
