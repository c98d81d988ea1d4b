"""`mailgate report`: the figures as text, JSON, CSV and a page."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from reported import Past, record_past

from mailgate.desk.lifecycle import CaseState

YEAR = ("--year", 2026)
HOSTILE_TAG = '=<script src="http://evil.example/x.js">&"\x1b[31m\u202e'
_TAGS = ("保護者対応", "保護者対応", "保護者対応", HOSTILE_TAG, HOSTILE_TAG, "学級経営")


@pytest.fixture
def year(registered: Any) -> Any:
    """Forty cases from April 2026 on, a few of them rare."""
    start = datetime(2026, 4, 2, 3, tzinfo=UTC)
    past = [
        Past(
            start + timedelta(days=5 * place),
            CaseState.SPAM if place < 2 else CaseState.CLOSED,
            tags=[_TAGS[place % len(_TAGS)]] if place else ["珍しい出来事"],
            digit=(4, 5)[place % 2],
        )
        for place in range(40)
    ]
    with registered.office() as office:
        record_past(office, past)
    return registered


def test_without_a_period_it_is_this_fiscal_year_and_says_so(registered: Any) -> None:
    text = registered.run("report").stdout
    today = datetime.now(UTC) + timedelta(hours=9)
    april = today.year - (today.month < 4)
    assert f"Cases that came from {april}-04-01 to {today:%Y-%m-%d}" in text
    assert "This fiscal year so far, from April" in text


def test_the_text_has_aligned_tables_with_bars(year: Any) -> None:
    lines = year.run("report", *YEAR).stdout.splitlines()
    assert "== Cases by topic" in lines
    (row,) = [line for line in lines if line.startswith("保護者対応")]
    assert re.fullmatch(r"保護者対応 +20 +█+[▏▎▍▌▋▊▉]?", row)
    assert "This fiscal year" not in "".join(lines)


def test_the_document_for_scripts(year: Any) -> None:
    found = year.run("report", *YEAR, "--json").json
    assert (found["from"], found["to"], found["cases"]) == ("2026-04-01", "2027-03-31", 40)
    assert found["states"]["spam"] is None
    assert found["first_comment"]["median_hours"] == 24.0
    assert found["targets"] == {
        "first_comment_days": 3,
        "share_percent": 90,
        "answer_rate_percent": 60,
        "satisfaction": 4.0,
        "answer_days": 10,
    }


def test_the_csv_has_the_same_figures_and_no_formula(year: Any) -> None:
    out = year.run("report", *YEAR, "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert {"section": "cases", "row": "", "figure": "cases", "value": "40"} in rows
    assert {"section": "states", "row": "spam", "figure": "spam", "value": ""} in [
        row | {"row": row["figure"]} for row in rows if row["figure"] == "spam"
    ]
    assert [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))] == []
    assert any(row["row"].startswith("'=<script") for row in rows)  # the positive control
    assert not re.search("[\x1b\u202e]", out)


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)])
def test_a_rare_tag_stands_nowhere(year: Any, form: tuple[str, ...]) -> None:
    out = year.run("report", *YEAR, *form).stdout
    assert "珍しい出来事" not in out
    assert "保護者対応" in out


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)])
def test_nobody_is_named_in_figures(year: Any, form: tuple[str, ...], secrets_of_register: tuple[str, ...]) -> None:
    out = year.run("report", *YEAR, *form).stdout
    assert [one for one in secrets_of_register if one in out] == []


@pytest.mark.parametrize(("language", "word"), [("ja", "運営状況の報告"), ("en", "Figures of the service")])
def test_both_languages(year: Any, tmp_path: Path, language: str, word: str) -> None:
    assert year.run("--lang", language, "report", *YEAR).stdout.startswith(word)
    page = tmp_path / "page.html"
    assert year.run("--lang", language, "report", *YEAR, "--html", page).status == 0
    assert f'<html lang="{language}">' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "options",
    [
        ("--month", "2026-10", "--year", 2026),
        ("--to", "2026-10-01"),
        ("--json", "--csv"),
        ("--month", "October"),
        ("--json", "attributes"),
    ],
)
def test_wrong_usage(registered: Any, options: tuple[Any, ...]) -> None:
    assert registered.run("report", *options).status == 2


def test_a_month_that_is_none_is_told_in_the_words_of_the_help(registered: Any) -> None:
    ran = registered.run("report", "--month", "October")
    assert "'October' is not a month such as 2026-10 or 2026年10月" in ran.stderr
    assert "%" not in ran.stderr + registered.run("report", "--help").stdout


def test_days_and_months_are_read_as_everywhere(year: Any) -> None:
    def period(*options: str) -> Any:
        told = year.run("report", *options, "--json").json
        return told["from"], told["to"]

    assert period("--from", "令和8年4月1日", "--to", "2026/4/30") == period("--month", "令和8年4月")
    assert period("--month", "２０２６年４月") == period("--month", "2026-04")


def test_a_period_that_ends_before_it_begins_is_refused(registered: Any) -> None:
    ran = registered.run("report", "--from", "2026-05-01", "--to", "2026-04-01")
    assert ran.line == "the period from 2026-05-01 to 2026-04-01 has no day"


def test_targets_come_from_the_settings(year: Any) -> None:
    env = {"MAILGATE_TARGETS__FIRST_COMMENT_DAYS": "1", "MAILGATE_DESK__CALENDAR": ""}
    found = json.loads(year.run("report", *YEAR, "--json", env=env).stdout)
    assert found["first_comment"]["target_days"] == 1


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_is_a_new_file_for_its_owner(year: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert year.run("report", *YEAR, "--html", page).status == 0
    assert page.stat().st_mode & 0o777 == 0o600
    again = year.run("report", *YEAR, "--html", page)
    assert again.line == f"{page} is there already: name a new file"
    assert year.run("report", "--html", tmp_path / "none" / "page.html").line.endswith("No such file or directory")


def test_the_page_loads_and_executes_nothing_whatever_a_tag_says(year: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    year.run("report", *YEAR, "--html", page)
    text = page.read_text(encoding="utf-8")
    elements = _Elements()
    elements.feed(text)
    tags = {tag for tag, _ in elements.found}
    assert "svg" in tags
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base", "form", "a", "image", "use"})
    names = {name for _, attributes in elements.found for name in attributes}
    assert [name for name in names if name.startswith("on") or name in ("src", "href", "style", "xlink:href")] == []
    assert "url(" not in text
    assert "@import" not in text
    policy = [one["content"] or "" for tag, one in elements.found if tag == "meta" and "http-equiv" in one]
    assert [one.split(";")[0] for one in policy] == ["default-src 'none'"]
    assert "evil.example" in text  # as words
    assert not re.search("[\x1b\u202e]", text)
