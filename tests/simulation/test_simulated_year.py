"""A few months with few cases; `tests/simulation/simulate.py` plays whole and livelier years."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulated_year import Plan, Year


def test_in_some_months_nobody_is_forgotten_or_reminded_twice_and_every_count_is_true(tmp_path: Path) -> None:
    year = Year(Plan(days=110, cases_a_week=0.7, nights_away=1, looks_a_day=2), f"sqlite:///{tmp_path}/year.db")
    year.live()
    assert year.problems == []
    happened = ("answer", "reminder", "digest", "register-confirmation", "refused invitations", "runs of two at once")
    assert [what for what in happened if not year.counts[what]] == []


def test_the_rules_of_the_year_find_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that reminds nobody and lets nothing expire is noticed; so the year above proves something."""
    from mailgate.flow import due

    monkeypatch.setattr(due, "_to_remind", lambda ctx: [])
    monkeypatch.setattr(due, "_expire", lambda ctx, one: False)
    monkeypatch.setattr(due.digest, "is_due", lambda ctx, desk: False)
    year = Year(Plan(days=16, cases_a_week=2, nights_away=0, looks_a_day=2), f"sqlite:///{tmp_path}/year.db")
    year.live()
    assert any("was not reminded" in one for one in year.problems)
    assert any("waits still" in one for one in year.problems)
