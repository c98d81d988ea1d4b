"""Names that the tokenizer does not read as names where they stand, and words that only look like them."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label

FOUND = [
    # surnames that are read as a noun, cut in two, or of one character
    ("卒業生の桑原が辞めた。", [("桑原", "sure")]),
    ("生徒会長の入江が来た。", [("入江", "unsure")]),
    ("筒井(母)と筒井(父)の話。", [("筒井", "unsure"), ("筒井", "unsure")]),
    ("昨日、竹中が休んだ。", [("竹中", "sure")]),
    ("わたしは菅、隣は別の組です。", [("菅", "unsure")]),
    ("担任の平野は若い。", [("平野", "unsure")]),
    # given names that the dictionary does not have, with and without a title
    ("立ち歩くのは瞳実、雅之です。", [("瞳実", "unsure"), ("雅之", "sure")]),
    ("最近、愛蘭が休みがちです。", [("愛蘭", "unsure")]),
    ("弥璃先生に伝えました。", [("弥璃", "sure")]),
    ("麗舞兄弟は元気です。", [("麗舞", "unsure")]),
    # cut beside the surname
    ("笠井百音学年主任に話した。", [("笠井百音", "sure")]),
    ("仲がよいのは田中レオンです。", [("田中レオン", "sure")]),
    # hiragana of a usual beginning and ending, which no table holds
    ("ひでひとが泣いた。", [("ひでひと", "unsure")]),
    ("弟のかつとしも来た。", [("かつとし", "unsure")]),
    ("ともまさちゃんが泣いた。", [("ともまさ", "sure")]),
    ("ゆきのり先生が来た。", [("ゆきのり", "sure")]),
    ("森田先生の前で「もも」と呼ばれた。", [("森田", "sure"), ("もも", "unsure")]),
    ("森田先生に、立ち歩くかいと、泣くりくとを頼む。", [("森田", "sure"), ("かいと", "unsure"), ("りくと", "unsure")]),
    # in a clear place once, and so elsewhere in the same text
    ("弟のひでひとは三年です。あとでひでひとに聞きます。", [("ひでひと", "unsure"), ("ひでひと", "unsure")]),
    # everyday nouns and single characters, of which only persons do what is said
    ("最近、林が泣いています。", [("林", "unsure")]),
    ("昨日、並木に相談しました。", [("並木", "unsure")]),
    ("出口から電話がありました。", [("出口", "unsure")]),
    ("関の上履きがなくなった。", [("関", "unsure")]),
    ("レオを叱りました。", [("レオ", "unsure")]),
    ("蒔田樹（二年）です。", [("蒔田樹", "sure")]),
    ("小椋先輩に聞きました。", [("小椋", "sure")]),
    # a row, and a number of a house that is no number of things
    ("代わったのは高島と堀です。", [("高島", "sure"), ("堀", "unsure")]),
    ("桜町3-7-1 水野まで送る。", [("水野", "sure")]),
]
NOBODY = [
    "平野部の出口は混む。大石を運び、井戸をのぞく。",
    "野原で遊び、竹林を歩き、小屋を建てる。",
    "二名の希望者と三羽のうさぎがいる。",
    "教員になって八年、校長になって二年です。",
    "森田先生のいうことが、いつまでも分かるようなことと思う。",
    "森田先生に来てもらうことを決め、ありがとうと言った。",
    "森田先生にそのことを話した。雨のせいかもしれない。",
    "入力行と出力行、警告音と修飾子。",
    "長男も次男も元気です。",
    "窓を叩き、順に見せる。北風と太陽の話。一人が泣いた。出口に並ぶ。森を走る。",
    "10 日後に話す。",
]


def _persons(text: str) -> list[tuple[str, str]]:
    return [(one.text, one.tier.value) for one in check(text) if one.label is Label.PERSON]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_name_that_the_tokenizer_does_not_hear_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert _persons(text) == expected


@pytest.mark.parametrize("text", NOBODY)
def test_word_that_is_written_like_a_name_is_none(text: str) -> None:
    assert [name for name, _ in _persons(text) if name != "森田"] == []
