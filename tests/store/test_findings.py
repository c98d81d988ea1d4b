from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.store import findings, rounds
from mailgate.store.findings import OfComment, OfRound
from mailgate.store.rounds import NewEntry
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
NAME = Finding(0, 2, "水原", Label.PERSON, Tier.SURE, "surname")
SCHOOL = Finding(5, 8, "南小", Label.KNOWN, Tier.SURE, "school")
AGAIN = Finding(9, 11, "水原", Label.PERSON, Tier.SURE, "surname")


@pytest.fixture
def text(tx: Transaction, case: int, spool_id: str) -> OfRound:
    rounds.add_entry(tx, NewEntry(case, 1, spool_id, NOW, "水原です。南小", "", "", 0))
    return OfRound(rounds.get(tx, case, 1).id)


def _decisions(tx: Transaction, text: OfRound) -> list[tuple[int, str | None]]:
    tx.session.flush()
    return [(one.finding.start, one.decision) for one in findings.listing(tx, text)]


def test_findings_come_back_in_the_order_of_the_text(tx: Transaction, text: OfRound) -> None:
    findings.replace(tx, text, [SCHOOL, NAME])
    assert [one.finding for one in findings.listing(tx, text)] == [NAME, SCHOOL]
    assert findings.listing(tx, OfComment(text.id)) == []


def test_a_decision_is_written_for_the_named_findings_only(tx: Transaction, text: OfRound, case: int) -> None:
    findings.replace(tx, text, [NAME, SCHOOL])
    first, second = findings.listing(tx, text)
    assert findings.count_open(tx, case, 1) == 2
    findings.decide(tx, [first.id], "redact", "operator:yui")
    assert _decisions(tx, text) == [(0, "redact"), (5, None)]
    assert findings.count_open(tx, case, 1) == 1
    findings.decide(tx, [first.id, second.id], "keep", "operator:yui")
    assert _decisions(tx, text) == [(0, "keep"), (5, "keep")]
    findings.decide(tx, [], "redact", "operator:yui")
    assert findings.count_open(tx, case, 1) == 0
    assert findings.count_open(tx, case, 2) == 0


def test_a_passage_that_was_judged_keeps_its_decision_when_the_text_grows(tx: Transaction, text: OfRound) -> None:
    findings.replace(tx, text, [NAME])
    findings.decide(tx, [findings.listing(tx, text)[0].id], "redact", "operator:yui")
    tx.session.flush()
    findings.replace(tx, text, [NAME, SCHOOL])
    assert _decisions(tx, text) == [(0, "redact"), (5, None)]


def test_the_same_words_judged_differently_in_one_text_are_asked_about_again(tx: Transaction, text: OfRound) -> None:
    """さくら may be a flower here and a pupil there: the flower's "keep" must not let the pupil through."""
    findings.replace(tx, text, [NAME, AGAIN])
    first, second = findings.listing(tx, text)
    findings.decide(tx, [first.id], "redact", "operator:yui")
    findings.decide(tx, [second.id], "keep", "operator:yui")
    tx.session.flush()
    findings.replace(tx, text, [NAME, AGAIN])
    assert _decisions(tx, text) == [(0, None), (9, None)]


def test_the_same_words_under_another_label_are_judged_anew(tx: Transaction, text: OfRound) -> None:
    findings.replace(tx, text, [NAME])
    findings.decide(tx, [findings.listing(tx, text)[0].id], "keep", "operator:yui")
    tx.session.flush()
    findings.replace(tx, text, [Finding(0, 2, "水原", Label.KNOWN, Tier.SURE, "person")])
    assert _decisions(tx, text) == [(0, None)]
