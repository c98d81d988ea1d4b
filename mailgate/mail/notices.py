"""Notices that organisations put below every mail: it is confidential, and who is not meant has to delete it.

`quoting.py` asks at the end of the newly written part, since such a paragraph stands below the signature and would hide
it. It speaks, in one language, both of secrecy or a mistake and of what the wrong reader has to do; a sentence of the
sender about secrecy alone does not. Facts of the organisations, no RFC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailgate.mail.lines import Line

_MOST_LINES = 12
_MOST_PARAGRAPHS = 3
"""In two languages, or in sentences apart."""
_SHORTEST, _LONGEST = 30, 3_000
# What it says of itself, and what the wrong reader is told; each pair in one language.
_WORDS = (
    ("誤って|誤り|誤送信|誤配信|誤受信|心当たり", "場合.{0,80}(?:破棄|削除|消去|廃棄)"),
    (
        r"confidential|privileged|intended (?:only |solely |exclusively )?for",
        r"in error|intended recipient|not the addressee|prohibited|delete",
    ),
    ("vertraulich", "irrtümlich|vernichten|lösch|adressat|empfänger"),
    ("confidentiel", "destinataire|par erreur|détrui|supprim"),
    ("confidencial", "destinat[aá]ri|por error|por engano|por erro|elimin|apag"),
    ("riservat|confidenzial", "destinatari|per errore|cancell"),
    ("vertrouwelijk", "geadresseerde|abusievelijk|verwijder|vernietig"),
    ("konfidentiell|konfidensiell|fortrolig", "mottaga|mottaker|modtager|misstag|feil|fejl|radera|slett"),
    ("luottamuksel", "vastaanottaja|vahingossa|erehdy|tuho|poista"),
    ("poufn", "adresat|pomyłk|usun"),
    ("důvěrn|dôvern", "adresát|příjemc|omyl|smaž|odstra"),
    ("bizalmas", "címzett|tévedés|töröl"),
    ("конфиденциальн|конфіденційн", "адресат|получател|одержувач|ошибк|помилк|удал|видал"),
    ("gizli", "alıcı|yanlışlık|sil"),
    ("保密|机密|機密", "收件人|误|誤|删除|刪除"),
    ("기밀|비밀", "수신인|수신자|잘못|삭제"),
)
_NOTICES = tuple((re.compile(secret), re.compile(astray)) for secret, astray in _WORDS)


def is_notice(paragraph: str) -> bool:
    """Whether the paragraph (its lines joined) is such a notice."""
    if not _SHORTEST <= len(paragraph) <= _LONGEST:
        return False
    folded = paragraph.casefold()
    return any(secret.search(folded) and astray.search(folded) for secret, astray in _NOTICES)


def find_notice(lines: Sequence[str], kinds: Sequence[Line], start: int, end: int) -> int:
    """Where the notices at the end of lines[start:end], with the rules around them, begin; `end` when there is none."""
    found = end
    for _ in range(_MOST_PARAGRAPHS):
        last = _above_what_is_drawn(kinds, start, found)
        first = last
        while first > start and kinds[first - 1] not in (Line.BLANK, Line.RULE, Line.DELIMITER):
            first -= 1
        if not 0 < last - first <= _MOST_LINES or not is_notice(" ".join(map(str.strip, lines[first:last]))):
            break
        found = first
    if found == end:
        return end
    # The box of a signature ends with a rule too: one that a blank line separates from the notice is not the notice's.
    return found - 1 if found > start and kinds[found - 1] is Line.RULE and _is_boxed(kinds, found, end) else found


def _above_what_is_drawn(kinds: Sequence[Line], start: int, end: int) -> int:
    while end > start and kinds[end - 1] in (Line.BLANK, Line.RULE):
        end -= 1
    return end


def _is_boxed(kinds: Sequence[Line], start: int, end: int) -> bool:
    """Whether a rule ends the notice, so that the one above it is its own."""
    last = next((at for at in range(end - 1, start, -1) if kinds[at] is not Line.BLANK), start)
    return kinds[last] is Line.RULE
