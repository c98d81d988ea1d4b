"""What stands in the place of a redacted passage: the table of words, for Japanese and for English text.

Used by `redact`. Persons get letters there; schools and places keep their kind (○○小学校, ○○市).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mailgate.screening.body_words import DEPARTMENTS
from mailgate.screening.finding import Label

JAPANESE: Mapping[Label, str] = MappingProxyType(
    {
        Label.PERSON: "さん",
        Label.SCHOOL: "○○学校",
        Label.PLACE: "〔地名〕",
        Label.ORGANISATION: "〔団体名〕",
        Label.PHONE: "〔電話番号〕",
        Label.EMAIL: "〔メールアドレス〕",
        Label.URL: "〔URL〕",
        Label.ACCOUNT: "〔アカウント〕",
        Label.DATE_OF_BIRTH: "〔生年月日〕",
        Label.STUDENT_NUMBER: "〔学級・番号〕",
        Label.POSTAL_CODE: "〔郵便番号〕",
        Label.ADDRESS: "〔住所〕",
        Label.GOVERNMENT_ID: "〔公的な番号〕",
        Label.VEHICLE: "〔車の番号〕",
        Label.KNOWN: "〔名前〕",
        Label.SIGNATURE: "",
    }
)
ENGLISH: Mapping[Label, str] = MappingProxyType(
    {
        Label.PERSON: "Person",
        Label.SCHOOL: "[school]",
        Label.PLACE: "[place]",
        Label.ORGANISATION: "[organisation]",
        Label.PHONE: "[phone number]",
        Label.EMAIL: "[e-mail address]",
        Label.URL: "[URL]",
        Label.ACCOUNT: "[account]",
        Label.DATE_OF_BIRTH: "[date of birth]",
        Label.STUDENT_NUMBER: "[class and number]",
        Label.POSTAL_CODE: "[postal code]",
        Label.ADDRESS: "[address]",
        Label.GOVERNMENT_ID: "[official number]",
        Label.VEHICLE: "[number plate]",
        Label.KNOWN: "[name]",
        Label.SIGNATURE: "",
    }
)

_SCHOOL_TAIL = re.compile(
    "(?:小中一貫校|小中学校|小学校|中学校|中等教育学校|義務教育学校|高等専門学校|高等学校|高校|高等部|中等部|小学部|特別支援学校|"
    "支援学校|養護学校|聾学校|ろう学校|盲学校|視覚支援学校|専門学校|幼稚園|保育園|保育所|こども園|学園|学院|女学院|大学院|"
    "大学|短大|学校|[小中高])$"
)
_PLACE_TAIL = re.compile(
    "(?:商店街|団地|地区|学区|校区|公園|空港|神社|東京都|(?<=大阪)府|(?<=京都)府|[県市区町村郡駅])$"
)
_ORGANISATION_TAIL = re.compile(
    f"(?:(?:{DEPARTMENTS})(?:医院|クリニック)?|法律事務所|会計事務所|事務所|株式会社|有限会社|病院|医院|クリニック|診療所|教育委員会|児童相談所|警察署|市役所|町役場|"
    "村役場|区役所|公民館|図書館|児童館|カウンセリング室|相談室|センター|銀行|塾)$"
)
_YEAR = re.compile(r"[0-9一二三四五六]{1,2}年(?=.{0,4}組)")


def japanese_school(folded: str) -> str:
    """○○ and the kind of school that the name ends with; the founder (市立, 私立) goes."""
    tail = school_tail(folded)
    return f"○○{tail}" if tail else JAPANESE[Label.SCHOOL]


def school_tail(folded: str) -> str:
    """小学校, 高校, 小 …, or "" when the text does not end like a school."""
    found = _SCHOOL_TAIL.search(folded[-10:])
    return found.group() if found else ""


def japanese_place(folded: str) -> str:
    """○○ and 市, 町, 駅 …, or the plain word for a place."""
    found = _PLACE_TAIL.search(folded[-10:])
    return f"○○{found.group().removeprefix('東京')}" if found else JAPANESE[Label.PLACE]


def japanese_organisation(folded: str) -> str:
    """○○ and 病院, 教育委員会 …, or the plain word for an organisation."""
    found = _ORGANISATION_TAIL.search(folded[-10:])
    return f"○○{found.group()}" if found else JAPANESE[Label.ORGANISATION]


def japanese_class(folded: str) -> str:
    """The year stays, class and number go: 2年○組."""
    found = _YEAR.match(folded)
    return f"{found.group()}○組" if found else JAPANESE[Label.STUDENT_NUMBER]
