"""A real search, over every mail that went out, for what would tell one side who the other is.

What is looked for comes from the register (names, readings, addresses and their domains, schools, workplaces) and from
the anonymity check: the passages of consultations that the operator redacted. It is looked for in decoded fields and
texts, with widths and blanks made equal. Somebody's own data in their own mail is no leak.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailgate.demo.sent import SentMail
from mailgate.desk.people import Member, Person, Teacher


@dataclass(frozen=True, slots=True)
class Identity:
    """One person and every text that would give them away."""

    addresses: frozenset[str]
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sides:
    """Who must not learn of whom."""

    teachers: tuple[Identity, ...]
    members: tuple[Identity, ...]

    @property
    def marks(self) -> frozenset[str]:
        return frozenset().union(*(one.marks for one in (*self.teachers, *self.members)))


def sides(teachers: Iterable[Teacher], members: Iterable[Member], redacted: Iterable[str]) -> Sides:
    """The register, and the redacted passages as what belongs to the teachers without being anybody's address."""
    passages = Identity(frozenset(), frozenset(redacted))
    return Sides((*map(_teacher, teachers), passages), tuple(map(_member, members)))


def leaks(mails: Sequence[SentMail], known: Sides) -> list[str]:
    """One line for each mark of the other side in a mail; empty when nothing leaked."""
    return [
        f"{mail.kind} to {mail.handle} holds '{mark}'"
        for mail in mails
        for identity in (known.members if mail.handle.startswith("T-") else known.teachers)
        if mail.to not in identity.addresses
        for mark in marks_in(mail.everything, identity.marks)
    ]


def marks_in(text: str, marks: Iterable[str]) -> list[str]:
    """Those of `marks` that stand in `text`, in order."""
    plain = _plain(text)
    return sorted(mark for mark in marks if _plain(mark) in plain)


def _teacher(one: Teacher) -> Identity:
    school = (one.school.name, *one.school.aliases, *one.school.domains) if one.school else ()
    return _identity(one.person, school)


def _member(one: Member) -> Identity:
    return _identity(one.person, (affiliation.name for affiliation in one.affiliations))


def _identity(person: Person, more: Iterable[str]) -> Identity:
    addresses = frozenset(map(str, person.addresses))
    surname = person.name.split()[0]
    domains = {address.domain for address in person.addresses}
    marks = {person.name, surname, person.kana, *addresses, *domains, *more}
    return Identity(addresses, frozenset(mark for mark in marks if mark))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
