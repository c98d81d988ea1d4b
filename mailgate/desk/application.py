"""What an application for the register lacks, and whom it means: before an operator looks at it.

Before: `desk/application_form.py` has found the cells. After: `flow/registration.py` asks for what is missing, once,
and an operator approves. What the applicant is told never depends on the register: whether a school is registered
with us is nobody's business. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailgate.desk.application_form import Cells, Wish
from mailgate.desk.kanji_numbers import with_digits
from mailgate.desk.people import MemberKind, School
from mailgate.desk.register_rows import member_entry
from mailgate.desk.school_names import find_schools
from mailgate.errors import BadInput
from mailgate.mail.address import Address

FORM: Mapping[Wish, tuple[str, ...]] = {
    Wish.TEACHER: ("name", "school", "municipality", "role", "years"),
    Wish.MEMBER: ("name", "kind", "years", "credential", "affiliations", "topics", "monthly_limit"),
}
"""The lines of the forms that we send out, in this order."""
_NEEDED: Mapping[Wish, tuple[str, ...]] = {
    Wish.TEACHER: ("name", "school", "role", "years"),
    Wish.MEMBER: ("name", "kind", "years"),
}
_NUMBER = re.compile(r"(?:約|およそ|満|about )?\s?(\d{1,2})\s?(?:年(?:目|間|以上|ほど|程度)?|years?|件(?:まで)?)?")
_AGE = re.compile(r"([1-9])\d(?:代.{0,3}|歳|才|s)?")
_KINDS: tuple[tuple[str, MemberKind], ...] = (
    ("元教|退職|former|retired", MemberKind.FORMER_TEACHER),
    ("弁護士|lawyer|attorney", MemberKind.LAWYER),
    ("心理|カウンセラー|psycholog|counsel", MemberKind.PSYCHOLOGIST),
    ("教員|教諭|教師|講師|teacher", MemberKind.TEACHER),
    ("教育|education", MemberKind.EDUCATION),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """An application with its cells as the register wants them."""

    wish: Wish
    cells: Cells
    missing: tuple[str, ...]
    """Columns that are needed and empty."""
    unclear: tuple[str, ...]
    """Columns whose words nobody but a person understands; their cells are as they were written."""

    @property
    def complete(self) -> bool:
        return not (self.missing or self.unclear)


def judge(wish: Wish, cells: Cells) -> Judged:
    """What these cells come to; those that the form of the wish does not have are left as they are."""
    plain = {column: _plain(column, value) for column, value in cells.items()}
    missing = [column for column in _NEEDED[wish] if not plain.get(column)]
    if wish is Wish.MEMBER and plain.get("credential") and "years" in missing:
        missing.remove("years")  # either of them will do, see eligibility.activation_problem
    return Judged(wish, plain, tuple(missing), tuple(_unclear(wish, plain)))


def schools_meant(cells: Mapping[str, str], address: Address, schools: Sequence[School]) -> list[School]:
    """The registered schools that the applicant may mean: by name or alias, else by the domain of the address."""
    name, town = cells.get("school", ""), _folded(cells.get("municipality", ""))
    found = find_schools(name, schools) if name else []
    if len(found) > 1 and town:
        found = [
            one for one in found if _folded(one.municipality) in town or town in _folded(one.municipality)
        ] or found
    return found or [one for one in schools if address.domain in one.domains]


def _plain(column: str, value: str) -> str:
    match column:
        case "years" | "monthly_limit":
            found = _NUMBER.fullmatch(with_digits(value))
            return found[1] if found else value
        case "age_band":
            found = _AGE.fullmatch(value)
            return f"{found[1]}0代" if found else value
        case "kind":
            return next((kind.value for words, kind in _KINDS if re.search(words, value, re.IGNORECASE)), value)
        case _:
            return value


def _unclear(wish: Wish, cells: Mapping[str, str]) -> list[str]:
    """The columns that a row of the register would be refused for."""
    asked = {"name": "x", "addresses": "anybody@example.org", "kind": MemberKind.EDUCATION.value}
    given = {column: value for column, value in cells.items() if value and column not in ("school", "municipality")}
    if wish is Wish.TEACHER:
        given = {column: value for column, value in given.items() if column not in ("kind", "affiliations", "topics")}
    try:
        member_entry(asked | given, ())
    except BadInput as problem:
        wrong = {one.partition(":")[0] for one in problem.problems}
        return [column for column in cells if column in wrong]
    return []


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
