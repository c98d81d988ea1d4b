"""One row of the register as text cells, read into an entry and written back: for CSV files, commands and form mails.

The columns have the same names everywhere (`desk/register_columns.py`). A reader tells all that is wrong with a row at
once, each with its column; lists in a cell are separated by semicolons. A school is named by handle, name or alias.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from mailgate.desk.cells import CellReader, Cells, cell_problem
from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry, entry_of_teacher
from mailgate.desk.people import Affiliation, Contract, MemberKind, Plan, School, Teacher
from mailgate.desk.school_names import choice, find_schools, is_handle
from mailgate.mail.address import Address, parse_address
from mailgate.phrase import Phrase

_MOST_YEARS = 80
_MOST_INVITATIONS = 99
_AGE_BAND = re.compile(r"([1-9]0)(?:代.{0,4}|s)?")
_YEAR = r"((?:19|20)\d\d)"
_PERIOD = re.compile(rf"{_YEAR}?\s?[-–—−~〜]\s?{_YEAR}?|{_YEAR}")


def school_entry(cells: Cells) -> SchoolEntry:
    """The school that a row means; raises BadInput with one line for each column that is wrong."""
    entry, reader = read_school(cells)
    reader.done()
    return entry


def teacher_entry(cells: Cells, schools: Sequence[School]) -> TeacherEntry:
    """The teacher that a row means; `schools` are the registered ones. Raises BadInput like `school_entry`."""
    entry, reader = read_teacher(cells, schools)
    reader.done()
    return entry


def member_entry(cells: Cells, schools: Sequence[School]) -> MemberEntry:
    """The member that a row means; an affiliation by handle gets the name and the id of that one of `schools`.

    Raises BadInput like `school_entry`.
    """
    entry, reader = read_member(cells, schools)
    reader.done()
    return entry


def read_school(cells: Cells) -> tuple[SchoolEntry, CellReader]:
    """The school that a row means as far as it can be read, and the reader, which knows what is wrong with its cells:
    for whoever has more to say about the row."""
    reader = CellReader(cells)
    entry = SchoolEntry(
        reader.text("name", needed=True),
        reader.many("aliases"),
        reader.text("municipality"),
        reader.each("domains", _domain, Phrase("a mail domain")),
        _contracts(reader),
    )
    for column, name in (("name", entry.name), *(("aliases", alias) for alias in entry.aliases)):
        if is_handle(name):
            reader.problem(column, Phrase("'{name}' is no name: it has the form of a handle", name=name))
    return entry, reader


def read_teacher(cells: Cells, schools: Sequence[School]) -> tuple[TeacherEntry, CellReader]:
    """The same of a teacher."""
    reader = CellReader(cells)
    person, plan = _person(reader), _plan(reader)
    school_id = _school_id(reader, schools)
    if plan is Plan.SCHOOL and not reader.text("school"):
        reader.problem("school", Phrase("must not be empty, unless the plan is trial"))
    role, years = reader.text("role"), reader.number("years", 0, _MOST_YEARS)
    entry = TeacherEntry(person, school_id, role, years, reader.text("school_type"), plan)
    return entry, reader


def read_member(cells: Cells, schools: Sequence[School]) -> tuple[MemberEntry, CellReader]:
    """The same of a member."""
    reader = CellReader(cells)
    what = Phrase("an affiliation such as 東小学校:1985-2016 or 西小学校:2019-")
    written = reader.each("affiliations", _affiliation, what)
    entry = MemberEntry(
        _person(reader),
        reader.one_of("kind", MemberKind, MemberKind.EDUCATION),
        reader.number("years", 0, _MOST_YEARS),
        reader.text("credential"),
        tuple(_with_school(reader, one, schools) for one in written),
        reader.many("topics"),
        reader.number("monthly_limit", 1, _MOST_INVITATIONS),
    )
    return entry, reader


def unclear_affiliations(entry: MemberEntry, schools: Sequence[School]) -> tuple[str, ...]:
    """One line for each affiliation that may be several of `schools`: a remark, for nothing is wrong with the row.

    Such a member is in conflict with each of them (`desk/conflict.py` compares names).
    """
    found = ((one.name, find_schools(one.name, schools)) for one in entry.affiliations if one.school_id is None)
    return tuple(
        cell_problem(
            "affiliations",
            Phrase(
                "'{name}' may be {choice}: the member counts as of each; a handle says which",
                name=name,
                choice=choice(meant),
            ),
        )
        for name, meant in found
        if len(meant) > 1
    )


def addresses_in(cells: Cells) -> tuple[Address, ...]:
    """The addresses of a row as far as they can be read: who is meant, before the row as a whole is judged."""
    found = map(parse_address, CellReader(cells).many("addresses"))
    return _unique([address for address in found if address is not None])


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


def cells_of_teacher(teacher: Teacher) -> dict[str, str]:
    """A registered teacher as the row that says the same; the school by handle, so that it can mean no other."""
    handle = teacher.school.handle if teacher.school else ""
    return teacher_cells(entry_of_teacher(teacher), teacher.school) | {"school": handle}


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
    addresses = reader.each("addresses", parse_address, Phrase("a mail address"))
    if not reader.many("addresses"):
        reader.problem("addresses", Phrase("must not be empty"))
    name, kana = reader.text("name", needed=True), reader.text("kana")
    return PersonEntry(name, kana, _unique(addresses), _age_band(reader), reader.text("gender"))


def _unique(addresses: Sequence[Address]) -> tuple[Address, ...]:
    return tuple({address.key: address for address in reversed(addresses)}.values())[::-1]


def _age_band(reader: CellReader) -> str:
    plain = unicodedata.normalize("NFKC", reader.text("age_band"))
    found = _AGE_BAND.fullmatch(plain)
    if plain and not found:
        reader.problem("age_band", Phrase("'{text}' is not an age band such as 30代", text=plain))
    return f"{found[1]}代" if found else ""


def _plan(reader: CellReader) -> Plan:
    """An empty cell means the plan that fits: that of the school where there is one, else an individual trial."""
    fitting = Plan.SCHOOL if reader.text("school") else Plan.TRIAL
    return reader.one_of("plan", Plan, Plan.SCHOOL) if reader.text("plan") else fitting


def _school_id(reader: CellReader, schools: Sequence[School]) -> int | None:
    name = reader.text("school")
    found = find_schools(name, schools) if name else []
    if name and not found:
        reader.problem("school", _unknown(name))
    if len(found) > 1:
        reader.problem("school", Phrase("'{name}' may be {choice}: write the handle", name=name, choice=choice(found)))
    return found[0].id if found else None


def _with_school(reader: CellReader, one: Affiliation, schools: Sequence[School]) -> Affiliation:
    if not is_handle(one.name):
        return one
    found = find_schools(one.name, schools)
    if not found:
        reader.problem("affiliations", _unknown(one.name))
        return one
    return replace(one, name=found[0].name, school_id=found[0].id)


def _unknown(name: str) -> Phrase:
    if is_handle(name):
        return Phrase("there is no school {name}: 'mailgate school list' shows them", name=name)
    return Phrase("'{name}' is not registered: add the school first ('mailgate school add')", name=name)


def _contracts(reader: CellReader) -> tuple[Contract, ...]:
    starts_on, ends_on = reader.day("contract_from"), reader.day("contract_to")
    if bool(reader.text("contract_from")) != bool(reader.text("contract_to")):
        missing = "contract_to" if reader.text("contract_from") else "contract_from"
        reader.problem(missing, Phrase("must not be empty: a contract has a first and a last day"))
    if starts_on is None or ends_on is None:
        return ()
    if ends_on < starts_on:
        reader.problem("contract_to", Phrase("{ends_on} is before {starts_on}", ends_on=ends_on, starts_on=starts_on))
        return ()
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
