"""What the other side may be told about a person: coarse words from fixed lists, in eight levels, each in bands.

Before: somebody of the register, as typed. After: `desk/levels.py` decides which level is shown, and of whom only the
one word that fits everybody. Nothing that somebody typed into the register leaves this module. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from mailgate.desk.people import Member, MemberKind, Teacher


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
class Bands:
    """Where the bands of years and ages begin (`[attributes]` of the configuration)."""

    years: tuple[int, ...] = (5, 10, 20)
    years_coarse: int = 10
    """The one border that is left at the coarse levels; one of `years`."""
    oldest: int = 50
    """Everybody of this decade and above is of one band."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person in words from fixed lists, Japanese as in the register; empty where nothing is known."""

    side: Side
    role: str
    group: str
    years: int | None
    decade: int
    """30; 0 where unknown."""
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


def cell(profile: Profile, level: Level, bands: Bands) -> Cell:
    """What is told of somebody at a level, and with whom they share it; empty where all are told alike."""
    return _CELLS[level](profile, bands)


def words(shown: Cell, side: Side, language: str) -> str:
    """A cell for a reader ("元教員・教職歴20年以上"; English for "en"); the side's common word for an empty one."""
    parts = [word for word in shown if word] or [_COMMON_WORD[side]]
    if language == "ja":
        return "・".join(parts)
    return ", ".join(_english(word) for word in parts)


def _decade(age_band: str) -> int:
    digits = re.match(r"[1-9]0", age_band)
    return int(digits[0]) if digits else 0


def _years(profile: Profile, bands: Bands) -> str:
    if profile.years is None:
        return ""
    below = [border for border in bands.years if border <= profile.years]
    above = [border for border in bands.years if border > profile.years]
    low = below[-1] if below else 0
    return f"{_career(profile)}{low}〜{above[0] - 1}年" if above else f"{_career(profile)}{low}年以上"


def _years_coarse(profile: Profile, bands: Bands) -> str:
    if profile.years is None:
        return ""
    border = bands.years_coarse
    return f"{_career(profile)}{f'{border - 1}年まで' if profile.years < border else f'{border}年以上'}"


def _career(profile: Profile) -> str:
    teaching = profile.side is Side.TEACHER or profile.group == "教員・元教員"
    return "教職歴" if teaching else "経験"


def _age(profile: Profile, bands: Bands) -> str:
    if not profile.decade:
        return ""
    return f"{bands.oldest}代以上" if profile.decade >= bands.oldest else f"{profile.decade}代"


_CELLS: dict[Level, Callable[[Profile, Bands], Cell]] = {
    Level.L1: lambda p, b: (p.role, _years(p, b), _age(p, b), p.gender, p.school_type),
    Level.L2: lambda p, b: (p.role, _years(p, b), _age(p, b)),
    Level.L3: lambda p, b: (p.role, _years(p, b)),
    Level.L4: lambda p, b: (p.role, _years_coarse(p, b)),
    Level.L5: lambda p, b: (p.group, _years(p, b)),
    Level.L6: lambda p, b: (p.group, _years_coarse(p, b)),
    Level.L7: lambda p, _: (p.group,),
    Level.L8: lambda *_: (),
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
