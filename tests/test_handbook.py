"""The operator's handbook: what it says to type can be typed, and both languages say the same."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest
from command_lines import problem_typed

from mailgate.cli.help import FOLDER, TOPICS
from mailgate.cli.words import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES, MOST_COLUMNS = 84, 80
"""Of a chapter, and of a terminal."""

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_topic = pytest.mark.parametrize("topic", TOPICS)


def text_of(language: str, topic: str) -> str:
    return (FOLDER / language / f"{topic}.md").read_text(encoding="utf-8")


def command_lines(text: str) -> list[str]:
    """Indented lines and words in backticks that begin with mailgate; a line that ends with \\ goes on."""
    whole = text.replace("\\\n", " ")
    return [
        *(line.strip() for line in whole.splitlines() if line.startswith("    mailgate ")),
        *(" ".join(span.split()) for span in re.findall(r"`(mailgate [^`]+)`", whole)),
    ]


def without_remark(line: str) -> str:
    return re.split(r"\s+# ", line)[0]


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


@each_language
def test_every_topic_has_its_chapter_and_no_other_is_there(language: str) -> None:
    assert {file.name for file in (FOLDER / language).iterdir()} == {f"{topic}.md" for topic in TOPICS}


@each_language
@each_topic
def test_every_command_in_a_chapter_can_be_typed(language: str, topic: str) -> None:
    lines = command_lines(text_of(language, topic))
    assert len(lines) >= 5
    assert [problem for line in lines if (problem := problem_typed(line))] == []


@pytest.mark.parametrize(
    "line",
    [
        "mailgate case discuss 12",
        "mailgate case invite 12 --dou 2026-11-24",
        "mailgate case invite 12 --due tomorrow",
        "mailgate case invite N",
        "mailgate outbox override k3v9xq2mhd5a",
        "mailgate case show",
    ],
)
def test_a_line_that_cannot_be_typed_is_found(line: str) -> None:
    assert problem_typed(line) != ""


@each_topic
def test_both_languages_give_the_same_commands(topic: str) -> None:
    """What is said in words within them (a reason, a note) is in the language of the chapter."""

    def commands(language: str) -> list[str]:
        text = text_of(language, topic)
        blocks = [line for line in text.replace("\\\n", " ").splitlines() if line.startswith("    ")]
        return [re.sub(r'"[^"]*"', "TEXT", without_remark(line)) for line in blocks]

    assert commands("ja") == commands("en")


@each_topic
def test_both_languages_have_the_same_build(topic: str) -> None:
    def build(language: str) -> list[str]:
        lines = text_of(language, topic).splitlines()
        return [found[0] for line in lines if (found := re.match(r"#+ |- | {4}(?=\S)", line))]

    assert build("ja") == build("en")


@each_language
@each_topic
def test_a_chapter_fits_a_terminal(language: str, topic: str) -> None:
    lines = text_of(language, topic).splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if width(line) > MOST_COLUMNS] == []


@each_language
@each_topic
def test_every_key_of_the_configuration_that_is_named_exists(language: str, topic: str) -> None:
    reference = tomllib.loads((ROOT / "config/mailgate.toml").read_text(encoding="utf-8"))
    sections = "|".join(reference)
    named = re.findall(rf"(?<![\w./@-])({sections})\.([a-z_]+)(?![\w.-])", text_of(language, topic))
    assert [f"{section}.{key}" for section, key in named if key not in reference[section]] == []


@each_language
@each_topic
def test_no_telephone_number_and_no_real_domain_is_in_it(language: str, topic: str) -> None:
    """Which lines help is settled by each desk and changes; a number that is out of date does harm."""
    text = text_of(language, topic)
    assert re.findall(r"\d{2,4}-\d{2,4}-\d{3,4}|(?<!\d)(?:110|119|189)(?!\d)", text) == []
    assert [
        host for host in re.findall(r"@([\w.-]+\w)", text) if not host.startswith(("1", "school.example.", "example."))
    ] == []


@each_language
def test_every_chapter_that_another_one_points_to_exists(language: str) -> None:
    pointed = {
        word
        for topic in TOPICS
        for word in re.findall(r"mailgate help ([a-z-]+)", " ".join(text_of(language, topic).split()))
    }
    assert pointed <= set(TOPICS)
    assert {"leak", "emergency", "outage"} <= pointed
