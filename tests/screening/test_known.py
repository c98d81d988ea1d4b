"""The register's own data is found however it is spelled, and nothing else is."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import KnownReason, Label, Tier
from mailgate.screening.known import KnownIdentity, find_known
from mailgate.screening.redact import redact

TEACHER = KnownIdentity(
    ("佐々木 翼", "ささき つばさ"),
    ("tsubasa.s@midori-es.example.jp",),
    ("岡里市立みどり台小学校", "みどり台小"),
)
ONE_CHARACTER = KnownIdentity(("林 拓也", "はやし たくや"), ("info@club.example.org",), ("三小",))
LATIN = KnownIdentity(("Anna Lindgren",), (), ("Hill Academy",))
SHORT = KnownIdentity(("森 茜",), (), ("小学校",))

FOUND = [
    (TEACHER, "佐々木翼です", ["佐々木翼"]),
    (TEACHER, "佐々木 翼、佐々木　翼", ["佐々木 翼", "佐々木　翼"]),
    (TEACHER, "佐々\n木翼です", ["佐々\n木翼"]),
    (TEACHER, "佐々\u200b木\u200b翼", ["佐々\u200b木\u200b翼"]),
    (TEACHER, "佐々木先生と佐々木", ["佐々木", "佐々木"]),
    (TEACHER, "佐々木市へ、佐々木町長と", ["佐々木"]),
    (TEACHER, "ササキ ツバサ、ささきつばさ", ["ササキ ツバサ", "ささきつばさ"]),
    (TEACHER, "ｻｻｷ ﾂﾊﾞｻです", ["ｻｻｷ ﾂﾊﾞｻ"]),
    (TEACHER, "つばさちゃんと、ささきです", ["つばさ", "ささき"]),
    (TEACHER, "つばさを広げて、大きなささきの木", []),
    (TEACHER, "翼を休める鳥", []),
    (TEACHER, "TSUBASA.S@midori-es.example.jp", ["TSUBASA.S@midori-es.example.jp"]),
    (TEACHER, "ｔｓｕｂａｓａ．ｓ です", ["ｔｓｕｂａｓａ．ｓ"]),
    (TEACHER, "xtsubasa.s と tsubasa.sato", []),
    (TEACHER, "岡里市立みどり台小学校", ["岡里市立みどり台小学校"]),
    (TEACHER, "うちのみどり台小学校とミドリ台小", ["みどり台小学校", "ミドリ台小"]),
    (ONE_CHARACTER, "林先生と小林先生と林の中", ["林"]),
    (ONE_CHARACTER, "林拓也、拓也くん、拓也", ["林拓也", "拓也", "拓也"]),
    (ONE_CHARACTER, "林拓也林くん、小林くん", ["林拓也", "林"]),
    (ONE_CHARACTER, "三小の子", ["三小"]),
    (ONE_CHARACTER, "info を送る。info@club.example.org", ["info@club.example.org"]),
    (LATIN, "ANNA LINDGREN, Lindgren Anna, lindgren", ["ANNA LINDGREN", "Lindgren Anna", "lindgren"]),
    (LATIN, "Joanna and Annabel", []),
    (LATIN, "at hill academy.", ["hill academy"]),
    (SHORT, "小学校の森へ", []),
    (SHORT, "森茜と森 茜", ["森茜", "森 茜"]),
]


@pytest.mark.parametrize(("identity", "text", "expected"), FOUND)
def test_known_data_is_found_in_every_spelling(identity: KnownIdentity, text: str, expected: list[str]) -> None:
    assert [finding.text for finding in find_known(text, [identity])] == expected


def test_rare_spelling_of_a_surname_is_the_same_name() -> None:
    found = find_known("髙崎先生と高﨑先生", [KnownIdentity(("高崎 翼",), (), ())])
    assert [finding.text for finding in found] == ["髙崎", "高﨑"]


def test_reason_says_what_the_register_knows() -> None:
    found = find_known("佐々木 みどり台小 tsubasa.s", [TEACHER])
    assert [finding.reason for finding in found] == [KnownReason.NAME, KnownReason.SCHOOL, KnownReason.ADDRESS]


def test_empty_values_of_the_register_find_nothing() -> None:
    assert find_known("本文です。", [KnownIdentity(("", " "), ("", "@"), ("", "　"))]) == ()
    assert find_known("本文です。", []) == ()


TOWNS = KnownIdentity((), (), (), ("岡里市", "岡山県浜北町", "Aoba City"))


def test_municipality_of_the_register_is_known_with_or_without_its_prefecture() -> None:
    found = find_known("岡里市と浜北町、岡山県浜北町、aoba cityと岡里と青葉", [TOWNS])
    assert [(one.text, one.reason) for one in found] == [
        (name, KnownReason.PLACE) for name in ("岡里市", "浜北町", "岡山県浜北町", "aoba city")
    ]


def test_municipality_leaves_the_school_or_address_it_stands_in_its_label() -> None:
    found = check("岡里市の岡里市立双葉小学校、岡里市緑台1-2-3", [TOWNS])
    assert [(one.text, one.label) for one in found] == [
        ("岡里市", Label.KNOWN),
        ("岡里市立双葉小学校", Label.SCHOOL),
        ("岡里市緑台1-2-3", Label.ADDRESS),
    ]


def test_known_municipality_is_redacted_as_a_place() -> None:
    text = "岡里市に住む"
    assert redact(text, find_known(text, [TOWNS])) == "○○市に住む"


KUBO = KnownIdentity(("久保 葵", "くぼ あおい"), (), ())
ODA = KnownIdentity(("小田 葵", "おだ あおい"), (), ())
INSIDE = [
    (ODA, "小田先生", [("小田", "known", "sure")]),
    (ODA, "小田葵の件", [("小田葵", "known", "sure")]),
    (ODA, "小田は黙った", [("小田", "known", "sure")]),
    # a place that is one in any case, and an everyday thing that has no finding of its own
    (ODA, "小田原の学校", [("小田原", "place", "sure")]),
    (ODA, "小田急で通う", [("小田", "known", "unsure")]),
    (ODA, "小田\u200b原の学校", [("小田\u200b原", "place", "sure")]),
    # another person, who must not be given the letter of the known one
    (KUBO, "大久保先生と久保先生", [("大久保", "person", "sure"), ("久保", "known", "sure")]),
]


@pytest.mark.parametrize(("identity", "text", "expected"), INSIDE)
def test_registered_surname_inside_a_longer_name_is_unsure(
    identity: KnownIdentity, text: str, expected: list[tuple[str, str, str]]
) -> None:
    found = check(text, [identity])
    assert [(finding.text, finding.label.value, finding.tier.value) for finding in found] == expected
    assert all(finding.tier is Tier.SURE for finding in find_known(text, [identity]))
