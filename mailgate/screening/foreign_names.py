"""Bare names in katakana or Latin letters: レオは施設から, アリ・レザが, ALTのEmily, 校長はAokiです.

Before: `persons`, `latin_names`. After: `merge`. Only a whole run of its script is a name here, and only where a word
of a sentence ends behind it (は, の, 、). What the dictionary has as nothing else than a name, or what is romanised
Japanese, is one anywhere; a word with another meaning (カノン, Park) or an unknown one needs a role in front, a mother
behind, or, where the text names others, to open a clause. Once that is seen, the same word is found in all its places.
All of it is UNSURE: there are brands and terms that nobody has listed.

Weakness: a word that is a thing too and never stands beside a role (モモは); で behind it (Zoomで) is never a person's.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.given_names import GIVEN_NAMES
from mailgate.screening.lexicon import ADDRESSING, ADULT_ROLES, CHILD_ROLES, either, words_of
from mailgate.screening.romaji import hiragana_spellings
from mailgate.screening.width import hiragana
from mailgate.screening.words import PERSONAL, Kind, readings

# The first character comes before what must not stand in front of it, since only then the search can skip.
_RUN = re.compile(
    "[ァ-ヺA-Z](?:(?<=[ァ-ヺ])(?<![ァ-ヺー・=一-鿿A-Za-z0-9].)[ァ-ヺー]{1,8}(?:[・=][ァ-ヺー]{1,9}){0,3}(?![ァ-ヺー・=])"
    "|(?<=[A-Z])(?<![A-Za-z0-9@._/&'#-].)(?<![A-Za-z.,!?'] .)[a-z]{1,11}(?: [A-Z][a-z]{1,11}){0,2}"
    "(?![A-Za-z0-9@._/&'#-]| [A-Za-z0-9]))"
)
_ANY = re.compile("[ァ-ヺ][ァ-ヺー]|[A-Z][a-z]")
_AHEAD = re.compile(
    "(?P<kin>の(?:お?母|お?父|お?兄|お?姉|弟|妹|祖父|祖母|ご?両親|親[はがにのと])|という(?:子|名|男|女|生徒|児童|人|方)|と名乗|と呼ば|自身|本人)"
    "|(?P<near>の(?:保護者|ご?家[はがにのと庭族]|気持ち|様子|担任|ランドセル|成績))|(?P<subject>[はが](?![ァ-ヺ]))"
    r"|(?P<edge>[もとをにへの、。)」]|です|でした|から|より|だけ|たち|って|\(|,| |$)"
)
# What somebody does, in the clause that the name opens.
_ACTS = re.compile(
    "[はが][^。、\n]{0,10}(?:泣|言[わいうえっ]|休|怒|笑|話[しさせ]|叩|殴|蹴|黙|座|住|働|辞|通[っいう]|欠席|登校|転校|帰|聞[いかき]|食べ|入院|倒れ|謝"
    "|[歳才年][生児で]|逃げ|叫|遅刻|早退)"
)
_ROLES = (
    ADULT_ROLES
    | CHILD_ROLES
    | words_of("ALT JTE AET 学生 留学生 転入生 転校生 部員 部長 教員 教諭 担任 児童 生徒 本人 私")
)
_ROLE = re.compile(f"(?:{either(_ROLES)})[のは]「?$|(?:児童|生徒|園児|本人|担任|氏名|私)(?: |、)$")
_OPENS = re.compile(r"(?:^|[、。「(\s・])$")
_WINDOW = 8
_LONGEST_UNKNOWN = 6
# 200 different words a text at most are looked for again.
_MOST_NAMES = 200
# Words of another meaning, too, or unknown to the dictionary of `words`: names that pupils and assistant teachers bear.
_FOREIGN = words_of("""
    Aaron Abdul Adam Ahmed Aisha Alan Alex Ali Alice Amanda Amir Amy Ana Andrea Andrew Andy Angela Anh Anita Ann Anna
    Anne Annie Anthony Arjun Ben Bernard Beth Bob Brandon Brian Bruno Carl Carlos Carol Caroline Catherine Charles
    Charlie Chen Chloe Chris Christine Cindy Claire Colin Cruz Daisy Dan Daniel David Dean Diana Diego Dylan Ed Edward
    Elena Elizabeth Ella Emily Emma Eric Erik Ethan Eva Evan Fatima Felix Fernando Frank Gabriel Garcia Gary George
    Grace Greg Hannah Harry Hassan Heather Helen Henry Huang Hugo Ian Ibrahim Irene Isabel Isabella Ivan Jack Jackie
    Jacob James Jane Janet Jason Jay Jean Jeff Jennifer Jenny Jeremy Jerry Jessica Jessie Jim Jimmy Joan Joe John
    Johnny Jonathan Jose Joseph Josh Joshua Joy Juan Judy Julia Julian Julie Justin Karen Kate Katherine Kathy Katie
    Keith Kelly Kevin Kim Kumar Kyle Laura Lauren Lee Leo Leon Liam Lily Linda Lisa Liu Logan Louis Lucas Lucy Luis
    Luke Maria Marcos Marcus Margaret Mario Mark Martin Mary Mason Matt Matthew Max Megan Mei Melissa Mia Michael
    Michelle Miguel Mike Mohamed Molly Muhammad Nancy Nathan Nguyen Nick Nicole Noah Oliver Olivia Omar Oscar Park
    Patricia Patrick Paul Pedro Peter Pham Phil Philip Priya Rachel Raj Ravi Rebecca Reyes Richard Rick Robert Robin
    Roger Rosa Rose Ryan Sam Samuel Sandra Santos Sara Sarah Scott Sean Sharma Simon Singh Smith Sofia Sophia Sophie
    Stephen Steve Steven Susan Taylor Ted Thomas Tim Tina Tom Tony Tracy Tran Tyler Victor Victoria Wang William Yang
    Zack Zhang Zhao Zoe Baker Black Brown Carter Clark Cook Davis Evans Green Hall Harris Hill Jackson Johnson Jones
    King Lewis Miller Moore Murphy Nelson Parker Roberts Robinson Thompson Turner Walker Ward Watson White Williams
    Wilson Wood Wright Young
    """)

# Flowers, birds and trains, in katakana mostly themselves.
_IN_NATURE = words_of(
    "サクラ モモ ウメ ラン キク ユリ ヒナ ツバメ ヒバリ ミズキ カエデ アオイ スミレ ミドリ ヒカリ ノゾミ ツバサ ボタン"
)


class _Word(Enum):
    """What a word says by itself."""

    NAME = auto()  # レオ, Yoshida
    BOTH = auto()  # カノン, Park: a name and something else
    THING = auto()  # マイク: something else, and a name too
    UNKNOWN = auto()  # リアム, Ohanami


def find_foreign_names(text: str, folded: str, names_others: bool) -> list[Finding]:
    """The bare names in katakana and Latin letters in `text`; `names_others`: whether it holds other names."""
    if not _ANY.search(folded):
        return []
    words = (match for match in _RUN.finditer(folded) if _judged(match.group()) is not None)
    seen = [match for match in words if _AHEAD.match(folded, match.end())]
    names = {match.group() for match in seen if _stands_as_a_name(folded, match, names_others)}
    parts = {part for name in names for part in re.split("[・= ]", name) if len(part) > 1}
    if len(names) > _MOST_NAMES:
        parts = set()
    return [
        Finding(
            *match.span(), text[slice(*match.span())], Label.PERSON, Tier.UNSURE, "name in katakana or Latin letters"
        )
        for match in seen
        if match.group() in names or match.group() in parts
    ]


def _stands_as_a_name(folded: str, match: re.Match[str], names_others: bool) -> bool:
    word = _judged(match.group())
    if word is None or word is _Word.NAME:
        return word is not None
    ahead = _AHEAD.match(folded, match.end())
    right = "" if ahead is None else str(ahead.lastgroup)
    before = folded[max(0, match.start() - _WINDOW) : match.start()]
    role = bool(_ROLE.search(before))
    if right == "kin" and (role or names_others):
        return True
    if word is _Word.THING:
        return False
    unknown = word is _Word.UNKNOWN
    if role and (right != "edge" or not unknown or match.group().isascii()):
        return True
    if not names_others or not _OPENS.search(before):
        return False
    if right == "near":
        return not unknown
    acts = bool(_ACTS.match(folded, match.end()))
    if unknown or match.group() in _IN_NATURE:
        return acts and len(match.group()) <= _LONGEST_UNKNOWN
    return acts or right == "subject"


@lru_cache(2000)
def _judged(run: str) -> _Word | None:
    """What the word is by itself; None where it can be no name."""
    if ADDRESSING.fullmatch(run):
        return None
    if run.isascii():
        return _judged_latin(run)
    parts = re.split("[・=]", run)
    if len(parts) > 1:
        whole = any(_only_a_name(part) for part in parts) and not any(_a_thing(part) for part in parts)
        return _Word.NAME if whole else None
    if _only_a_name(run):
        return _Word.NAME if readings(run) else _Word.UNKNOWN
    if hiragana(run) in GIVEN_NAMES:
        return _Word.BOTH
    return _Word.THING if readings(run) & PERSONAL else None


def _only_a_name(part: str) -> bool:
    """A name, or unknown."""
    known = readings(part)
    return not known or (bool(known & PERSONAL) and not known & _OTHERWISE)


def _a_thing(part: str) -> bool:
    known = readings(part)
    return Kind.NOUN in known and not known & PERSONAL


_OTHERWISE = frozenset({Kind.NOUN, Kind.PLACE, Kind.COUNTRY, Kind.OTHER})


def _judged_latin(run: str) -> _Word | None:
    words = run.split()
    if any(word in _FOREIGN for word in words):
        return _Word.NAME if len(words) > 1 or not readings(run) else _Word.BOTH
    if all(map(_japanese, words)):
        return _Word.NAME
    known = [readings(word) for word in words]
    return _Word.UNKNOWN if not any(known) else None


def _japanese(word: str) -> bool:
    """Whether the dictionary has a name that is romanised so: Nakagawa, Ohara, Mika."""
    if len(word) < 3 or (len(word) < 5 and word.endswith("e")):  # Home, Note
        return False
    return any(kana in GIVEN_NAMES or _surname(kana) for kana in hiragana_spellings(word.lower()))


def _surname(kana: str) -> bool:
    return len(kana) > 2 and bool(readings(kana) & {Kind.SURNAME, Kind.GIVEN})
