"""One line of the doctor's report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from mailgate.phrase import Phrase
from mailgate.store.engine import open_engine, sqlite_file


class Health(IntEnum):
    """The worse the higher."""

    OK = 0
    WARNING = 1
    """It works, and something may come of it."""
    PROBLEM = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    """What was looked at: "database", "dns mx"."""
    health: Health
    what: str
    """How it is, in a sentence without names of people."""
    todo: str = ""
    """What to do about it; empty where all is well."""


def in_file(url: str, reason: str) -> str:
    """What is wrong with the database at `url`, with the name of its file where it is SQLite."""
    file = sqlite_file(open_engine(url))
    return Phrase("{file}: {reason}", file=file, reason=reason) if file is not None else reason


def ok(subject: str, what: str) -> Finding:
    return Finding(subject, Health.OK, what)


def out_of_order(subject: str, what: str) -> Finding:
    """A problem whose own words say what is to be mended."""
    return problem(subject, what, Phrase("mend what the line says, then ask the doctor again"))


def warning(subject: str, what: str, todo: str) -> Finding:
    return Finding(subject, Health.WARNING, what, todo)


def problem(subject: str, what: str, todo: str) -> Finding:
    return Finding(subject, Health.PROBLEM, what, todo)
