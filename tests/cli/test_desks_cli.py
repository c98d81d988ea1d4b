"""Two desks on the command line: which cases a desk looks after, and a start that is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

HEART = '\n[[desks]]\nid = "heart"\nname = "Heart Desk"\nlanguage = "en"\naddresses = ["kokoro"]\nanswer_days = 3\n'


@pytest.fixture
def both(registered: Any) -> Any:
    """An installation with a second desk, and one case at each."""
    config: Path = registered.config
    config.write_text(config.read_text(encoding="utf-8") + HEART, encoding="utf-8")
    registered.take(registered.compose("一つ目の相談です。"))
    registered.take(registered.compose("二つ目の相談です。", to="kokoro@desk.example.jp"), "kokoro@desk.example.jp")
    return registered


def numbers(installation: Any, *options: str) -> list[int]:
    return [one["number"] for one in installation.run("case", "list", "--json", *options).json["cases"]]


def test_the_queue_says_which_desk_a_case_is_of_and_shows_those_of_one(both: Any) -> None:
    rows = both.run("case", "list", "--json").json["cases"]
    assert [(one["number"], one["desk"]) for one in rows] == [(1, "main"), (2, "heart")]
    assert (numbers(both, "--desk", "main"), numbers(both, "--desk", "heart")) == ([1], [2])
    assert numbers(both, "--desk", "heart", "--state", "open") == []
    assert (both.case(1)["desk"], both.case(2)["desk"]) == ("main", "heart")
    head, first, second = both.run("case", "list").stdout.splitlines()
    assert [line.split()[1] for line in (head, first, second)] == ["desk", "main", "heart"]


def test_a_desk_that_there_is_not_is_refused_by_name(both: Any) -> None:
    assert both.run("case", "list", "--desk", "hart").line == "there is no desk hart (there are: main, heart)"


def test_with_one_desk_the_queue_has_no_column_for_it(registered: Any) -> None:
    registered.take(registered.compose("一つ目の相談です。"))
    assert "desk" not in registered.run("case", "list").stdout.splitlines()[0]
    assert registered.case(1)["desk"] == "main"


def test_the_cases_of_a_desk_that_was_taken_away_are_with_the_main_one(both: Any) -> None:
    config: Path = both.config
    config.write_text(config.read_text(encoding="utf-8").removesuffix(HEART), encoding="utf-8")
    assert numbers(both, "--desk", "main") == [1, 2]
    assert both.case(2)["desk"] == "heart"
    assert both.run("case", "list", "--desk", "heart").line == "there is no desk heart (there are: main)"


def test_templates_that_no_mail_could_use_stop_nothing_and_are_told(both: Any) -> None:
    config, own = both.config, both.folder / "own" / "en" / "thanks"
    config.write_text(config.read_text(encoding="utf-8") + 'templates = "own"\n', encoding="utf-8")
    assert numbers(both) == [1, 2]
    assert "is no folder" in both.run("template", "check", "--desk", "heart").stderr
    own.mkdir(parents=True)
    (own / "body.txt").write_text("{{ teacher }}", encoding="utf-8")
    (own / "boddy.txt").write_text("x", encoding="utf-8")
    told = both.run("template", "check", "--desk", "heart")
    assert told.status == 1
    assert "en/thanks/body.txt: names teacher" in told.stderr
    assert "en/thanks/boddy.txt is no part of a mail" in told.stderr
    rows = {
        one["mail"]: one["words"] for one in both.run("template", "list", "--desk", "heart", "--json").json["templates"]
    }
    assert (rows["thanks"], rows["answer"]) == ("own, not used", "common")
