"""What a screen of the walk is, as values: a text with marked passages, a list to tick, and what each key does.

Made by `pages.py` and `mail_pages.py`, shown by `screen.py`. Texts stand here as they came: the screen cleans them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from mailgate.cli.triage.choice import Choice
from mailgate.flow.context import Office
from mailgate.flow.undo import Done
from mailgate.flow.waiting import Waiting
from mailgate.store.drafts import Place


class Look(StrEnum):
    """How a passage is marked."""

    HEAD = "head"
    NOTE = "note"
    """Words of ours that must not be overlooked."""
    OPEN = "open"
    REDACTED = "redacted"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Mark:
    start: int
    """In code points of the page's body."""
    end: int
    look: Look


@dataclass(frozen=True, slots=True)
class Spot:
    """A finding on the page, which the cursor can stand on."""

    mark: Mark
    finding: int
    told: str
    """Label, id and reason, in one line."""
    comment: int | None
    """The comment that it is in."""
    warning: str = ""
    """What to say before it is kept."""


@dataclass(frozen=True, slots=True)
class Editable:
    """A text that an operator may rewrite as a whole."""

    place: Place
    source: str
    """As it came."""
    proposal: str
    """What the editor begins with where there is no draft."""


@dataclass(frozen=True, slots=True)
class At:
    """Where the operator is on the page when they press a key."""

    spot: Spot | None = None
    comment: int | None = None
    ticked: tuple[str, ...] = ()
    text: str = ""
    """What they wrote."""


Run = Callable[[Office, str, At], Done]
Warns = Callable[[At], str]
"""What must be said before a key does something, "" for nothing."""


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    """As Textual names it: "a", "enter"."""
    label: str
    """A word or two for the footer."""
    run: Run
    warns: Warns = lambda _: ""
    """Where this says something, only the same key at the same place once more does it."""


@dataclass(frozen=True, slots=True)
class Page:
    item: Waiting
    version: int
    """Of the case, as it is shown; 0 without a case."""
    head: str
    body: str
    keys: tuple[Key, ...]
    marks: tuple[Mark, ...] = ()
    spots: tuple[Spot, ...] = ()
    comments: tuple[int, ...] = ()
    """The ids of the comments on the page, from the top."""
    choice: Choice = field(default_factory=Choice)
    editable: tuple[Editable, ...] = ()
    """The text of the round, or each comment of `comments`."""
    rewrite: Run | None = None
    """Takes `At.text` as the text, whole."""


class Body:
    """Puts the text of a page together and counts where things stand in it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.length = 0
        self.marks: list[Mark] = []

    def add(self, text: str, look: Look | None = None) -> int:
        """Appends text; gives where it begins."""
        start = self.length
        self._pieces.append(text)
        self.length += len(text)
        if look is not None:
            self.marks.append(Mark(start, self.length, look))
        return start

    def headed(self, title: str, text: str) -> None:
        """A title of ours, then a text."""
        self.add(f"{title}\n", Look.HEAD)
        self.add(f"{text.strip()}\n\n")

    @property
    def text(self) -> str:
        return "".join(self._pieces).rstrip("\n")
