"""What a mail can say by a word of its own: 取り下げ / withdraw, 辞退 / decline, and the digit that grades an answer.

Only the first written line is looked at, and it must say nothing else: 「取り下げた方がよいでしょうか」 is a question.
A mail that declines in words of its own is known by `declining.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Command(StrEnum):
    WITHDRAW = "withdraw"
    DECLINE = "decline"


_POLITE = (
    r"(?:です|ます|する|します|致します|いたします|したいです|したいと思います|させて(?:ください|下さい|いただきます|頂きます"
    r"|いただきたいです|いただきたく存じます)|る|たいです|たいと思います|て(?:ください|下さい)|を?希望(?:します|いたします)?"
    r"|を?お願い(?:します|致します|いたします)|とさせて(?:ください|下さい|いただきます|頂きます))?"
)
_LEAD = (
    r"(?:今回は|今回の|この(?:度|たび)は|申し訳(?:あり|ござい)ませんが|恐れ入りますが|残念ですが|すみませんが"
    r"|誠に勝手ながら)?、?"
)
_WISH = r"(?:please |i (?:want to |would like to |must |have to )?)?"
_COMMANDS: tuple[tuple[Command, re.Pattern[str]], ...] = (
    (Command.WITHDRAW, re.compile(rf"{_LEAD}(?:この|今回の)?(?:ご?相談|案件)?(?:を|は|の)?取り?下げ{_POLITE}")),
    (Command.WITHDRAW, re.compile(rf"{_WISH}withdraw(?: (?:my|this|the) (?:case|consultation))?")),
    (Command.DECLINE, re.compile(rf"{_LEAD}(?:コメント(?:を|は))?ご?辞退{_POLITE}")),
    (Command.DECLINE, re.compile(rf"(?:sorry,? )?{_WISH}decline(?: (?:this|the) invitation)?")),
)
_AGREES = re.compile(
    r"はい|(?:はい、?)?(?:この(?:内容|文面|まま)で|内容に)?、?(?:同意|了承|承諾)(?:です|します|いたします|致します|しました|いたしました)?"
    r"|(?:はい、?)?(?:この(?:内容|文面|まま)で)(?:お願い(?:します|いたします|致します)|(?:よろしい|大丈夫|結構)です)"
    r"|ok(?:です)?|yes|(?:yes,? )?i agree|agreed?"
)
_COURTESY = re.compile(
    r"(?:どうぞ|以上、?)?(?:よろしく|宜しく)お(?:願い|ねがい)(?:します|いたします|致します|申し上げます)"
    r"|(?:ご?確認、?)?(?:どうも)?ありがとうございま(?:す|した)|以上(?:です)?"
    r"|thank you(?: very much)?|thanks|best regards|regards"
)
_GRADE = re.compile(
    r"([1-5])(?:点|/5)?(?:です|でした)?"
    r"(?: ?(?:とても|大変|あまり)?役に立(?:った|ちました|たなかった|ちませんでした)| ?どちらともいえない"
    r"| ?(?:very |not very |not )?helpful| ?hard to say)?"
)
_REMARK_CHARACTERS = 60
_ASKS = re.compile(r"[?？]|でしょうか|ますか|ですか|ください|下さい|質問|教えて")
_AROUND = "「」『』【】[]()\"' 。．.!！、,"


def command(written: str) -> Command | None:
    """The command that the first written line of a mail gives, or None; width, case and 。 do not matter."""
    plain = _plain(_first_line(written)[0])
    return next((word for word, pattern in _COMMANDS if pattern.fullmatch(plain)), None)


@dataclass(frozen=True, slots=True)
class Grade:
    """How useful the teacher found an answer."""

    digit: int
    """1 to 5, 5 is best."""
    remark: str
    """What stands below: thanks, or a name; may be empty."""
    asks_more: bool
    """Whether the remark is more than that, and somebody has to read it as a new question."""


def agrees(written: str) -> bool:
    """Whether a mail says yes to what it was asked, and nothing else: a yes with any more than thanks below it may
    name a condition, and is for a person to read."""
    line, rest = _first_line(written)
    below = (_plain(one) for one in rest.split("\n") if one.strip())
    return _AGREES.fullmatch(_plain(line)) is not None and all(map(_COURTESY.fullmatch, below))


def grade(written: str) -> Grade | None:
    """The grade that the first written line gives: a digit alone, with 点, or with its words in our mail."""
    line, remark = _first_line(written)
    match = _GRADE.fullmatch(_plain(line))
    if match is None:
        return None
    asks_more = len(remark) > _REMARK_CHARACTERS or _ASKS.search(remark) is not None
    return Grade(int(match[1]), remark, asks_more)


def _first_line(written: str) -> tuple[str, str]:
    """The first line that has words, and what stands below it."""
    line, _, rest = written.strip().partition("\n")
    return line[:80], rest.strip()


def _plain(line: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", line).strip().strip(_AROUND).lower().split())
