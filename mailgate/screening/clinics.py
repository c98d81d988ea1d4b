"""Clinics named by a surname in hiragana, and public centres: ながしま歯科, 県立こども医療センター.

Before: `words.read_lines`. After: `merge`, beside `bodies`, which goes by words. The tokenizer reads such surnames as
verbs and particles, so this rule goes by characters, and has to tell a name from what only says which clinic
(おおきな病院, ちがう歯科).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.body_words import DEPARTMENTS
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import DETERMINERS, GENERIC_BODY
from mailgate.screening.words import NAMING, Line, readings

_TAIL = f"(?:{DEPARTMENTS})(?:医院|クリニック|病院|診療所)?|医院|クリニック|病院|診療所|助産院|[接整]骨院"
_IN_KANA = re.compile(rf"(?<![ぁ-ゖー])(?P<name>[ぁ-ゖー]{{2,7}})(?P<tail>{_TAIL})")
# 公立おいたま病院: behind who founded it stands the name, whatever it looks like.
_KANJI = re.compile("[一-鿿々]")
_FOUNDED = re.compile("[公国私県市町村都府道]立$")
# One of them ends each tail, ク that of クリニック.
_ANY = re.compile("[科院所ク]")
_LIKE_A_SURNAME = re.compile(
    "(?:もと|さと|とう|どう|ぐち|うち|うえ|まえ|むら|かわ|がわ|やま|しま|だ|べ|ざき|もり|はら|ざわ|はし|まつ)$"
)
# A word that ends so says which clinic, unless it ends like a surname: おおきな, ちがう, いつもの.
_SAYS_WHICH = tuple("なういるたのてでもとにはがをくずえまち")
# There is one of a kind in a prefecture, so it tells where; 市立病院 does not.
_PUBLIC_CENTRE = re.compile(
    "(?:(?<![一-鿿])|(?<=[一-鿿]{2}))[都道府県国]立[一-鿿ぁ-ゖァ-ヺー]{2,10}?(?:医療|療育|発達|支援|リハビリテーション|がん)センター"
)


def find_clinics(text: str, line: Line) -> Iterator[Finding]:
    """The clinics with a name in hiragana (SURE) and the centres of a prefecture (UNSURE) in one line of `text`."""
    if _ANY.search(line.text):
        for match in _IN_KANA.finditer(line.text):
            founder = _FOUNDED.search(line.text, max(0, match.start() - 2), match.start())
            behind_kanji = bool(_KANJI.match(line.text[match.start() - 1 : match.start()]))
            cut = (
                _start(match["name"], behind_kanji)
                if founder is None or match["name"][0] == "の"
                else -len(founder.group())
            )
            if cut is not None:
                start, end = line.start + match.start() + cut, line.start + match.end()
                yield Finding(start, end, text[start:end], Label.ORGANISATION, Tier.SURE, f"name with {match['tail']}")
    if "センター" in line.text:
        for match in _PUBLIC_CENTRE.finditer(line.text):
            start, end = line.start + match.start(), line.start + match.end()
            yield Finding(start, end, text[start:end], Label.ORGANISATION, Tier.UNSURE, "public centre")


def _start(name: str, behind_kanji: bool) -> int | None:
    """Where the name starts within the hiragana in front of 歯科: 母はやまもと is はやまもと or やまもと.

    Behind a kanji the run begins with a particle, or else ends a word: 近くの病院.
    """
    particle = name[0] in "はのがをにもでと"
    if name in GENERIC_BODY or name.endswith(DETERMINERS) or (behind_kanji and not particle):
        return None
    for cut in (0, 1) if particle else (0,):
        if len(name) - cut >= 2 and readings(name[cut:]) & NAMING:
            return cut
    likely = bool(_LIKE_A_SURNAME.search(name)) or not name.endswith(_SAYS_WHICH)
    return particle if len(name) - particle >= 3 and likely else None
