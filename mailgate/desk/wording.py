"""The two words that a mail can command by: 取り下げ / withdraw, and 辞退 / decline.

Only the first written line is looked at, and it must say nothing else: 「取り下げた方がよいでしょうか」 is a question.
"""

from __future__ import annotations

import re
import unicodedata
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
_AROUND = "「」『』【】[]()\"' 。．.!！、,"


def command(written: str) -> Command | None:
    """The command that the first written line of a mail gives, or None; width, case and 。 do not matter."""
    line = next((line for line in written.splitlines() if line.strip()), "")[:80]
    plain = unicodedata.normalize("NFKC", line).strip().strip(_AROUND).lower()
    return next((word for word, pattern in _COMMANDS if pattern.fullmatch(plain)), None)
