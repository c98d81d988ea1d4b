"""What is left of a short mail when greetings and thanks are taken off: the words that ask for something, if any.

Used where a mail must say one thing and nothing else (`pause_words.py`, `confirmation.py`,
`declining.py`). Pure; only the first lines are looked at, each cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_LONGEST_LINE = 80
_MOST_LINES = 8
_AROUND = "「」『』【】[]\"' 。．.!！"
_NAME = r"[^\s、。,]{1,16}"
_OPENING = re.compile(
    r"(?:いつも(?:大変)?)?お世話に(?:なっております|なっています|なります)|こんにちは|こんばんは|おはようございます"
    rf"|(?:{_NAME}の)?{_NAME}(?:です|と申します|でございます)|{_NAME}(?:様|御中|担当者様)|hello|hi|dear .{{1,40}}"
)
_CLOSING = re.compile(
    r"(?:どうぞ|以上、?)?(?:よろしく|宜しく)お(?:願い|ねがい)(?:します|いたします|致します|申し上げます)"
    r"|(?:ご?確認、?)?(?:どうも)?ありがとうございま(?:す|した)|以上(?:です)?"
    r"|thank you(?: very much)?|thanks|(?:(?:best|kind) )?regards|sincerely"
)


def said(written: str, is_understood: Callable[[str], bool]) -> list[str]:
    """The lines of `written` in plain form (width, case and marks around them do not matter), without those that only
    greet or thank. What `is_understood` knows is never taken for a greeting. More than a few lines are cut to too many.
    """
    found = written.strip().split("\n", _MOST_LINES)
    lines = [plain for line in found if (plain := plain_line(line))]
    while lines and not is_understood(lines[0]) and greets(lines[0]):
        lines.pop(0)
    return [*lines[:1], *(line for line in lines[1:] if not thanks(line))]


def greets(sentence: str) -> bool:
    """Whether a sentence in plain form only greets, or says who writes."""
    return _OPENING.fullmatch(sentence) is not None


def thanks(sentence: str) -> bool:
    """Whether a sentence in plain form only thanks, or ends a mail."""
    return _CLOSING.fullmatch(sentence) is not None


def plain_line(line: str) -> str:
    """One line as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", line[:_LONGEST_LINE]).strip().strip(_AROUND).lower().split())
