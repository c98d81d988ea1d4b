"""The mails that go out: each letter has its texts in both languages, whole, short, and with a way to answer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields
from datetime import date
from typing import get_args

import pytest
from jinja2 import Environment, meta

from mailgate import resources
from mailgate.desk.application import FORM
from mailgate.desk.application_form import Wish
from mailgate.desk.form_words import line_of
from mailgate.desk.wording import Command, agrees, command
from mailgate.flow.example_letters import examples
from mailgate.flow.letters import (
    Acknowledgement,
    Answer,
    Clarification,
    Closed,
    CommentReceived,
    CompiledComment,
    ConfirmationReminder,
    ConsentRequest,
    Declined,
    FollowUpReceived,
    Invitation,
    InvitationWithdrawn,
    Letter,
    Paused,
    PauseUnclear,
    RegisterConfirmation,
    RegistrationForm,
    RegistrationIncomplete,
    RegistrationNeeded,
    RegistrationReceived,
    Reminder,
    Thanks,
)
from mailgate.flow.render import Renderer

LANGUAGES = ("ja", "en")
NAMES = {"ja": "先生の窓口", "en": "Teachers' Desk"}
DAY = date(2025, 2, 10)
LETTERS = examples("ja")
ANSWERABLE = (
    Acknowledgement,
    Invitation,
    Reminder,
    CommentReceived,
    Answer,
    FollowUpReceived,
    Clarification,
    ConsentRequest,
    RegistrationForm,
    RegistrationIncomplete,
    RegisterConfirmation,
    ConfirmationReminder,
    Paused,
    PauseUnclear,
)
ASK_FOR_A_YES = (ConsentRequest, RegisterConfirmation, ConfirmationReminder)
WITH_ATTACHMENTS: tuple[Letter, ...] = (
    Acknowledgement(12, DAY, attachments=2),
    FollowUpReceived(12, DAY, attachments=2),
    CommentReceived(12, "席を決める前に、本人の話を聞いてみてください。", False, DAY, attachments=2),
    Invitation(12, "", "本文です。", (), DAY, files=("添付1.png", "添付2.pdf"), withheld=3),
    Invitation(12, "", "本文です。", (), DAY, withheld=3),
    ConsentRequest(12, "本文です。"),
    Answer(12, (CompiledComment(1, "弁護士", "一つ目です。", files=("添付1.png",), withheld=1),)),
)
FOR_MEMBERS = (Invitation, Reminder, CommentReceived, Declined, Closed, Thanks, InvitationWithdrawn)

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_letter = pytest.mark.parametrize("letter", LETTERS + WITH_ATTACHMENTS, ids=lambda letter: letter.template)


def _files(language: str, mail: str) -> dict[str, str]:
    place = resources.folder("templates") / language / mail
    return {file.name: file.read_text(encoding="utf-8") for file in place.iterdir()}


def _variables(template: str) -> set[str]:
    environment = Environment(autoescape=False)
    environment.filters |= {"day": str, "whole_day": str}
    return meta.find_undeclared_variables(environment.parse(template))


def _body(language: str, letter: Letter) -> str:
    return Renderer(language, NAMES[language]).render(letter).body


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)


def test_table_has_each_letter_once() -> None:
    assert sorted(type(letter).__name__ for letter in LETTERS) == sorted(kind.__name__ for kind in get_args(Letter))


@each_language
def test_folders_are_those_of_the_letters(language: str) -> None:
    place = resources.folder("templates") / language
    assert sorted(folder.name for folder in place.iterdir()) == sorted(letter.template for letter in LETTERS)


def test_languages_are_those_of_the_folders() -> None:
    assert {folder.name for folder in resources.folder("templates").iterdir() if folder.is_dir()} == set(LANGUAGES)


@each_language
@each_letter
def test_folder_has_a_subject_and_a_body_and_nothing_else(language: str, letter: Letter) -> None:
    assert _files(language, letter.template).keys() == {"subject.txt", "body.txt"}


@each_language
@each_letter
def test_texts_use_all_that_the_letter_has_and_nothing_else(language: str, letter: Letter) -> None:
    used = set[str]().union(*(_variables(text) for text in _files(language, letter.template).values()))
    assert used == {"service_name"} | {field.name for field in fields(letter)}


@each_language
@each_letter
def test_each_letter_renders_with_first_line_and_signature(language: str, letter: Letter) -> None:
    lines = _body(language, letter).splitlines()
    assert lines[0].startswith(NAMES[language])
    assert lines[-2:] == ["", {"ja": "先生の窓口　運営", "en": "The operators of Teachers' Desk"}[language]]


@each_language
@each_letter
def test_subject_has_the_service_and_the_case_and_no_content(language: str, letter: Letter) -> None:
    names = {field.name for field in fields(letter)} - {"service_name", "case_number"}
    used = _variables(_files(language, letter.template)["subject.txt"])
    subject = Renderer(language, NAMES[language]).render(letter).subject
    numbered = "case_number" in {field.name for field in fields(letter)}
    assert not names & used
    assert subject.startswith({"ja": "【先生の窓口】", "en": "[Teachers' Desk] "}[language])
    assert subject.endswith({"ja": "（案件 12）", "en": "(case 12)"}[language]) == numbered
    assert _columns(subject) <= 72


@each_language
@each_letter
def test_lines_are_short_and_have_no_trailing_white_space(language: str, letter: Letter) -> None:
    source = _files(language, letter.template)
    body = _body(language, letter)
    longest = {"ja": 120, "en": 100}[language]
    assert [line for text in source.values() for line in text.split("\n") if line != line.rstrip()] == []
    assert [line for line in body.split("\n") if _columns(line) > longest] == []
    assert body.endswith("\n")
    assert not body.endswith("\n\n")


@each_language
@each_letter
def test_empty_lines_stand_alone_but_between_comments(language: str, letter: Letter) -> None:
    assert ("\n\n\n" in _body(language, letter)) == isinstance(letter, Answer)


HOW_TO_ANSWER = {"ja": r"このメールに(?:そのまま|ご)?返信(?:して)?ください。", "en": r"(?i:reply to this mail)"}
NO_ANSWER = {"ja": "このメールへの返信は必要ありません。", "en": "There is no need to reply to this mail."}


@each_language
@each_letter
def test_mail_says_how_to_answer_it_or_that_there_is_no_need(language: str, letter: Letter) -> None:
    body = _body(language, letter)
    asks = re.search(HOW_TO_ANSWER[language], body.replace(NO_ANSWER[language], "")) is not None
    assert asks == isinstance(letter, ANSWERABLE)
    assert (NO_ANSWER[language] in body) == (not isinstance(letter, (*ANSWERABLE, RegistrationNeeded)))


@each_language
def test_registration_mail_has_the_address_on_a_line_of_its_own(language: str) -> None:
    assert "join@desk.example.org" in _body(language, RegistrationNeeded("join@desk.example.org")).splitlines()


@pytest.mark.parametrize(
    ("kinds", "word"),
    [
        ((Acknowledgement, FollowUpReceived, Clarification, ConsentRequest), Command.WITHDRAW),
        ((Invitation, Reminder), Command.DECLINE),
    ],
)
@each_language
def test_words_that_a_mail_teaches_are_words_that_the_desk_obeys(
    language: str, kinds: tuple[type[Letter], ...], word: Command
) -> None:
    quotes = {"ja": r"「([^」]+)」とだけ書いて", "en": r'the single word "([^"]+)"'}[language]
    for letter in LETTERS:
        words = re.findall(quotes, _body(language, letter))
        taught = {command(found) for found in words if not agrees(found)}
        assert any(map(agrees, words)) == isinstance(letter, ASK_FOR_A_YES)
        if isinstance(letter, kinds):
            assert taught == {word}
        else:
            assert word not in taught


def test_acknowledgement_has_no_place_for_the_consultation() -> None:
    assert {field.name for field in fields(Acknowledgement)} == {"case_number", "answer_by", "attachments"}


@each_language
def test_acknowledgement_names_the_emergency_numbers(language: str) -> None:
    body = _body(language, LETTERS[0])
    assert "110" in body
    assert "119" in body


@each_language
def test_registration_mail_is_the_same_for_everybody(language: str) -> None:
    assert {field.name for field in fields(RegistrationNeeded)} == {"join_address"}
    assert re.search("案件|case [0-9]", _body(language, RegistrationNeeded("join@desk.example.org"))) is None


@each_language
def test_both_mails_about_registering_have_the_same_lines_for_a_teacher(language: str) -> None:
    lines = [line_of(column, Wish.TEACHER, language) for column in FORM[Wish.TEACHER]]
    asked = _body(language, RegistrationNeeded("join@desk.example.org")).split("\n\n")
    assert "\n".join(lines) in asked


CONSULTATION = {"ja": "ご相談", "en": "consultation"}
COMMENT = {"ja": "コメント", "en": "comment"}


@each_language
@pytest.mark.parametrize(
    ("wish", "of_consulting", "of_commenting"),
    [(Wish.TEACHER, True, False), (Wish.MEMBER, False, True), (None, False, False)],
)
def test_applicant_is_told_of_what_they_applied_for_alone(
    language: str, wish: Wish | None, of_consulting: bool, of_commenting: bool
) -> None:
    body = _body(language, RegistrationReceived(wish))
    assert (CONSULTATION[language] in body, COMMENT[language] in body) == (of_consulting, of_commenting)


THANKS = {
    "ja": ("窓口をご利用いただき", "コメントにご協力いただき", "窓口のご利用とコメントへのご協力をいただき"),
    "en": ("for consulting us.", "you for helping us with comments", "consulting us, and for helping us with comments"),
}


@each_language
@pytest.mark.parametrize(
    ("known_as", "thanked"), [((Wish.TEACHER,), 0), ((Wish.MEMBER,), 1), ((Wish.TEACHER, Wish.MEMBER), 2)]
)
def test_whoever_is_asked_to_confirm_is_thanked_for_what_they_are(
    language: str, known_as: tuple[Wish, ...], thanked: int
) -> None:
    body = _body(language, RegisterConfirmation(("x",), DAY, known_as))
    assert [words in body for words in THANKS[language]] == [number == thanked for number in range(3)]


def test_invitation_has_its_parts_in_this_order() -> None:
    letter = Invitation(12, "小学校教員・教職歴10〜19年", "本文です。", ("一通目です。", "二通目です。"), DAY)
    body = _body("ja", letter)
    expected = """\
先生の窓口より、案件 12 へのコメントのお願いです。

いつもご協力いただき、ありがとうございます。
次のご相談について、ご経験をもとにコメントをお寄せいただけますと幸いです。

【ご相談者】
小学校教員・教職歴10〜19年

【これまでの経緯】
（1回目のご連絡）
一通目です。

（2回目のご連絡）
二通目です。

【ご相談の内容】
本文です。

【締切】2月10日(月)
このメールにそのまま返信してください。
"""
    assert body[: len(expected)] == expected


@each_language
def test_invitation_without_attributes_or_history_has_no_empty_headings(language: str) -> None:
    body = _body(language, Invitation(12, "", "本文です。", (), DAY))
    headings = {"ja": ("【ご相談者】", "【これまでの経緯】"), "en": ("Who is asking:", "What was written before:")}[
        language
    ]
    assert [heading for heading in headings if heading in body] == []
    assert "\n\n\n" not in body


@each_language
@pytest.mark.parametrize("written", ["一行です。", "段落です。\n\n　字下げの段落です。\n> 引用ではない印"])
def test_comment_is_shown_exactly_between_two_rules(language: str, written: str) -> None:
    body = _body(language, CommentReceived(12, written, False, DAY))
    rule = "-" * 40
    assert body.split(f"\n{rule}\n")[1] == written


def test_amended_comment_says_that_it_replaces_the_earlier_one() -> None:
    first, second = (_body("ja", CommentReceived(12, "文", amended, DAY)) for amended in (False, True))
    sentence = "以前いただいたコメントに代えて、"
    assert second.replace(sentence, "") == first
    assert second.count(sentence) == 1


def test_answer_numbers_the_comments_with_their_attributes() -> None:
    letter = Answer(
        12, (CompiledComment(1, "弁護士", "一つ目です。"), CompiledComment(2, "", "二つ目です。\n続きです。"))
    )
    expected = """\
2件のコメントが届きました。

コメント1（弁護士）
一つ目です。


コメント2
二つ目です。
続きです。


【コメントについて】
"""
    assert expected in _body("ja", letter)


@pytest.mark.parametrize(
    ("language", "principle"), [("ja", "先生の後ろに立って支える窓口"), ("en", "stands behind you, never between you")]
)
def test_answer_keeps_the_principle_and_offers_five_digits(language: str, principle: str) -> None:
    body = _body(language, LETTERS[7])
    assert principle in body
    assert re.findall(r"^([1-5])[ 　]", body, re.MULTILINE) == ["5", "4", "3", "2", "1"]


@each_language
def test_only_the_answer_and_the_invitation_tell_attributes(language: str) -> None:
    having = {
        letter.template
        for letter in LETTERS
        if "教職歴1" in _body(language, letter) or "教職歴2" in _body(language, letter)
    }
    assert having == {"invitation", "answer"}


@pytest.mark.parametrize(
    "letter", [letter for letter in LETTERS if isinstance(letter, FOR_MEMBERS)], ids=lambda it: it.template
)
def test_mail_to_a_member_never_speaks_of_registration(letter: Letter) -> None:
    assert "登録" not in _body("ja", letter)
