"""Whatever can be read into the register is written so that it reads the same: by hypothesis, in both formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.desk.csv_file import write_csv
from mailgate.desk.excel_file import write_excel
from mailgate.desk.people import MemberKind, School
from mailgate.desk.register_columns import MEMBER_COLUMNS, SCHOOL_COLUMNS, TEACHER_COLUMNS
from mailgate.desk.register_rows import (
    member_cells,
    member_entry,
    school_cells,
    school_entry,
    teacher_cells,
    teacher_entry,
)
from mailgate.desk.school_names import SchoolBook, find_schools
from mailgate.desk.table_file import Column, read_table
from mailgate.errors import BadInput

WEST = School(1, "S-1111", "岡里市立西小学校", ("西小",), "岡里市", (), ())
EAST = School(2, "S-2222", "岡里市立東小学校", (), "岡里市", (), ())
BOOK = SchoolBook([WEST, EAST])
_words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
_hard = st.sampled_from(["=1+1", "+81", "-1", "@a", "'=1", "''+1", "'a", '"a', "a,b", "＝1", "12", "007", "2025-02-01"])
_text = _words | _hard
_many = st.lists(_text, max_size=3).map(";".join)
_person = {
    "name": _text,
    "kana": _text,
    "addresses": st.lists(st.sampled_from(["a@example.jp", "b@example.jp", "-c@example.jp"]), min_size=1).map(";".join),
    "age_band": st.sampled_from(["", "30代", "40"]),
    "gender": _text,
}
_years = st.none() | st.integers(0, 80)
_SCHOOLS = {
    "name": _text,
    "aliases": _many,
    "municipality": _text,
    "domains": st.sampled_from(["", "nishi.example.jp", "a.example.jp;b.example.jp"]),
    "contract_from": st.just("令和7年4月1日"),
    "contract_to": st.dates(min_value=date(2025, 4, 1)).map(str),
}
_TEACHERS = _person | {
    "school": st.sampled_from(["", "西小", "S-2222"]),
    "role": _text,
    "years": _years.map(lambda one: "" if one is None else str(one)),
    "school_type": _text,
    "plan": st.sampled_from(["", "trial", "school"]),
}
_MEMBERS = _person | {
    "kind": st.sampled_from(list(MemberKind)),
    "years": _years.map(lambda one: "" if one is None else f"{one}.0"),
    "credential": _text,
    "affiliations": st.lists(_text | st.sampled_from(["西小:1990-1999", "大学:2001-", "-a:-2001"])).map(";".join),
    "topics": _many,
    "monthly_limit": st.sampled_from(["", "4"]),
}


def _teacher_cells(entry: Any) -> dict[str, str]:
    return teacher_cells(entry, BOOK.by_id.get(entry.school_id))


_OF_EACH: list[tuple[Any, ...]] = [
    (SCHOOL_COLUMNS, _SCHOOLS, school_entry, school_cells),
    (TEACHER_COLUMNS, _TEACHERS, lambda cells: teacher_entry(cells, BOOK), _teacher_cells),
    (MEMBER_COLUMNS, _MEMBERS, lambda cells: member_entry(cells, BOOK), member_cells),
]


@pytest.mark.parametrize(("columns", "cells", "read", "written"), _OF_EACH, ids=["school", "teacher", "member"])
def test_what_is_written_reads_the_same(
    columns: tuple[Column, ...],
    cells: Mapping[str, st.SearchStrategy[str]],
    read: Callable[[Mapping[str, str]], Any],
    written: Callable[[Any], dict[str, str]],
) -> None:
    names = [one.name for one in columns]

    @settings(max_examples=60, deadline=None)
    @given(st.fixed_dictionaries(dict(cells)))
    def holds(row: dict[str, str]) -> None:
        try:
            entry = read(row)
        except BadInput:
            return
        out = written(entry)
        for octets in (write_csv(names, [out]).encode("utf-8-sig"), write_excel(names, [out], "x")):
            file = read_table(octets, columns)
            if file.bad:  # a name that is the word for a total, which no list can tell from one
                return
            assert written(read(file.rows[0].cells)) == out

    holds()


@given(st.text("岡里市立西東第三小学校中教諭 S-12", max_size=14))
def test_a_book_of_schools_finds_what_looking_at_each_finds(text: str) -> None:
    schools = [WEST, EAST, School(3, "S-3333", "私立西中学校", ("三小",), "第三市", (), ())]
    assert SchoolBook(schools).find(text) == find_schools(text, schools)
