"""Schools that their characters show: つくし保育園, 学区にはのぞみ中学校が, 市立長命小学校.

Before: `words.read_lines`. After: `merge`, beside `bodies`, which goes by words. The tokenizer reads such names as
verbs and particles (尽くし), so this rule goes by characters, as `clinics` does: hiragana that is a word, and whatever
stands between 市立 and 小学校 and makes no kind of school.

Weakness: a name that is no word of the dictionary behind a particle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.given_names import GIVEN_NAMES
from mailgate.screening.lexicon import DETERMINERS, GENERIC_BODY, words_of
from mailgate.screening.plain_names import ALSO_NAMES, says_a_kind
from mailgate.screening.short_schools import founded
from mailgate.screening.words import NAMING, Kind, Line, readings

_TAIL = (
    "(?P<tail>(?:[がのヶケ]?[丘台野原里森])?(?:第[一二三]|[東西南北])?(?:小学校|中学校|高等学校|高校|義務教育学校|特別支援学校|支援学校|養護学校|ろう学校"
    "|保育園|保育所|幼稚園|こども園|学園|学院))"
)
_NAMED = re.compile(rf"(?P<name>[ぁ-ゖー]{{2,9}}){_TAIL}")
_FOUNDED = re.compile(
    rf"[市町村区県都府道国私]立(?P<name>[一-鿿々ヶァ-ヺー][一-鿿々ヶァ-ヺーのがケ]{{0,7}}?|[ぁ-ゖー]{{2,6}}?){_TAIL}"
)
_KANJI = re.compile("[一-鿿々]")
_ENDS = re.compile("校|園|保育所|学院")
_PARTICLES = "のはがをにともでへや"
_LIKE_A_NAME = NAMING | {Kind.NOUN}
# Which school, and not what it is called.
_SAYS_WHICH = words_of("""
    となり ちかく おなじ べつ ほか ある いまの わたし うち みんな こども ことば おとな ふつう もと まえ つぎ むかし
    いま いつも よう ところ とき うえ した なか そと ため もの こと たち ほう まち むら さき あと じもと ひとつ ふたつ
    これ それ あれ どれ ここ そこ あそこ どこ こちら そちら どちら だれ なに など なか
    """)


def find_kana_schools(text: str, line: Line) -> Iterator[Finding]:
    """The schools with a name in hiragana in one line of `text`, each with the whole of its kind."""
    if not _ENDS.search(line.text):
        return
    for match in _FOUNDED.finditer(line.text) if "立" in line.text else ():
        name = match["name"]
        kind = says_a_kind(name) and name not in ALSO_NAMES
        if not kind and name[0] not in _PARTICLES and not name.endswith(("の", "が")):
            start = min(line.start + match.start(), founded(line, line.start + match.start("name")))
            end = line.start + match.end()
            yield Finding(start, end, text[start:end], Label.SCHOOL, Tier.SURE, f"name with {match['tail']}")
    for match in _NAMED.finditer(line.text):
        cut = _cut(match["name"], line.text[match.start() - 1 : match.start()])
        if cut is not None:
            start, end = line.start + match.start() + cut, line.start + match.end()
            yield Finding(start, end, text[start:end], Label.SCHOOL, Tier.SURE, f"name with {match['tail']}")


def _cut(run: str, before: str) -> int | None:
    """Where the name starts within the hiragana in front of 小学校: behind a particle, or at its edge, unless the
    character in front is a kanji that it ends (小さな小学校).
    """
    if run.endswith(DETERMINERS):  # まえの小学校
        return None
    ends_a_word = before != "立" and bool(_KANJI.match(before))
    for cut in range(len(run) - 1):
        name = run[cut:]
        opens = run[cut - 1] in _PARTICLES if cut else not ends_a_word
        plain = name in GENERIC_BODY or name in _SAYS_WHICH
        if opens and not plain and (name in GIVEN_NAMES or (len(name) > 2 and readings(name) & _LIKE_A_NAME)):
            return cut
    return None
