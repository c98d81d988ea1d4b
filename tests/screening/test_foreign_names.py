"""Bare names in katakana and Latin letters, and the many words in these scripts that are none."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label, Tier
from mailgate.screening.romaji import hiragana_spellings

NAMES = [
    ("転入生のリアムは日本語が話せません。リアムの机は廊下側です。", ["リアム", "リアム"]),
    ("アイシャは給食を食べません。マテオも食べません。", ["アイシャ", "マテオ"]),
    ("田中さんは見ています。ラジュが泣いていました。", ["田中", "ラジュ"]),
    ("ノアの母から電話がありました。山田先生が出ました。", ["ノア", "山田"]),
    ("学級にはガブリエル、ルーカス、エレナがいます。", ["ガブリエル", "ルーカス", "エレナ"]),
    ("メイの家は遠いです。佐藤くんが迎えに行きます。", ["メイ", "佐藤"]),
    ("ブルーノ・サントスが転校しました。", ["ブルーノ・サントス"]),
    ("ALTのOliviaは来月帰国します。Oliviaから聞きました。", ["Olivia", "Olivia"]),
    ("Kenichiが担任です。Shinyaも同じです。", ["Kenichi", "Shinya"]),
    ("校長はMoritaといいます。", ["Morita"]),
    ("児童 Hana（二年）が倒れました。", ["Hana"]),
    ("生徒のTrungが働いています。Trungは十七歳です。", ["Trung", "Trung"]),
    ("事務のKimから聞きました。担任のBrownが怒りました。", ["Kim", "Brown"]),
    ("私、Takedaがお答えします。", ["Takeda"]),
    ("同僚のSatoとItoが辞めました。", ["Sato", "Ito"]),
    ("Nguyen Thi Lanが欠席しています。", ["Nguyen Thi Lan"]),
]
OTHER_WORDS = [
    ("佐藤先生です。パンが足りません。ノートは持ち帰ります。マイクが壊れました。", ["佐藤"]),
    ("鈴木先生のマイクは壊れ、生徒のスマホが鳴りました。", ["鈴木"]),
    ("田中さんのノートの様子。プリントの担任印。テストの成績が下がりました。", ["田中"]),
    ("佐藤さんはロイロノートで提出し、キュビナは使いません。スタサプは便利です。アイパッドが壊れた。", ["佐藤"]),
    ("Zoomで面談し、Teamsは使いません。Classroomに載せます。Kahootを使い、Canvaで作りました。", []),
    ("LINEの返信とTwitterの投稿です。YouTubeが好きです。", []),
    ("サッカーが好きで、メロンも好きな佐藤さんです。サクラが咲きました。", ["佐藤"]),
    ("Wordは使えます。Excelが苦手です。Mondayは英語の日です。Unitの終わり。Noteの使い方。Nameを書く。", []),
    ("リーダーが怒り、サブの佐藤さんが泣きました。ストレスが原因です。モラハラだと思います。", ["佐藤"]),
    ("アンパンマンが好き。ポケモンのカード。山田くんの机。", ["山田"]),
    ("ルール・マナー、マンガ・イラスト、ホーム・ルームと、りんごのジョナゴールド。", []),
    ("Hello, how are you? I like soccer. My birthday is in May. Thank you. と言いました。", []),
]


@pytest.mark.parametrize(("text", "names"), NAMES + OTHER_WORDS)
def test_names_are_found_and_other_words_are_not(text: str, names: list[str]) -> None:
    assert [(found.text, found.label) for found in check(text)] == [(name, Label.PERSON) for name in names]


def test_a_bare_foreign_name_is_only_shown() -> None:
    assert [found.tier for found in check("アイシャは給食を食べません。Yoshidaです。")] == [Tier.UNSURE, Tier.UNSURE]


def test_latin_letters_are_read_as_the_hiragana_they_may_be() -> None:
    read = {word: hiragana_spellings(word) for word in ("ohara", "shinji", "kenichi", "hattori", "emily", "x" * 40)}
    assert read["ohara"] == {"おはら", "おうはら", "おおはら"}
    assert "しんじ" in read["shinji"]
    assert "けんいち" in read["kenichi"]
    assert "はっとり" in read["hattori"]
    assert (read["emily"], read["x" * 40]) == (frozenset(), frozenset())
