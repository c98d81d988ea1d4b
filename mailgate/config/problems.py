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

SEVERAL = "several"
"""Type of the error that has its lines with it, complete."""
_LONGEST_SHOWN = 60


def line_of(name: str, key: str, section: type[Section], error: ErrorDetails, *, secret: bool = False) -> str:
    """`name` is how the operator finds the key; the value of a `secret` one is not shown."""
    fields = section.model_fields
    if key not in fields:
        return f"{name}: unknown key {suggest(key, fields)}"
    if error["type"] == CLASH:
        return f"{name}: {error['msg']}"
    if error["type"] == "missing":
        return f"{name}: is not there (expected {fields[key].description})"
    shown_value = "this text" if secret else shown(error["input"])
    return f"{name}: {shown_value} does not fit (expected {fields[key].description})"


def suggest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f'(did you mean "{near[0]}"?)' if near else f"(expected one of {', '.join(known)})"


def shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
