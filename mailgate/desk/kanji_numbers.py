"""Numbers below 10,000 that are written in characters, 二十 or 二〇, turned into digits. Pure; linear in the text.

Used where a number is expected and nowhere else: 三 and 千 stand in many names.
"""

from __future__ import annotations

import re

_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(f"[{''.join(_DIGITS)}{''.join(_STEPS)}]+")
_MOST_SIGNS = 7
"""九千九百九十九."""


def with_digits(text: str) -> str:
    """`text` with 二十五年 as 25年 and 二〇二六年 as 2026年; what is no such number stays as it is."""
    return _NUMBER.sub(lambda found: _digits(found[0]), text)


def _digits(signs: str) -> str:
    if all(sign in _DIGITS for sign in signs):
        return "".join(str(_DIGITS[sign]) for sign in signs)
    if len(signs) > _MOST_SIGNS:
        return signs
    total, waiting, below = 0, None, 10_000
    for sign in signs:
        if sign in _DIGITS:
            if waiting is not None:
                return signs
            waiting = _DIGITS[sign]
        else:
            step = _STEPS[sign]
            if step >= below or waiting == 0:
                return signs
            total, waiting, below = total + (waiting or 1) * step, None, step
    return str(total + (waiting or 0))
