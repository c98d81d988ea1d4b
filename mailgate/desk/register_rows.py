"""One row of the register as text cells, read into an entry and written back: for CSV files, commands and form mails.

The columns have the same names everywhere. A reader tells all that is wrong with a row at once, each with its column;
lists in a cell are separated by semicolons.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from mailgate.desk.cells import CellReader, Cells
from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.people import Affiliation, Contract, MemberKind, Plan, School
from mailgate.desk.school_names import find_schools
from mailgate.mail.address import Address, parse_address

_PERSON = ("name", "kana", "addresses")
SCHOOL_COLUMNS = ("name", "aliases", "municipality", "domains", "contract_from", "contract_to")
TEACHER_COLUMNS = (*_PERSON, "school", "role", "years", "age_band", "gender", "school_type", "plan")
MEMBER_COLUMNS = (
    *_PERSON,
    "kind",
    "years",
    "credential",
    "affiliations",
    "age_band",
    "gender",
    "topics",
    "monthly_limit",
)

_MOST_YEARS = 80
_MOST_INVITATIONS = 99
_AGE_BAND = re.compile(r"([1-9]0)(?:代.{0,4}|s)?")
_YEAR = r"((?:19|20)\d\d)"
_PERIOD = re.compile(rf"{_YEAR}?\s?[-–—−~〜]\s?{_YEAR}?|{_YEAR}")


def school_entry(cells: Cells) -> SchoolEntry:
    """The school that a row means; raises BadInput with one line for each column that is wrong."""
    reader = CellReader(cells)
    entry = SchoolEntry(
        reader.text("name", needed=True),
        reader.many("aliases"),
        reader.text("municipality"),
        reader.each("domains", _domain, "a mail domain"),
        _contracts(reader),
    )
    reader.done()
    return entry


def teacher_entry(cells: Cells, schools: Sequence[School]) -> TeacherEntry:
    """The teacher that a row means; `schools` are the registered ones. Raises BadInput like `school_entry`."""
    reader = CellReader(cells)
    person = _person(reader)
    plan = reader.one_of("plan", Plan, Plan.SCHOOL)
    school_id = _school_id(reader, schools)
    if plan is Plan.SCHOOL and not reader.text("school"):
        reader.problem("school", "must not be empty, unless the plan is trial")
    role, years = reader.text("role"), reader.number("years", 0, _MOST_YEARS)
    entry = TeacherEntry(person, school_id, role, years, reader.text("school_type"), plan)
    reader.done()
    return entry


def member_entry(cells: Cells) -> MemberEntry:
    """The member that a row means. Raises BadInput like `school_entry`."""
    reader = CellReader(cells)
    entry = MemberEntry(
        _person(reader),
        reader.one_of("kind", MemberKind, MemberKind.EDUCATION),
        reader.number("years", 0, _MOST_YEARS),
        reader.text("credential"),
        reader.each("affiliations", _affiliation, "an affiliation such as 東小学校:1985-2016 or 西小学校:2019-"),
        reader.many("topics"),
        reader.number("monthly_limit", 1, _MOST_INVITATIONS),
    )
    reader.done()
    return entry


def school_cells(entry: SchoolEntry) -> dict[str, str]:
    """The row that `school_entry` would read so; of the contracts only the last fits into one row."""
    last = entry.contracts[-1] if entry.contracts else None
    return {
        "name": entry.name,
        "aliases": ";".join(entry.aliases),
        "municipality": entry.municipality,
        "domains": ";".join(entry.domains),
        "contract_from": last.starts_on.isoformat() if last else "",
        "contract_to": last.ends_on.isoformat() if last else "",
    }


def teacher_cells(entry: TeacherEntry, school: School | None) -> dict[str, str]:
    """The row that `teacher_entry` would read so."""
    return _person_cells(entry.person) | {
        "school": school.name if school else "",
        "role": entry.role,
        "years": _number_cell(entry.years),
        "school_type": entry.school_type,
        "plan": entry.plan,
    }


def member_cells(entry: MemberEntry) -> dict[str, str]:
    """The row that `member_entry` would read so."""
    return _person_cells(entry.person) | {
        "kind": entry.kind,
        "years": _number_cell(entry.years),
        "credential": entry.credential,
        "affiliations": ";".join(affiliation_cell(one) for one in entry.affiliations),
        "topics": ";".join(entry.topics),
        "monthly_limit": _number_cell(entry.monthly_limit),
    }


def affiliation_cell(one: Affiliation) -> str:
    """「東小学校:1985-2016」, 「西小学校:2019-」 or the name alone."""
    if one.from_year is None and one.to_year is None:
        return one.name
    return f"{one.name}:{_number_cell(one.from_year)}-{_number_cell(one.to_year)}"


def _person_cells(person: PersonEntry) -> dict[str, str]:
    return {
        "name": person.name,
        "kana": person.kana,
        "addresses": ";".join(map(str, person.addresses)),
        "age_band": person.age_band,
        "gender": person.gender,
    }


def _number_cell(number: int | None) -> str:
    return "" if number is None else str(number)


def _person(reader: CellReader) -> PersonEntry:
    addresses = reader.each("addresses", parse_address, "a mail address")
    if not reader.many("addresses"):
        reader.problem("addresses", "must not be empty")
    name, kana = reader.text("name", needed=True), reader.text("kana")
    return PersonEntry(name, kana, _unique(addresses), _age_band(reader), reader.text("gender"))


def _unique(addresses: Sequence[Address]) -> tuple[Address, ...]:
    return tuple({address.key: address for address in reversed(addresses)}.values())[::-1]


def _age_band(reader: CellReader) -> str:
    plain = unicodedata.normalize("NFKC", reader.text("age_band"))
    found = _AGE_BAND.fullmatch(plain)
    if plain and not found:
        reader.problem("age_band", f"'{plain}' is not an age band such as 30代")
    return f"{found[1]}代" if found else ""


def _school_id(reader: CellReader, schools: Sequence[School]) -> int | None:
    name = reader.text("school")
    found = find_schools(name, schools) if name else []
    if name and not found:
        reader.problem("school", f"'{name}' is not registered: add the school first")
    if len(found) > 1:
        several = ", ".join(school.name for school in found)
        reader.problem("school", f"'{name}' may be several schools ({several}): write the whole name")
    return found[0].id if found else None


def _contracts(reader: CellReader) -> tuple[Contract, ...]:
    starts_on, ends_on = reader.day("contract_from"), reader.day("contract_to")
    if bool(reader.text("contract_from")) != bool(reader.text("contract_to")):
        missing = "contract_to" if reader.text("contract_from") else "contract_from"
        reader.problem(missing, "must not be empty: a contract has a first and a last day")
    if starts_on is None or ends_on is None:
        return ()
    if ends_on < starts_on:
        reader.problem("contract_to", f"{ends_on} is before {starts_on}")
    return (Contract(starts_on, ends_on),)


def _domain(text: str) -> str | None:
    address = parse_address(f"anybody@{text.removeprefix('@')}")
    return address.domain if address else None


def _affiliation(text: str) -> Affiliation | None:
    name, colon, period = (part.strip() for part in text.replace("：", ":").partition(":"))
    if not name or not colon:
        return Affiliation(name, None, None, None) if name else None
    found = _PERIOD.fullmatch(unicodedata.normalize("NFKC", period))
    if found is None:
        return None
    start, end, only = found.groups()
    from_year = int(start or only) if start or only else None
    to_year = int(end or only) if end or only else None
    if from_year and to_year and to_year < from_year:
        return None
    return Affiliation(name, None, from_year, to_year)
