"""What was put into a template, kept sealed beside the composed mail: so that the gate can write the letter once more.

Before: `flow/post.py` composes a mail. After: `flow/gate.py` compares what leaves with what this letter says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from mailgate.flow.letters import Letter
from mailgate.store.digest import digest_of

_LETTERS: dict[str, Any] = {letter.template: letter for letter in get_args(Letter)}


@dataclass(frozen=True, slots=True)
class Bound:
    letter: Letter
    wording: str
    """The mark of the template (`Renderer.wording`)."""
    digest: str
    """Of the octets that were composed."""


def bind(letter: Letter, wording: str, octets: bytes) -> str:
    """The three of them as one text."""
    return "\n".join((wording, digest_of(octets), _adapter(letter.template).dump_json(letter).decode()))


def bound(kind: str, text: str) -> Bound | None:
    """What `bind` made of a mail of this kind; None when it is something else."""
    wording, _, rest = text.partition("\n")
    digest, _, letter = rest.partition("\n")
    if kind not in _LETTERS:
        return None
    try:
        return Bound(_adapter(kind).validate_json(letter), wording, digest)
    except ValidationError:
        return None


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    """Made when the first mail of a kind is written: making one takes as long as ten mails."""
    return TypeAdapter(_LETTERS[kind])
