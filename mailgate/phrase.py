"""A sentence that is English text wherever it goes, and can be said in another language where a person reads it.

Below stands nothing. Above, whoever has something to tell a person makes one: a failure's reason, a finding's advice.
It is a `str`, so the log, the audit, the database and JSON have the English without knowing about it; what is made of
it by joining or formatting is plain text. The command line asks for `said`. It does not choose a language, and it does
not look words up. The catalogue takes its templates from the source (`tests/shared/catalogue.py`), so a template is
always written out where the phrase is made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Value = str | int | float | Sequence[str]
Say = Callable[[str], str]
"""A text in English to the same in another language; what it does not know it gives back."""


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
    """A phrase in the language of `say`; other text as it is."""
    return text.said(say) if isinstance(text, Phrase) else str(text)


def _again(template: str, values: dict[str, Value]) -> Phrase:
    return Phrase(template, **values)


def _filled(template: str, values: dict[str, Value], shown: Callable[[str], str]) -> str:
    if not values:
        return template
    return template.format(**{name: _shown(value, shown) for name, value in values.items()})


def _shown(value: Value, shown: Callable[[str], str]) -> str | int | float:
    if isinstance(value, str):
        return shown(value)
    return value if isinstance(value, (int, float)) else ", ".join(map(shown, value))
