"""Who may never be asked about whom: the rule that no operator can override.

Asked by `desk/candidates.py` for the list and again by the flow that invites, whatever was typed. The reasons are
for operators, name nobody, and are never told to a member: "you were not asked" would tell the teacher's school.
"""

from __future__ import annotations

import unicodedata

from mailgate.desk.people import Member, Person, School, Teacher
from mailgate.desk.school_names import is_named

SAME_PERSON = "the teacher personally"
SAME_NAME = "has the same name as the teacher"
SAME_SCHOOL = "same school (present or past affiliation)"
SAME_SCHOOL_ADDRESS = "same school (an address at its domain)"


def conflict(teacher: Teacher, member: Member) -> str | None:
    """Why `member` may never see a case of `teacher`, in words without names; None when nothing speaks against it.

    An affiliation counts however long ago it ended. A teacher without a registered school (individual trial) can only
    be compared as a person.
    """
    if teacher.person.id == member.person.id or _keys(teacher.person) & _keys(member.person):
        return SAME_PERSON
    if _name(teacher.person) == _name(member.person):
        return SAME_NAME
    if teacher.school is None:
        return None
    if any(one.school_id == teacher.school.id or is_named(teacher.school, one.name) for one in member.affiliations):
        return SAME_SCHOOL
    if any(_belongs(address.domain, teacher.school) for address in member.person.addresses):
        return SAME_SCHOOL_ADDRESS
    return None


def _keys(person: Person) -> frozenset[str]:
    return frozenset(address.key for address in person.addresses)


def _name(person: Person) -> str:
    return "".join(unicodedata.normalize("NFKC", person.name).split()).lower()


def _belongs(domain: str, school: School) -> bool:
    return any(domain == own or domain.endswith(f".{own}") for own in school.domains)
