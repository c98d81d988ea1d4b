from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailgate.errors import BadKeys
from mailgate.store import rounds
from mailgate.store.rounds import Approval, Entry, NewEntry
from mailgate.store.tables import RoundRow
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture
def first(tx: Transaction, case: int, spool_id: str) -> NewEntry:
    """The first text of a case, already written."""
    entry = NewEntry(case, 1, spool_id, NOW, "相談です。\n水原", "水原", "相談です。\n水原", 2)
    rounds.add_entry(tx, entry)
    return entry


def _another(first: NewEntry, number: int, text: str) -> NewEntry:
    return NewEntry(first.case, number, first.spool_id, NOW + timedelta(days=1), text, "", text + "\n> 引用", 0)


def test_a_round_is_made_with_its_first_text(tx: Transaction, first: NewEntry) -> None:
    assert rounds.entries(tx, first.case) == [
        Entry(1, first.spool_id, NOW, "相談です。\n水原", "水原", "相談です。\n水原", 2)
    ]
    found = rounds.get(tx, first.case, 1)
    assert (found.number, found.screened, found.approval, found.answered_at, found.satisfaction) == (
        1,
        False,
        None,
        None,
        None,
    )


def test_texts_are_listed_oldest_first_of_one_round_or_of_all(tx: Transaction, first: NewEntry) -> None:
    rounds.add_entry(tx, _another(first, 1, "追記"))
    rounds.add_entry(tx, _another(first, 2, "次の質問"))
    assert [one.text for one in rounds.entries(tx, first.case)] == ["相談です。\n水原", "追記", "次の質問"]
    assert [one.text for one in rounds.entries(tx, first.case, 1)] == ["相談です。\n水原", "追記"]
    assert [one.number for one in rounds.all_of(tx, first.case)] == [1, 2]


def test_what_was_approved_comes_back_with_who_and_when(tx: Transaction, first: NewEntry) -> None:
    rounds.approve(tx, first.case, 1, "相談です。\nAさん", "operator:yui", NOW)
    assert rounds.get(tx, first.case, 1).approval == Approval("相談です。\nAさん", "operator:yui", NOW)


def test_a_further_text_voids_what_was_found_and_approved(tx: Transaction, first: NewEntry) -> None:
    rounds.set_screened(tx, first.case, 1, NOW)
    rounds.approve(tx, first.case, 1, "相談です。", "operator:yui", NOW)
    rounds.add_entry(tx, _another(first, 1, "追記"))
    found = rounds.get(tx, first.case, 1)
    assert (found.screened, found.approval) == (False, None)


def test_a_text_of_the_next_round_leaves_the_round_before_alone(tx: Transaction, first: NewEntry) -> None:
    rounds.approve(tx, first.case, 1, "相談です。", "operator:yui", NOW)
    rounds.add_entry(tx, _another(first, 2, "次の質問"))
    assert [one.approval is not None for one in rounds.all_of(tx, first.case)] == [True, False]


def test_an_approval_can_be_taken_back(tx: Transaction, first: NewEntry) -> None:
    rounds.approve(tx, first.case, 1, "相談です。", "operator:yui", NOW)
    rounds.void_approval(tx, first.case, 1)
    assert rounds.get(tx, first.case, 1).approval is None


def test_another_text_in_place_of_the_approved_one_is_noticed(tx: Transaction, first: NewEntry) -> None:
    rounds.approve(tx, first.case, 1, "相談です。", "operator:yui", NOW)
    row = tx.session.get_one(RoundRow, rounds.get(tx, first.case, 1).id)
    tx.seal(row, approved="水原です。")
    with pytest.raises(BadKeys, match="not the one that was approved"):
        rounds.get(tx, first.case, 1)


def test_what_waits_for_the_check_comes_one_by_one(tx: Transaction, first: NewEntry) -> None:
    rounds.add_entry(tx, _another(first, 2, "次の質問"))
    assert rounds.unscreened(tx) == (first.case, 1)
    rounds.set_screened(tx, first.case, 1, NOW)
    tx.session.flush()
    assert rounds.unscreened(tx) == (first.case, 2)
    rounds.set_screened(tx, first.case, 2, NOW)
    tx.session.flush()
    assert rounds.unscreened(tx) is None


def test_the_digit_stands_with_the_newest_answered_round(tx: Transaction, first: NewEntry) -> None:
    assert rounds.set_satisfaction(tx, first.case, 5) is False
    rounds.set_answered(tx, first.case, 1, NOW)
    rounds.add_entry(tx, _another(first, 2, "次の質問"))
    assert rounds.set_satisfaction(tx, first.case, 4) is True
    assert [one.satisfaction for one in rounds.all_of(tx, first.case)] == [4, None]
    rounds.set_answered(tx, first.case, 2, NOW)
    tx.session.flush()
    rounds.set_satisfaction(tx, first.case, 3)
    assert [(one.satisfaction, one.answered_at) for one in rounds.all_of(tx, first.case)] == [(4, NOW), (3, NOW)]
