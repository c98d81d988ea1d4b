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
_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|元)"
_YEAR = rf"(?:(?:明治|大正|昭和|平成|令和|[MTSHR]) ?{_N}|(?:19|20)\d\d|[一二]千?[○九百〇一二三四五六七八十]{{3,6}})"
_BRACKETED = r"(?: ?\([^()\n]{1,12}\))?"
_DATE = rf"{_YEAR}(?: ?年{_BRACKETED}| ?[./-]) ?{_N} ?[月./-] ?{_N} ?日?"
_SHORT_DATE = rf"(?:{_DATE}|{_N}月 ?{_N}日)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_ENGLISH_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}})"
)
_CLASS_NUMBER = r"[0-9一二三四五六七八九十]{1,2}"
_CLASS = rf"(?<![0-9一二三四五六七八九十]){_CLASS_NUMBER}年生?の? ?(?:{_CLASS_NUMBER}|[A-Za-z])組"
_DOMAIN = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8}"
_APPS = (
    r"(?<![A-Za-z])(?:LINE|ライン|Instagram|インスタ(?:グラム)?|Twitter|ツイッター|Tw|X|エックス|TikTok|ティックトック|Discord|ディスコード"
    r"|Facebook|フェイスブック|フェースブック|Skype|スカイプ|Snapchat|スナチャ|スナップチャット|Threads|スレッズ|BeReal|WhatsApp|Telegram"
    r"|WeChat|微信|カカオ(?:トーク)?|KakaoTalk|YouTube|ユーチューブ|Roblox|ロブロックス|Switch|Steam|Minecraft|マイクラ|note|裏アカ|鍵アカ"
    r"|サブアカ|本アカ|SNS|ブログ)(?:名|ID|アカウント|アカ)?"
)
# A name that somebody chose: not a plain word, since it holds a digit, a sign, or a capital within.
_CHOSEN = (
    r"@?(?=[A-Za-z0-9_.-]{0,30}[0-9_]|[a-z]{1,30}[.-][a-z]|[A-Za-z]{0,30}[a-z][A-Z])[A-Za-z0-9_][A-Za-z0-9_.-]{2,30}(?:#\d{4})?"
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


def _cased(label: Label, reason: str, pattern: str) -> _Shape:
    return _Shape(label, Tier.SURE, reason, re.compile(pattern, re.ASCII))


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
    _shape(
        Label.PHONE,
        "telephone number in words",
        r"(?<![一二三四五六七八九○零])[○零][一二三四五六七八九○零]{1,4}[-ーの(][一二三四五六七八九○零]{1,4}[-ーの)][一二三四五六七八九○零]{3,4}(?![一二三四五六七八九○零])",
    ),
    _shape(Label.POSTAL_CODE, "postal code", rf"〒 ?\d{{3}} ?{HYPHEN}? ?\d{{4}}(?!\d)"),
    _shape(
        Label.POSTAL_CODE, "postal code", rf"郵便番号[はが:: (]{{0,3}}(?P<it>\d{{3}} ?{HYPHEN}? ?\d{{4}})(?!\d)"
    ),
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
        "school class",
        r"(?:小学校|中学校|高校|高等学校)(?:の| )(?P<it>[1-6]-[1-9A-H])(?=[ \n]|$)",
        Tier.UNSURE,
    ),
    _shape(
        Label.STUDENT_NUMBER,
        "number of a pupil",
        r"(?:出席|学籍|学生証?|児童|生徒|受験|教職員|学校|学年)(?:番号|no\.?)[はがの:: (]{0,3}"
        r"(?P<it>[A-Z]{0,3}-?[0-9][0-9-]{0,12}番?)",
    ),
    _shape(Label.DATE_OF_BIRTH, "date of birth", rf"(?<![\dA-Za-z])(?P<it>{_SHORT_DATE}) ?(?:に|の)?(?:生(?!徒)|誕生|うまれ)"),
    _shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        rf"(?:生年月日|誕生日|たんじょうび|バースデー|生まれは|生年)(?:\([^()\n]{{1,8}}\))?[はがも:: ]{{0,3}}(?P<it>{_SHORT_DATE})",
    ),
    _shape(
        Label.DATE_OF_BIRTH,
        "date of birth",
        rf"(?:\bborn(?: on)?|\bdate of birth|\bbirthday(?: is)?|\bDOB)[: ]{{1,3}}(?P<it>{_ENGLISH_DATE})",
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
        r"(?P<it>[A-Z]{0,3}\d[\d-]{5,14})(?!\d)",
    ),
    _shape(Label.GOVERNMENT_ID, "number of a document", r"(?<![\w])記号[はが:: ]{1,3}(?P<it>\d{3,8})(?![\d-])"),
    _shape(Label.ACCOUNT, "bank account", r"(?:口座番号?|普通|当座)[はがの:: ]{0,3}(?P<it>\d{6,8})(?!\d)"),
    _shape(
        Label.ACCOUNT,
        "name of an account",
        rf"(?:{_APPS} ?の?|(?<![A-Za-z]))(?:ID|アイディー|アカウント|アカ|ユーザー|ハンドル)(?:名|ネーム|ID)?(?:[はがもを::「『(=の ]|、){{0,4}}"
        rf"(?P<it>@[A-Za-z0-9_.-]{{2,31}}|(?<![A-Za-z])(?!https?:|www\.){_CHOSEN})",
    ),
    _shape(
        Label.ACCOUNT,
        "name of an account",
        rf"{_APPS} ?の?(?:ID|アカウント|ユーザー)(?:名)?[はがもを::「『(= ]{{0,4}}(?P<it>@?[A-Za-z0-9_][A-Za-z0-9_.-]{{2,30}})",
    ),
    _cased(
        Label.ACCOUNT,
        "name of an account",
        rf"{_APPS}(?:[はがもをでの::「『(= ]|から|にて){{1,4}}(?P<it>{_CHOSEN})",
    ),
    _shape(Label.ACCOUNT, "name of an account", r"(?<![A-Za-z0-9_.])[A-Za-z0-9_.]{2,32}#\d{4}(?!\d)"),
    _shape(
        Label.ACCOUNT,
        "handle",
        r"(?<![A-Za-z0-9_.@)+/-])@[A-Za-z0-9_]{2,30}(?:\.[A-Za-z0-9_]{1,30}){0,4}(?![A-Za-z0-9_@])",
    ),
)


def find_shapes(text: str, folded: str) -> Iterator[Finding]:
    """Everything in `text` that a shape matches; `folded` is `width.fold(text)`. Findings may overlap."""
    for shape in _SHAPES:
        group = "it" if "it" in shape.pattern.groupindex else 0
        for match in shape.pattern.finditer(folded):
            start, end = match.span(group)
            end = start + len(folded[start:end].rstrip(".,;:!?'(-"))
            yield Finding(start, end, text[start:end], shape.label, shape.tier, shape.reason)
