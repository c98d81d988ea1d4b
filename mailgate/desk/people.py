"""Who is in the register, as values: schools, teachers, members. The store reads them, this floor judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mailgate.mail.address import Address


class MemberKind(StrEnum):
    TEACHER = "教員"
    FORMER_TEACHER = "元教員"
    LAWYER = "弁護士"
    PSYCHOLOGIST = "臨床心理士"
    EDUCATION = "教育関係"


class MemberStatus(StrEnum):
    APPLIED = "applied"
    VERIFIED = "verified"
    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


class Plan(StrEnum):
    SCHOOL = "school"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Contract:
    starts_on: date
    ends_on: date
    """Both days belong to the period."""


@dataclass(frozen=True, slots=True)
class School:
    id: int
    handle: str
    name: str
    aliases: tuple[str, ...]
    municipality: str
    domains: tuple[str, ...]
    contracts: tuple[Contract, ...]


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    kana: str
    addresses: tuple[Address, ...]
    """The first is where mail goes; never empty."""
    age_band: str
    """"30代", or empty."""
    gender: str


@dataclass(frozen=True, slots=True)
class Teacher:
    id: int
    handle: str
    person: Person
    school: School | None
    role: str
    years: int | None
    school_type: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Affiliation:
    name: str
    school_id: int | None
    """The registered school that the name means, where it is one."""
    from_year: int | None
    to_year: int | None
    """None while it lasts."""
    municipality: str = field(default="", compare=False)
    """Of the registered school."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What an operator knows and no list shows: never ask about this teacher, or (the other one) this school."""

    teacher_id: int | None
    school_id: int | None
    handle: str
    """Of the teacher or school."""


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    handle: str
    person: Person
    kind: MemberKind
    years: int | None
    credential: str
    affiliations: tuple[Affiliation, ...]
    topics: tuple[str, ...]
    monthly_limit: int | None
    status: MemberStatus
    """As it was set; `desk/eligibility.py` says how it counts on some day."""
    paused_until: date | None = None
    """The last day of a pause; None where it has no end."""
    relations: tuple[Relation, ...] = ()
