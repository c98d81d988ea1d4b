"""The lines that say who wrote what follows: `On 1 Feb 2025, at 10:05, Name <address> wrote:`.

`quoting.py` asks where they are and how far to believe them. The words of the languages are few; what decides is what
every client writes: a date, a time, an address, and a colon at the end. A sentence of the sender has seldom more
than one of them, so each form has a strength and the weaker ones count only over a quote. Clients wrap these lines, and
some put them behind the last sentence of the reply. There is no RFC. All repeats are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from mailgate.mail.lines import LONGEST, Line

_MOST_LINES_ABOVE = 3
"""A client wraps an attribution at 72 to 78 columns: four lines when the address is long."""
_LONGEST_BEFORE_DATE = 60
_LONGEST_WITH_NAME = 120
_LONGEST_ATTRIBUTION = 300
_LONGEST_DATE = 40
_LONGEST_CLOSING = 32 + _LONGEST_DATE
_MOST_OPENINGS = 4
"""Places in a line that may begin an attribution; more are no reply."""


class Strength(IntEnum):
    WEAK = 1
    """An attribution when a quote stands right below."""
    CERTAIN = 2
    """Nobody types it, so it may also be the last line: its quote was deleted."""
    STRONG = 3
    """As a client writes it, so that what stands below is a quote also without marks."""


@dataclass(frozen=True, slots=True)
class Attribution:
    start: int
    end: int
    """The line behind the last."""
    strength: Strength


# Verbs are stems where a language inflects them.
_VERBS = (
    r"wrote|writes|\bsent|schrieb|geschrieben|écrit|escribió|scritto|schreef|geschreven|escreveu|写道|寫道|작성|쓴\s?글|"
    r"님이\s?쓴|skrev|kirjoitti|napisał|pisze|napsal|napísal|írta|написа|писав|пишет|пише|yazdı|viết|a scris|έγραψε|"
    r"va escriure|escrigué|napisao|napisala|menulis|เขียนว่า|כתב|כתבה|كتب|さんは書きました|が書きました|さんの発言"
)
# Looked for one by one in lower case: a pattern of forty words would be thirty times slower.
_VERB_WORDS = tuple(_VERBS.replace(r"\s?", " ").replace(r"\b", " ").casefold().split("|"))
_CLOSING_WORDS = (
    rf"のメール|のメッセージ|からのメッセージ|メッセージ|書きました|の発言|より|(?:{_VERBS})(?:\(a\)|\(ла\)|\(ла\)|ла|a|ła|\(ав\))?|"
    r"følgende|följande|het volgende|Folgendes"
)
# Some put the date in brackets behind the verb.
_CLOSED_BY_A_VERB = re.compile(
    rf"(?:{_CLOSING_WORDS})\s{{0,2}}(?:[(（][^()（）]{{1,{_LONGEST_DATE}}}[)）])?\s{{0,2}}[:：]$", re.IGNORECASE
)
# Outlook for the Mac and old Yahoo leave the colon out; Zoho writes hyphens on both sides.
_CLOSED_WITHOUT_COLON = re.compile(r"(?:wrote|schrieb|a écrit|escribió|ha scritto)$", re.IGNORECASE)
_BETWEEN_HYPHENS = re.compile(rf"-{{2,12}}\s?\S.{{1,200}}(?:{_VERBS})\s?-{{2,12}}$", re.IGNORECASE)
# `Name <address> wrote:` and `---- Name wrote ----`, without a date.
_NAMES_AND_CLOSES = re.compile(
    rf"[>)\]]\s?(?:{_CLOSING_WORDS}|a écrit|ha scritto|님이 작성|さんは書きました)\s{{0,2}}[:：]$", re.IGNORECASE
)
_RULED = re.compile(r"-{4,12}\s?[^-]{1,80}\s(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu)\s?-{4,12}$")
_HORDE = re.compile(r"(?:引用|Quoting|Zitat von|Citando|Quota|Citeren)\s.{1,200}[:：]$")

_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[\w-]{1,63}\.[\w.-]{1,100}")
_BRACKETED = re.compile(
    r"[<(\[]{1,2}\s?(?:mailto:)?[\w.+=\u200e-]{1,64}@[\w-]{1,63}\.[\w.-]{1,100}(?:<mailto:[^<>]{1,120}>)?\s?[>)\]]"
)
_DATE = re.compile(
    r"\d{4}\s?[年년/.-]\s?\d{1,2}|\d{4}\.?\s[^\s\d]{2,12}\s\d{1,2}(?!\d)|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|"
    r"\d{1,2}(?:st|nd|rd|th|º)?[.,]?[\s-](?:de\s|d['’])?(?:[^\s\d]{2,12}|(?:thg|tháng)\s\d{1,2})[.,]{0,2}[\s-](?:de\s|del\s)?\d{4}|"
    r"[^\s\d]{3,10}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}"
)
_NUMERIC_DATE = re.compile(r"(?<!\d)(?:\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4})(?!\d)")
_TIME = re.compile(r"(?<![\d.:])\d{1,2}\s?[:.h時시]\s?\d{2}(?![\d.])(?!:\d\d\.)")
_TIME_AND_COMMA = re.compile(
    r"\d[:.h]\d{2}(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?[+-]\d{4}|\s?[A-Z]{2,4}(?:[+-]\d{1,2})?)?\s?[,、，]"
)
_HIRAGANA = re.compile(r"[ぁ-ん]")
_JAPANESE_CLIENT = re.compile(
    r"\D?\d{4}[年/-].{1,40}\d[:時]\d{2}.{0,12}[、,\s].{1,60}(?:のメール|のメッセージ|さんは書きました|より)\s?[:：]$"
)
_GROUPWISE = re.compile(r">>>\s?[^\s>].{2,150}\s?>>>$")
_OLD_GMAIL = re.compile(r"\d{4}/\d{1,2}/\d{1,2}\s.{1,100}<[^<>\s]{3,120}@[^<>\s]{3,120}>$")
_IN_THE_MIDDLE = re.compile(
    r"(?:[^\S\n]|-{2,6}\s?)(?=(?:On|Le|Am|El|Il|Op|Em|Den|Dne|Dnia|W dniu)\s(?:giorno\s)?(?:[^\W\d]{2,12}[.,]{0,2}\s)?"
    r"(?:[^\W\d]{3,10}\.?\s)?\d)|(?<=[。！？!?])\s?(?=\d{4}[年/-]\s?\d{1,2}[月/-])"
)
_DIGIT = re.compile(r"\d")
_NAME_SIGN = re.compile(r"[A-ZÀ-ÞА-ЯЁІЇЄΑ-ΩĄ-Ž]|[^\x00-\u02ff\u0370-\u052f\W\d]")
"""A capital, or a letter of a script without capitals."""
_LATEST_OPENING = 16
"""Characters before the date when a weekday in small letters opens the line."""
_LETTER = re.compile(r"[^\W\d_]")
_INVISIBLE = " \t\u3000\xa0*\u200e\u200f\u202a\u202b\u202c\u2068\u2069"
_ENDINGS = (":", "：", "-", "wrote", "schrieb", "écrit", "escribió", "scritto", ">")
_TAIL_OF_A_WRAPPED_ONE = re.compile(
    rf">\s?(?:(?:{_CLOSING_WORDS}|het volgende geschreven|ha scritto|a écrit)\s?)?[:：]$", re.IGNORECASE
)
_LAST_SIGNS = frozenset([*_INVISIBLE, *(ending[-1] for ending in _ENDINGS)])
_SENTENCE_END = ("。", "！", "？", "!", "?")


# `From: name <address>` has an address too, but the header block decides about it.
_NEVER = frozenset({Line.BLANK, Line.MARKER, Line.RULE, Line.FOOTER, Line.HEADER})


def has_address(line: str) -> bool:
    """Whether a mail address stands in the line."""
    return _ADDRESS.search(line[:LONGEST]) is not None


def has_bracketed_address(line: str) -> bool:
    """Whether a mail address stands in the line as `<address>`, `[address]` or `(address)`."""
    return _BRACKETED.search(line[:LONGEST]) is not None


def has_date_and_time(line: str) -> bool:
    """Whether a date with its year and a time of day stand in the line."""
    return _DATE.search(line[:LONGEST]) is not None and _TIME.search(line[:LONGEST]) is not None


def strength(text: str) -> Strength | None:
    """How far to believe that `text` (a line, or the lines of a wrapped one joined) is an attribution; None if not."""
    bare = text.strip(_INVISIBLE)
    if not bare or len(bare) > _LONGEST_ATTRIBUTION or not bare.endswith(_ENDINGS):
        return None
    if bare[-1] not in ":：" and _DIGIT.search(bare) is None and bare[-1] != "-":
        return None
    dated, verb = _DATE.search(bare), _has_verb(bare)
    addressed, timed = _ADDRESS.search(bare), _TIME.search(bare)
    japanese = _HIRAGANA.search(bare)
    if not _has_the_form(bare, dated=bool(dated), timed=bool(timed and not japanese), addressed=bool(addressed)):
        return None
    named = _BRACKETED.search(bare)
    closed = named is not None and _NAMES_AND_CLOSES.search(bare[-_LONGEST_CLOSING:]) is not None
    if (closed and named is not None and named.start() <= _LONGEST_BEFORE_DATE) or _RULED.match(bare):
        return Strength.STRONG
    if dated is None or not _opens_with(bare[: dated.start()]):
        return Strength.WEAK
    if named or (addressed and verb) or _JAPANESE_CLIENT.match(bare):
        return Strength.STRONG
    if verb and timed and not japanese and (_NUMERIC_DATE.search(bare) or _TIME_AND_COMMA.search(bare)):
        return Strength.STRONG
    return Strength.CERTAIN if addressed or (timed and verb) else Strength.WEAK


def _has_verb(bare: str) -> bool:
    folded = bare.casefold()
    return any(word in folded for word in _VERB_WORDS)


def _has_the_form(bare: str, *, dated: bool, timed: bool, addressed: bool) -> bool:
    if bare[-1] == "-":
        return _BETWEEN_HYPHENS.match(bare) is not None
    if bare[-1] not in ":：":
        return (dated and _CLOSED_WITHOUT_COLON.search(bare) is not None) or _OLD_GMAIL.match(bare) is not None
    if _CLOSED_BY_A_VERB.search(bare[-_LONGEST_CLOSING:]) or _HORDE.match(bare):
        return True
    # A language without a row here: an address, or a date with a time, before the colon.
    return addressed or (dated and timed) or (dated and _has_verb(bare) and not _HIRAGANA.search(bare))


def _opens_with(before: str) -> bool:
    """Whether what stands before the date is no sentence: a word of the language, a weekday, or name and address."""
    words = _BRACKETED.sub("", before)
    longest = _LONGEST_BEFORE_DATE if words == before else _LONGEST_WITH_NAME
    return len(words) <= longest and not any(sign in words for sign in _SENTENCE_END)


def find(lines: Sequence[str], kinds: Sequence[Line]) -> Iterator[Attribution]:
    """The attributions among unmarked lines, from the top, also those that a client wrapped."""
    for last, line in enumerate(lines):
        if line[-1:] not in _LAST_SIGNS or kinds[last] in _NEVER or len(line) > LONGEST:
            continue
        if not line.rstrip(_INVISIBLE).endswith(_ENDINGS):
            continue
        if kinds[last] in (Line.QUOTE, Line.MARK):
            if _GROUPWISE.match(line.strip()) and (has_address(line) or _DATE.search(line)):
                yield Attribution(last, last + 1, Strength.STRONG)
            if not _TAIL_OF_A_WRAPPED_ONE.match(line.strip()):
                continue
        found = _ending_at(lines, kinds, last)
        if found is not None:
            yield found


def _ending_at(lines: Sequence[str], kinds: Sequence[Line], last: int) -> Attribution | None:
    """The shortest run of lines to `last` that nobody types, else `last` alone when a quote below would make it one."""
    alone: Attribution | None = None
    start, joined = last, lines[last].strip()
    while True:
        marked = kinds[start] in (Line.QUOTE, Line.MARK)
        found = None if marked or (start < last and _DIGIT.search(joined) is None) else strength(joined)
        dated = found is not None and _DATE.search(joined) is not None
        if found is not None and (start == last or (dated and found >= Strength.CERTAIN)):
            alone = Attribution(start, last + 1, found)
        complete = dated and not _goes_on(lines[start])
        if alone is not None and alone.strength >= Strength.CERTAIN and complete:
            return alone
        if last - start == _MOST_LINES_ABOVE or start == 0 or not _can_go_on(lines[start - 1], kinds[start - 1]):
            return alone
        start -= 1
        joined = f"{lines[start].strip()} {joined}"


def _can_go_on(above: str, kind: Line) -> bool:
    return kind is Line.TEXT and not above.rstrip().endswith(_SENTENCE_END)


def _goes_on(line: str) -> bool:
    """Whether a line of an attribution has its beginning on the line above: in a bracket, or without any name."""
    bare = line.strip(_INVISIBLE)
    bracket = bare.find(">")
    if bare.startswith("<") or (bracket >= 0 and "<" not in bare[:bracket]):
        return True
    dated = _DATE.search(bare)
    late = dated is None or dated.start() > _LATEST_OPENING
    return (_NAME_SIGN.search(bare) is None and "@" not in bare) or (bare[0].islower() and late)


def split_run_together(lines: Sequence[str]) -> list[str]:
    """`lines`, where an attribution that a client put behind the last sentence of a reply is a line of its own."""
    middles: dict[int, int] = {}
    for last, line in enumerate(lines):
        if line[-1:] in _LAST_SIGNS and line.rstrip(_INVISIBLE).endswith((":", "：")):
            for at in range(max(last - _MOST_LINES_ABOVE + 1, 0), last + 1):
                middles[at] = middles.get(at) or _middle(lines[at : last + 1])
    if not any(middles.values()):
        return list(lines)
    result: list[str] = []
    for at, line in enumerate(lines):
        middle = middles.get(at, 0)
        result.extend((line[:middle].rstrip(" -"), line[middle:].lstrip(" -")) if middle else (line,))
    return result


def _middle(lines: Sequence[str]) -> int:
    """Where in the first of the lines an attribution begins behind other words and ends with the last; 0 if none."""
    line = lines[0]
    if len(line) > LONGEST or line.lstrip()[:1] == ">" or any(map(_ends_a_paragraph, lines[:-1])):
        return 0
    for found in islice(_IN_THE_MIDDLE.finditer(line), _MOST_OPENINGS):
        joined = " ".join([line[found.end() :], *lines[1:]])
        if _LETTER.search(line[: found.start()]) and (strength(joined) or 0) >= Strength.CERTAIN:
            return found.end()
    return 0


def _ends_a_paragraph(line: str) -> bool:
    return not line.strip() or line.rstrip().endswith(_SENTENCE_END)
