"""A sentence that is English text wherever it goes, and can be said in another language where a person reads it.

Below stands nothing. Above, whoever has something to tell a person makes one: a failure's reason, a finding's advice.
It is a `str`, so the log, the audit, the database and JSON have the English without knowing about it; what is made of
it by joining or formatting is plain text. The command line asks for `said`. It does not choose a language, and it does
not look words up. The catalogue takes its templates from the source (`tests/shared/catalogue.py`), so a template is
always written out where the phrase is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, time
from enum import StrEnum
from pathlib import PurePath

Value = str | int | float | date | time | PurePath | Sequence[str]
"""What stands in a place; a date, a time and a path as `str` has them, or as the template asks."""
Say = Callable[[str], str]
"""A text in English to the same in another language; what it does not know it gives back."""


_CONTEXT = "\4"
"""What stands between a context and a text in a catalogue."""


class Phrase(str):
    """`template` with its `values` in the places {name}; several values stand with commas between them."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Phrase:
        """Raises KeyError when the template names a value that is not given. Without values nothing is replaced."""
        made = super().__new__(cls, _filled(template, values, str))
        made.template, made.values = template, values
        return made

    def said(self, say: Say) -> str:
        """The same as `say` has it, with those of its values that are phrases."""
        return _filled(say(self.template), self.values, lambda one: said(one, say))

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.template, self.values)


def said(text: str, say: Say) -> str:
    """A phrase in the language of `say`, and the word of an enum, which the catalogue has in a context of the enum's
    name (as pgettext looks it up); other text as it is."""
    if isinstance(text, Phrase):
        return text.said(say)
    if isinstance(text, StrEnum):
        asked = f"{type(text).__name__}{_CONTEXT}{text}"
        word = say(asked)
        return str(text) if word == asked else word
    return str(text)


def quoted(command: str) -> Phrase:
    """A command that stands alone in a list of them."""
    return Phrase("'{command}'", command=command)


def any_of(texts: Sequence[str]) -> str:
    """ "a", "a or b", "a or b or c"; of none nothing."""
    return _chained(texts, lambda one, others: Phrase("{one} or {others}", one=one, others=others))


def all_of(texts: Sequence[str]) -> str:
    """ "a", "a and b", "a and b and c"; of none nothing."""
    return _chained(texts, lambda one, others: Phrase("{one} and {others}", one=one, others=others))


def in_turn(texts: Sequence[str]) -> str:
    """What to do, one after the other: "a, then b"."""
    return _chained(texts, lambda one, others: Phrase("{one}, then {others}", one=one, others=others))


def in_one_line(texts: Sequence[str]) -> str:
    """Several reasons as one: "a; b"."""
    return _chained(texts, lambda one, others: Phrase("{one}; {others}", one=one, others=others))


def _chained(texts: Sequence[str], link: Callable[[str, str], Phrase]) -> str:
    """Halved and halved again, so that a long list is no deep one."""
    if len(texts) < 2:
        return texts[0] if texts else ""
    middle = (len(texts) + 1) // 2
    return link(_chained(texts[:middle], link), _chained(texts[middle:], link))


def pattern_of(template: str) -> re.Pattern[str]:
    """What a text looks like that was made of `template`, with a group for each of its values: to know one again that
    comes back from a database or another process as plain text."""
    pieces = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{one}>.+?)" if place % 2 else re.escape(one) for place, one in enumerate(pieces)))


def _again(template: str, values: dict[str, Value]) -> Phrase:
    return Phrase(template, **values)


def _filled(template: str, values: dict[str, Value], shown: Callable[[str], str]) -> str:
    if not values:
        return template
    plain = {name: value if type(value) is int else _shown(value, shown) for name, value in values.items()}
    return template.format(**plain)


def _shown(value: Value, shown: Callable[[str], str]) -> str | int | float | date | time | PurePath:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, _AS_IT_IS):
        return value
    return shown(_BETWEEN).join(map(shown, value))


_AS_IT_IS = (int, float, date, time, PurePath)
_BETWEEN = Phrase(", ")
