"""What a check of the database is: a name, a sentence, and a query for the rows that should not be.

`integrity.py` runs those that stand in `integrity_cases.py` and `integrity_mail.py`, and those that are made here for
every table by what the model says of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Enum,
    ForeignKeyConstraint,
    Select,
    String,
    Table,
    and_,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute

from mailgate.phrase import Phrase
from mailgate.store.tables import CaseRow

Query = Select[*tuple[Any, ...]]
_AT_MOST = 50
"""So many problems of one kind are told; who has more mends these first."""
DESTROYED = select(CaseRow.id).where(CaseRow.destroyed_at.is_not(None))
"""Of these only numbers are left: what every other case must have, they must not."""
UNTOUCHED = Phrase("no command mends this: restore a backup")


@dataclass(frozen=True, slots=True)
class Problem:
    check: str
    """The name of the check that found it."""
    what: str
    """One line: where, what is wrong, what to do. No personal data."""


@dataclass(frozen=True, slots=True)
class Check:
    """Rows that cannot be, if all went well."""

    name: str
    sentence: Phrase
    """About one row; `{column}` stands for what the query or `words` give. Says what to do."""
    query: Query
    words: Mapping[str, str] = field(default_factory=dict)

    def problems(self, connection: Connection) -> Iterator[Problem]:
        rows = connection.execute(self.query.limit(_AT_MOST + 1)).mappings().all()
        return some_of_each(Problem(self.name, about(self.sentence, {**row, **self.words})) for row in rows)


def about(sentence: Phrase, values: Mapping[str, Any]) -> Phrase:
    """A sentence with its places filled; `{untouched}` is UNTOUCHED."""
    texts = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    return Phrase(sentence.template, untouched=UNTOUCHED, **texts)


def some_of_each(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first of each kind, and a line that there are more."""
    count: Counter[str] = Counter()
    for problem in problems:
        count[problem.check] += 1
        if count[problem.check] <= _AT_MOST:
            yield problem
        elif count[problem.check] == _AT_MOST + 1:
            what = Phrase(
                "more than {most} of the same ({check}): mend these, look again", most=_AT_MOST, check=problem.check
            )
            yield Problem(problem.check, what)


def all_tables() -> list[Table]:
    """Every table of the model, those that others refer to first."""
    return CaseRow.metadata.sorted_tables


def orphans() -> Iterator[Check]:
    """For each foreign key: rows that refer to one that is not there, as SQLite's foreign_key_check would say."""
    for table in all_tables():
        for key in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
            yield _orphans_of(table, key)


def _orphans_of(table: Table, key: ForeignKeyConstraint) -> Check:
    parent = key.referred_table.alias("parent")
    pairs = [(element.parent, parent.c[element.column.name]) for element in key.elements]
    columns = [child for child, _ in pairs]
    query = (
        select(table.c.id, *(column.label(f"value_{position}") for position, column in enumerate(columns)))
        .outerjoin(parent, and_(*(child == other for child, other in pairs)))
        .where(*(child.is_not(None) for child in columns), *(other.is_(None) for _, other in pairs))
        .order_by(table.c.id)
    )
    return Check(
        f"orphan {table.name}.{columns[0].name}",
        Phrase("{table} {id}: refers to {other} {value_0}, which is not there; {untouched}"),
        query,
        {"table": table.name, "other": key.referred_table.name},
    )


def unknown_words() -> Iterator[Check]:
    """For each column of states or kinds: rows with a word that mailgate does not know."""
    for table in all_tables():
        for column in table.columns:
            if isinstance(column.type, Enum):
                word = type_coerce(column, String)
                query = select(table.c.id).where(word.not_in(column.type.enums)).order_by(table.c.id)
                sentence = Phrase("{table} {id}: its {column} is no word that mailgate knows; {untouched}")
                words = {"table": table.name, "column": column.name}
                yield Check(f"word {table.name}.{column.name}", sentence, query, words)


def without(rows: Query, other: Any, on: ColumnElement[bool]) -> Query:
    """Those of `rows` that have none in `other`, a class of `tables.py`."""
    return rows.outerjoin(other, on).where(other.id.is_(None))


def gaps(owner: InstrumentedAttribute[Any], number: InstrumentedAttribute[int], label: str) -> Query:
    """Owners whose rows are not numbered 1, 2, 3, …"""
    wrong = or_(func.min(number) != 1, func.max(number) != func.count())
    return select(owner.label(label)).group_by(owner).having(wrong).order_by(owner)
