"""However a system stores a text, the same is found in it; and the difference that an operator is shown."""

import unicodedata

import pytest

from mailgate.screening.check import check
from mailgate.screening.difference import Change, differences
from mailgate.screening.known import KnownIdentity, find_known
from mailgate.screening.redact import redact
from mailgate.screening.romaji import romanised

TEXT = "校長の柳田です。\nだいすけくんとガブリエルさん、たけだ小学校。電話は090-1234-5678。"
NAMED = ["柳田", "だいすけ", "ガブリエル", "たけだ小学校", "090-1234-5678"]
STORED = {
    "decomposed": unicodedata.normalize("NFD", TEXT),
    "CRLF": TEXT.replace("\n", "\r\n"),
    "CR": TEXT.replace("\n", "\r"),
    "zero-width characters": "\u200b".join(TEXT),
    "emoji in front": "👨‍👩‍👧‍👦🏫" + TEXT,
    "lone surrogates": "\ud800" + TEXT + "\udfff",
}


@pytest.mark.parametrize("form", sorted(STORED))
def test_the_form_in_which_a_text_is_stored_makes_no_difference(form: str) -> None:
    text = STORED[form]
    found = check(text)
    assert [unicodedata.normalize("NFC", one.text.replace("\u200b", "")) for one in found] == NAMED
    assert all(text[one.start : one.end] == one.text for one in found)


def test_half_width_kana_with_marks_are_one_name() -> None:
    assert [one.text for one in check("ﾀﾞｲｽｹさんとｶﾞﾌﾞﾘｴﾙ先生")] == ["ﾀﾞｲｽｹ", "ｶﾞﾌﾞﾘｴﾙ"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("井上 香織（いのうえ かおり）です。", "Aさん（Aさん）です。"),
        ("田中太郎さんとタナカ先生、たろうくん。", "AさんとA先生、Aくん。"),
        ("椎名 律という児童です。りつは泣きました。律も。", "Aさんという児童です。Aさんは泣きました。Aさんも。"),
        ("すずき皮膚科に通院。", "○○皮膚科に通院。"),
    ],
)
def test_one_person_is_one_letter_in_kanji_and_in_kana(text: str, expected: str) -> None:
    assert redact(text, check(text)) == expected


REGISTERED = KnownIdentity(("佐藤 優子", "さとう ゆうこ"), (), ("岡里市立第三中学校", "岡里市立東小学校"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sato Yuko と YUKO SATOH", ["Sato Yuko", "YUKO SATOH"]),
        ("Ms. Satou, satoshi", ["Satou"]),
        ("ｓａｔｏ　ｙｕｋｏ", ["ｓａｔｏ　ｙｕｋｏ"]),
        ("三中の子と第三中、三中央", ["三中", "第三中"]),
        ("東小で、関東小売", ["東小"]),
    ],
)
def test_the_register_is_known_in_romaji_and_by_short_names(text: str, found: list[str]) -> None:
    assert [one.text for one in find_known(text, [REGISTERED])] == found


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("さとう", {"sato", "satoh", "satou"}),
        ("しょうじ", {"shoji", "shouji", "syozi", "syouzi"}),
        ("じゅんぺい", {"junpei", "jumpei", "zyunpei"}),
        ("はっとり", {"hattori"}),
        ("佐藤", set()),
    ],
)
def test_romaji_of_a_name(name: str, spellings: set[str]) -> None:
    assert romanised(name) == spellings


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("同じ。\n高木です。\n", "同じ。\nAです。", (Change(("高木です。",), ("Aです。",)),)),
        ("本文。\n署名\n高木", "本文。", (Change(("署名", "高木"), ()),)),
        ("同じ。", "同じ。\n", ()),
    ],
)
def test_difference_shows_the_changed_lines_alone(before: str, after: str, changes: tuple[Change, ...]) -> None:
    assert differences(before, after) == changes
