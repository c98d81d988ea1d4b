"""What one line of a mail body is, looked at alone: the classes, quote marks, rules and courtesies.

`quoting.py` decides on the pattern that the classes make, so a class is a candidate and never a decision to cut. The
words of the clients are in `labels.py` (header blocks), `footers.py` (phones) and `attributions.py` (who wrote). Reply
forms have no RFC; the signature delimiter is RFC 3676, section 4.3. A line longer than `LONGEST` is text unless it
begins with a quote mark; together with bounded repeats that keeps the time linear.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from unicodedata import east_asian_width

from mailgate.mail.footers import is_footer
from mailgate.mail.labels import header_role, is_marker

LONGEST = 400


class Line(Enum):
    BLANK = auto()
    TEXT = auto()
    QUOTE = auto()
    MARK = auto()
    """Begins with a mark that is a quote only in company: full-width, a bar, a name."""
    ATTRIBUTION = auto()
    """Never by its form alone: `attributions.py` finds these."""
    MARKER = auto()
    """`-----Original Message-----` and its like."""
    HEADER = auto()
    """A line with the label of a header block: `From:`, `差出人：`."""
    DELIMITER = auto()
    """The delimiter of signatures, also without its blank, and other rules of one to three signs."""
    RULE = auto()
    FOOTER = auto()
    """What a phone adds by itself."""


_MARK = re.compile(r"\s{0,3}([＞≫｜]|\|(?=\s|$)|[^\s<>@:：、。]{1,12}>(?=\s|$))")
_ADDRESSING = re.compile(r"\s{0,3}[>＞≫]\s?\S{1,16}\s?(?:先生|様|さん|さま|殿|御中|各位|へ)(?:へ|方)?\s?$")

_MARKS_ALONE = frozenset("＞≫｜|")
_FARTHEST_MARK = 16
_LONGEST_ADDRESSING = 30

_RULE_SIGNS = frozenset("━─―‐–—－ー-＝=＿_＊*◇◆☆★■□●○◎▼▽▲△~～〜+＋#＃┏┓┗┛┃┌┐└┘│|╋┳┻┣┫┼〓≡∽∞♪♡♥❀✿✽※:;.｡°ﾟ゜･・‥…'`^/／\\")
_RULE_ALONE = frozenset("━─―‐–—－ー-＝=＿_＊*◇◆☆★■□~～〜+#┏┓┗┛┌┐└┘〓≡∽/／")
_SHORTEST_RULE = 4
_ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff \xa0"
"""Phones leave these on lines that look blank."""


def classify(line: str) -> Line:
    """The class of one line (without its line end) by its own form alone."""
    bare = line.strip()
    if not bare:
        return Line.BLANK
    first = bare[0]
    if first == ">":
        return Line.MARK if addresses_a_person(bare) or _is_framed(bare) else Line.QUOTE
    if first in _ZERO_WIDTH and not bare.strip(_ZERO_WIDTH):
        return Line.BLANK
    if (first in _MARKS_ALONE or ">" in line[:_FARTHEST_MARK]) and mark(line):
        return Line.MARK
    if len(line) > LONGEST:
        return Line.TEXT
    if first in _RULE_SIGNS:
        if len(bare) < _SHORTEST_RULE and _RULE_ALONE.issuperset(bare):
            return Line.DELIMITER
        if is_rule(bare):
            return Line.RULE
    return _classify_words(bare)


def _classify_words(bare: str) -> Line:
    if is_marker(bare):
        return Line.MARKER
    if header_role(bare) is not None:
        return Line.HEADER
    return Line.FOOTER if is_footer(bare) else Line.TEXT


def mark(line: str) -> str:
    """The mark a line begins with when it can be one of a quote (`>`, `＞`, `|`, `name>`), else empty."""
    if line.lstrip()[:1] == ">":
        return ">"
    found = _MARK.match(line)
    # Two bars are a row of a table.
    return found[1] if found and line.count("|") < 2 else ""


def _is_framed(bare: str) -> bool:
    """Whether the marks are one half of a frame: `>>> this way <<<`."""
    return bare.endswith("<<") and bare.startswith(">>")


def addresses_a_person(line: str) -> bool:
    """Whether the mark turns to somebody (`＞佐々木先生`) and does not quote."""
    return len(line) <= _LONGEST_ADDRESSING and _ADDRESSING.match(line) is not None


def width(line: str) -> int:
    """The columns a line takes where a full-width character takes two."""
    return len(line) if line.isascii() else sum(1 + (east_asian_width(sign) in "WF") for sign in line)


def is_rule(bare: str) -> bool:
    """Whether a stripped line is drawn, not written."""
    signs = "".join(bare.split())
    return len(signs) >= _SHORTEST_RULE and _RULE_SIGNS.issuperset(signs) and not _RULE_ALONE.isdisjoint(signs)


_COURTESY = re.compile(
    r"お世話|よろしく|宜しく|お疲れ|ありがとう|有難う|有り難う|失礼(?:いた|致)?します|恐れ入ります|(?:様|御中|先生|各位)$|^(?:以上|敬具|拝啓)|"
    r"^(?:thank|thanks|best|kind|regards|sincerely|hello|hi|dear)\b",
    re.IGNORECASE,
)
_LONGEST_COURTESY = 40


def is_courtesy(line: str) -> bool:
    """Whether the line is one that everybody writes, so that its coming back says nothing."""
    bare = line.strip()
    return len(bare) <= _LONGEST_COURTESY and _COURTESY.search(bare) is not None
