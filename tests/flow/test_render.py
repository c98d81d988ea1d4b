"""A letter becomes a text: data stays data, what is missing is an error, and the form of the result is fixed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailgate.errors import BadConfiguration, BadLetter
from mailgate.flow.letters import Answer, Clarification, CompiledComment, Declined, Invitation, Letter
from mailgate.flow.render import Rendered, Renderer

DECLINED = Declined(case_number=7)


def _renderer(
    folder: Path, body: str, subject: str = "Case {{ case_number }}", mail: str = "declined", language: str = "en"
) -> Renderer:
    place = folder / language / mail
    place.mkdir(parents=True)
    (place / "subject.txt").write_text(subject, encoding="utf-8")
    (place / "body.txt").write_text(body, encoding="utf-8")
    return Renderer(language, "Desk & Co", folder)


def test_fields_of_the_letter_and_the_service_name_are_filled_in(tmp_path: Path) -> None:
    renderer = _renderer(
        tmp_path, "{{ service_name }} about {{ case_number }}", "[{{ service_name }}] {{ case_number }}\n"
    )
    assert renderer.render(DECLINED) == Rendered("[Desk & Co] 7", "Desk & Co about 7\n")


@pytest.mark.parametrize(
    "text",
    [
        "{{ 7*7 }}",
        "{% raw %}",
        "{% for x in range(9) %}x{% endfor %}",
        "{# not a comment #}",
        "{{ case_number }} {{ service_name }}",
        "{{ ''.__class__ }}",
        "a < b & \"c\" 'd' &amp;",
        "%s {0} ${HOME} \\n",
    ],
)
def test_text_in_a_letter_is_never_read_as_a_template(tmp_path: Path, text: str) -> None:
    renderer = _renderer(tmp_path, "({{ question }})", mail="clarification")
    assert renderer.render(Clarification(1, text)).body == f"({text})\n"


@pytest.mark.parametrize(
    "body",
    [
        "{{ service_name.__class__.__mro__ }}",
        "{{ question.__init__.__globals__ }}",
        "{{ (question ~ '').format.__globals__ }}",
        "{{ '{0.__class__}'.format(question) }}",
        "{{ service_name['__class__'] }}",
        "{% for x in range(99999999) %}{% endfor %}",
        "{{ 1 // 0 }}",
        "{{ service_name + 1 }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../pyproject.toml' %}",
    ],
)
def test_a_template_reaches_nothing_outside_its_letter(tmp_path: Path, body: str) -> None:
    renderer = _renderer(tmp_path, body, mail="clarification")
    with pytest.raises(BadLetter):
        renderer.render(Clarification(1, "text"))


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% raw %}", "{% if %}"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_template_signs_come_out_literally_in_the_mails_that_carry_text(language: str, text: str) -> None:
    renderer = Renderer(language, "Desk")
    letters: tuple[Letter, ...] = (
        Invitation(1, text, text, (text,), date(2025, 2, 10)),
        Answer(1, (CompiledComment(1, text, text),)),
        Clarification(1, text),
    )
    assert [renderer.render(letter).body.count(text) for letter in letters] == [3, 2, 1]


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a  \nb\t", "a　\nb　　", "\n\na\nb\n\n\n"])
def test_body_has_plain_line_ends_no_trailing_blanks_and_one_last_line_end(tmp_path: Path, text: str) -> None:
    renderer = _renderer(tmp_path, "{{ question }}", mail="clarification")
    assert renderer.render(Clarification(1, text)).body == "a\nb\n"


def test_blanks_at_the_beginning_of_a_line_stay(tmp_path: Path) -> None:
    renderer = _renderer(tmp_path, "{{ question }}", mail="clarification")
    assert renderer.render(Clarification(1, "　段落です。\n  - item")).body == "　段落です。\n  - item\n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{{ nobody }}", "template declined/body.txt: UndefinedError ('nobody' is undefined)"),
        ("{% if nobody %}x{% endif %}", "template declined/body.txt: UndefinedError ('nobody' is undefined)"),
        (
            "{{ case_number.nothing }}",
            "template declined/body.txt: UndefinedError ('int object' has no attribute 'nothing')",
        ),
    ],
)
def test_undefined_variable_is_a_bad_letter(tmp_path: Path, body: str, reason: str) -> None:
    with pytest.raises(BadLetter) as caught:
        _renderer(tmp_path, body).render(DECLINED)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "body", ["{% if %}", "{{ case_number", "{{ case_number|nofilter }}", "{{ ''.__class__.mro() }}"]
)
def test_template_that_is_none_is_a_bad_letter(tmp_path: Path, body: str) -> None:
    with pytest.raises(BadLetter, match=r"\Atemplate declined/body\.txt: "):
        _renderer(tmp_path, body).render(DECLINED)


def test_missing_template_is_a_bad_letter(tmp_path: Path) -> None:
    with pytest.raises(BadLetter, match=r"\Atemplate clarification/subject\.txt: "):
        _renderer(tmp_path, "x").render(Clarification(1, "?"))


def test_template_in_another_charset_is_a_bad_letter(tmp_path: Path) -> None:
    renderer = _renderer(tmp_path, "x")
    (tmp_path / "en" / "declined" / "body.txt").write_bytes("辞退".encode("cp932"))
    with pytest.raises(BadLetter) as caught:
        renderer.render(DECLINED)
    assert caught.value.reason == "template declined/body.txt: the file is not UTF-8"


@pytest.mark.parametrize("subject", ["a\nb", "a\rb", "a\u2028b", "a\u0085b", "a\x0bb", "a\x00b", "", "  "])
def test_subject_that_is_not_one_line_of_text_is_a_bad_letter(tmp_path: Path, subject: str) -> None:
    renderer = _renderer(tmp_path, "x", "{{ question }}", mail="clarification")
    with pytest.raises(BadLetter, match=r"\Aclarification/subject\.txt: a subject is one line"):
        renderer.render(Clarification(1, subject))


def test_full_width_space_is_welcome_in_a_subject(tmp_path: Path) -> None:
    assert _renderer(tmp_path, "x", "先生の窓口　お知らせ\n").render(DECLINED).subject == "先生の窓口　お知らせ"


@pytest.mark.parametrize(
    ("language", "day", "written"),
    [
        ("ja", date(2025, 2, 10), "2月10日(月)"),
        ("ja", date(2024, 12, 1), "12月1日(日)"),
        ("en", date(2025, 2, 10), "Monday, 10 February"),
        ("en", date(2024, 12, 1), "Sunday, 1 December"),
    ],
)
def test_day_is_written_as_the_language_does(tmp_path: Path, language: str, day: date, written: str) -> None:
    renderer = _renderer(tmp_path, "{{ due|day }}", "x", mail="invitation", language=language)
    assert renderer.render(Invitation(1, "", "", (), day)).body == written + "\n"


def test_unknown_language_stops_the_start() -> None:
    with pytest.raises(BadConfiguration) as caught:
        Renderer("fr", "Bureau")
    assert caught.value.problems == ("service.language: there are no mails in 'fr', only in ja, en",)
