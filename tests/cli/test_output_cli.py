"""Standard output that takes nothing: a full disk is one line on standard error, a reader that went away is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MAILGATE = (sys.executable, "-m", "mailgate")
FULL = "mailgate: standard output cannot be written: No space left on device\n"
PRINTING = [
    ("--help",),
    ("--version",),
    ("help", "day"),
    ("case", "list"),
    ("case", "list", "--json"),
    ("case", "list", "--csv"),
    ("audit", "list"),
    ("report", "--csv"),
    ("mail", "parse", "--json", __file__),
]


def _ran(installation: Any, *words: str, stdout: Any, **env: str) -> tuple[int, str]:
    done = subprocess.run(
        [*MAILGATE, "--config", str(installation.config), *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=dict(os.environ) | env,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_a_full_disk_is_one_line_and_status_1(new: Any, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        assert _ran(new, *words, stdout=full) == (1, FULL)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_line_is_said_in_the_language_of_the_run_without_a_buffer_too(new: Any, language: str) -> None:
    told = {"en": FULL, "ja": "mailgate: 標準出力に書けません：ディスクに空きがありません\n"}
    with Path("/dev/full").open("wb") as full:
        ran = _ran(new, "--lang", language, "case", "list", stdout=full, PYTHONUNBUFFERED="1", PYTHONUTF8="1")
    assert ran == (1, told[language])


@pytest.mark.parametrize("words", [("case", "list"), ("mail", "list", "--json"), ("help", "day")], ids=" ".join)
def test_a_reader_that_went_away_is_said_as_every_program_says_it(new: Any, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert _ran(new, *words, stdout=writing) == (128 + signal.SIGPIPE, "")
    finally:
        os.close(writing)


def test_what_was_changed_before_the_output_failed_is_kept(new: Any) -> None:
    with Path("/dev/full").open("wb") as full:
        assert _ran(new, "--as", "tester", "case", "assign", "1", "yamada", stdout=full) == (1, FULL)
    assert new.case()["assignee"] == "yamada"


def test_output_that_is_closed_is_wanted_by_nobody(new: Any) -> None:
    typed = ["sh", "-c", 'exec "$@" >&-', "sh", *MAILGATE, "--config", str(new.config), "case", "list"]
    done = subprocess.run(typed, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
