"""Whom to ask: the members ranked for one case, each with the reasons, and who is left out and why.

The order is plain enough to be checked by eye: more matching topics first, then less asked this month, then who answers
more often, then who was asked longest ago. `best` mixes the kinds, so that a teacher hears a lawyer and a psychologist
too. What the register and the invitations say comes in as `MemberFacts`; `flow/invite.py` asks the same `exclusion`
of everybody whom an operator names.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mailgate.desk.conflict import conflict
from mailgate.desk.eligibility import status_on
from mailgate.desk.people import Member, MemberKind, MemberStatus, Teacher


@dataclass(frozen=True, slots=True)
class MemberFacts:
    member: Member
    invited_this_month: int
    last_invited: date | None
    already_invited: bool
    """In this round of this case."""
    undeliverable: bool
    """Mail to the first address bounced for good."""
    asked: int = 0
    """Invitations that ended with or without a comment, ever."""
    answered: int = 0
    """How many of these brought a comment."""


@dataclass(frozen=True, slots=True)
class Candidate:
    handle: str
    kind: MemberKind
    topics: tuple[str, ...]
    """Those of the member that the case touches."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    handle: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ranking:
    candidates: tuple[Candidate, ...]
    """Best first."""
    excluded: tuple[Excluded, ...]


def rank(teacher: Teacher, tags: Collection[str], text: str, members: Iterable[MemberFacts], today: date) -> Ranking:
    """The members for a case of `teacher` with these tags and this (approved) text."""
    excluded: list[Excluded] = []
    fitting: list[tuple[MemberFacts, tuple[str, ...]]] = []
    for facts in members:
        if reason := exclusion(teacher, facts, today):
            excluded.append(Excluded(facts.member.handle, reason))
        else:
            fitting.append((facts, _matching(facts.member.topics, tags, text)))
    fitting.sort(key=lambda one: _order(one[0], one[1], today))
    candidates = (
        Candidate(facts.member.handle, facts.member.kind, topics, tuple(_reasons(facts, topics, today)))
        for facts, topics in fitting
    )
    return Ranking(tuple(candidates), tuple(sorted(excluded, key=lambda one: one.handle)))


def exclusion(teacher: Teacher, facts: MemberFacts, today: date) -> str | None:
    """Why this member is not proposed, in words without names; a conflict is told before everything else."""
    member = facts.member
    if reason := conflict(teacher, member):
        return f"conflict of interest: {reason}"
    if (status := status_on(member, today)) is not MemberStatus.ACTIVE:
        until = f" until {member.paused_until}" if status is MemberStatus.PAUSED and member.paused_until else ""
        return f"not active: {status}{until}"
    if facts.already_invited:
        return "already invited in this round"
    if facts.undeliverable:
        return "mail to the registered address cannot be delivered"
    if member.monthly_limit is not None and facts.invited_this_month >= member.monthly_limit:
        return f"monthly limit reached ({facts.invited_this_month} of {member.monthly_limit})"
    return None


def best(candidates: Sequence[Candidate], count: int) -> tuple[Candidate, ...]:
    """Up to `count` candidates: those with a matching topic first, and among these as many kinds as possible."""
    left = list(candidates)
    chosen: list[Candidate] = []
    kinds: Counter[MemberKind] = Counter()
    while left and len(chosen) < count:
        following = min(left, key=lambda one: (not one.topics, kinds[one.kind]))  # the first of equals: keeps the order
        left.remove(following)
        chosen.append(following)
        kinds[following.kind] += 1
    return tuple(chosen)


def _matching(topics: Iterable[str], tags: Collection[str], text: str) -> tuple[str, ...]:
    words, whole = {_folded(tag) for tag in tags}, _folded(text)
    return tuple(topic for topic in topics if _folded(topic) in words or _folded(topic) in whole)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _order(facts: MemberFacts, topics: Sequence[str], today: date) -> tuple[int, int, float, int, str]:
    rate = facts.answered / facts.asked if facts.asked else 1.0
    rested = (today - facts.last_invited).days if facts.last_invited else 10**6
    return (-len(topics), facts.invited_this_month, -rate, -rested, facts.member.handle)


def _reasons(facts: MemberFacts, topics: Sequence[str], today: date) -> Iterable[str]:
    yield f"topics: {', '.join(topics)}" if topics else "no matching topic"
    yield f"kind: {facts.member.kind}"
    limit = "" if facts.member.monthly_limit is None else f" of {facts.member.monthly_limit}"
    yield f"invited this month: {facts.invited_this_month}{limit}"
    if facts.asked:
        yield f"answered {facts.answered} of {facts.asked}"
    if facts.last_invited is None:
        yield "never invited yet"
    else:
        yield f"last invited {(today - facts.last_invited).days} days ago"
