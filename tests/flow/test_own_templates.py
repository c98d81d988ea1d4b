"""The folder of templates that a desk has for itself: what may stand there, and what is never sent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailgate import resources
from mailgate.flow.letters import Declined
from mailgate.flow.render import Rendered, Renderer

PLACE = "(expected LANGUAGE/MAIL/subject.txt and body.txt as in templates/)"


def problems(folder: Path, files: dict[str, bytes]) -> list[str]:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return Renderer("ja", "こころの窓口", own_folder=folder).problems()


def test_a_folder_that_overrides_some_files_is_well(tmp_path: Path) -> None:
    files = {
        "ja/thanks/body.txt": "{{ service_name }}より（{{ case_number }}）".encode(),
        "ja/invitation/body.txt": b"{% for one in earlier %}{{ one }}{% endfor %}{{ text }}{{ attributes }}{{ due }}",
        "en/thanks/subject.txt": b"[{{ service_name }}] Thanks",
        "ja/thanks/.body.txt.swp": b"\xff",
        "NOTES.md": b"What we changed.",
    }
    assert problems(tmp_path, files) == []


def test_without_a_folder_there_is_nothing_to_say() -> None:
    assert Renderer("ja", "こころの窓口").problems() == []


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("ja/thankyou/body.txt", b"x", f"ja/thankyou/body.txt is no part of a mail {PLACE}"),
        ("ja/thanks/text.txt", b"x", f"ja/thanks/text.txt is no part of a mail {PLACE}"),
        ("fr/thanks/body.txt", b"x", f"fr/thanks/body.txt is no part of a mail {PLACE}"),
        ("thanks/body.txt", b"x", f"thanks/body.txt is no part of a mail {PLACE}"),
        ("body.txt", b"x", f"body.txt is no part of a mail {PLACE}"),
        ("ja/thanks/body.txt", b"\x82\xb1", "ja/thanks/body.txt: is not UTF-8"),
        (
            "ja/thanks/body.txt",
            b"{{ teacher }}",
            "ja/thanks/body.txt: names teacher (expected only case_number, service_name)",
        ),
        (
            "ja/thanks/body.txt",
            b"{{ case_number|upside_down }}",
            "ja/thanks/body.txt: TemplateAssertionError (No filter named 'upside_down'.)",
        ),
    ],
)
def test_what_no_mail_could_use_is_told(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    assert problems(tmp_path, {name: content}) == [problem]


def test_a_mail_without_what_its_reader_needs_is_told_whichever_part_it_is_missing_in(tmp_path: Path) -> None:
    files = {"ja/reminder/body.txt": "{{ case_number }}：ご意見をお寄せください。".encode()}
    told = "ja/reminder: names no text (expected in the subject or the body)"
    assert problems(tmp_path, files) == [told]
    files["ja/reminder/subject.txt"] = "{{ text[:10] }}（{{ due|day }}まで）".encode()
    assert problems(tmp_path, files) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_common_templates_are_well_themselves(language: str) -> None:
    assert Renderer(language, "x", own_folder=resources.folder("templates")).problems() == []


@pytest.mark.parametrize(
    "body",
    ["{{ teacher }}", "{% if %}", "{{ case_number|upside_down }}"],
)
def test_a_mail_whose_own_words_do_not_fit_goes_out_in_the_common_ones_whole(tmp_path: Path, body: str) -> None:
    folder = tmp_path / "ja" / "declined"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("自分の件名", encoding="utf-8")
    (folder / "body.txt").write_text("{{ case_number }}", encoding="utf-8")
    well, common = Renderer("ja", "窓口", own_folder=tmp_path), Renderer("ja", "窓口")
    assert well.render(Declined(12)) == Rendered("自分の件名", "12\n")
    (folder / "body.txt").write_text(body, encoding="utf-8")
    with capture_logs() as told:
        unfit = Renderer("ja", "窓口", own_folder=tmp_path)
        assert unfit.render(Declined(12)) == common.render(Declined(12))
        assert unfit.wording("declined") == common.wording("declined")
    assert [(one["event"], one["template"]) for one in told] == [("template not used", str(folder))]


def test_a_template_that_cannot_be_read_as_one_is_told(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, {"ja/thanks/body.txt": b"{% if %}"})
    assert told.startswith("ja/thanks/body.txt: TemplateSyntaxError (")


def test_a_folder_that_is_not_there_or_empty_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path / "none", {}) == [f"{tmp_path}/none is no folder {PLACE}"]
    assert problems(tmp_path, {}) == [f"{tmp_path} has no templates {PLACE}"]


def test_what_is_told_goes_to_standard_error_until_a_process_says_otherwise() -> None:
    script = "from mailgate.flow import own_templates; own_templates._log.error('template not used')"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (ran.stdout, "template not used" in ran.stderr) == ("", True)
