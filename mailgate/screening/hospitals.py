"""Hospitals and clinics in their full length, and those that a word for what they treat hides: ひだ発達クリニック.

Before: `words.read_lines`; `whole_hospital` takes what `bodies`, `clinics` and `organisations` found. After: `merge`.
In front of the name stands the body that runs the place (医療法人清和会), behind it a department or a branch (小児科,
駅前分院): left standing they tell as much as the name.

Weakness: a name of common words in hiragana behind a particle, and one that comes after its kind (クリニックはぐくみ).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.body_words import DEPARTMENTS, KINDS_OF_CLINIC, TIMES
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.in_line import finding_in
from mailgate.screening.lexicon import DETERMINERS, GENERIC_BODY, NEVER_A_NAME, REGIONS
from mailgate.screening.plain_names import KINDS
from mailgate.screening.words import NAMING, Line, readings

_PLACE_OF_CARE = (
    "医院|クリニック|病院|診療所|助産院|接骨院|整骨院|鍼灸院|療育園|医療センター|療育センター"
    "|ホスピタル|胃腸科|循環器科|呼吸器科|アレルギー科|赤十字(?:病院)?|日赤|医大(?![学生受合進])"
)
_TAIL = f"(?:(?:{DEPARTMENTS})(?:・?(?:{DEPARTMENTS}))*(?:医院|クリニック|病院|診療所)?|{_PLACE_OF_CARE})"
# What is treated there, or who: it stands between the name and the kind.
_TREATED = (
    "こころ|心|からだ|体|こども|子ども|子供|おとな|大人|親子|発達|小児|メンタル|ファミリー|レディース|アレルギー|ペイン|デンタル"
    "|リハビリテーション|リハビリ|キッズ|ホーム|ケア|睡眠|思春期|内科|総合|中央|記念|診療|支援"
)
_NAMED = re.compile(
    rf"(?P<name>[一-鿿々][一-鿿々ヶ]{{1,4}}|(?<![ぁ-ゖー])[ぁ-ゖー]{{2,6}}[がヶケ]丘|[ァ-ヺー]{{3,10}}|[ぁ-ゖー]{{2,8}}?|(?<![一-鿿々])[山丘坂森海川浜里緑空杜]の上)"
    rf"(?P<treated>(?:(?:{_TREATED})[のと・]?){{0,4}}){_TAIL}"
)
# Whatever a prefecture founded there is one of.
_FOUNDED = re.compile(
    "(?:[一-鿿々]{1,5}[都道府県市町村]|(?<![一-鿿])[都道府県市町村国])立(?P<name>[一-鿿々ぁ-ゖァ-ヺー・]{2,14}?)"
    "(?:病院|医療センター|研究センター|病センター|療育園)|(?<![一-鿿])県[東西南北央](?:病院|医療センター)"
)
_SIGN = re.compile("[科院所クター赤大園]")
_SURE_SIGN = re.compile(f"{_TAIL}|(?:研究|病)センター")
_ABOVE = re.compile("[一-鿿]の上")
_KANJI = re.compile("[一-鿿々]")
_OPENS = frozenset("のはがをにもでとへや")
_BEFORE_A_NAME = _OPENS | frozenset("たるい")
_ENDS_VERB = re.compile("[ぁ-ゖ]{0,3}?(?:した|った|いた|ている|する)(?=..)")
_ONLY_TREATED = re.compile(f"(?:{_TREATED})+")
_SAYS_WHICH = tuple("なういるたのてでもとにはがをくず")
_RUN_BY = re.compile(
    "(?:(?:(?:社会|特定)?医療法人|(?:一般|公益)?(?:財団|社団)法人|(?:地方)?独立行政法人|国立大学法人|学校法人|社会福祉法人|国民健康保険|国保"
    "|厚生連|JCHO|JA|共済組合)(?:社団|財団|直営)?(?:[一-鿿々ぁ-ゖァ-ヺー]{1,12}[会団構連])?[ ・]?){1,3}$"
)
_LONGEST_AHEAD = 30
_JOINED_AHEAD = re.compile(
    "(?:(?<![一-鿿々])[一二三四五六七八九十山丘森海川浜里緑]の|[一-鿿々ァ-ヺー]{2,6}[ヶケッツノ]|(?<![一-鿿々])[一-鿿][ヶケッツ])$"
)
# 小児科さとう医院
_TREATS = re.compile(f"(?:(?:{DEPARTMENTS})・?){{1,3}}$")
_HEARTS = frozenset("宮丸上森里丘台杜関沢谷瀬原井坂木")
_BRANCH = re.compile(
    rf"(?:(?:{DEPARTMENTS}|[一-鿿々]{{0,4}}(?:小児|精神|救急|神経|療育|発達)[一-鿿々]{{0,2}}(?:科|外来|病棟))"
    rf"|・?(?:[一-鿿々]{{2,5}}|[ァ-ヺー]{{3,8}})科(?![学目長医])|外来|病棟|[・](?:{DEPARTMENTS})|(?:附属|付属)?[一-鿿々ァ-ヺー]{{0,6}}(?:分院|分室|サテライト|医療センター|救命救急センター|病院)"
    "|(?<=クリニック)[一-鿿々]{0,4}(?:院(?![長内外])|本院|駅前|[東西南北]口)"
    "){1,3}(?:クリニック|医院)?"
)
_OF_CARE = re.compile(f"(?:{_TAIL}|センター)$")


def find_hospitals(text: str, line: Line) -> Iterator[Finding]:
    """The places of care in one line of `text` whose name only their characters show."""
    if not _SIGN.search(line.text) or not _SURE_SIGN.search(line.text):
        return
    for match in _NAMED.finditer(line.text):
        cut = _cut(line.text, match)
        if cut is not None:
            yield _finding(text, line, match.start() + cut, match.end(), Tier.SURE)
    for match in _FOUNDED.finditer(line.text) if "立" in line.text or "県" in line.text else ():
        if match["name"] not in _KINDS_FOUNDED:
            yield _finding(text, line, match.start(), match.end(), Tier.UNSURE)


def whole_hospital(text: str, line: Line, finding: Finding) -> Finding:
    """A finding in one line of `text`; that of a place of care with who runs it, and its department or branch."""
    if finding.label is not Label.ORGANISATION or not _OF_CARE.search(finding.text):
        return finding
    at = start = finding.start - line.start
    if line.text[at] in _HEARTS:
        joined = _JOINED_AHEAD.search(line.text, max(0, at - 8), at)
        start = at if joined is None else joined.start()
    run_by = _RUN_BY.search(line.text, max(0, start - _LONGEST_AHEAD), start)
    start = start if run_by is None else run_by.start()
    treats = _TREATS.search(line.text, max(0, start - _LONGEST_AHEAD), start)
    start = start if treats is None else treats.start()
    branch = _BRANCH.match(line.text, finding.end - line.start)
    end = finding.end - line.start if branch is None else branch.end()
    return _finding(text, line, start, end, finding.tier)._replace(reason=finding.reason)


def _finding(text: str, line: Line, start: int, end: int, tier: Tier) -> Finding:
    return finding_in(text, line, start, end, Label.ORGANISATION, tier, "name of a place of care")


_KINDS_FOUNDED = frozenset({"総合", "大学", "市民", "県民", "動物", "精神科"})


def _cut(line: str, match: re.Match[str]) -> int | None:
    """Where the name starts within the characters in front of what is treated, or None where they are no name."""
    name, before = match["name"], line[match.start() - 1 : match.start()]
    if _ABOVE.fullmatch(name) or (name[-1] == "丘" and not _KANJI.match(name)):
        return 0
    if _KANJI.match(name):
        if _KANJI.match(before) or name in _NO_NAME or name.endswith(_ENDS_KIND):
            return None
        return 0 if readings(name) & NAMING else None
    if "ァ" <= name[0] <= "ー":
        known = "ァ" <= before <= "ー" or name in KINDS_OF_CLINIC or name in _NO_NAME
        return None if known or _ONLY_TREATED.fullmatch(name) else 0
    return _cut_in_kana(name, before, bool(match["treated"]))


def _cut_in_kana(name: str, before: str, treated: bool) -> int | None:
    """ひだ, of 紹介したひだ発達クリニック: behind a particle, a verb or an edge, and no word that says which."""
    if "ぁ" <= before <= "ゖ" or name.endswith(DETERMINERS) or not treated:
        return None
    ends_a_word = bool(_KANJI.match(before))
    for cut in range(len(name) - 1):
        opens = name[cut - 1] in _BEFORE_A_NAME if cut else not ends_a_word
        if opens and name[cut:] not in _NO_NAME and readings(name[cut:]) & NAMING:
            return cut
    verb = _ENDS_VERB.match(name)
    cut = verb.end() if verb is not None else int(name[0] in _OPENS)
    rest = name[cut:]
    plain = rest in _NO_NAME or rest.endswith(_SAYS_WHICH) or _ONLY_TREATED.fullmatch(rest)
    return None if plain or len(rest) < 3 - bool(verb) or (ends_a_word and not cut) else cut


_NO_NAME = GENERIC_BODY | TIMES | KINDS | REGIONS | NEVER_A_NAME
_ENDS_KIND = tuple("立内外部科的者型系用別各")
