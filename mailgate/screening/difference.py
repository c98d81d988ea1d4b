"""What a redaction changed, line by line, so that an operator sees it at a glance instead of comparing two texts.

Before: `redact`, or an operator's own text. After: the desk prints it. Lines are compared one by one where their number
is the same, as after `redact`; else by difflib, but not in a very long text, where it would take too long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """Lines that went, and what stands in their place; either may be empty."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def differences(before: str, after: str) -> tuple[Change, ...]:
    """The changed lines of two texts, in order; blank lines at the ends do not count."""
    old, new = before.strip().splitlines(), after.strip().splitlines()
    if len(old) == len(new):
        return tuple(Change((one,), (other,)) for one, other in zip(old, new, strict=True) if one != other)
    if max(len(old), len(new)) > _MOST_LINES:
        return (Change(tuple(old), tuple(new)),)
    return tuple(_by_blocks(old, new))


def _by_blocks(old: list[str], new: list[str]) -> Iterator[Change]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Change(tuple(old[i:j]), tuple(new[k:m]))
