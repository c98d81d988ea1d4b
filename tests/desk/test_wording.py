from __future__ import annotations

import pytest

from mailgate.desk.wording import Command, Grade, agrees, command, grade

WITHDRAW = [
    "取り下げ",
    "取下げ",
    "取り下げます",
    "取り下げます。",
    "「取り下げ」",
    "【取り下げ】",
    "  取り下げ  ",
    "\n\n取り下げ\n\nもう解決しました。",
    "取り下げます！",
    "取り下げたいです",
    "取り下げをお願いします。",
    "取り下げを希望します",
    "取り下げさせていただきます。",
    "取り下げてください。",
    "相談を取り下げます。",
    "この相談を取り下げます",
    "今回の相談は取り下げます。",
    "withdraw",
    "Withdraw.",
    "WITHDRAW",
    "ＷＩＴＨＤＲＡＷ",
    "Please withdraw",
    "Please withdraw my case.",
    "I want to withdraw this consultation",
    '"withdraw"',
]
DECLINE = [
    "辞退",
    "辞退します",
    "辞退いたします。",
    "ご辞退させていただきます。",
    "今回は辞退します。",
    "今回は、辞退いたします。",
    "申し訳ございませんが、辞退させていただきます。",
    "コメントを辞退します",
    "「辞退」",
    "　辞退　",
    "decline",
    "Decline.",
    "ｄｅｃｌｉｎｅ",
    "Sorry, I must decline.",
    "I would like to decline this invitation",
]
NEITHER = [
    "",
    "   \n\n",
    "取り下げた方がよいでしょうか",
    "取り下げるべきか迷っています",
    "取り下げません",
    "取り下げないでください",
    "相談を取り下げる場合はどうすればよいですか",
    "こんにちは。\n取り下げます",
    "保護者が訴えを取り下げました。",
    "辞退しません",
    "辞退すべきでしょうか。",
    "役員を辞退した保護者について相談です。",
    "辞退を勧められたときの対応について",
    "会議の辞退",
    "I will not withdraw",
    "Should I withdraw?",
    "withdrawal",
    "withdraw the accusation",
    "Students decline",
    "They decline to answer.",
    "取り下げ 辞退",
    "5",
]


@pytest.mark.parametrize("written", WITHDRAW)
def test_withdrawing(written: str) -> None:
    assert command(written) is Command.WITHDRAW


@pytest.mark.parametrize("written", DECLINE)
def test_declining(written: str) -> None:
    assert command(written) is Command.DECLINE


@pytest.mark.parametrize("written", NEITHER)
def test_a_line_that_says_anything_else_is_no_command(written: str) -> None:
    assert command(written) is None


def test_a_long_line_is_judged_by_its_beginning_in_no_time() -> None:
    assert command("取り下げ" * 200_000) is None


GRADES = {
    "5": (5, "", False),
    " ３\n": (3, "", False),
    "4点": (4, "", False),
    "2です。": (2, "", False),
    "５　とても役に立った": (5, "", False),
    "1 not helpful": (1, "", False),
    "\n5\n\n沢村": (5, "沢村", False),
    "5\nありがとうございました。": (5, "ありがとうございました。", False),
    "4\n別の子のことですが、どうすればよいでしょうか。": (4, "別の子のことですが、どうすればよいでしょうか。", True),
    "3\n" + "あ" * 61: (3, "あ" * 61, True),
}


@pytest.mark.parametrize(("written", "expected"), GRADES.items())
def test_a_grade_and_what_stands_below(written: str, expected: tuple[int, str, bool]) -> None:
    assert grade(written) == Grade(*expected)


@pytest.mark.parametrize(
    "written",
    ["", "6", "0", "12", "3年生の担任です。", "1. 一つ目の質問", "2学期のことです", "5 人で話しました", "よい\n5"],
)
def test_other_lines_with_a_digit_are_no_grade(written: str) -> None:
    assert grade(written) is None


AGREES = [
    *("はい", "はい。", "「はい」", "はい！", "同意", "同意します。", "はい、同意いたします。", "この内容で同意します"),
    *(
        "この文面でお願いします。",
        "はい、この内容で大丈夫です",
        "ＯＫ",
        "OKです",
        "ok",
        "Yes.",
        "YES",
        "I agree.",
        "Agreed",
    ),
    *(
        "はい\n\nよろしくお願いいたします。",
        "はい\nご確認ありがとうございます。\n以上、よろしくお願いします。",
        "yes\nThank you.",
    ),
]
DOES_NOT_AGREE = [
    *(
        "",
        "いいえ",
        "はい、ただし学年は消してください",
        "はい\n学年だけ高学年に",
        "はい\nただ、3行目は違います",
        "はい？",
        "同意できません",
    ),
    *(
        "同意しません",
        "OKではありません",
        "no",
        "yes, but please remove the town",
        "Yes\nBut not the last line",
        "1",
        "取り下げ",
    ),
    *("こんにちは\nはい", "はいと言いたいところですが"),
]


@pytest.mark.parametrize("written", AGREES)
def test_a_yes_and_thanks_agree(written: str) -> None:
    assert agrees(written)


@pytest.mark.parametrize("written", DOES_NOT_AGREE)
def test_a_yes_with_anything_more_is_for_a_person_to_read(written: str) -> None:
    assert not agrees(written)
