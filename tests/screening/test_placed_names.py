"""Names that only their place in the sentence shows, and what stands in the same places and is nobody."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label

FOUND = [
    ("学年主任林の判断です。", ["林"]),
    ("校長出口、教頭関の方針です。", ["出口", "関"]),
    ("長女葵は三年です。", ["葵"]),
    ("旧姓平野です。", ["平野"]),
    ("会計の私、森の責任です。", ["森"]),
    ("叩いたのは亮だけです。", ["亮"]),
    ("蓮・湊の二人がもめた。", ["蓮", "湊"]),
    ("葵の母から電話です。", ["葵"]),
    ("主犯は林だと思う。", ["林"]),
    ("最近蓮が休んだ。", ["蓮"]),
    ("聡に聞くと違うと言う。", ["聡"]),
    ("亮のことが心配です。", ["亮"]),
]
NOBODY = """
校長室の前です。 担任団の方針です。 校長判断の件です。 担任交代の話です。 娘婿の話です。 娘時代の話です。
長男次男は元気です。 私、親の責任です。
始めたのは春です。 呼ばれたのは親です。 泣いたのは夜です。 国語と算数の二人です。 光と影の二人です。 学校の母です。
海の母です。 最近花が咲く。
将来のことを相談した。 夢のことを相談した。 本名非公開です。 担任は男です。 公の父です。
"""


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_a_name_is_found_by_its_place(text: str, names: list[str]) -> None:
    assert [found.text for found in check(text) if found.label is Label.PERSON] == names


@pytest.mark.parametrize("text", NOBODY.split())
def test_what_is_no_name_in_the_same_place_is_left(text: str) -> None:
    assert check(text) == ()
