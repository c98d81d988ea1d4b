"""Schools and towns that the sentence shows, though no kind stands behind them or the tokenizer cuts them in pieces."""

import pytest

from mailgate.screening.check import check

FOUND = """
    [[にじのこども園]]に通う。
    きのうのことです。[[つくもこども園]]は休み。
    [[昭和ひばり保育園]]の先生。
    [[朝霧国際高等学院]]の説明会。
    [[つばさ高等学院]]に編入した。
    月曜は県立大沢、火曜は[[県立三原]]。
    [[県立吉沼農業]]の吉田です。
    [[鶴崎商業]]の野球部の顧問です。
    [[波方工業]]で教えています。
    月曜は[[翠陵台]]、火曜は休み。
    [[聖和女子]]の非常勤です。
    [[山口大学教育学部附属中]]の生徒。
    [[岩見工科高校定時制]]の生徒。
    [[六戸]]の実家に帰った。
    [[八代インター]]の手前で転んだ。
    [[坂ノ市]]で三十年やった。
    [[稚内管内]]の学校。
    [[旧大滝村]]から来た。
"""
PLAIN = """
工業と商業の違いを調べた。 理系女子が増えた。 運動部女子の更衣室が狭い。 展示台を並べ、朝礼台を磨いた。
数ヶ月ぶりに三ヶ所を見た。 インターハイに出る。 県立の体育施設を使った。 公立高校、私立中学、市立体育館。
うちのこども園です。 近くのこども園に通う。 管内の学校。
"""


@pytest.mark.parametrize("marked", [line.strip() for line in FOUND.strip().split("\n")])
def test_the_whole_name_is_found(marked: str) -> None:
    text, name = marked.replace("[[", "").replace("]]", ""), marked.split("[[")[1].split("]]")[0]
    assert name in [one.text for one in check(text)]


@pytest.mark.parametrize("text", PLAIN.split())
def test_a_kind_or_a_thing_is_no_name(text: str) -> None:
    assert check(text) == ()
