"""お休み and 再開 as people write them, and until when."""

from __future__ import annotations

from datetime import date

import pytest

from mailgate.desk.coming_days import read_last_day
from mailgate.desk.kanji_numbers import with_digits
from mailgate.desk.pause_words import PauseWish, ResumeWish, Wish, pause_wish

ON = date(2026, 11, 21)
YEAR_END = date(2026, 12, 31)

LAST_DAYS: dict[str, date | None] = {
    "2026年12月末まで": YEAR_END,
    "２０２６年１２月末まで": YEAR_END,
    "二〇二六年十二月末まで": YEAR_END,
    "令和8年12月末": YEAR_END,
    "令和八年十二月末日まで": YEAR_END,
    "R8年12月": YEAR_END,
    "12月末まで": YEAR_END,
    "12月いっぱい": YEAR_END,
    "12月まで": YEAR_END,
    "12月31日まで": YEAR_END,
    "12/31": YEAR_END,
    "12月31日(木)まで": YEAR_END,
    "2026/12/31": YEAR_END,
    "2026-12": YEAR_END,
    "来月末": YEAR_END,
    "来月末頃まで": YEAR_END,
    "年末まで": YEAR_END,
    "今年末": YEAR_END,
    "end of december": YEAR_END,
    "December 31, 2026": YEAR_END,
    "31 Dec": YEAR_END,
    "the end of next month": YEAR_END,
    "今月末": date(2026, 11, 30),
    "再来月末": date(2027, 1, 31),
    "年度末": date(2027, 3, 31),
    "来年度末": date(2028, 3, 31),
    "2月末": date(2027, 2, 28),
    "2028年2月末": date(2028, 2, 29),
    "11月20日": date(2027, 11, 20),
    "11月21日": ON,
    "令和9年1月15日": date(2027, 1, 15),
    "2027-01-15": date(2027, 1, 15),
    "2週間": date(2026, 12, 5),
    "三か月の間": date(2027, 2, 21),
    "半年": date(2027, 5, 21),
    "1年間": date(2027, 11, 21),
    "two weeks": date(2026, 12, 5),
    "30日間": date(2026, 12, 21),
    "2026年11月20日": None,
    "2062年12月末": None,
    "13月末": None,
    "2月30日": None,
    "2027年2月29日": None,
    "12": None,
    "15日まで": None,
    "落ち着くまで": None,
    "soon": None,
    "": None,
    "9999年12月31日": None,
    "999年": None,
}

WISHES: dict[str, Wish | None] = {
    "お休み": PauseWish(""),
    "　お休み。": PauseWish(""),
    "「お休み」": PauseWish(""),
    "休止します": PauseWish(""),
    "しばらくお休みします。": PauseWish(""),
    "しばらくの間、お休みさせていただきます": PauseWish(""),
    "お休みをお願いいたします。\n\nよろしくお願いいたします。": PauseWish(""),
    "いつもお世話になっております。\n戸田です。\nお休みします。": PauseWish(""),
    "お休み：2026年12月末まで": PauseWish("2026年12月末まで"),
    "お休み 2027/1/15": PauseWish("2027/1/15"),
    "お休み（12月末まで）": PauseWish("12月末まで"),
    "お休み\n2026年12月末まで": PauseWish("2026年12月末まで"),
    "12月末までお休みします": PauseWish("12月末まで"),
    "来月末まで、お休みいたします。": PauseWish("来月末まで"),
    "2週間の間お休みします": PauseWish("2週間の間"),
    "母が退院するまでお休みします": PauseWish("母が退院するまで"),
    "pause": PauseWish(""),
    "Please pause.": PauseWish(""),
    "Pause until 2027-01-15": PauseWish("2027-01-15"),
    "ＰＡＵＳＥ": PauseWish(""),
    "pause for two weeks\nThank you": PauseWish("two weeks"),
    "お休み\n先日の件ですが、相談があります。": PauseWish("", says_more=True),
    "お休み：12月末まで\nそのあとは退会も考えています。": PauseWish("12月末まで", says_more=True),
    "お休み\n実は入院です。": PauseWish("", says_more=True),
    "お休みです": PauseWish(""),
    "お休み" + "\n長い話です" * 20: PauseWish("", says_more=True),
    "再開": ResumeWish(),
    "再開します。": ResumeWish(),
    "「再開」": ResumeWish(),
    "Resume": ResumeWish(),
    "再開\nただし月に1件まででお願いします。": ResumeWish(says_more=True),
    "": None,
    "お休みの日に登録したいです": None,
    "お休みしません": None,
    "夏休み": None,
    "お休みできますか": None,
    "再開できますか": None,
    "氏名：青井 凛\n学校名：南小": None,
    "登録したいです。": None,
    "Paused mail is bad": None,
}


@pytest.mark.parametrize("text", LAST_DAYS)
def test_a_last_day_is_read_from_the_date_of_the_mail(text: str) -> None:
    assert read_last_day(text, ON) == LAST_DAYS[text]


@pytest.mark.parametrize("written", WISHES)
def test_the_word_must_be_all_that_the_mail_says(written: str) -> None:
    assert pause_wish(written) == WISHES[written]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("二十年", "20年"),
        ("十二年", "12年"),
        ("十年", "10年"),
        ("二〇年", "20年"),
        ("百二十", "120"),
        ("二千二十六年", "2026年"),
        ("三十", "30"),
        ("十十", "十十"),
        ("二三十", "二三十"),
        ("〇十", "〇十"),
        ("約二十五年ほど", "約25年ほど"),
        ("20年", "20年"),
        ("", ""),
    ],
)
def test_numbers_in_characters_become_digits(text: str, digits: str) -> None:
    assert with_digits(text) == digits
