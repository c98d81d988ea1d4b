"""The figures of the service for a period, as values: what goes into them, and what comes out.

Before: `store/report_rows.py` reads the first. Computed in `desk/reckoning.py`, whose rules stand there. After:
`cli/report_*.py` shows `Figures` as text, JSON, CSV and a page. What few people could be recognised by is None here
already: no way of showing it can forget that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailgate.desk.contract_use import SchoolUse
from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.desk.people import MemberKind
from mailgate.desk.period import Period
from mailgate.desk.targets import Targets


@dataclass(frozen=True, slots=True)
class CaseFacts:
    number: int
    state: CaseState
    received_at: datetime
    mail_date: datetime
    school: int | None
    """The id of the school whose contract may pay; None for a trial, and where nobody knows the teacher (any more)."""
    first_comment_at: datetime | None
    answered_at: datetime | None
    """The first answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One invitation."""

    case: int
    member: int
    kind: MemberKind
    state: InvitationState


@dataclass(frozen=True, slots=True)
class Graded:
    """One answered round and the digit that the teacher sent back."""

    case: int
    digit: int | None


@dataclass(frozen=True, slots=True)
class Rules:
    k: int
    answer_days: int
    targets: Targets
    zone: ZoneInfo
    calendar: str
    """The country whose working days count for target days."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of a table of counts; None is hidden."""

    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something took, in hours."""

    cases: int | None
    median_hours: float | None
    p90_hours: float | None
    """Nine in ten took no longer: the nearest rank."""
    target_days: int
    kept_percent: float | None
    """So many of those judged kept to the target; None where that would point at few."""
    reached: bool | None
    """Whether that is as many as wanted; None while there is nothing to judge, or too little."""


@dataclass(frozen=True, slots=True)
class KindRow:
    """How members of one kind answer; all None where they are few."""

    kind: MemberKind
    members: int | None
    asked: int | None
    answered: int | None
    rate_percent: float | None


@dataclass(frozen=True, slots=True)
class AnswerRate:
    kinds: tuple[KindRow, ...]
    members: int | None
    asked: int | None
    answered: int | None
    rate_percent: float | None
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Satisfaction:
    answers: int | None
    """Answered rounds of which the teacher sent a digit back."""
    mean: float | None
    digits: tuple[Cell, ...]
    """All hidden where one is: together with the mean they could be computed."""
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Figures:
    period: Period
    until: datetime
    """What became of the cases is told as of this moment."""
    k: int
    targets: Targets
    cases: int | None
    states: tuple[Cell, ...]
    months: tuple[Cell, ...]
    topics: tuple[Cell, ...]
    """Most used first; a case with two tags counts twice."""
    other_topics: int | None
    """Uses of the tags that are not named, since few cases have them, and cases without any."""
    first_comment: Duration
    answer: Duration
    comments_per_case: float | None
    """Mean of the answered cases."""
    answer_rate: AnswerRate
    satisfaction: Satisfaction
    contracts: tuple[SchoolUse, ...]
    without_contract: int | None
    """Cases of the period that no contract in the list paid for, or of which that is not known any more."""
