"""The form in a mail to `join@`: lines like `氏名：水原 遥香`, read however a mail client and a person left them.

Quoted or not, wrapped, in another order, with colons of any width, in Japanese or in English, everything in one line:
a label is looked for wherever it may begin, and what stands between it and the next one is its value. The cells have
the columns of `desk/register_columns.py`; what they mean is judged by `desk/register_rows.py`.
Pure; linear in the text.

Known weakness: a label within a value (「専門：…」 in a list of topics) begins a new value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum

Cells = dict[str, str]


class Wish(StrEnum):
    """What somebody applies to be."""

    TEACHER = "teacher"
    MEMBER = "member"


LABELS: Mapping[str, tuple[str, ...]] = {
    "name": ("氏名", "お名前", "名前", "姓名", "ご氏名", "full name", "name"),
    "kana": ("ふりがな", "フリガナ", "よみがな", "氏名ふりがな", "お名前ふりがな", "name in kana", "kana", "reading"),
    "school": (
        *("学校名", "勤務校", "勤務先", "ご勤務先", "ご勤務校", "所属校", "学校", "所属", "勤務先学校名"),
        *("name of the school", "school name", "school", "workplace"),
    ),
    "municipality": (
        *("学校のある市区町村", "学校の所在地", "市区町村", "所在地"),
        *("municipality of the school", "municipality", "city"),
    ),
    "role": ("職種", "職名", "役職", "ご職業", "occupation", "role", "position", "job title"),
    "years": (
        *("教職歴", "経験年数", "教職経験", "教職経験年数", "教員歴", "実務経験"),
        *("years of teaching", "years of experience", "years", "experience"),
    ),
    "age_band": ("年代", "年齢", "age band", "age group", "age"),
    "gender": ("性別", "gender", "sex"),
    "school_type": ("校種", "学校種", "school type", "type of school"),
    "kind": ("メンバーの区分", "登録区分", "区分", "お立場", "kind of member", "kind", "category"),
    "credential": ("資格", "免許", "保有資格", "credential", "credentials", "qualification", "licence", "license"),
    "affiliations": ("所属歴", "勤務歴", "職歴", "経歴", "affiliations", "places of work", "work history"),
    "topics": ("得意分野", "専門分野", "専門", "ご専門", "topics", "fields", "expertise"),
    "monthly_limit": (
        *("月の上限", "ひと月の上限", "一か月の上限", "お引き受けできる件数"),
        *("monthly limit", "most invitations a month"),
    ),
}
"""By column: what people call it. The first Japanese and the first English one are those of our templates' forms."""

_LISTS = frozenset({"affiliations", "topics"})
_OF_MEMBERS = frozenset({"kind", "credential", "affiliations", "topics", "monthly_limit"})
_LONGEST_TEXT = 100_000
_WRAPPED_FROM = 50
"""Columns of a value from which on a client may have wrapped it."""
_LONGEST_VALUE = 500
_MOST_LINES = 30
_QUOTED = re.compile(r"^(?:[ \t]?[>|])+ ?")
_HINT = re.compile(r"\([^()\n]{1,60}\)")
_NOT_A_VALUE = re.compile(r"[※【\[■□●◆*_=─━-]|\(例|例:")
_SIGNATURE = re.compile(r"^(?:-- ?|[-_=*─━]{4,})$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_EMPTY = re.compile(r"[\s_.…・\-ー―()]*|(?:なし|無し|未記入|記入なし|none|n/a)", re.IGNORECASE)


def _spaced(label: str) -> str:
    """The label with the blanks that people put between its characters (氏　名)."""
    if label.isascii():
        return label.replace(" ", " {0,2}")
    return " {0,2}".join(map(re.escape, unicodedata.normalize("NFKC", label)))


_COLUMN_OF = {
    unicodedata.normalize("NFKC", label).replace(" ", ""): column
    for column, labels in LABELS.items()
    for label in labels
}
_LONGEST_FIRST = sorted((label for labels in LABELS.values() for label in labels), key=len, reverse=True)
_ANY_LABEL = "|".join(map(_spaced, _LONGEST_FIRST))
_BEGINS = re.compile(
    r"(?:(?<=^)|(?<=[\s>.,、。;/|・■□●◆○◎*\-\d)\]】:]))"
    rf"(?:(?P<label>{_ANY_LABEL}) {{0,2}}(?:\([^()\n]{{0,60}}\))? {{0,2}}[:=]"
    rf"|[【\[](?P<boxed>{_ANY_LABEL})[】\]] {{0,2}}:?)",
    re.MULTILINE | re.IGNORECASE,
)


def read_form(written: str, body: str) -> Cells:
    """The cells that are filled in: of the newly written part first, and what it lacks from the rest of the mail.

    Who answers our own form often writes into the quotation of it, and then nothing of it is newly written.
    """
    return _cells(body) | _cells(written)


def wish_of(cells: Mapping[str, str]) -> Wish:
    """What the one who filled in these cells applies to be: whoever fills in a line for members, a member."""
    return Wish.MEMBER if _OF_MEMBERS.intersection(cells) else Wish.TEACHER


def _cells(text: str) -> Cells:
    plain = "\n".join(_QUOTED.sub("", line) for line in _normal(text[:_LONGEST_TEXT]).split("\n"))
    cells: Cells = {}
    for column, value in _labelled(plain):
        if value and column not in cells:
            cells[column] = value
    return cells


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\r", "")


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    found = list(_BEGINS.finditer(text))
    for number, one in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        column = _COLUMN_OF[(one["label"] or one["boxed"]).lower().replace(" ", "")]
        yield column, _value(column, text[one.end() : end])


def _value(column: str, text: str) -> str:
    """What stands behind a label, up to where the value can no more go on."""
    first, *rest = text.split("\n", _MOST_LINES)
    lines = [first.strip(" \t・■□●◆○◎*|")]
    for line in map(str.strip, rest):
        if not _goes_on(column, lines, line):
            break
        lines.append(line)
    lines = [line for line in lines if line]
    if column in _LISTS:
        parts = (part.strip() for line in lines for part in re.split("[;、,]", line))
        return ";".join(part for part in parts if part and not _EMPTY.fullmatch(part))
    value = _HINT.sub("", _joined(lines)).strip(" 、。,;>|")
    return "" if _EMPTY.fullmatch(value) else value[:_LONGEST_VALUE]


def _goes_on(column: str, lines: list[str], line: str) -> bool:
    """Whether `line` belongs to the value of which `lines` are known."""
    if not line or _NOT_A_VALUE.match(line) or _SIGNATURE.match(line):
        return False
    if not any(lines):
        return len(lines) == 1  # right below the label
    if column == "affiliations":
        return _YEAR.search(line) is not None or _columns(lines[-1]) >= _WRAPPED_FROM
    return _columns(lines[-1]) >= _WRAPPED_FROM


def _columns(line: str) -> int:
    """How wide a line is, in half-width characters."""
    return len(line) + sum(not one.isascii() for one in line)


def _joined(lines: list[str]) -> str:
    """Wrapped lines as one; between two Latin letters or digits there was a blank."""
    joined = ""
    for line in lines:
        blank = " " if joined and joined[-1].isascii() and line[:1].isascii() else ""
        joined += blank + line
    return " ".join(joined.split())
