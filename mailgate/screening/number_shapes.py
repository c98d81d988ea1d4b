"""How somebody is numbered, recognised by its shape: postal codes, classes, dates of birth, plates, official numbers.

Before: `width.fold`. After: `merge`. Every quantifier is bounded, so that time stays linear on hostile text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.shape import HYPHEN, Signed, matches, shape

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|元)"
_ERA = "(?:明治|大正|昭和|平成|令和|[MTSHR明大昭平令])"
YEAR = rf"(?:{_ERA} ?{_N}|(?:19|20)\d\d|[一二]千?[○九百〇一二三四五六七八十]{{3,6}})"
_BRACKETED = r"(?: ?\([^()\n]{1,12}\))?"
_DATE = rf"{YEAR}(?:(?:\([^()\n]{{1,12}}\))? ?年{_BRACKETED}の?| ?[./・-]) ?{_N} ?[月./・-] ?{_N}(?: ?日)?"
_SHORT_DATE = rf"(?:{_DATE}|{_N}月の? ?{_N}日)"
# With a word for the birth beside it these are dates too: 4/8, 20120408, 24.4.8.
_BARE_DATE = rf"(?:{_SHORT_DATE}|(?:19|20)\d{{6}}|(?:\d\d[./-])?\d{{1,2}}[./-]\d{{1,2}})(?!\d)"
# A date with its year, as others ask for it.
YEARLY_DATE = re.compile(rf"(?<![\dA-Za-z]){_DATE}", re.ASCII)
_OLD = rf" ?{_N}(?: ?年{_BRACKETED}の?| ?[./・-]) ?{_N} ?[月./・-] ?{_N}(?: ?日)?"
# What three shapes of a birth have in common is looked for once.
_NEAR_BIRTH = "生年|誕生日|たんじょうび|バースデー|まれ|出生"
BORN = "(?:(?:生まれ|生れ|産まれ|うまれ)(?!変わ|かわ|つき)|誕生|出生|生(?![一-鿿きえまみむれん]))"
# Between a field or a word and its value.
_IS = "(?:[はがもをの::/、=…「『( ]|とは){0,4}(?:西暦)?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_ENGLISH_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r"|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4})"
)
_OFFICE = "(?:[一-鿿]{1,4}|いわき|とちぎ|つくば|なにわ)"
_PLATE = r"(?:\d{1,2}[-・]\d{2}|\d{4}|[・.]{1,3} ?\d{1,3}(?:-\d{2})?)"
_NO_PARTICLE = "[さすせそたちつてぬねひふほまみむめゆらりるろれわあいうえきくけこ]"
_CLASS_NUMBER = r"[0-9一二三四五六七八九十]{1,2}"
_ROOM = "[1-6]-[1-9A-H](?![0-9A-Za-z.-])"
_CLASS = rf"(?<![0-9一二三四五六七八九十]){_CLASS_NUMBER}年生?の? ?(?:{_CLASS_NUMBER}|[A-Za-z])組"

_SHAPES = (
    shape(Label.POSTAL_CODE, "postal code", r"〒", rf"〒 ?\d{{3}} ?{HYPHEN}? ?\d{{4}}(?!\d)"),
    shape(
        Label.POSTAL_CODE,
        "postal code",
        r"郵便|宛先|あて先|住所|所在地",
        rf"(?:郵便(?:番号)?|宛先|あて先|住所|所在地){_IS}(?P<it>\d{{3}} ?{HYPHEN}? ?\d{{4}})(?![\d-])",
    ),
    shape(
        Label.POSTAL_CODE,
        "postal code before a place",
        rf"\d{HYPHEN}\d{{4}}",
        rf"(?<![\d+-])\d{{3}}{HYPHEN}\d{{4}}(?=[)」]? ?[一-鿿]{{1,4}}[都道府県市区町村郡])",
    ),
    shape(
        Label.POSTAL_CODE,
        "postal code before a place",
        r"\d{3} ?\d{4}",
        r"(?<![\d+.-])\d{3} ?\d{4}(?=[)」]?[ 、,]?[一-鿿]{1,4}[都道府県市区町村郡])",
    ),
    shape(
        Label.POSTAL_CODE,
        "number like a postal code",
        rf"\d{HYPHEN}\d{{4}}",
        rf"(?<![\d+-])\d{{3}}{HYPHEN}\d{{4}}(?![\d-])",
        Tier.UNSURE,
    ),
    shape(Label.STUDENT_NUMBER, "class and number", r"組", rf"{_CLASS} ?の?{_CLASS_NUMBER}番"),
    shape(Label.STUDENT_NUMBER, "school class", r"組", _CLASS, Tier.UNSURE),
    shape(
        Label.STUDENT_NUMBER,
        "school class",
        r"[1-6]-[1-9A-H]",
        r"(?:小学校|中学校|高校|高等学校)(?:の| )(?P<it>[1-6]-[1-9A-H])(?=[ \n]|$)",
        Tier.UNSURE,
    ),
    shape(
        Label.STUDENT_NUMBER,
        "school class",
        _ROOM,
        rf"(?:(?:クラス|学級|所属|年組)[はが:: ]{{1,3}}|(?<![一-鿿])[小中高])(?P<it>{_ROOM})(?!で[勝負])",
        Tier.UNSURE,
    ),
    shape(
        Label.STUDENT_NUMBER,
        "school class",
        _ROOM,
        rf"(?<![\d.-]){_ROOM}(?= ?(?:の(?:副?担任|生徒|児童|子|教室|クラス|保護者|学級)|を?担任|[、 ]?出席番号|組))",
        Tier.UNSURE,
    ),
    shape(
        Label.STUDENT_NUMBER,
        "school class",
        _ROOM,
        rf"(?:[^勝敗戦利合たち(]\(|[日生]、)(?P<it>{_ROOM})(?=\)|、)",
        Tier.UNSURE,
    ),
    shape(
        Label.STUDENT_NUMBER,
        "number of a pupil",
        r"番号|no\.?",
        r"(?:出席|名簿|学籍|学生証?|児童|生徒|受験|教職員|職員|社員|学校|学年)(?:番号|no\.?)"
        rf"{_IS}(?P<it>[A-Z]{{0,3}}-?[0-9][0-9A-Z-]{{0,12}}番?|[一二三四五六七八九十]{{1,4}}番)",
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        r"[日0-9年曜][ にの)]{0,2}(?:生|誕生|うま|産ま|出生)",
        rf"(?<![\dA-Za-z])(?P<it>{_SHORT_DATE}|\d\d[./-]\d{{1,2}}[./-]\d{{1,2}})"
        rf"(?:\([^()\n]{{1,12}}\))?\)? ?[にの]?{BORN}(?!日)",
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        _NEAR_BIRTH,
        rf"(?:生年月日|誕生日|たんじょうび|バースデー|[生産う]まれ(?:たの)?は|[生産]まれが|生年|出生日?)(?:\([^()\n]{{1,8}}\))?"
        rf"{_IS}(?:[今来](?:週|月|年)の?)?(?P<it>{_BARE_DATE})",
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        _NEAR_BIRTH,
        rf"(?<![\d./-])(?P<it>{_BARE_DATE})[)」]?[がはのに、][^。\n]{{0,10}}?(?:誕生日|たんじょうび)(?!会|席)",
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        _NEAR_BIRTH,
        rf"(?:誕生日|早生まれ|生年月日)(?:が(?:同じ|近い)|の[欄日]は|[(の])[「(]?(?P<it>{_SHORT_DATE})",
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        r"[日0-9].{0,20}[生産]まれ",
        rf"(?<![\dA-Za-z])(?P<it>{_DATE})(?:\([日月火水木金土]\))?[^。\n0-9が]{{0,14}}?[生産]まれ",
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date and age",
        r"[日0-9][ 、(満]{0,3}[0-9]{1,2}[歳才]",
        rf"(?<![\dA-Za-z])(?P<it>{_DATE})[ 、]?\(?満?\d{{1,2}}[歳才]",
    ),
    # So long ago that a pupil or a teacher may have been born then, and nothing says what else happened.
    shape(
        Label.DATE_OF_BIRTH,
        "date that may be of a birth",
        r"[0-9一二三四五六七八九十元] ?年.{1,4}月|[0-9][./・-][0-9]{1,2}[./・-]",
        rf"(?<![\dA-Za-z一-鿿])(?P<it>(?:昭和|平成|[SH昭平]|19|20[01]){_OLD})(?=[)」、 \n]|[ 、]?[男女]|\(1?\d\)|$)",
        Tier.UNSURE,
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of an age",
        r"日(?:で|に|を).{0,8}[歳才]",
        rf"(?<![\dA-Za-z])(?P<it>{_SHORT_DATE})(?:で|に|には|をもって)満?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[歳才]に",
        Tier.UNSURE,
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "month of birth",
        r"月の?[生産]まれ",
        rf"(?<![\dA-Za-z])(?P<it>{YEAR} ?年の? ?{_N}月)の?[生産]まれ",
        Tier.UNSURE,
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "year of birth",
        r"年度?の?[生産]まれ",
        rf"(?<![\dA-Za-z])(?P<it>{YEAR} ?年度?)の?[生産]まれ",
        Tier.UNSURE,
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        r"born|birth|DOB",
        rf"(?:\bborn(?: on)?|\bdate of birth|\bbirthday(?: is)?|\bDOB)[: ]{{1,3}}(?P<it>{_ENGLISH_DATE})",
    ),
    shape(
        Label.VEHICLE,
        "number plate",
        r"\d[0-9A-Z] ?[ぁ-ん] ?[0-9・.]",
        rf"{_OFFICE} ?[1-9][0-9][0-9A-Z] ?[ぁ-ん] ?{_PLATE}(?!\d)",
    ),
    # Of two figures, or before a single number, a kana that is a particle too is none: 定員50の3割.
    shape(
        Label.VEHICLE,
        "number plate",
        r"\d[0-9A-Z] ?[ぁ-ん] ?\d",
        rf"{_OFFICE} ?(?:[1-9][0-9] ?{_NO_PARTICLE} ?(?:\d{{2}}-\d{{2}}|\d{{4}})"
        rf"|[1-9][0-9][0-9A-Z] ?{_NO_PARTICLE} ?\d{{1,3}})(?![\d-])",
    ),
    shape(
        Label.VEHICLE,
        "number plate",
        r"ナンバー|プレート|車番|車両番号",
        rf"(?:(?<!マイ)ナンバー(?:プレート)?|プレート|車番|車両番号)[はがの::「( ]{{0,3}}"
        rf"(?P<it>(?:{_OFFICE}の? ?)?(?:[1-9][0-9][0-9A-Z] ?)?(?:[ぁ-ん] ?)?{_PLATE})(?![\d-]| \d)",
    ),
    shape(Label.GOVERNMENT_ID, "twelve digits", r"\d{4}[ -]?\d{4}", r"(?<![\d-])\d{4}([ -]?)\d{4}\1\d{4}(?![\d-])"),
    shape(
        Label.GOVERNMENT_ID,
        "number of a document",
        r"\d{4}",
        r"(?:免許証?|旅券|パスポート|保険証|基礎年金|住民票コード|在留カード)の?(?:番号)?[はがの:: ]{0,3}"
        r"(?P<it>[A-Z]{0,3}\d[\d-]{5,14})(?!\d)",
    ),
    shape(Label.GOVERNMENT_ID, "number of a document", r"記号", r"(?<![\w])記号[はが:: ]{1,3}(?P<it>\d{3,8})(?![\d-])"),
)


def find_numbers(text: str, lines: Signed) -> Iterator[Finding]:
    """The numbers and dates in `text` that identify; `lines` as for `find_shapes`. Findings may overlap."""
    return matches(_SHAPES, text, lines)
