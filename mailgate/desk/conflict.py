"""Who may never be asked about whom: the rule that no operator can override.

Asked by `desk/candidates.py` for the list, again by the flow that invites, whatever was typed, at each reply, and at
the answer: the register may have changed since. The reasons are for operators, name nobody, and are never told to a
member: "you were not asked" would tell the teacher's school. A warning excludes nobody; an operator decides.

Known weakness: a municipality is known by the name of a workplace (市立…, …教育委員会) or of a registered school; a
workplace that names no town gives no warning.
"""

from __future__ import annotations

import unicodedata

from mailgate.desk.people import Affiliation, Member, Person, School, Teacher
from mailgate.desk.school_names import is_named, is_of_town
from mailgate.phrase import Phrase

SAME_PERSON = Phrase("the teacher personally")
SAME_NAME = Phrase("has the same name as the teacher")
DECLARED = Phrase("declared relation")
SAME_SCHOOL = Phrase("same school (present or past affiliation)")
SAME_SCHOOL_ADDRESS = Phrase("same school (an address at its domain)")
SAME_TOWN = Phrase("same municipality or board of education (present affiliation)")


def conflict(teacher: Teacher, member: Member, since_year: int | None = None) -> str | None:
    """Why `member` may never see a case of `teacher`, in words without names; None when nothing speaks against it.

    An affiliation counts however long ago it ended, or (`since_year`) unless it ended before that year. A teacher
    without a registered school (individual trial) can only be compared as a person.
    """
    school = teacher.school
    if teacher.person.id == member.person.id or _keys(teacher.person) & _keys(member.person):
        return SAME_PERSON
    if folded_name(teacher.person) == folded_name(member.person):
        return SAME_NAME
    if any(one.teacher_id == teacher.id for one in member.relations):
        return DECLARED
    if school is None:
        return None
    if any(one.school_id == school.id for one in member.relations):
        return DECLARED
    if any(_means(one, school) for one in member.affiliations if _counts(one, since_year)):
        return SAME_SCHOOL
    if any(_belongs(address.domain, school) for address in member.person.addresses):
        return SAME_SCHOOL_ADDRESS
    return None


def told(reason: str) -> Phrase:
    """A conflict as lists, refusals and the database have it."""
    return Phrase("conflict of interest: {reason}", reason=reason)


def warning(teacher: Teacher, member: Member) -> str | None:
    """What an operator should think of before they ask `member`, in words without names; None where nothing is."""
    if teacher.school is None or not teacher.school.municipality:
        return None
    town = teacher.school.municipality
    present = [one for one in member.affiliations if one.to_year is None]
    return SAME_TOWN if any(one.municipality == town or is_of_town(one.name, town) for one in present) else None


def _means(one: Affiliation, school: School) -> bool:
    return one.school_id == school.id or is_named(school, one.name)


def _counts(one: Affiliation, since_year: int | None) -> bool:
    return since_year is None or one.to_year is None or one.to_year >= since_year


def _keys(person: Person) -> frozenset[str]:
    return frozenset(address.key for address in person.addresses)


def folded_name(person: Person) -> str:
    """The name in the one spelling in which two people are compared."""
    return "".join(unicodedata.normalize("NFKC", person.name).split()).lower()


def _belongs(domain: str, school: School) -> bool:
    return any(domain == own or domain.endswith(f".{own}") for own in school.domains)
