"""Names that brackets, a row, a space or a relative right beside them show, and nouns in the same places."""

import pytest

from mailgate.screening.check import check

FOUND = """
    校長([[真如寺]])に話した。
    [[小仏]]父、電話。
    昼、神戸・[[小仏]]・奈良の三名が来た。
    相談者 [[辻 光成]]
    生徒は[[桐野 颯]]、三年です。
    [[今日香 千聖]]。三十一です。
    [[湊]]と書いて「みなと」です。
    ペンネームは[[茗荷サワコ]]。
    青森の[[鎌沢谷]]です。
    県立三原工業の[[時雨]]です。
    うちの[[亮]]は学校を休んだ。
    けさ[[千巳]]は泣いていた。
    [[大輝]]のママに会った。
    [[Benjamin]]はカナダから来た。
    事務の[[Charlotte Abe]]、二十歳です。
    県立の[[K. Tanabe]]といいます。
    [[索引]]教授に電話した。
"""
PLAIN = """
五十代の女性教員です。 某市の某中学校です。 小規模校の教員です。 保育教諭です。 養護助教諭です。 養母、義父、祖父母。
主任（理科）です。 生徒（女子）の話。 教員・児童の二名。 大阪の下町です。 平仮名と書いてあります。
"""


@pytest.mark.parametrize("marked", [line.strip() for line in FOUND.strip().split("\n")])
def test_the_name_is_found(marked: str) -> None:
    text, name = marked.replace("[[", "").replace("]]", ""), marked.split("[[")[1].split("]]")[0]
    assert name in [one.text for one in check(text)]


@pytest.mark.parametrize("text", PLAIN.split())
def test_a_noun_in_such_a_place_is_no_person(text: str) -> None:
    assert [one for one in check(text) if one.label.value == "person"] == []
