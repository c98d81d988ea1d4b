from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.desk.candidate_pool import MemberFacts, Pool
from mailgate.desk.candidates import Candidate, Excluded, Need, Ranking, best, exclusion
from mailgate.desk.candidates import rank as rank_pool
from mailgate.desk.conflict import conflict
from mailgate.desk.people import Affiliation, Member, MemberKind, MemberStatus, Person, Plan, Relation, School, Teacher
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


def rank(
    tags: Sequence[str], text: str, members: Sequence[MemberFacts], limit: int | None = None, **need: Any
) -> Ranking:
    return rank_pool(Need(TEACHER, tags, text, **need), Pool(members, TODAY), limit)


def _order(*members: MemberFacts, tags: tuple[str, ...] = (), text: str = "") -> list[str]:
    return [one.handle for one in rank(tags, text, members).candidates]


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
    (candidate,) = rank(["法律"], "", [facts]).candidates
    assert candidate == Candidate(
        "M-0001",
        MemberKind.LAWYER,
        ("法律",),
        ("topics: 法律", "kind: 弁護士", "invited this month: 1 of 4", "answered 3 of 4", "last invited 9 days ago"),
    )
    (plain,) = rank([], "", [_facts(2, limit=None)]).candidates
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
    ranking = rank([], "", [facts])
    assert (ranking.candidates, ranking.excluded) == ((), (Excluded("M-0001", reason),))


@pytest.mark.parametrize(
    ("better", "worse"),
    [((19, 20), (1, 1)), ((1, 1), (0, 0)), ((0, 0), (1, 4)), ((0, 0), (0, 1)), ((9, 9), (8, 9))],
)
def test_few_answers_count_for_little(better: tuple[int, int], worse: tuple[int, int]) -> None:
    one = replace(_facts(1), answered=better[0], asked=better[1])
    other = replace(_facts(2), answered=worse[0], asked=worse[1])
    assert _order(one, other) == _order(other, one) == ["M-0001", "M-0002"]


def test_load_counts_against_the_limit_of_each() -> None:
    one_of_two = replace(_facts(1, limit=2), invited_this_month=1)
    two_of_eight = replace(_facts(2, limit=8), invited_this_month=2)
    assert _order(one_of_two, two_of_eight) == ["M-0002", "M-0001"]


def test_among_equals_the_order_is_another_one_on_other_days() -> None:
    members = [_facts(number) for number in range(8)]
    days = [TODAY + timedelta(days=day) for day in range(20)]
    firsts = {rank_pool(Need(TEACHER), Pool(members, day)).candidates[0].handle for day in days}
    assert len(firsts) > 3
    again = [rank_pool(Need(TEACHER), Pool(members, TODAY)) for _ in range(2)]
    assert again[0] == again[1]


def test_only_wished_kinds_are_proposed() -> None:
    members = [_facts(1), _facts(2, MemberKind.LAWYER), _facts(3, MemberKind.PSYCHOLOGIST)]
    ranking = rank([], "", members, kinds=frozenset({MemberKind.LAWYER}))
    assert [one.handle for one in ranking.candidates] == ["M-0002"]
    assert (ranking.excluded, ranking.left_out) == ((), 0)


def test_a_limit_says_how_many_are_left_out() -> None:
    ranking = rank([], "", [_facts(number) for number in range(5)], limit=2)
    assert (len(ranking.candidates), ranking.left_out) == (2, 3)


def test_of_each_kind_are_enough_for_a_balanced_choice() -> None:
    members = [_facts(number) for number in range(6)] + [_facts(7, MemberKind.LAWYER), _facts(8, MemberKind.LAWYER)]
    whole = rank([], "", members).candidates
    some = rank_pool(Need(TEACHER), Pool(members, TODAY), of_each_kind=3).candidates
    assert len(some) == 5
    assert best(some, 3) == best(whole, 3)


def test_a_member_of_the_same_town_is_proposed_with_a_note() -> None:
    board = Affiliation("森野市教育委員会", None, 2020, None)
    facts = _facts(1)
    near = replace(facts, member=replace(facts.member, affiliations=(board,)))
    (candidate,) = rank([], "", [near]).candidates
    assert candidate.reasons[-1] == ("please consider: same municipality or board of education (present affiliation)")


_AFFILIATIONS = st.builds(
    Affiliation,
    st.text("森野市立ひばり台第三小学校元教委 ", max_size=14),
    st.none() | st.just(7),
    st.none(),
    st.none() | st.integers(1990, 2026),
)
_DOMAINS = st.sampled_from(
    ["members.example.org", "hibari.example.jp", "staff.hibari.example.jp", "nohibari.example.jp"]
)


@given(
    st.lists(_AFFILIATIONS, max_size=2), _DOMAINS, st.sampled_from(["石田 岳", "石田　岳", "森田 梓"]), st.booleans()
)
def test_the_pool_misses_no_conflict(affiliations: list[Affiliation], domain: str, name: str, is_related: bool) -> None:
    school = replace(SCHOOL, aliases=("三小",), domains=("hibari.example.jp",))
    teacher = replace(TEACHER, school=school)
    facts = _facts(1)
    person = replace(facts.member.person, name=name, addresses=(Address("m", domain),))
    relations = (Relation(teacher.id, None, "T-1111"),) if is_related else ()
    member = replace(facts.member, person=person, affiliations=tuple(affiliations), relations=relations)
    ranking = rank_pool(Need(teacher), Pool([replace(facts, member=member)], TODAY))
    reason = conflict(teacher, member)
    assert [one.reason for one in ranking.excluded] == ([f"conflict of interest: {reason}"] if reason else [])
    assert exclusion(Need(teacher), replace(facts, member=member), TODAY) == (
        f"conflict of interest: {reason}" if reason else None
    )


def test_the_best_few_are_of_many_kinds_but_match_the_case() -> None:
    members = [
        _facts(1, MemberKind.TEACHER, "保護者対応"),
        replace(_facts(2, MemberKind.TEACHER, "保護者対応"), last_invited=date(2026, 1, 1)),
        replace(_facts(3, MemberKind.LAWYER, "保護者対応"), last_invited=date(2026, 1, 2)),
        _facts(4, MemberKind.PSYCHOLOGIST),
    ]
    candidates = rank(["保護者対応"], "", members).candidates
    assert [one.handle for one in best(candidates, 2)] == ["M-0001", "M-0003"]
    assert [one.handle for one in best(candidates, 4)] == ["M-0001", "M-0003", "M-0002", "M-0004"]
    assert [one.handle for one in best(candidates, 9)] == ["M-0001", "M-0003", "M-0002", "M-0004"]
    assert best(candidates, 0) == ()
