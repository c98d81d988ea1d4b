"""What is wrong with one value, in the one line that the operator gets.

Used by `reading` for the sections and by `desks` for the tables of `[[desks]]`. The word "expected" is followed by the
description of the key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from mailgate.config.sections import CLASH, Section
from mailgate.phrase import Phrase

SEVERAL = "several"
"""Type of the error that has its lines with it, complete."""
_LONGEST_SHOWN = 60


def line_of(name: str, key: str, section: type[Section], error: ErrorDetails, *, secret: bool = False) -> Phrase:
    """`name` is how the operator finds the key; the value of a `secret` one is not shown."""
    fields = section.model_fields
    if key not in fields:
        return Phrase("{name}: unknown key {suggestion}", name=name, suggestion=suggest(key, fields))
    if error["type"] == CLASH:
        return Phrase("{name}: {what}", name=name, what=error["ctx"]["text"])
    expected = fields[key].description or ""
    if error["type"] == "missing":
        return Phrase("{name}: is not there (expected {expected})", name=name, expected=expected)
    value = Phrase("this text") if secret else shown(error["input"])
    what = Phrase("{value} does not fit (expected {expected})", value=value, expected=expected)
    return Phrase("{name}: {what}", name=name, what=what)


def suggest(word: str, known: Iterable[str]) -> Phrase:
    near = get_close_matches(word, known, n=1)
    if near:
        return Phrase('(did you mean "{near}"?)', near=near[0])
    return Phrase("(expected one of {known})", known=[*known])


def shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
