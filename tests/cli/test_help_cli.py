from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command_lines import commands

from mailgate.cli.help import TOPICS, chapter

NOWHERE = {"MAILGATE_CONFIG": "/nowhere/mailgate.toml"}
pytestmark = pytest.mark.usefixtures("no_language_chosen")
JAPANESE, ENGLISH = "# 一日の仕事\n", "# A day at the desk\n"


@pytest.fixture
def written(program: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "man"
    folder.mkdir()
    ran = program("help", "--man", folder)
    assert (ran.status, ran.stderr) == (0, "")
    return folder


def test_the_topics_are_listed_with_their_titles(program: Any) -> None:
    text = program("--lang", "en", "help").stdout
    assert [line.split()[0] for line in text.splitlines()[3:]] == list(TOPICS)
    assert "A day at the desk" in text
    rows = program("--lang", "ja", "help", "--json").json["topics"]
    assert rows[0] == {"topic": "day", "title": "一日の仕事"}


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_chapter_is_shown_as_it_is_written(program: Any, topic: str, language: str) -> None:
    ran = program("--lang", language, "help", topic)
    assert (ran.status, ran.stdout.rstrip("\n"), ran.stderr) == (0, chapter(language, topic), "")


def test_the_language_is_that_of_the_desk_unless_lang_says_another(program: Any, registered: Any) -> None:
    assert registered.run("help", "day").stdout.startswith(JAPANESE)
    text = registered.config.read_text(encoding="utf-8").replace('language = "ja"', 'language = "en"')
    registered.config.write_text(text, encoding="utf-8")
    assert registered.run("help", "day", env={"LC_ALL": "ja_JP.UTF-8"}).stdout.startswith(ENGLISH)
    assert registered.run("--lang", "ja", "help", "day").stdout.startswith(JAPANESE)


@pytest.mark.parametrize("broken", ["", "[desk]\nno_such_key = 1\n"])
def test_without_a_usable_configuration_the_locale_says_it(program: Any, tmp_path: Path, broken: str) -> None:
    file = tmp_path / "mailgate.toml"
    if broken:
        file.write_text(broken)
    for locale, beginning in (("ja_JP.UTF-8", JAPANESE), ("C.UTF-8", ENGLISH)):
        ran = program("--config", file, "help", "day", env={"LC_ALL": locale})
        assert (ran.status, ran.stdout[: len(beginning)], ran.stderr) == (0, beginning, "")


@pytest.mark.parametrize("path", ["case", "case invite", "doctor", "help"])
def test_the_help_of_a_command_is_that_which_it_shows_itself(program: Any, path: str) -> None:
    assert program("help", *path.split()).stdout == program(*path.split(), "--help").stdout


@pytest.mark.parametrize(
    ("words", "hint"),
    [(("leaks",), "did you mean 'leak'?"), (("cas",), "did you mean 'case'?"), (("case", "discuss"), ""), (("",), "")],
)
def test_an_unknown_topic_is_wrong_usage_with_a_hint(program: Any, words: tuple[str, ...], hint: str) -> None:
    ran = program("help", *words)
    assert ran.status == 2
    assert "mailgate help" in ran.stderr
    assert hint in ran.stderr


def test_there_is_a_man_page_for_the_program_and_each_noun(written: Path) -> None:
    nouns = {name.split()[0] for name in commands()}
    assert {file.name for file in written.iterdir()} == {"mailgate.1", *(f"mailgate-{noun}.1" for noun in nouns)}
    assert {stat.S_IMODE(file.stat().st_mode) for file in written.iterdir()} == {0o644}


def test_every_command_and_option_is_in_its_page(written: Path) -> None:
    for path, command in commands().items():
        page = (written / f"mailgate-{path.split()[0]}.1").read_text(encoding="ascii").replace("\\-", "-")
        assert f".B mailgate {path}" in page
        for option in (option for one in command.params for option in one.opts if option.startswith("--")):
            assert option in page, (path, option)
        assert f"Example: mailgate {path}" in page


def test_pages_that_are_there_are_written_anew(program: Any, written: Path) -> None:
    page = written / "mailgate.1"
    before = page.read_text(encoding="ascii")
    page.write_text("old")
    assert program("help", "--man", written).status == 0
    assert page.read_text(encoding="ascii") == before


def test_man_takes_a_folder_that_is_there_and_no_topic(program: Any, tmp_path: Path) -> None:
    assert program("help", "--man", tmp_path / "none").status == 2
    assert program("help", "leak", "--man", tmp_path).status == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "checker",
    [
        pytest.param(("groff", "-ww", "-z", "-Tutf8", "-man"), id="groff"),
        pytest.param(("mandoc", "-Tlint", "-Wwarning"), id="mandoc"),
    ],
)
def test_the_typesetters_have_nothing_to_say(written: Path, checker: tuple[str, ...]) -> None:
    if shutil.which(checker[0]) is None:
        pytest.skip(f"no {checker[0]} on this machine")
    for page in sorted(written.iterdir()):
        done = subprocess.run([*checker, page], capture_output=True, text=True, check=False)
        assert (page.name, done.returncode, done.stderr, done.stdout) == (page.name, 0, "", "")


def test_man_shows_a_page_with_its_japanese_example(written: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("no man on this machine")
    environment = {"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "PATH": "/usr/bin:/bin", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run(
        ["man", "-l", str(written / "mailgate-case.1")], env=environment, capture_output=True, text=True, check=False
    )
    shown = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert 'Example: mailgate case clarify 12 --text "何年生のクラスでしょうか。"' in shown
