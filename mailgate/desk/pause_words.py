"""What a member may say to join@ with a word: お休み (for a while, or until a day) and 再開; "pause until …", "resume".

The word must be all that the mail says, but for a greeting, thanks, and the day, which may stand on the next line:
a mail that says more is for a person to read. Before: `desk/routing.py`. After: `flow/pausing.py`, which knows whether
the sender is a member at all. Pure; only the first lines are looked at.

Known weakness: 29 February without a year is not understood in a year that has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from mailgate.desk.coming_days import read_last_day
from mailgate.desk.courtesy import said


@dataclass(frozen=True, slots=True)
class PauseWish:
    """The wish to be asked no more for a while; `end` says until when, as it was written, "" for no end."""

    end: str
    says_more: bool = False
    """Whether there is text beside it, which a person has to read."""

    def last_day(self, on: date) -> date | None:
        """Seen from the day of the mail; None when it is not clear, or there is none."""
        return read_last_day(self.end, on)


@dataclass(frozen=True, slots=True)
class ResumeWish:
    """The wish to be asked again."""

    says_more: bool = False


Wish = PauseWish | ResumeWish

_POLITE = (
    r"(?:に?(?:します|する|いたします|致します|したいです|したいと思います|させて(?:ください|下さい|いただきます|頂きます))"
    r"|を?(?:お願い(?:します|いたします|致します)|希望(?:します|いたします))|です|を?ください|を?いただきます"
    r"|を?いただきたいです|を?取ります|とさせて(?:ください|下さい|いただきます|頂きます))?"
)
_LEAD = (
    r"(?:(?:申し訳(?:あり|ござい)ませんが|恐れ入りますが|すみませんが|勝手ながら"
    r"|しばらく(?:の間)?|当面|当分|少し)、?)*"
)
_REST = rf"(?:(?:コメント|ご?協力|活動|依頼)(?:を|は|の))?(?:お休み|休み|休止|一時休止){_POLITE}"
_PAUSE = re.compile(rf"{_LEAD}{_REST}")
_PAUSE_UNTIL = re.compile(rf"{_LEAD}{_REST}(?:期間)?(?: ?[:=、,] ?| |(?=\())\(?(?P<end>.{{1,60}}?)\)?")
_UNTIL_PAUSE = re.compile(rf"{_LEAD}(?P<end>.{{1,60}}?(?:まで|の間|間))(?:は|、)*{_LEAD}{_REST}")
_ENGLISH = re.compile(
    r"(?:please |i (?:want to |would like to |need to |must |have to )?)?(?:pause|take a break)"
    r"(?: (?:me|my membership|invitations|the invitations|for (?:a while|now)))?"
    r"(?:(?: (?:until|till|to|through|for)| ?[:=]) ?(?P<end>.{1,60}))?"
)
_NAMES_AN_END = re.compile(r".{0,30}(?:まで|間|until.*|till.*|\d.{0,10})")
"""Of a line below the word."""
_RESUME = re.compile(
    rf"{_LEAD}(?:(?:コメント|ご?協力|活動|依頼)(?:を|は|の))?(?:再開|復帰){_POLITE}"
    rf"|お休みを?(?:終わり|終了|解除|やめ)(?:に?します|ます|です|にしてください)?"
)
_ENGLISH_RESUME = re.compile(
    r"(?:please |i (?:want to |would like to )?)?(?:resume|end (?:the|my) pause)"
    r"(?: (?:me|my membership|(?:the )?invitations))?"
)


def pause_wish(written: str) -> Wish | None:
    """What the newly written part of a mail wishes, if it is about a pause at all."""
    lines = said(written, lambda line: _wish(line) is not None)
    if not lines or (wish := _wish(lines[0])) is None:
        return None
    rest = lines[1:]
    if rest and wish == PauseWish("") and _NAMES_AN_END.fullmatch(rest[0]):
        wish, rest = _wish(f"{lines[0]} {rest[0]}") or wish, rest[1:]
    return PauseWish(wish.end, bool(rest)) if isinstance(wish, PauseWish) else ResumeWish(bool(rest))


def _wish(line: str) -> Wish | None:
    if _PAUSE.fullmatch(line):
        return PauseWish("")
    if _RESUME.fullmatch(line) or _ENGLISH_RESUME.fullmatch(line):
        return ResumeWish()
    for pattern in (_UNTIL_PAUSE, _PAUSE_UNTIL, _ENGLISH):
        if found := pattern.fullmatch(line):
            return PauseWish(found["end"] or "")
    return None
