"""`triage` and the list of `case invite`, as commands; `case preview` as a phone shows it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from mailgate.cli.triage.choice import Choice, Row, cut
from mailgate.cli.triage.picking import Picking
from mailgate.mail.folding import columns_of

ROWS = (Row("M-1", "弁護士"), Row("M-2", "元教員"), Row("M-3", "教員"))


def test_triage_needs_a_terminal(new: Any) -> None:
    before = new.fingerprint()
    assert new.run("triage").line == "triage needs a terminal; mailgate case list shows what waits"
    assert new.fingerprint() == before


def test_invite_without_members_and_without_a_terminal_stays_as_it_was(new: Any) -> None:
    ran = new.run("case", "invite", 1)
    assert (ran.status, ran.stdout) == (2, "")
    assert "name members (see 'mailgate case candidates'), or say --best K" in ran.stderr


def test_a_preview_as_a_phone_breaks_it(opened: Any) -> None:
    opened.comment(text="続けることに意味があります。" * 4)
    opened.run("comment", "check", 1, "--redact-all")
    opened.run("comment", "approve", 1)
    plain = opened.run("case", "preview", 1, "--json").json["body"]
    phone = opened.run("case", "preview", 1, "--width", 40, "--json").json["body"]
    assert max(sum(map(columns_of, line)) for line in plain.splitlines()) > 40
    assert max(sum(map(columns_of, line.rstrip())) for line in phone.splitlines()) <= 40
    assert "".join(phone.split()) == "".join(plain.split())
    assert not [line for line in phone.splitlines() if line.startswith(("。", "、"))]
    shown = opened.run("case", "preview", 1, "--width", 40).stdout
    assert phone.strip() in shown


@pytest.mark.parametrize(
    ("keys", "picked"),
    [
        (["enter"], ("M-1", "M-3")),
        (["space", "enter"], ("M-3",)),
        (["down", "space", "enter"], ("M-1", "M-2", "M-3")),
        (["up", "down", "down", "down", "space", "enter"], ("M-1",)),
        (["escape"], None),
        (["space", "down", "down", "space", "enter", "escape"], None),  # nobody is ticked: Enter sends nothing
    ],
)
def test_the_list_of_invite(keys: list[str], picked: tuple[str, ...] | None) -> None:
    async def run() -> tuple[str, ...] | None:
        app = Picking("Whom?", Choice(ROWS, frozenset({"M-1", "M-3"})))
        async with app.run_test(size=(80, 10)) as pilot:
            await pilot.press(*keys)
        return app.return_value

    assert asyncio.run(run()) == picked


def test_what_is_cut_in_the_list_stands_in_full_below_it() -> None:
    reasons = "lawyer  fits the topics bullying, lessons and parents; asked last in March 2026; answered 9 of 10 times"

    async def run() -> list[str]:
        app = Picking("Whom?", Choice((Row("M-1", reasons), Row("M-2", "teacher"))))
        async with app.run_test(size=(80, 12)) as pilot:
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).strip() for strip in strips]

    lines = asyncio.run(run())
    (cut_off,) = (line for line in lines if line.startswith("> [ ] M-1"))
    assert cut_off.endswith("asked last..")
    assert " ".join(f"> M-1  {reasons}".split()) in " ".join(" ".join(lines).split())


def test_a_list_longer_than_its_place_shows_what_is_around_the_cursor() -> None:
    choice = Choice(tuple(Row(f"M-{place}", "") for place in range(20)))
    assert [line[6:].strip() for line in choice.lines(80, 3)] == ["M-0", "M-1", "M-2"]
    assert [line[6:].strip() for line in choice.moved(10).lines(80, 3)] == ["M-9", "M-10", "M-11"]
    assert [line[6:].strip() for line in choice.moved(99).lines(80, 3)] == ["M-17", "M-18", "M-19"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("あいう", "あいう"),
        ("あいうえおか", "あいうえ.."),
        ("abcdefghijk", "abcdefgh.."),
        ("a\x1b[31m\nb", "a�[31m b"),
        ("sixsix and more", "sixsix.."),
        ("sixsixsi and more", "sixsixsi.."),
        ("six sevenseven", "six seve.."),
    ],
)
def test_a_line_is_cut_by_columns_and_steers_nothing(line: str, shown: str) -> None:
    assert cut(line, 10) == shown


def test_no_command_but_a_screen_imports_textual() -> None:
    code = (
        "import sys, click; from mailgate.cli import cli\n"
        "for name in cli.list_commands(None): cli.get_command(None, name)\n"
        "found = 'mailgate.cli.triage.command' in sys.modules, 'textual' in sys.modules\n"
        "import mailgate.cli.triage.screen; print(*found, 'textual' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "True False True\n"
