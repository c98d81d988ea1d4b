"""Which desk looks after what: its own, and for the main one what nobody else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailgate.desk.desks import Charge, DeskPolicy, Desks

MAIN = DeskPolicy("main", "先生の窓口", "ja", 7, 2, 10)
HEART, LAW = replace(MAIN, id="heart", name="Heart Desk"), replace(MAIN, id="law")
DESKS = Desks(MAIN, (HEART, LAW))


@pytest.mark.parametrize(
    ("desk_id", "found"), [("main", MAIN), ("heart", HEART), ("law", LAW), ("gone", MAIN), ("", MAIN)]
)
def test_a_case_is_looked_after_by_its_desk_or_else_by_the_main_one(desk_id: str, found: DeskPolicy) -> None:
    assert DESKS.in_charge(desk_id) is found


def test_one_desk_alone_looks_after_everything() -> None:
    assert {Desks(MAIN).in_charge(one) for one in ("main", "heart")} == {MAIN}


def test_the_main_desk_comes_first() -> None:
    assert (list(DESKS), DESKS.ids) == ([MAIN, HEART, LAW], ("main", "heart", "law"))
    assert DESKS.charge_of("heart") == Charge("heart", ("main", "heart", "law"))
