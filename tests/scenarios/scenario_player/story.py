"""From the text of a story to its steps, and how a step that does not hold is told."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

_TAKEN_AS_WRITTEN = ("expect-reply", "expect-stderr", "expect-stdout")
"""Their line is compared with another one: quotes and # in it are meant."""


@dataclass(frozen=True, slots=True)
class Step:
    file: Path
    line: int
    text: str
    verb: str
    arguments: tuple[str, ...]


class Mismatch(AssertionError):
    """A step found something else than the story says."""


def read_story(file: Path) -> list[Step]:
    """The steps of a story; quotes and # are those of a shell."""
    steps = []
    for number, text in enumerate(file.read_text("utf-8").splitlines(), start=1):
        verb, _, rest = text.strip().partition(" ")
        words = [verb, rest] if verb in _TAKEN_AS_WRITTEN else shlex.split(text, comments=True)
        if words:
            steps.append(Step(file, number, text.strip(), words[0], tuple(words[1:])))
    return steps


def expect_equal(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise Mismatch(f"{what} is {found!r}, not {expected!r}")
