"""Bodies that a kind in front, brackets, a team or an employee shows, and what stands beside the same words."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label

FOUND = [
    ("岐阜県教育委員会事務局に電話した。", ["岐阜県教育委員会事務局"]),
    ("大垣市教育委員会指導課の方です。", ["大垣市教育委員会指導課"]),
    ("打ち上げは焼肉大岩田で、旅館 鶴葉亭に泊まる。", ["焼肉大岩田", "旅館 鶴葉亭"]),
    ("カフェこもれびで話した。", ["カフェこもれび"]),
    ("放課後デイ（みらいキッズ大垣）では静かです。", ["みらいキッズ大垣"]),
    ("弟は大垣ファルコンズに入った。", ["大垣ファルコンズ"]),
    ("弟は大垣FCに入った。", ["大垣FC"]),
    ("京北ひかりバスに届けた。", ["京北ひかりバス"]),
    ("通院先は三国沢クリニックです。", ["三国沢クリニック"]),
    ("父は中部クール配送の夜勤です。", ["中部クール配送"]),
    ("卒業後、協栄運送に就職した。", ["協栄運送"]),
    ("栄進塾に通う。", ["栄進塾"]),
    ("たんぽぽの会に参加した。", ["たんぽぽの会"]),
    ("県南教育事務所の方です。", ["県南教育事務所"]),
]
KINDS = """
学習塾の先生です。 大手塾に通う。 英語塾から電話。 焼肉定食を食べた。 喫茶店の前です。 学童保育に通う。
学童では遊ぶ。 塾（週二回）に行く。
病院（精神科）に行く。 会社（メーカー）の方です。 父は運送の社長です。 母は食品加工の工場で働く。
父は大手電機に勤めた。 兄は自動車の営業です。
市教育委員会の指導課です。 教育委員会会議です。 おわりの会でもめた。 帰りの会の係です。 みんなの会に参加した。
学級新聞の係です。 送迎バスの中です。
"""


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_a_kind_in_front_or_an_employee_shows_the_body(text: str, names: list[str]) -> None:
    assert [found.text for found in check(text) if found.label is Label.ORGANISATION] == names


@pytest.mark.parametrize("text", KINDS.split())
def test_a_trade_or_a_meeting_is_no_body(text: str) -> None:
    assert check(text) == ()
