from __future__ import annotations

from typing import Any

import pytest


def test_what_is_in_force_is_told_with_the_reason(registered: Any) -> None:
    text = registered.run("report", "attributes").stdout
    assert "teachers (0 to 19 people)" in text
    assert "in groups of fewer than 5" in text
    assert "fewer than 20 people" in text


def test_the_same_for_scripts(registered: Any) -> None:
    found = registered.run("report", "attributes", "--json").json["attributes"]
    assert [one["side"] for one in found] == ["teacher", "member"]
    assert {key for one in found for key in one} == {
        *("side", "quarter", "level", "tells", "since", "frozen_at", "k", "people", "in_small_groups"),
    }
    assert all(one["level"] in ("L7", "L8") for one in found)


@pytest.mark.parametrize("word", ["sasaki", "佐々木", "田中", "みどり台"])
def test_nobody_is_named(registered: Any, word: str) -> None:
    assert word not in registered.run("report", "attributes").stdout
