"""Street addresses in their whole length: with the building, the room, the lot; and what only looks like one."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label

WHOLE = """
    福岡市南区大橋通2-6-40 サンコーポ大橋
    広島市中区本町3-2-1 メゾン青葉 203
    松江市西川町418-5 青葉荘
    浜松市中央区元城町103-2 ヴィラ元城B
    宮崎市橘通東2-10-1 県営住宅3棟205号
    石川県金沢市もりの里1丁目45番地 コーポさくらB棟102
    埼玉県さいたま市浦和区高砂3-15-1 A-203
    北区大橋2-6-40 コスモ小橋
    札幌市豊平区月寒東2条10丁目3-1-405
    岩手県遠野市綾織町新里10地割5-3
    京都市中京区烏丸通御池上る二条殿町552
    京都市上京区今出川通烏丸東入玄武町601
    新潟県岩船郡関川村大字下関912
    いわき市平字梅本21
    三重郡菰野町大字潤田1250
"""
NOT_FOUND = """
    会場は2-6教室、集合は3-4時間目です。町1番の店と村3番目の家、区3連覇。
    図書室の2番、廊下の3番目、3丁目の角。第3条2項、10条東、3条の規則。
    北側の通りを上るところ、東に入る道。マンションの3階、団地の中。
"""


@pytest.mark.parametrize("address", WHOLE.strip().split("\n"))
@pytest.mark.parametrize("sentence", ["寮は{}、家賃は不明です。", "住所：{}", "{}に住んでいます。"])
def test_an_address_is_found_in_its_whole_length(address: str, sentence: str) -> None:
    found = check(sentence.format(address.strip()))
    assert [(one.text, one.label) for one in found] == [(address.strip(), Label.ADDRESS)]


@pytest.mark.parametrize("text", NOT_FOUND.strip().split("\n"))
def test_numbers_beside_common_words_are_no_address(text: str) -> None:
    assert check(text.strip()) == ()


def test_the_sentence_behind_an_address_stays_outside() -> None:
    found = check("岡里市緑台1-2-3 タクシーで十分です。岡里市緑台1-2-3の近く。")
    assert [one.text for one in found] == ["岡里市緑台1-2-3", "岡里市緑台1-2-3"]
