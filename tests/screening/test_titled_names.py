"""Names that only the title behind them shows, and the words that stand before a title and name nobody."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label

FOUND = [
    # of a character that is no surname of the dictionary, or read as a number, a place or a noun
    ("昨日、柿教頭に相談した。", ["柿"]),
    ("昨日、三国主任に相談した。", ["三国"]),
    ("鄭先生と宋先生が来た。", ["鄭", "宋"]),
    ("結局十文字課長の判断です。", ["十文字"]),
    # formerly, and offices beside those of a school
    ("岩崎元校長と堺・元教頭に会った。", ["岩崎", "堺"]),
    ("坂元校長の話です。", ["坂元"]),
    ("吉岡主査と西村事務長が残った。", ["吉岡", "西村"]),
    # a given name that is a noun, or in pieces, or of two scripts
    ("四月に来た雨音先生です。", ["雨音"]),
    ("保護者の虹乃君より", ["虹乃"]),
    ("一花君は何も言わない。", ["一花"]),
    ("祖母のマサ江さんと、しげ子さん", ["マサ江", "しげ子"]),
    # surnames in hiragana
    ("同じ部のたかた先生は、のざわ先生と仲がよい。", ["たかた", "のざわ"]),
    ("カウンセラーのほしかわさんが来る。", ["ほしかわ"]),
    # a name does not reach into what is said of another
    ("「小野さんは校長に似た」と言う。", ["小野"]),
    ("小野って先生は誰だ。", ["小野"]),
    ("あやのちゃんとまなみちゃんに", ["あやの", "まなみ"]),
]
NOBODY = """
今先生は忙しい。 昔先生に習った。 だから君に頼む。 でも君は違う。 昨日君を見た。 新任校長に会った。
女性教諭が担任です。 低学年主任に渡す。
道徳主任が決めた。 七人七様です。 給食の係さんが運ぶ。 王様と彼氏と諸君。 家におばあちゃんがいる。
おこった先生が来た。 はなした先生と帰る。
さかなやさんへ行く。 うさぎさんの歌です。 若手教諭と中堅教諭。 生徒会長を選ぶ。 現園長の方針です。 お隣さんに聞く。
民生委員さんに聞く。 大家さんが怒る。
"""


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_a_title_shows_the_name_in_front_of_it(text: str, names: list[str]) -> None:
    assert [found.text for found in check(text) if found.label is Label.PERSON] == names


@pytest.mark.parametrize("text", NOBODY.split())
def test_what_says_which_teacher_or_child_is_no_name(text: str) -> None:
    assert check(text) == ()
