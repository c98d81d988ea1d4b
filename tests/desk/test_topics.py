from __future__ import annotations

import pytest

from mailgate.desk.topics import Touched, folded_text


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("保護者対応", "保護者の対応に困っています。"),
        ("子どもの心", "子供の心が分からない。"),
        ("いじめ", "イジメがあるようです。"),
        ("ＩＣＴ", "ict の使い方"),
        ("学級経営", "学級\n経営"),
        ("障害", "発達障がいの児童"),
    ],
)
def test_a_text_touches_what_it_names_however_it_is_written(topic: str, text: str) -> None:
    assert Touched((), text).touches(topic)


@pytest.mark.parametrize(
    ("topic", "text"), [("部活動", "学級のこと"), ("法", "方法が分からない"), ("", "何でも"), ("の", "")]
)
def test_a_text_does_not_touch_what_it_does_not_name(topic: str, text: str) -> None:
    assert not Touched((), text).touches(topic)


def test_a_tag_counts_however_short_it_is() -> None:
    assert Touched(("法",), "").touches("法")
    assert Touched(("ほごしゃ・対応",), "").touches("ホゴシャ対応")


def test_a_long_text_is_folded_in_linear_time() -> None:
    assert folded_text("の" * 100_000 + "対応") == "対応"
