"""Schools in short and in unusual spellings: what a neighbour, a founder or a の shows, and what stays prose."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Finding, Label, Tier

FOUND = [
    ("緑風中と白梅高の合同行事", ["緑風中", "白梅高"]),
    ("旭小・桜花小・南中で話し合います", ["旭小", "桜花小", "南中"]),
    ("志望は清流高か紅葉高です", ["清流高", "紅葉高"]),
    ("母校の若草中に戻りました", ["若草中"]),
    ("「若草中」の卒業生です", ["若草中"]),
    ("去年まで東中にいました", ["東中"]),
    ("緑中（生徒数三百）の教員です", ["緑中"]),
    ("港町市立三中の教諭です", ["港町市立三中"]),
    ("来年度からあおぞら中へ異動です", ["あおぞら中"]),
    ("つくし保育園の先生", ["つくし保育園"]),
    ("学区にはのぞみ中学校があります", ["のぞみ中学校"]),
    ("市立大空中学校です", ["市立大空中学校"]),
    ("市立長命小学校です", ["市立長命小学校"]),
    ("みどりが丘小の教員です", ["みどりが丘小"]),
    ("柏の葉中の生徒です", ["柏の葉中"]),
    ("赤荻が丘小学校に通っています", ["赤荻が丘小学校"]),
    ("緑風西小学校から来ました", ["緑風西小学校"]),
    ("夕陽支援学校を見学しました", ["夕陽支援学校"]),
    ("県立白梅ろう学校です", ["県立白梅ろう学校"]),
    ("青蓮中学校・高等学校です", ["青蓮中学校・高等学校"]),
    ("北中学園に通っています", ["北中学園"]),
]
PROSE = """
    協議中と聞きました 三人と話し中です 授業中に異動の話が出ました 休暇中に勤務しました
    産休中の先生です 療養中の生徒です
    大小と高低の違い 最高か最低かです 途中から来ました 学期中に転入しました 小さな小学校です 楽しい中学校です
    新たな高校に進みます 市立の中学校です 県立や私立の高校です 市立養護学校です 私立大学附属高校です 近くの小学校です
    同じような小学校 となりの保育園 わたしの中学校 ふつうの高校 市内小・中学校 病弱特別支援学校 知的特別支援学校
    やすみ中に戻りました 年度中に転校します 入院中から続きます ○○小・△△中の合同行事 A小とB中の交流
"""


def schools(text: str) -> list[Finding]:
    return [finding for finding in check(text) if finding.label is Label.SCHOOL]


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_a_school_is_found_in_its_whole_length(text: str, names: list[str]) -> None:
    assert [finding.text for finding in schools(text)] == names


@pytest.mark.parametrize("text", PROSE.split())
def test_a_kind_or_a_time_is_no_school(text: str) -> None:
    assert schools(text) == []


def test_a_school_that_only_its_place_in_a_row_shows_is_not_ticked() -> None:
    assert {finding.text: finding.tier for finding in schools("旭小・桜花小で話します")} == {
        "旭小": Tier.SURE,
        "桜花小": Tier.UNSURE,
    }
