"""What a word beside it shows: a name by an age, a postal code by its town; and what is counted is nobody."""

import pytest

from mailgate.screening.check import check

FOUND = [
    ("樹、五十二歳。樹が来ました。", [("樹", "person"), ("樹", "person")]),
    ("湊（小5）と話した。", [("湊", "person")]),
    ("モエナという十五歳の生徒が来た。", [("モエナ", "person")]),
    ("田中えりと中田えり。", [("田中えり", "person"), ("中田えり", "person")]),
    ("6年のみゆの日記です。", [("みゆ", "person")]),
    ("けれど森は謝っていません。", [("森", "person")]),
    ("通訳のYAMADAさんが来た。", [("YAMADA", "person")]),
    ("連絡は kari.sora.m へ。", [("kari.sora.m", "account")]),
    ("9300017 富山市です。", [("9300017", "postal_code"), ("富山市", "place")]),
    ("930 0017 富山市です。", [("930 0017", "postal_code"), ("富山市", "place")]),
    ("富山市荒町五丁目六です。", [("富山市荒町五丁目六", "address")]),
    ("富山市荒町9-1 市営住宅2-305にいる。", [("富山市荒町9-1 市営住宅2-305", "address")]),
    (
        "富山市荒町9-1 インスタ sora_7",
        [("富山市荒町9-1", "address"), ("sora_7", "account")],
    ),
]
NOBODY = """
父親の味方です。 三軒です。 高入生が騒ぐ。 中入生の親です。 もと小学校の先生です。 大家の弟です。 PTA様とALTさんへ。
夫、45歳です。
参考はnode.jsです。 私（45歳）です。 男、三十歳です。
"""


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_stands_beside_it_shows_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(found.text, str(found.label)) for found in check(text)] == expected


@pytest.mark.parametrize("text", NOBODY.split())
def test_a_thing_that_is_counted_or_a_relative_is_nobody(text: str) -> None:
    assert check(text) == ()
