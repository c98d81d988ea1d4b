"""How somebody is numbered, recognised by its shape: postal codes, classes, dates of birth, plates, official numbers.

Before: `width.fold`. After: `merge`. Every quantifier is bounded, so that time stays linear on hostile text.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.shape import HYPHEN, Signed, matches, shape

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|元)"
_YEAR = rf"(?:(?:明治|大正|昭和|平成|令和|[MTSHR]) ?{_N}|(?:19|20)\d\d|[一二]千?[○九百〇一二三四五六七八十]{{3,6}})"
_BRACKETED = r"(?: ?\([^()\n]{1,12}\))?"
_DATE = rf"{_YEAR}(?: ?年{_BRACKETED}| ?[./-]) ?{_N} ?[月./-] ?{_N} ?日?"
_SHORT_DATE = rf"(?:{_DATE}|{_N}月 ?{_N}日)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_ENGLISH_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r"|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4})"
)
_CLASS_NUMBER = r"[0-9一二三四五六七八九十]{1,2}"
_CLASS = rf"(?<![0-9一二三四五六七八九十]){_CLASS_NUMBER}年生?の? ?(?:{_CLASS_NUMBER}|[A-Za-z])組"

_SHAPES = (
    shape(Label.POSTAL_CODE, "postal code", r"〒", rf"〒 ?\d{{3}} ?{HYPHEN}? ?\d{{4}}(?!\d)"),
    shape(
        Label.POSTAL_CODE,
        "postal code",
        r"郵便番号",
        rf"郵便番号[はが:: (]{{0,3}}(?P<it>\d{{3}} ?{HYPHEN}? ?\d{{4}})(?!\d)",
    ),
    shape(
        Label.POSTAL_CODE,
        "number like a postal code",
        r"\d-\d{4}",
        r"(?<![\d+-])\d{3}-\d{4}(?![\d-])",
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
        "number of a pupil",
        r"番号|no\.?",
        r"(?:出席|学籍|学生証?|児童|生徒|受験|教職員|学校|学年)(?:番号|no\.?)[はがの:: (]{0,3}"
        r"(?P<it>[A-Z]{0,3}-?[0-9][0-9A-Z-]{0,12}番?)",
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        r"[日\d)][ にの]{0,2}(?:生|誕|うまれ)",
        rf"(?<![\dA-Za-z])(?P<it>{_SHORT_DATE}) ?(?:に|の)?(?:生(?!徒)|誕生|うまれ)",
    ),
    shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        r"生年|誕生日|たんじょうび|バースデー|生まれは",
        rf"(?:生年月日|誕生日|たんじょうび|バースデー|生まれは|生年)(?:\([^()\n]{{1,8}}\))?"
        rf"[はがも:: ]{{0,3}}(?P<it>{_SHORT_DATE})",
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
        r"(?:[一-鿿]{1,4}|いわき|とちぎ|つくば|なにわ) ?"
        r"[1-9][0-9][0-9A-Z] ?[ぁ-ん] ?(?:\d{2}[-・]?\d{2}|[・.]{1,3} ?\d{1,3}(?:-\d{2})?)(?!\d)",
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
