from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailgate.desk.candidates import Candidate, Excluded, MemberFacts, best, rank
from mailgate.desk.people import Affiliation, Member, MemberKind, MemberStatus, Person, Plan, School, Teacher
from mailgate.mail.address import Address

TODAY = date(2026, 2, 10)
SCHOOL = School(7, "S-7777", "森野市立ひばり台小学校", (), "森野市", (), ())
TEACHER = Teacher(
    1, "T-1111", Person(99, "石田 岳", "", (Address("i", "example.jp"),), "", ""), SCHOOL, "", None, "", Plan.SCHOOL
)


def _facts(number: int, kind: MemberKind = MemberKind.TEACHER, *topics: str, limit: int | None = 4) -> MemberFacts:
    person = Person(number, f"会員 {number}", "", (Address(f"m{number}", "members.example.org"),), "", "")
    member = Member(number, f"M-000{number}", person, kind, 9, "", (), topics, limit, MemberStatus.ACTIVE)
    return MemberFacts(member, 0, None, False, False)


def _order(*members: MemberFacts, tags: tuple[str, ...] = (), text: str = "") -> list[str]:
    return [one.handle for one in rank(TEACHER, tags, text, members, TODAY).candidates]


def test_matching_topics_of_tags_and_text_come_first() -> None:
    nothing = _facts(1, MemberKind.TEACHER, "部活動")
    one = _facts(2, MemberKind.TEACHER, "学級経営", "部活動")
    two = _facts(3, MemberKind.TEACHER, "保護者対応", "学級経営")
    assert _order(nothing, one, two, tags=("保護者対応",), text="学級 経営に悩む") == ["M-0003", "M-0002", "M-0001"]


def test_then_less_load_then_more_answers_then_the_longest_rest() -> None:
    busy = replace(_facts(1), invited_this_month=2)
    silent = replace(_facts(2), asked=4, answered=1)
    recent = replace(_facts(3), last_invited=date(2026, 1, 20))
    rested = replace(_facts(4), last_invited=date(2025, 6, 1))
    new = _facts(5)
    assert _order(busy, silent, recent, rested, new) == ["M-0005", "M-0004", "M-0003", "M-0002", "M-0001"]


def test_every_candidate_comes_with_reasons() -> None:
    facts = replace(
        _facts(1, MemberKind.LAWYER, "法律"), invited_this_month=1, last_invited=date(2026, 2, 1), asked=4, answered=3
    )
    (candidate,) = rank(TEACHER, ["法律"], "", [facts], TODAY).candidates
    assert candidate == Candidate(
        "M-0001",
        MemberKind.LAWYER,
        ("法律",),
        ("topics: 法律", "kind: 弁護士", "invited this month: 1 of 4", "answered 3 of 4", "last invited 9 days ago"),
    )
    (plain,) = rank(TEACHER, [], "", [_facts(2, limit=None)], TODAY).candidates
    assert plain.reasons == ("no matching topic", "kind: 教員", "invited this month: 0", "never invited yet")


_FACTS = _facts(1)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            replace(
                _FACTS,
                member=replace(
                    _FACTS.member,
                    affiliations=(Affiliation("ひばり台小", None, None, 1990),),
                    status=MemberStatus.PAUSED,
                ),
            ),
            "conflict of interest: same school (present or past affiliation)",
        ),
        (replace(_FACTS, member=replace(_FACTS.member, status=MemberStatus.PAUSED)), "not active: paused"),
        (replace(_FACTS, member=replace(_FACTS.member, status=MemberStatus.APPLIED)), "not active: applied"),
        (replace(_FACTS, already_invited=True), "already invited in this round"),
        (replace(_FACTS, undeliverable=True), "mail to the registered address cannot be delivered"),
        (replace(_FACTS, invited_this_month=4), "monthly limit reached (4 of 4)"),
    ],
)
def test_who_is_left_out_is_told_why(facts: MemberFacts, reason: str) -> None:
    ranking = rank(TEACHER, [], "", [facts], TODAY)
    assert (ranking.candidates, ranking.excluded) == ((), (Excluded("M-0001", reason),))


def test_the_best_few_are_of_many_kinds_but_match_the_case() -> None:
    members = [
        _facts(1, MemberKind.TEACHER, "保護者対応"),
        _facts(2, MemberKind.TEACHER, "保護者対応"),
        _facts(3, MemberKind.LAWYER, "保護者対応"),
        _facts(4, MemberKind.PSYCHOLOGIST),
    ]
    candidates = rank(TEACHER, ["保護者対応"], "", members, TODAY).candidates
    assert [one.handle for one in best(candidates, 2)] == ["M-0001", "M-0003"]
    assert [one.handle for one in best(candidates, 4)] == ["M-0001", "M-0003", "M-0002", "M-0004"]
    assert [one.handle for one in best(candidates, 9)] == ["M-0001", "M-0003", "M-0002", "M-0004"]
    assert best(candidates, 0) == ()
