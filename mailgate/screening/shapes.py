"""What is recognised by its shape alone: mail addresses, URLs, postal codes, classes and numbers, dates of birth, …

Before: `width.fold`, so one spelling of letters and digits is enough. After: `merge`. Telephone numbers are next
door in `phones`. Every quantifier is bounded and every start is guarded, so that time stays linear on hostile text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.screening.finding import Finding, Label, Tier

HYPHEN = "[-ー]"
_DATE = (
    r"(?:(?:(?:明治|大正|昭和|平成|令和|[MTSHR]) ?(?:\d{1,2}|元)|(?:19|20)\d\d) ?[年./-] ?)"
    r"\d{1,2} ?[月./-] ?\d{1,2} ?日?"
)
_SHORT_DATE = rf"(?:{_DATE}|\d{{1,2}}月 ?\d{{1,2}}日)"
_CLASS_NUMBER = r"[0-9一二三四五六七八九十]{1,2}"
_CLASS = rf"(?<![0-9一二三四五六七八九十]){_CLASS_NUMBER}年生?の? ?(?:{_CLASS_NUMBER}|[A-Za-z])組"
_DOMAIN = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8}"
_APPS = (
    r"(?<![A-Za-z])(?:LINE|ライン|Instagram|インスタ(?:グラム)?|Twitter|ツイッター|X|TikTok|Discord|Facebook|Skype"
    r"|カカオ(?:トーク)?)"
)
_ENDINGS = "(?:jp|com|net|org|info|edu|io|me|biz|tv|cc|dev|app|example|test)"


@dataclass(frozen=True, slots=True)
class _Shape:
    """A pattern on folded text; the finding is the group `it` where there is one, else the whole match."""

    label: Label
    tier: Tier
    reason: str
    pattern: re.Pattern[str]


def _shape(label: Label, reason: str, pattern: str, tier: Tier = Tier.SURE) -> _Shape:
    return _Shape(label, tier, reason, re.compile(pattern, re.IGNORECASE | re.ASCII))


_SHAPES = (
    _shape(
        Label.EMAIL,
        "mail address",
        r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+-][A-Za-z0-9._%+-]{0,254}(?:@| ?[\[(]at[\])] ?)" + _DOMAIN,
    ),
    _shape(Label.URL, "URL", r"(?<![A-Za-z])(?:https?://|www\.)[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{2,2000}"),
    _shape(
        Label.URL,
        "domain name",
        rf"(?<![A-Za-z0-9@._/-])[A-Za-z0-9][A-Za-z0-9-]{{1,62}}(?:\.[A-Za-z0-9-]{{1,63}}){{0,4}}\.{_ENDINGS}"
        r"(?![A-Za-z0-9@.-])(?:/[A-Za-z0-9._~/?#&=%-]{0,500})?",
    ),
    _shape(Label.POSTAL_CODE, "postal code", rf"(?:〒 ?|郵便番号[:: ]{{0,3}})\d{{3}} ?{HYPHEN}? ?\d{{4}}(?!\d)"),
    _shape(
        Label.POSTAL_CODE,
        "number like a postal code",
        r"(?<![\d+-])\d{3}-\d{4}(?![\d-])",
        Tier.UNSURE,
    ),
    _shape(Label.STUDENT_NUMBER, "class and number", rf"{_CLASS} ?の?{_CLASS_NUMBER}番"),
    _shape(Label.STUDENT_NUMBER, "school class", _CLASS, Tier.UNSURE),
    _shape(
        Label.STUDENT_NUMBER,
        "number of a pupil",
        r"(?:出席|学籍|学生|児童|生徒|受験|教職員)(?:番号|no\.?)[はがの:: (]{0,3}"
        r"(?P<it>[A-Z]{0,3}-?[0-9][0-9-]{0,12}番?)",
    ),
    _shape(Label.DATE_OF_BIRTH, "date of birth", rf"(?<!\d)(?P<it>{_SHORT_DATE}) ?(?:に|の)?(?:生|誕生|うまれ)"),
    _shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        rf"(?:生年月日|誕生日|お誕生日|生まれは|born on|date of birth)[はが:: ]{{0,3}}(?P<it>{_SHORT_DATE})",
    ),
    _shape(
        Label.VEHICLE,
        "number plate",
        r"(?:[一-鿿]{1,4}|いわき|とちぎ|つくば|なにわ) ?"
        r"[1-9][0-9][0-9A-Z] ?[ぁ-ん] ?(?:\d{2}[-・]?\d{2}|[・.]{1,3} ?\d{1,3}(?:-\d{2})?)(?!\d)",
    ),
    _shape(Label.GOVERNMENT_ID, "twelve digits", r"(?<![\d-])\d{4}([ -]?)\d{4}\1\d{4}(?![\d-])"),
    _shape(
        Label.GOVERNMENT_ID,
        "number of a document",
        r"(?:免許証?|旅券|パスポート|保険証|基礎年金|住民票コード|在留カード)の?(?:番号)?[はがの:: ]{0,3}"
        r"(?P<it>[A-Z]{0,3}\d[\d-]{5,14})",
    ),
    _shape(Label.ACCOUNT, "bank account", r"(?:口座番号?|普通|当座)[はがの:: ]{0,3}(?P<it>\d{6,8})(?!\d)"),
    _shape(
        Label.ACCOUNT,
        "name of an account",
        rf"{_APPS} ?の?(?:ID|アカウント)(?:名)?[はがも::「( ]{{0,4}}"
        r"(?P<it>@?[A-Za-z0-9_][A-Za-z0-9_.-]{2,30})",
    ),
    _shape(
        Label.ACCOUNT,
        "name of an account",
        rf"{_APPS}[はがも::「( ]{{1,4}}(?P<it>[A-Za-z0-9_.-]{{0,30}}[0-9_][A-Za-z0-9_.-]{{2,30}})",
    ),
    _shape(Label.ACCOUNT, "handle", r"(?<![A-Za-z0-9_.@)+-])@[A-Za-z0-9_]{3,30}(?![A-Za-z0-9_@]|\.[A-Za-z])"),
)


def find_shapes(text: str, folded: str) -> Iterator[Finding]:
    """Everything in `text` that a shape matches; `folded` is `width.fold(text)`. Findings may overlap."""
    for shape in _SHAPES:
        group = "it" if "it" in shape.pattern.groupindex else 0
        for match in shape.pattern.finditer(folded):
            start, end = match.span(group)
            end = start + len(folded[start:end].rstrip(".,;:!?'(-"))
            yield Finding(start, end, text[start:end], shape.label, shape.tier, shape.reason)
