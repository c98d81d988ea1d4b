"""How the lines of the form are called in our mails: the first word of each language in `application_form.LABELS`, with
a hint where one helps. A reader who answers with exactly these lines is understood.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailgate.desk.application_form import LABELS, Wish
from mailgate.desk.people import MemberKind

_HINTS_JA: Mapping[str, str] = {
    "role": "教諭、養護教諭など",
    "years": "12年など",
    "kind": "、".join(MemberKind),
    "credential": "お持ちの場合。臨床心理士、公認心理師など",
    "affiliations": "学校名：年-年。過去のものもすべて",
    "topics": "いくつでも",
    "monthly_limit": "お引き受けいただける件数。なければ空欄",
}
_HINTS_EN: Mapping[str, str] = {
    "role": "teacher, school nurse, ...",
    "kind": "teacher, former teacher, lawyer, psychologist, education",
    "credential": "if you have one",
    "affiliations": "school: year-year; also earlier ones",
    "topics": "as many as you like",
}


_OF_MEMBERS: Mapping[tuple[str, str], str] = {("years", "ja"): "経験年数", ("years", "en"): "Years of experience"}
"""Not all of them teach."""


def label_of(column: str, wish: Wish, language: str) -> str:
    """`職種` or `Occupation`."""
    if wish is Wish.MEMBER and (label := _OF_MEMBERS.get((column, language))):
        return label
    if language == "ja":
        return next(label for label in LABELS[column] if not label.isascii())
    return next(label for label in LABELS[column] if label.isascii()).capitalize()


def line_of(column: str, wish: Wish, language: str, value: str = "") -> str:
    """`職種（教諭、養護教諭など）：` or `Occupation (teacher, school nurse, ...):`, filled in as far as is known."""
    label = label_of(column, wish, language)
    if language == "ja":
        hint = _HINTS_JA.get(column)
        return f"{label}（{hint}）：{value}" if hint and not value else f"{label}：{value}"
    hint = _HINTS_EN.get(column)
    return f"{label} ({hint}): {value}".rstrip() if hint and not value else f"{label}: {value}".rstrip()
