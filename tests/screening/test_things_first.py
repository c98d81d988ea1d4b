"""Words that are things before they are names are shown without a tick, or not at all, in ordinary texts."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Tier

ORDINARY = """
友情と信頼、正義と公正を話し合いました。
理科で金星と木星を観察しました。
長縄は連続百回を超えました。
小山ができ、土手を作りました。
古墳の形や大和朝廷を調べました。
あおいそら、しろいくもを歌いました。
"""
NOTHING = """
他のお子さまの様子です。
下のお子さんの送迎です。
実の兄弟で通う家庭です。
加害側父、被害側母から電話。
"""


@pytest.mark.parametrize("text", [line.strip() for line in ORDINARY.strip().split("\n")])
def test_no_thing_is_ticked(text: str) -> None:
    assert [found.text for found in check(text) if found.tier is Tier.SURE] == []


@pytest.mark.parametrize("text", [line.strip() for line in NOTHING.strip().split("\n")])
def test_who_somebody_is_is_no_name(text: str) -> None:
    assert check(text) == ()
