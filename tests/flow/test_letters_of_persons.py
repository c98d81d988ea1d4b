"""One letter stands for one person in everything that the teacher reads in one answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mailgate.desk.lifecycle import CommentState
from mailgate.flow import compilation, review
from mailgate.flow.review import Decisions


def _answer(desk: Any, number: int) -> str:
    with desk.office.read() as ctx:
        return str(compilation.preview(ctx, number).body)


@pytest.mark.parametrize(
    ("consultation", "first", "second", "letters"),
    [
        (
            "保護者対応で困っています。",
            "以前、田中太郎さんという保護者がいました。",
            "山田花子先生に相談しました。",
            ["A", "B"],
        ),
        (
            "A君の保護者への対応で困っています。",
            "以前、田中太郎さんという保護者がいました。",
            "A君のことは、山田花子先生に相談しました。",
            ["B", "A", "C"],
        ),
        ("保護者対応で困っています。", "A君のような子には時間が要ります。", "山田花子先生に相談しました。", ["A", "B"]),
    ],
)
def test_two_people_in_two_comments_have_two_letters(
    desk: Any, consultation: str, first: str, second: str, letters: list[str]
) -> None:
    number = desk.open_case(consultation)
    for invited, words in zip(desk.invite(number, 0, 1), (first, second), strict=True):
        desk.comment(invited, words)
    desk.approve_comments(number)
    body = _answer(desk, number)
    assert "田中" not in body
    assert "山田" not in body
    texts = [one.approved for one in desk.comments(number)]
    found = re.findall("[A-Z]", "".join(texts))
    assert found == letters
    assert all(text in body for text in texts)


def test_in_english_too(desk: Any) -> None:
    number = desk.open_case("A parent shouts at me.")
    texts = ("My colleague Taro Tanaka met such a parent.", "My colleague Hanako Yamada knows about it.")
    for invited, words in zip(desk.invite(number, 0, 1), texts, strict=True):
        desk.comment(invited, words)
    desk.approve_comments(number)
    first, second = (set(re.findall("Person ([A-Z])", one.approved)) for one in desk.comments(number))
    assert len(first) == len(second) == 1
    assert first != second


def test_deciding_again_changes_no_letter_and_is_no_work_of_hands(desk: Any) -> None:
    number = desk.open_case()
    for invited, name in zip(desk.invite(number, 0, 1), ("田中太郎", "山田花子"), strict=True):
        desk.comment(invited, f"以前、{name}さんに相談しました。")
    desk.approve_comments(number)
    before = [one.approved for one in desk.comments(number)]
    for one in desk.comments(number):
        desk.run(review.check_comment, one.id, Decisions(redact_rest=True))
    assert [one.approved for one in desk.comments(number)] == before


def test_a_rejected_comment_takes_no_letter(desk: Any) -> None:
    number = desk.open_case()
    for invited, name in zip(desk.invite(number, 0, 1), ("田中太郎", "山田花子"), strict=True):
        desk.comment(invited, f"以前、{name}さんに相談しました。")
    first = desk.comments(number)[0].id
    desk.run(review.reject_comment, first)
    desk.approve_comments(number)
    (left,) = [one for one in desk.comments(number) if one.state is CommentState.APPROVED]
    assert left.approved == "以前、Aさんに相談しました。"
