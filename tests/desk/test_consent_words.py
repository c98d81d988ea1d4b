"""What counts as the teacher's yes to the text that members will see."""

from __future__ import annotations

import pytest

from mailgate.desk.compact import compact
from mailgate.desk.consent_words import consents

NAMES = [compact(name).text for name in ("水原 遥香", "水原", "haruka", "森野市立南小学校", "南小", "先生の窓口")]
YES = [
    *(
        "はい",
        "はい。",
        "「はい」",
        "はい！",
        "同意します。",
        "はい、同意いたします。",
        "この内容で同意します",
        "内容に同意します。",
    ),
    *(
        "はい、お願いします。",
        "はい。お願いいたします。",
        "はいお願いします",
        "はい　お願いします",
        "はい、よろしくお願いいたします。",
    ),
    *("はい、それで結構です。", "それで結構です", "この文面で結構です。", "問題ありません。", "特に問題ございません。"),
    *(
        "承知しました、お願いします。",
        "承知いたしました。お願いいたします。",
        "了承しました",
        "ＯＫです",
        "OK",
        "大丈夫です。",
    ),
    *("この内容で、お願いします。", "はい、この内容で大丈夫です", "このままでお願いします", "修正点はありません。"),
    *(
        "はい、メンバーの皆さまにお送りください。",
        "はい、進めてください。",
        "はい。結構です。",
        "これで問題ありません。",
    ),
    *("Yes.", "yes, please", "Yes, please go ahead.", "That is fine.", "That's fine with me.", "That’s fine", "OK"),
    *("I agree.", "Agreed", "Looks good to me, thank you.", "No objection.", "Yes, I consent."),
    "先生の窓口　運営様\n\nお世話になっております。南小の水原です。\n\nはい、お願いします。\n\n水原 遥香",
    "ご担当者様\n内容を確認しました。問題ありません。\nよろしくお願いいたします。\n森野市立南小学校\n水原",
    "Dear operators,\n\nYes, please.\n\nBest regards,\nHaruka",
    "はい\nご確認ありがとうございます。\n以上、よろしくお願いします。",
]
NO = [
    *(
        "",
        "いいえ",
        "いいえ、結構です。",
        "結構です",
        "よろしくお願いします。",
        "ありがとうございます。",
        "南小の水原です。",
        "no",
    ),
    *(
        "はい、ただし学年は消してください",
        "はい\n学年だけ高学年に",
        "はい\nただ、3行目は違います",
        "はい。ただ、学年は消してください。",
    ),
    *(
        "はい？",
        "これで大丈夫ですか。",
        "はい、お願いします。いつ頃になりますか？",
        "同意しません",
        "同意できません",
        "OKではありません",
    ),
    *(
        "問題があります。",
        "承知しましたが、学年は伏せてください。",
        "はい、お願いします。学年は伏せて",
        "はい\n学年削除",
    ),
    *(
        "yes, but please remove the town",
        "Yes\nBut not the last line",
        "that is not fine",
        "Yes, if the town goes",
        "1",
    ),
    *("はい、お願いします。\n山田 太郎", "はい\n南小という名は消して", "はいと言いたいところですが", "取り下げ"),
    "はい" * 60,
    "はい\n" * 13,
]


@pytest.mark.parametrize("written", YES)
def test_a_plain_yes_with_greeting_thanks_and_name_is_one(written: str) -> None:
    assert consents(written, NAMES)


@pytest.mark.parametrize("written", NO)
def test_whatever_says_more_or_less_is_for_a_person_to_read(written: str) -> None:
    assert not consents(written, NAMES)


def test_a_name_that_is_not_the_senders_says_something() -> None:
    assert (consents("はい\n水原", NAMES), consents("はい\n水原")) == (True, False)


def test_a_long_mail_is_judged_in_no_time() -> None:
    assert not consents("はい、この内容で" * 200_000, NAMES)
