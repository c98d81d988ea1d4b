"""Everybody who could be asked, put in order once: what `desk/candidates.py` ranks for each case.

Before: the store read the members and what became of their invitations. The pool knows what is the same for every
case: who is out anyway (paused, over the limit, unreachable), the order by load, answers and rest, and where names,
schools and topics are found. So a case costs what has to do with it, not a close look at a hundred thousand members.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from mailgate.desk.conflict import folded_name
from mailgate.desk.eligibility import status_on
from mailgate.desk.people import Member, MemberStatus, Teacher
from mailgate.desk.school_names import cores_named, cores_that_mean
from mailgate.phrase import Phrase

_ANSWERED_BEFORE, _ASKED_BEFORE = 2, 3
"""Every member starts with two answers of three: one of one is then no better than nineteen of twenty."""
_USUAL_LIMIT = 4
"""What counts as a full month for somebody who has set no limit."""


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


class Pool:
    """Members in the order in which they are asked where nothing of the case speaks for or against them."""

    def __init__(self, members: Iterable[MemberFacts], today: date) -> None:
        self.today = today
        self.facts = sorted(members, key=lambda one: _order(one, today))
        self.out: dict[int, str] = {}
        """Who is out of every case, by place, and why."""
        self._by_topic: dict[str, list[int]] = defaultdict(list)
        self._suspects: dict[tuple[str, object], list[int]] = defaultdict(list)
        for place, one in enumerate(self.facts):
            if reason := unavailable(one, today):
                self.out[place] = reason
            for topic in one.member.topics:
                self._by_topic[topic].append(place)
            for key in _keys_of(one.member):
                self._suspects[key].append(place)
        out = ((self.facts[place].member.handle, place, reason) for place, reason in self.out.items())
        self.out_by_handle = [(place, handle, reason) for handle, place, reason in sorted(out)]

    @property
    def topics(self) -> Iterable[str]:
        return self._by_topic

    def with_topic(self, topic: str) -> list[int]:
        return self._by_topic.get(topic, [])

    def suspects(self, teacher: Teacher) -> set[int]:
        """All who may have a conflict of interest with this teacher, and some who have none: by place."""
        return {place for key in _keys_against(teacher) for place in self._suspects.get(key, ())}


def unavailable(facts: MemberFacts, today: date) -> str | None:
    """Why this member is asked in no case now; None where they may be."""
    member = facts.member
    if (status := status_on(member, today)) is not MemberStatus.ACTIVE:
        if status is MemberStatus.PAUSED and member.paused_until:
            return Phrase("not active: {status} until {day}", status=status, day=member.paused_until)
        return Phrase("not active: {status}", status=status)
    if facts.already_invited:
        return Phrase("already invited in this round")
    if facts.undeliverable:
        return Phrase("mail to the registered address cannot be delivered")
    if member.monthly_limit is not None and facts.invited_this_month >= member.monthly_limit:
        return Phrase(
            "monthly limit reached ({count} of {limit})", count=facts.invited_this_month, limit=member.monthly_limit
        )
    return None


def _order(facts: MemberFacts, today: date) -> tuple[float, float, int, int]:
    """Less of the month used, more answers, longer rest; among equals another order every day, so that it is fair."""
    load = facts.invited_this_month / (facts.member.monthly_limit or _USUAL_LIMIT)
    rate = (facts.answered + _ANSWERED_BEFORE) / (facts.asked + _ASKED_BEFORE)
    rested = (today - facts.last_invited).days if facts.last_invited else 10**6
    return (load, -rate, -rested, zlib.crc32(facts.member.handle.encode(), today.toordinal()))


def _keys_of(member: Member) -> Iterator[tuple[str, object]]:
    """Under which keys of a teacher this member must be looked at."""
    yield "person", member.person.id
    yield "name", folded_name(member.person)
    for address in member.person.addresses:
        yield "address", address.key
        labels = address.domain.split(".")
        yield from (("domain", ".".join(labels[first:])) for first in range(len(labels)))
    for one in member.affiliations:
        if one.school_id is not None:
            yield "school", one.school_id
        for core in cores_named(one.name):
            yield "core", core
    for relation in member.relations:
        yield ("teacher", relation.teacher_id) if relation.teacher_id is not None else ("school", relation.school_id)


def _keys_against(teacher: Teacher) -> Iterator[tuple[str, object]]:
    yield "person", teacher.person.id
    yield "name", folded_name(teacher.person)
    yield "teacher", teacher.id
    for address in teacher.person.addresses:
        yield "address", address.key
    if teacher.school is not None:
        yield "school", teacher.school.id
        yield from (("core", core) for core in cores_that_mean(teacher.school))
        yield from (("domain", domain) for domain in teacher.school.domains)
