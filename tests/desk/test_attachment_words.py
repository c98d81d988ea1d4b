"""Every kind and every obstacle has its words, for the operator and for the teacher in both languages."""

from __future__ import annotations

import pytest

from mailgate.desk.attachment_words import tells_a_password, why_withheld, words_for_teacher
from mailgate.mail.content import DRAWABLE, Content
from mailgate.mail.drawing import Obstacle

REFUSED = [(content, Obstacle.KIND) for content in Content if content not in DRAWABLE]
STOPPED = [(content, obstacle) for content in DRAWABLE for obstacle in Obstacle if obstacle is not Obstacle.KIND]


@pytest.mark.parametrize(("content", "obstacle"), [*REFUSED, *sorted(STOPPED)])
def test_each_file_that_stays_back_has_its_reason(content: Content, obstacle: Obstacle) -> None:
    reason = why_withheld(content, obstacle)
    assert "\n" not in reason
    assert len(reason) > 10


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("content", "obstacle"), [*REFUSED, *sorted(STOPPED), (Content.JPEG, None)])
def test_the_teacher_is_told_what_would_help(content: Content, obstacle: Obstacle | None, language: str) -> None:
    first, last = words_for_teacher(3, content, obstacle, language).split("\n")
    assert "3" in first
    assert ("本文に" if language == "ja" else "in the mail itself") in last


@pytest.mark.parametrize("content", [Content.LOCKED_ARCHIVE, Content.LOCKED_OFFICE])
def test_nobody_is_asked_for_a_password(content: Content) -> None:
    assert "パスワードのご連絡は不要です" in words_for_teacher(1, content, Obstacle.KIND, "ja")
    assert "no need to send the password" in words_for_teacher(1, content, Obstacle.KIND, "en")


@pytest.mark.parametrize(
    "text",
    [
        "先ほどお送りした添付ファイルのパスワードは以下のとおりです。\n\nk3n-5x",
        "パスワード：k3n5",
        "解凍パスワードをお知らせいたします。",
        "ＰＷ：1234",
        "ﾊﾟｽﾜｰﾄﾞは別途お送りします",
        "The password is k3n5.",
    ],
)
def test_a_mail_that_brings_a_password_is_noticed(text: str) -> None:
    assert tells_a_password(text)


@pytest.mark.parametrize(
    "text", ["保護者対応で困っています。", "生徒がパスワードを友だちに教えてしまいました。", "POWER POINTの授業", ""]
)
def test_other_mails_are_not(text: str) -> None:
    assert not tells_a_password(text)


def test_a_long_text_is_looked_through_in_time() -> None:
    assert not tells_a_password("パスワード" * 100_000)
