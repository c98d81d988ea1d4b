"""`template`: whose words a mail goes out in, how it looks, a copy to change, and whether that would be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailgate import resources
from mailgate.flow.example_letters import examples
from mailgate.flow.own_templates import LETTERS

MAILS = sorted(LETTERS)


def test_every_mail_is_listed_and_has_an_example_to_look_at(new: Any) -> None:
    rows = new.run("template", "list", "--json").json["templates"]
    assert [one["mail"] for one in rows] == MAILS
    assert {(one["language"], one["words"], one["problem"]) for one in rows} == {("ja", "common", "")}
    assert sorted(one.template for one in examples("ja")) == sorted(one.template for one in examples("en")) == MAILS


@pytest.mark.parametrize("mail", MAILS)
def test_a_preview_shows_the_mail_that_would_go_out(new: Any, mail: str) -> None:
    shown = new.run("template", "preview", mail, "--json").json
    assert (shown["mail"], shown["language"]) == (mail, "ja")
    page = new.run("template", "preview", mail).stdout
    assert page == f"Subject: {shown['subject']}\n\n{shown['body']}"


def test_a_preview_breaks_its_lines_as_a_phone_would(new: Any) -> None:
    lines = new.run("template", "preview", "invitation", "--width", "20").stdout.splitlines()[2:]
    assert max(map(len, lines)) <= 20
    body = new.run("template", "preview", "invitation", "--json").json["body"]
    assert "".join(lines).replace(" ", "") == body.replace("\n", "").replace(" ", "")


def test_a_copy_is_used_once_it_is_configured_and_a_wrong_one_is_told_and_not_used(new: Any) -> None:
    own = new.folder / "own"
    common = new.run("template", "preview", "declined", "--json").json
    assert new.run("template", "eject", own, "declined", "thanks").stdout.startswith("4 files are in ")
    assert new.run("template", "check", own).stdout == f"{own}: all of it would be used.\n"
    assert new.run("template", "check").line == "the desk main has no templates of its own: name a FOLDER"
    configure(new, "own")
    assert new.run("template", "preview", "declined", "--json").json == common
    body = own / "ja" / "declined" / "body.txt"
    body.write_text("{{ case_number }}について、承知しました。", encoding="utf-8")
    assert new.run("template", "preview", "declined", "--json").json["body"] == "12について、承知しました。\n"
    body.write_text("{{ teacher }}", encoding="utf-8")
    told = "ja/declined/body.txt: names teacher (expected only case_number, service_name)"
    assert new.run("template", "check").line == told
    shown = new.run("template", "preview", "declined")
    assert shown.stderr == f"note: your own words are not used: {told}\n"
    assert f"  {told}\n" in new.run("template", "list").stdout, "not cut, where no terminal is"
    assert shown.stdout == f"Subject: {common['subject']}\n\n{common['body']}"


def test_all_mails_are_copied_as_they_are_and_nothing_is_written_over(new: Any) -> None:
    own = new.folder / "own"
    assert new.run("template", "eject", own).status == 0
    for file in sorted(path.relative_to(own) for path in own.rglob("*.txt")):
        assert (own / file).read_bytes() == (resources.folder("templates") / file).read_bytes()
    assert len(list(own.rglob("*.txt"))) == 2 * len(MAILS)
    before = {path: path.read_bytes() for path in own.rglob("*.txt")}
    (own / "ja" / "thanks" / "subject.txt").unlink()
    assert "is there already: nothing was written" in new.run("template", "eject", own).line
    assert {path: path.read_bytes() for path in own.rglob("*.txt")} == {
        path: octets for path, octets in before.items() if path.parts[-2:] != ("thanks", "subject.txt")
    }


def configure(here: Any, folder: str) -> None:
    config: Path = here.config
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('templates = ""', f'templates = "{folder}"', 1), encoding="utf-8")
