"""Lists: one table for a person, --json and --csv for scripts; in a terminal a title, bold heads, and a pager."""

from __future__ import annotations

import csv
import io
import os
import pty
import select
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from mailgate.cli import cli
from mailgate.cli.pager import rows_of
from mailgate.cli.tables import short_moment, table
from mailgate.mail.folding import width

REPOSITORY = Path(__file__).resolve().parents[2]


def _lists(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            found += _lists(command, (*path, name))
        elif command is not None and name in ("list", "contracts", "disclosures"):
            found.append(((*path, name), command))
    return found


LISTS = dict(_lists(cli))


@pytest.mark.parametrize("path", LISTS, ids=" ".join)
def test_every_list_has_json_csv_and_does_without_a_pager(path: tuple[str, ...]) -> None:
    assert {option for one in LISTS[path].params for option in one.opts} >= {"--json", "--csv", "--no-pager"}


@pytest.mark.parametrize("path", LISTS, ids=" ".join)
def test_the_csv_has_the_columns_of_the_table(answered: Any, path: tuple[str, ...]) -> None:
    number = [1] if path[-1] == "disclosures" else []
    table = answered.run(*path, *number).stdout.splitlines()
    rows = list(csv.reader(io.StringIO(answered.run(*path, *number, "--csv").stdout.removeprefix("\ufeff"))))
    if len(rows) > 1:  # an empty table says so in words
        assert rows[0] == table[0].split()
        assert len(rows) == len(table)
    assert answered.run(*path, *number, "--csv", "--json").status == 2


def test_what_a_terminal_cuts_is_whole_in_a_file_and_starts_no_formula_in_the_csv(new: Any) -> None:
    subject = "=1+1 " + "とても長い件名です。" * 9
    new.take(new.compose("二つ目の相談です。\n", Subject=subject, Message_ID="<c2@midoridai-es.example.jp>"))
    assert subject in new.run("case", "list").stdout
    cut = table([{"subject": subject}], ("subject",), "")
    assert (subject in cut[1], cut[1][-1]) == (False, "…")
    rows = list(csv.DictReader(io.StringIO(new.run("case", "list", "--csv").stdout.removeprefix("\ufeff"))))
    assert [row["subject"] for row in rows] == ["学級通信について", f"'{subject}"]


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-11-22T00:05:59+09:00", "00:05"),
        ("2026-11-22T23:59:59+09:00", "11-22"),  # the end of a day is that day
        ("2026-11-21T14:05:00+09:00", "11-21 14:05"),
        ("2026-12-02T23:59:59+09:00", "12-02"),
        ("2027-01-01T00:00:00+09:00", "2027-01-01"),
        ("2025-11-22T14:05:00+09:00", "2025-11-22"),
        ("2026-11-21T16:00:00+00:00", "11-21 16:00"),  # today is where the time was written
    ],
)
def test_a_time_as_a_list_in_a_terminal_has_it(moment: str, shown: str) -> None:
    assert short_moment(moment, datetime(2026, 11, 22, 5, 0, tzinfo=UTC)) == shown


def test_a_list_is_fitted_by_leaving_out_what_is_empty_and_then_cutting_what_is_prose() -> None:
    rows = [{"id": "k3v9xq2mhd5a", "case": None, "subject": "とても長い件名です", "reason": "delivered to the relay"}]
    columns = ("id", "case", "subject", "reason")
    whole = table(rows, columns, "")
    assert whole[1] == "k3v9xq2mhd5a        とても長い件名です  delivered to the relay"
    assert table(rows, columns, "", most=62) == whole
    assert table(rows, columns, "", most=56)[1] == "k3v9xq2mhd5a  とても長い件名です  delivered to the relay"
    assert table(rows, columns, "", most=46)[1] == "k3v9xq2mhd5a  とても長い件名…  delivered to t…"
    assert table(rows, columns, "", most=5)[1] == "k3v9xq2mhd5a  とても長…   delivered…"


@pytest.mark.parametrize("path", LISTS, ids=" ".join)
def test_a_list_in_japanese_fits_into_a_terminal_of_80_columns(
    answered: Any, path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered.take(answered.compose("はじめまして。", "who@else.example", Message_ID="<2@else.example>"))
    answered.run("case", "assign", 1, "tanaka")
    given = ("--lang", "ja", *path, *([1] if path[-1] == "disclosures" else []))
    whole = answered.run(*given).stdout.splitlines()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("mailgate.cli.listing.in_terminal", lambda: True)
    seen = answered.run(*given, "--no-pager").stdout.splitlines()
    if len(whole) > 1:
        assert len(seen) == 1 + len(whole)
        assert [line for line in seen if width(line) > 80] == []


def test_times_are_short_in_a_terminal_alone(answered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    iso = answered.run("mail", "list", "--json").json["mails"][0]["received_at"]
    assert iso in answered.run("mail", "list").stdout
    assert iso in answered.run("mail", "list", "--csv").stdout
    monkeypatch.setattr("mailgate.cli.listing.in_terminal", lambda: True)
    seen = answered.run("mail", "list").stdout
    assert (iso in seen, short_moment(iso, datetime.now(UTC)) in seen) == (False, True)
    assert answered.run("mail", "list", "--json").json["mails"][0]["received_at"] == iso


def test_the_queue_says_what_is_to_review(opened: Any) -> None:
    opened.comment()
    (row,) = opened.run("case", "list", "--json").json["cases"]
    assert (row["ready"], row["to_review"]) == (False, 1)
    page = opened.run("case", "show", 1).stdout
    headings = [line for line in page.splitlines() if line.startswith("== ")]
    assert headings == [
        *("== What was asked", "== What members read", "== Who was asked", "== What they wrote", "== What is open"),
    ]
    assert "- 1 comment to review\n- answers of M-" in page
    assert page.splitlines()[-1] == "Next: wait for comments"


def _in_terminal(installation: Any, *words: str, rows: int = 60, typed: str = "", **env: str) -> str:
    """What a person sees; the pager is one that says so."""
    main, side = pty.openpty()
    os.set_blocking(main, False)
    os.write(main, typed.encode())
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "LESS", "LESSCHARSET")}
    settings = {"TERM": "xterm", "PAGER": "sed s/^/PAGED:/", "COLUMNS": "100", "LINES": str(rows)}
    process = subprocess.Popen(
        [sys.executable, "-m", "mailgate", "--config", str(installation.config), *words],
        cwd=REPOSITORY,
        env=clean | settings | {"PYTHONPATH": str(REPOSITORY)} | env,
        stdin=side,
        stdout=side,
        stderr=side,
    )
    os.close(side)
    seen = b""
    while True:
        ready, _, _ = select.select([main], [], [], 60)
        try:
            octets = os.read(main, 65536) if ready else b""
        except OSError:  # the other side is closed
            break
        if not octets:
            break
        seen += octets
    os.close(main)
    assert process.wait(60) == 0
    return seen.decode().replace("\r\n", "\n")


def test_in_a_terminal_a_title_stands_above_and_heads_are_bold(registered: Any) -> None:
    seen = _in_terminal(registered, "school", "list")
    assert seen.startswith("\x1b[1mSchools\x1b[0m\n\x1b[1mhandle ")
    assert registered.run("school", "list").stdout.startswith("handle ")


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_no_colour_where_nobody_wants_it(registered: Any, setting: dict[str, str]) -> None:
    seen = _in_terminal(registered, "school", "list", **setting)
    assert seen.startswith("Schools\nhandle ")
    assert "\x1b" not in seen


def test_what_is_longer_than_the_screen_comes_in_a_pager_without_colour(registered: Any) -> None:
    seen = _in_terminal(registered, "member", "list", rows=6)
    assert seen.startswith("PAGED:Members\nPAGED:handle ")
    assert "\x1b" not in seen


LOCALES = {
    "not installed": {"LC_ALL": "", "LANG": "ja_JP.UTF-8"},
    "POSIX": {"LC_ALL": "POSIX"},
    "of another language": {"LC_ALL": "", "LANG": "en_US.UTF-8"},
}


@pytest.mark.parametrize("locale", LOCALES.values(), ids=LOCALES)
@pytest.mark.parametrize("words", [("case", "list"), ("help", "day")], ids=" ".join)
def test_less_shows_japanese_whatever_the_locale_is(new: Any, locale: dict[str, str], words: tuple[str, ...]) -> None:
    if shutil.which("less") is None:
        pytest.skip("no less on this machine")
    for number in range(2, 9):
        new.take(new.compose(f"{number}つ目の相談です。\n", Message_ID=f"<{number}@midoridai-es.example.jp>"))
    seen = _in_terminal(new, "--lang", "ja", *words, rows=10, typed="q", PAGER="less", **locale)
    assert ("一日の仕事" if words[0] == "help" else "学級通信について") in seen
    assert "<E" not in seen


@pytest.mark.parametrize("words", [("member", "list", "--no-pager"), ("--no-pager", "member", "list")], ids=" ".join)
def test_a_pager_can_be_done_without(registered: Any, words: tuple[str, ...]) -> None:
    assert "PAGED" not in _in_terminal(registered, *words, rows=6)


def test_scripts_get_no_pager_and_no_title(registered: Any) -> None:
    for form in ("--json", "--csv"):
        seen = _in_terminal(registered, "member", "list", form, rows=6)
        assert ("PAGED" in seen, "Members" in seen, "\x1b" in seen) == (False, False, False)


def test_rows_are_counted_as_a_terminal_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    assert rows_of(["", "a" * 10, "a" * 11, "あ" * 5, "あ" * 6, "a\nb", "\x1b[1m" + "a" * 10 + "\x1b[0m"]) == 10
