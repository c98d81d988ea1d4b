"""What the register says of everybody in one file of an import: asked once for the whole file, however long that is.

Before: `desk/table_file.py` read the rows. After: `flow/import_rows.py` compares each row with it, and an import that
finds it unchanged at the writing has nothing to compare anew. Nothing is written here.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailgate.desk.entries import MemberEntry
from mailgate.desk.people import Member, Person, Teacher
from mailgate.desk.register_rows import addresses_in
from mailgate.desk.school_names import SchoolBook
from mailgate.desk.table_file import TableRow
from mailgate.flow.context import Context
from mailgate.store import members, teachers
from mailgate.store.persons import owner_of_each, persons_by_id, the_one
from mailgate.store.schools import all_schools
from mailgate.store.teachers import TeacherName


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says of everybody in one file, asked in a few statements however many rows there are."""

    schools: SchoolBook
    of_rows: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """The persons who have the addresses of each row."""
    persons: Mapping[int, Person] = field(default_factory=dict)
    teachers: Mapping[int, Teacher] = field(default_factory=dict)
    """By person, as all below."""
    members: Mapping[int, Member] = field(default_factory=dict)
    written: Mapping[int, MemberEntry] = field(default_factory=dict)
    """By member."""
    teachers_called: Mapping[str, Sequence[TeacherName]] = field(default_factory=dict)
    members_called: Mapping[str, Sequence[Member]] = field(default_factory=dict)
    """Of the names in the file whose addresses nobody has; by folded name."""

    def person_of(self, row: TableRow) -> Person | None:
        """The registered person who has an address of this row; raises Refused when they are of two people."""
        found = the_one(self.of_rows[row.number])
        return None if found is None else self.persons[found]


def schools_known(ctx: Context) -> Known:
    """What a file of schools is compared with."""
    return Known(SchoolBook(all_schools(ctx.tx)))


def people_known(ctx: Context, rows: Sequence[TableRow]) -> Known:
    """What a file of teachers or members is compared with."""
    tx = ctx.tx
    keys = {row.number: addresses_in(row.cells) for row in rows}
    owners = owner_of_each(tx, (address for addresses in keys.values() for address in addresses))
    ids = frozenset(owners.values())
    of_rows = {
        number: frozenset(owners[one.key] for one in addresses if one.key in owners)
        for number, addresses in keys.items()
    }
    strangers = {folded(row.cells.get("name", "")) for row in rows if not of_rows[row.number]}
    asked = members.members_of_persons(tx, ids)
    called: dict[str, list[TeacherName]] = defaultdict(list)
    for one in teachers.names(tx) if strangers else ():
        if folded(one.name) in strangers:
            called[folded(one.name)].append(one)
    namesakes = {who for who, name in (members.names(tx) if strangers else {}).items() if folded(name) in strangers}
    members_called: dict[str, list[Member]] = defaultdict(list)
    for member in members.members_of_persons(tx, namesakes).values():
        members_called[folded(member.person.name)].append(member)
    return Known(
        SchoolBook(all_schools(tx)),
        of_rows,
        persons_by_id(tx, ids),
        teachers.teachers_of_persons(tx, ids),
        asked,
        members.written_entries(tx, list(asked.values())),
        called,
        members_called,
    )


def folded(name: str) -> str:
    """A name as it is compared."""
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()
