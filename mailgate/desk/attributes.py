"""What the other side is told about a person: coarse words, coarser for all where they would fit fewer than k people.

Global recoding: one level is in force for everybody of a side, because how coarse somebody is shown would itself say
that they are rare. Whoever still stands in a cell of fewer than k people is shown with the one word that fits all.
The population is all active people of the same side: the reader is taken to know the whole list.

Known weaknesses: the level is computed at the moment of use, not frozen for a quarter, so somebody who compares two
cases across a registration can learn from the difference; and nobody is shown coarsely at random to hide who had to be.
Only words from fixed lists leave this module, never what somebody typed into the register.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from mailgate.desk.people import Member, MemberKind, Teacher

SMALL_POPULATION = 20
"""Below this only the coarsest levels are used."""
_TOLERATED_SHARE = 0.05
"""How much of a population may fall into small cells (and is then shown with one word)."""
_OLDEST_DECADE = 50


class Side(StrEnum):
    TEACHER = "teacher"
    MEMBER = "member"


class Level(IntEnum):
    """Finest first: role, four bands of years, age and gender at L1; the common word alone at L8."""

    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4
    L5 = 5
    L6 = 6
    L7 = 7
    L8 = 8


@dataclass(frozen=True, slots=True)
class Profile:
    """A person in words from fixed lists, Japanese as in the register; empty where nothing is known."""

    side: Side
    role: str
    group: str
    years: int | None
    decade: int
    """30, top-coded at 50; 0 where unknown."""
    gender: str
    school_type: str


Cell = tuple[str, ...]

_ROLES = (
    (re.compile("校長|教頭|園長"), "管理職"),
    (re.compile("養護"), "養護教諭"),
    (re.compile("栄養"), "栄養教諭"),
    (re.compile("カウンセラー|ソーシャルワーカー"), "相談職"),
    (re.compile("教員|教諭|講師|教師|担任|先生"), "教員"),
)
_ANY_ROLE = "教職員"
_GROUPS = {"管理職": "管理職"}
_TEACHING = frozenset({MemberKind.TEACHER, MemberKind.FORMER_TEACHER})
_SCHOOL_TYPES = ("小学校", "中学校", "高等学校", "特別支援学校", "義務教育学校", "中等教育学校", "幼稚園", "大学")
_GENDERS = {"男性": "男性", "男": "男性", "女性": "女性", "女": "女性"}

_COMMON_WORD = {Side.TEACHER: "先生", Side.MEMBER: "協力者"}
_ENGLISH = {
    "先生": "a teacher",
    "協力者": "a community member",
    "管理職": "school management",
    "養護教諭": "school nurse",
    "栄養教諭": "nutrition teacher",
    "相談職": "school counsellor",
    "教員": "teacher",
    "教職員": "school staff",
    "元教員": "former teacher",
    "弁護士": "lawyer",
    "臨床心理士": "clinical psychologist",
    "教育関係": "education professional",
    "教員・元教員": "teacher or former teacher",
    "専門職・教育関係者": "professional",
    "男性": "male",
    "女性": "female",
    "小学校": "elementary school",
    "中学校": "junior high school",
    "高等学校": "high school",
    "特別支援学校": "special needs school",
    "義務教育学校": "compulsory education school",
    "中等教育学校": "secondary school",
    "幼稚園": "kindergarten",
    "大学": "university",
}


def teacher_profile(teacher: Teacher) -> Profile:
    """What may ever be shown of a teacher."""
    role = next((word for pattern, word in _ROLES if pattern.search(teacher.role)), _ANY_ROLE)
    person = teacher.person
    kind = next((kind for kind in _SCHOOL_TYPES if kind in teacher.school_type), "")
    group = _GROUPS.get(role, _ANY_ROLE)
    gender = _GENDERS.get(person.gender, "")
    return Profile(Side.TEACHER, role, group, teacher.years, _decade(person.age_band), gender, kind)


def member_profile(member: Member) -> Profile:
    """What may ever be shown of a member."""
    group = "教員・元教員" if member.kind in _TEACHING else "専門職・教育関係者"
    person = member.person
    gender = _GENDERS.get(person.gender, "")
    return Profile(Side.MEMBER, member.kind.value, group, member.years, _decade(person.age_band), gender, "")


def level_in_force(population: Sequence[Profile], k: int) -> Level:
    """The finest level at which at most one in twenty stands in a cell of fewer than `k`; L1 for k of 1 or less."""
    if k <= 1:
        return Level.L1
    finest = Level.L7 if len(population) < SMALL_POPULATION else Level.L1
    fitting = (
        level for level in Level if level >= finest and _share_in_small_cells(population, level, k) <= _TOLERATED_SHARE
    )
    return max(finest, next(fitting, Level.L8))


def describe(profile: Profile, level: Level, population: Sequence[Profile], k: int, language: str) -> str:
    """`profile` in words ("元教員・教職歴20年以上"; English for "en") that fit at least `k` people of `population`."""
    cell = _CELLS[level](profile)
    alike = sum(1 for other in population if _CELLS[level](other) == cell)
    shown = [word for word in cell if word] if k <= 1 or alike >= k else []
    shown = shown or [_COMMON_WORD[profile.side]]
    if language == "ja":
        return "・".join(shown)
    return ", ".join(_english(word) for word in shown)


def _share_in_small_cells(population: Sequence[Profile], level: Level, k: int) -> float:
    cells = Counter(_CELLS[level](profile) for profile in population)
    return sum(count for count in cells.values() if count < k) / max(len(population), 1)


def _decade(age_band: str) -> int:
    digits = re.match(r"[1-9]0", age_band)
    return min(int(digits[0]), _OLDEST_DECADE) if digits else 0


def _years4(profile: Profile) -> str:
    match profile.years:
        case None:
            return ""
        case years if years < 5:
            return f"{_career(profile)}0〜4年"
        case years if years < 10:
            return f"{_career(profile)}5〜9年"
        case years if years < 20:
            return f"{_career(profile)}10〜19年"
        case _:
            return f"{_career(profile)}20年以上"


def _years2(profile: Profile) -> str:
    if profile.years is None:
        return ""
    return f"{_career(profile)}{'9年まで' if profile.years < 10 else '10年以上'}"


def _career(profile: Profile) -> str:
    teaching = profile.side is Side.TEACHER or profile.group == "教員・元教員"
    return "教職歴" if teaching else "経験"


def _age(profile: Profile) -> str:
    if not profile.decade:
        return ""
    return f"{profile.decade}代{'以上' if profile.decade == _OLDEST_DECADE else ''}"


_CELLS: dict[Level, Callable[[Profile], Cell]] = {
    Level.L1: lambda p: (p.role, _years4(p), _age(p), p.gender, p.school_type),
    Level.L2: lambda p: (p.role, _years4(p), _age(p)),
    Level.L3: lambda p: (p.role, _years4(p)),
    Level.L4: lambda p: (p.role, _years2(p)),
    Level.L5: lambda p: (p.group, _years4(p)),
    Level.L6: lambda p: (p.group, _years2(p)),
    Level.L7: lambda p: (p.group,),
    Level.L8: lambda _: (),
}

_SPAN = re.compile(r"(教職歴|経験)(?:(\d+)〜(\d+)年|(\d+)年まで|(\d+)年以上)")
_CAREERS = {"教職歴": "of teaching", "経験": "of experience"}


def _english(word: str) -> str:
    if span := _SPAN.fullmatch(word):
        career = _CAREERS[span[1]]
        if span[2]:
            return f"{span[2]} to {span[3]} years {career}"
        return f"up to {span[4]} years {career}" if span[4] else f"{span[5]} or more years {career}"
    if word.endswith("代以上"):
        return f"{word.removesuffix('代以上')}s or older"
    if word.endswith("代"):
        return f"{word.removesuffix('代')}s"
    return _ENGLISH[word]
