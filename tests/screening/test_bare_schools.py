"""Schools that the tokenizer cuts into characters, and schools named without their kind."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label

FOUND = [
    # no word of the dictionary in front of the kind
    ("鳴居東小の三年担任です。", ["鳴居東小"]),
    ("桶屋沢中学校との交流会です。", ["桶屋沢中学校"]),
    ("隣のしらかし台小から来ました。", ["しらかし台小"]),
    ("誠陵中の体育館を借りました。", ["誠陵中"]),
    ("日の出台小学校と竹の子が丘小学校", ["日の出台小学校", "竹の子が丘小学校"]),
    ("丹波ささのは中学校へ異動です。", ["丹波ささのは中学校"]),
    ("拠点校は附属若松小です。", ["附属若松小"]),
    # without a kind
    ("県立青峰館の先生に聞きました。", ["県立青峰館"]),
    ("私立明誠に通っています。", ["私立明誠"]),
    ("川越台工業の生徒と会った。", ["川越台工業"]),
    ("翠陵坂の生徒が来た。", ["翠陵坂"]),
    ("娘は山形教育大に進みます。", ["山形教育大"]),
    ("福井大卒の先生です。", ["福井大"]),
    ("翠陵坂高校にいます。前は翠陵坂には行かない子が、翠陵坂へ。", ["翠陵坂高校", "翠陵坂", "翠陵坂"]),
]
PROSE = """
別室の生徒です。 通級の生徒です。 特支の児童です。 支援級の児童です。 金髪の生徒です。 県立の生徒です。
私立に通う子です。 市立図書館に勤務。
市立病院に勤め、 有名大に行く。 短大に進学した。 国立大に行く。 田舎出身の私。 工業の生徒です。 女子の生徒です。
授業中の生徒です。 育休中の教員です。
最小の校長です。 残高の件です。 小中の先生です。 附属の先生です。 母校の先生です。 他校の生徒です。 世界中の先生が、
年中の先生です。 途中の教室で、
秋の文化祭です。 期間中の給食です。 拡大の校長です。 進路多様高校です。 近隣中の体育館です。
"""


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_a_school_is_found_though_no_word_of_its_name_is_known(text: str, names: list[str]) -> None:
    assert [found.text for found in check(text) if found.label is Label.SCHOOL] == names


@pytest.mark.parametrize("text", PROSE.split())
def test_who_is_taught_and_where_is_no_school(text: str) -> None:
    assert check(text) == ()
