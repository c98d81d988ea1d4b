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
from mailgate.screening.school_stems import founded
from mailgate.screening.words import NAMING, Kind, Line, names_a_thing, readings

_TAIL = (
    "(?P<tail>(?:[がのヶケ]?[丘台野原里森])?(?:第[一二三]|[東西南北])?(?:小学校|中学校|高等学校|高校|義務教育学校|特別支援学校|支援学校|養護学校|ろう学校"
    "|保育園|保育所|幼稚園|こども園|学園|高等学院|学院|分校))"
)
_NAMED = re.compile(rf"(?P<name>[ぁ-ゖー]{{2,9}}){_TAIL}")
_FOUNDED = re.compile(
    rf"[市町村区県都府道国私]立(?P<name>[一-鿿々ヶァ-ヺー][一-鿿々ヶァ-ヺーのがケ]{{0,7}}?|[ぁ-ゖー]{{2,6}}?){_TAIL}"
)
_BEHIND_KANA = re.compile(rf"[ぁ-ゖー]{_TAIL}")
_KANJI = re.compile("[一-鿿々]")
_ENDS = re.compile("[校園所院]")
_BEFORE_A_NAME = tuple("立市町村区県属会")
_PARTICLES = "のはがをにともでへや"
_LIKE_A_NAME = NAMING | {Kind.NOUN}
# Which school, and not what it is called.
_SAYS_WHICH = words_of("""
    となり ちかく おなじ べつ ほか ある いまの わたし うち みんな こども ことば おとな ふつう もと まえ つぎ むかし
    いま いつも よう ところ とき うえ した なか そと ため もの こと たち ほう まち むら さき あと じもと ひとつ ふたつ
    あたり ちほう くに けん いなか おか うみ
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
    for match in _NAMED.finditer(line.text) if _BEHIND_KANA.search(line.text) else ():
        town = _town_before(line, line.start + match.start())
        if town is not None and match["name"][0] not in _PARTICLES:
            end = line.start + match.end()
            yield Finding(town, end, text[town:end], Label.SCHOOL, Tier.SURE, f"name with {match['tail']}")
            continue
        cut, tier = _cut(match["name"], line.text[match.start() - 1 : match.start()]), Tier.SURE
        if cut is None and match["tail"] in _SELDOM_BEHIND_PROSE:
            cut, tier = _made_up(line, line.start + match.start(), match["name"]), Tier.UNSURE
        if cut is not None:
            start, end = line.start + match.start() + cut, line.start + match.end()
            yield Finding(start, end, text[start:end], Label.SCHOOL, tier, f"name with {match['tail']}")


def _town_before(line: Line, at: int) -> int | None:
    """The start of the town right in front of hiragana at offset `at`: 越前 of 越前みくに中学校."""
    index = line.before(at) - 1
    word = line.words[index] if index >= 0 else None
    town = word is not None and word.end <= at and (Kind.PLACE in readings(word.text) or word.text in _ERAS)
    return word.start if word is not None and town and word.end == at else None


def _made_up(line: Line, at: int, run: str) -> int | None:
    """うみかぜ of にあるうみかぜ学園: what no dictionary has, and no sentence puts before a noun."""
    for cut in range(len(run) - 3, -1, -1):
        name = run[cut:]
        opens = run[cut - 1] in _PARTICLES if cut else at == line.start or not line.text[at - line.start - 1].isalnum()
        starts = opens or (cut > 0 and line.ending(at + cut) is not None and run[cut - 1] in _ENDS_VERB)
        if starts and name not in _SAYS_WHICH and name[-1] not in _BEFORE_A_NOUN and not readings(name):
            return cut
    at_an_edge = at == line.start or not line.text[at - line.start - 1].isalnum()
    thing = run.endswith("の") and run[:-1] not in _SAYS_WHICH and names_a_thing(run[:-1])  # にじの
    unheard = run.endswith("も") and len(run) > 2 and not readings(run)  # つくも
    return 0 if at_an_edge and (thing or unheard) else None


_ERAS = words_of("明治 大正 昭和 平成 令和 中央 国際")
# 学校 follows an adverb as well (それから学校に), these hardly ever.
_SELDOM_BEHIND_PROSE = frozenset({"学園", "学院", "高等学院", "保育園", "幼稚園", "こども園"})
_ENDS_VERB = "るたいうくすむ"
_BEFORE_A_NOUN = frozenset("のなるたいうくすつぬむぐぶはがをにともでへやからり")


def _cut(run: str, before: str) -> int | None:
    """Where the name starts within the hiragana in front of 小学校: behind a particle, or at its edge, unless the
    character in front is a kanji that it ends (小さな小学校).
    """
    if run.endswith(DETERMINERS):  # まえの小学校
        return None
    ends_a_word = before not in _BEFORE_A_NAME and bool(_KANJI.match(before))
    for cut in range(len(run) - 1):
        name = run[cut:]
        opens = run[cut - 1] in _PARTICLES if cut else not ends_a_word
        plain = name in GENERIC_BODY or name in _SAYS_WHICH
        if opens and not plain and (name in GIVEN_NAMES or (len(name) > 2 and readings(name) & _LIKE_A_NAME)):
            return cut
    return None
