"""Names in Latin letters: after Mr., before -sensei, below "Best regards,", romanised Japanese, and schools.

Before: `width.fold`. After: `mentions` and `merge`. Only shapes; there is no English dictionary, so a pair of
capitalised words that could be romanised Japanese is UNSURE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier

_WORD = r"[A-Z][a-z'’-]{1,20}"
_NAME = rf"{_WORD}(?: {_WORD}){{0,2}}"
# The first character of a pattern comes before what must not stand in front of it, since only then the search can skip.
_FIRST = r"(?<![A-Za-z].)"
_ROMAJI = re.compile(
    r"(?:(?:kk?|gg?|ss?|zz?|tt?|d|n|h|b|pp?|m|y|r|w|f|j|[kgnhbpmr]y|ss?h|tt?s|t?ch)?[aiueo]"
    r"|n(?![aiueoy])|m(?=[bmp])){1,12}"
)
_SCHOOL = re.compile(
    r"(?<![A-Za-z])(?!(?:The|A|An|My|Our|This|That|Public|Private|Local|Junior|Senior|Former) )"
    r"(?:[A-Z][a-z'’-]{1,20} ){1,3}?"
    r"(?:(?:Elementary|Primary|Junior High|Middle|Senior High|High|Secondary|International"
    r"|Special Needs|Nursery) School"
    r"|International Academy|Kindergarten|University|Academy|College|Gakuen|Gakuin)(?![a-z])"
)
_SCHOOLISH = re.compile("School|Academy|Kindergarten|University|College|Gaku")
_CAPITAL = re.compile(r"[A-Z][A-Za-z]")
_JAPANESE = "さん|くん|君|先生|様|氏"

_RULES = (
    (
        "name after a title",
        Tier.SURE,
        re.compile(rf"[MDP]{_FIRST}(?:(?<=M)(?:rs?|s|iss|x)|(?<=D)r|(?<=P)rof)\.? (?P<it>{_NAME})"),
    ),
    (
        "name before a title",
        Tier.SURE,
        re.compile(
            rf"(?P<it>[A-Z]{_FIRST}(?:[a-z'’-]{{1,20}}(?: {_WORD})?|[A-Z]{{3,12}}))"
            r"(?=[ -](?:sensei|san|kun|chan|sama)(?![a-z])|さん|くん|君|先生|様|氏)"
        ),
    ),
    (
        "the writer's own name",
        Tier.SURE,
        re.compile(
            rf"[Mmnch]{_FIRST}(?:(?<=[Mm])y name is|(?<=n)amed|(?<=c)alled|(?<=h)(?:is|er) name is) (?P<it>{_NAME})"
        ),
    ),
    (
        "the writer's own name",
        Tier.SURE,
        re.compile(rf"[IT]{_FIRST}(?:(?<=I)(?: am|'m)|(?<=T)his is) (?P<it>{_WORD} {_WORD})"),
    ),
    (
        "name below a closing",
        Tier.SURE,
        re.compile(
            r"[RrSsTtBbYy](?:(?<=[Rr])egards|(?<=[Ss])incerely|(?<=[Tt])hank(?: you|s)|(?<=[Yy])ours"
            r"|(?<=[Bb])est(?: wishes)?),?[ \t]{0,4}\n{1,3}"
            rf"[ \t]{{0,4}}(?P<it>{_NAME})[ \t]{{0,4}}(?=\n|$)"
        ),
    ),
)
_PAIR = re.compile(
    r"(?P<first>[A-Z](?<![A-Za-z'-].)(?:[a-z]{2,11}|[A-Z]{2,11})) (?P<last>[A-Z][a-z]{2,11}|[A-Z]{3,12})(?![A-Za-z'-])"
)

_INITIAL = re.compile(r"[A-Z](?<![A-Za-z].)\. ?(?P<last>[A-Z][a-z]{2,11})(?![A-Za-z'-])")


def find_latin_names(text: str, folded: str) -> Iterator[Finding]:
    """The persons and schools named in Latin letters in `text`; `folded` is `width.fold(text)`. Titles stay outside."""
    if not _CAPITAL.search(folded):
        return
    for match in _SCHOOL.finditer(folded) if _SCHOOLISH.search(folded) else ():
        yield Finding(*match.span(), text[slice(*match.span())], Label.SCHOOL, Tier.SURE, "English name of a school")
    for reason, tier, pattern in _RULES:
        for match in pattern.finditer(folded):
            start, end = match.span("it")
            if match["it"].isupper() and not _romanised(match["it"]):  # PTA様
                continue
            yield Finding(start, end, text[start:end], Label.PERSON, tier, reason)
    for match in _PAIR.finditer(folded):
        if all(_romanised(match[part]) for part in ("first", "last")) and len(match[0]) >= 8:
            start, end = match.span()
            yield Finding(start, end, text[start:end], Label.PERSON, Tier.UNSURE, "looks like a Japanese name")
    for match in _INITIAL.finditer(folded) if "." in folded else ():
        if _romanised(match["last"]):
            yield Finding(
                *match.span(), text[slice(*match.span())], Label.PERSON, Tier.UNSURE, "looks like a Japanese name"
            )


def _romanised(word: str) -> bool:
    return bool(_ROMAJI.fullmatch(word.lower()))
