"""By which spellings a person or a school of the register is known, and what has to stand around one so that it counts.

Before: the register's own spelling. After: `desk/watchlist.py` looks for them in a text that `desk/compact.py` has made
plain. Pure.

Whoever belongs to a case is looked for by every short form (水原, 南小). Of all other schools of the register only what
names one school and no word of every day: full names, and aliases from four characters on (みどり台小, but not 中央小,
of which every second town has one). A surname of one character and a given name count only where a form of address
shows that a person is meant. Telephone numbers are not in the register.

Known weaknesses: a surname that is the beginning of an unregistered place (小田 in 小田原) counts; without a reading
in kana there is no spelling in Latin letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from mailgate.desk.compact import compact
from mailgate.desk.people import Member, Person, School
from mailgate.desk.romaji import romaji
from mailgate.desk.school_names import names_of, school_names
from mailgate.screening.lexicon import words_of
from mailgate.screening.short_latin import FEW, FEWEST

_KANJI = re.compile(r"[一-鿿々\U00020000-\U0003ffff]+")
_KANA = re.compile(r"[ぁ-ゖー]+")
_LATIN = re.compile(r"[a-z]+")
_BETWEEN_NAMES = re.compile(r"[\s,、，・･]+")
_BETWEEN_WORDS = re.compile(r"[\s、，,;；/／・()（）「」]+")
_FOUNDER = re.compile(r"^.{0,20}?(?:[都道府県市区町村組合]立|私立|国立)")
_GENERIC = re.compile(
    r"(?:元|現|旧|前|非常勤|公立|私立|国立|市立|県立|都立|区立|町立|村立|小(?:学校?)?|中(?:学校?)?|高等学校|高校|特別支援学校|学校|大学院?|学園"
    r"|幼稚園|保育園|教育委員会|教育|法律|会計|特許|心理|相談|総合|事務所|研究所|病院|クリニック|くりにっく|センター|せんたー|室"
    r"|教員|教諭|教師|講師|校長|副校長|教頭|主幹|指導主事|弁護士|臨床心理士|公認心理師|心理士|カウンセラー|かうんせらー|会社員|主婦|退職|在職|勤務|担当|職員){1,8}"
)
_GA = re.compile(r"(?<=[ぁ-ん一-鿿])[ゖけが](?=[一-鿿])")
_ROLE_ACCOUNTS = words_of("""
    info mail office admin contact webmaster postmaster school sensei teacher soudan desk support
    """)
_LEAST_LOCAL_PART = 4
_LEAST_OF_ANY_SCHOOL = 4
_LONG_LATIN = 7
"""From so many letters on a Latin name is found within a longer word too."""


class Stands(Enum):
    """What has to stand around a spelling so that it counts."""

    ANYWHERE = auto()
    NO_PLACE = auto()  # 山口 but not 山口県
    ADDRESSED = auto()  # めぐみ only before さん and the like
    SHORT_SCHOOL = auto()  # 南小 but not 南小さな
    WORD = auto()  # one Latin word, its letters together or all apart
    SHORT_LATIN = auto()  # Dee alone on its line, or where somebody is addressed
    WORDS = auto()  # several Latin words, no letter on either side


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling to look for, compact."""

    text: str
    stands: Stands


def forms_of_person(person: Person) -> frozenset[Form]:
    """Name, reading and its Latin spellings, in both orders and the surname alone; each address and its local part."""
    forms = {form for name in (person.name, person.kana) if name for form in _name_forms(name)}
    forms |= {form for address in person.addresses for form in _address_forms(address.local, address.domain)}
    return frozenset(forms)


def forms_of_affiliations(member: Member) -> frozenset[Form]:
    """What the member wrote about places of work, but for words that many share (小学校教員)."""
    return frozenset(form for one in member.affiliations for form in _affiliation_forms(one.name))


@lru_cache(maxsize=256)
def forms_of_school(school: School) -> frozenset[Form]:
    """Every way to call a school that somebody in the case belongs to."""
    names = {compact(name).text for name in (school.name, *school.aliases)}
    names |= {_FOUNDER.sub("", name) for name in names}
    names |= {compact(name.core).text for name in names_of(school)} | set(_owned_cores(school))
    forms = {form for name in names if not _GENERIC.fullmatch(name) for form in _place_forms(name)}
    return frozenset(forms.union(_domain_forms(school.domains)))


def forms_of_any_school(school: School) -> Iterator[Form]:
    """What names exactly this school, for all schools of the register."""
    names = {compact(name).text for name in (school.name, *school.aliases)}
    for name in names.union(_owned_cores(school)):
        if len(name) >= _LEAST_OF_ANY_SCHOOL and not _GENERIC.fullmatch(name):
            yield from _place_forms(name)
    yield from _domain_forms(school.domains)


def _name_forms(name: str) -> Iterator[Form]:
    parts = [part for raw in _BETWEEN_NAMES.split(name) if (part := compact(raw).text)]
    if parts and all(_LATIN.fullmatch(part) for part in parts):
        yield from _latin_forms([[part] for part in parts])
        return
    whole = "".join(parts)
    if len(whole) >= 3 or (len(parts) > 1 and len(whole) == 2):
        yield Form(whole, Stands.ANYWHERE)
        yield Form("".join(reversed(parts)), Stands.ANYWHERE)
    elif len(whole) == 2 and _KANJI.fullmatch(whole):
        yield Form(whole, Stands.NO_PLACE)
    elif whole:
        yield Form(whole, Stands.ADDRESSED)
    if len(parts) > 1:
        surname, *given = parts
        yield Form(surname, _surname_stands(surname))
        yield from (Form(part, Stands.ADDRESSED) for part in given)
    if ways := [romaji(part) for part in parts]:
        yield from _latin_forms([sorted(way) for way in ways] if all(ways) else [])


def _surname_stands(surname: str) -> Stands:
    if _KANA.fullmatch(surname):
        return Stands.ANYWHERE if len(surname) >= 4 else Stands.ADDRESSED
    return Stands.NO_PLACE if len(surname) >= 2 else Stands.ADDRESSED


def _latin_forms(parts: Sequence[Sequence[str]]) -> Iterator[Form]:
    """`parts` has the spellings of each part of one name, the surname first or last."""
    if len(parts) > 1:
        for first in parts[0]:
            for last in parts[-1]:
                yield from (_latin(whole, Stands.WORDS) for whole in (first + last, last + first))
    for part in parts:
        for way in part:
            if len(way) >= FEWEST:
                yield _latin(way, Stands.SHORT_LATIN if len(way) <= FEW else Stands.WORD)


def _latin(text: str, stands: Stands) -> Form:
    return Form(text, Stands.ANYWHERE if len(text) >= _LONG_LATIN and stands is Stands.WORDS else stands)


def _address_forms(local: str, domain: str) -> Iterator[Form]:
    yield Form(compact(f"{local}@{domain}").text, Stands.ANYWHERE)
    name = compact(local.partition("+")[0]).text
    if len(name) >= _LEAST_LOCAL_PART and name not in _ROLE_ACCOUNTS and not name.isdecimal():
        yield Form(name, Stands.WORDS)


def _affiliation_forms(text: str) -> Iterator[Form]:
    words = {compact(word).text for word in (text, *_BETWEEN_WORDS.split(text))}
    words |= {_FOUNDER.sub("", word) for word in words} | {name.core for name in school_names(text)}
    words |= {name.owner + name.core for name in school_names(text) if name.owner}
    for word in words:
        if len(word) >= 3 and not _GENERIC.fullmatch(word):
            yield from _place_forms(word)


def _owned_cores(school: School) -> Iterator[str]:
    """南小 with whoever runs it or where it lies: 森野南小 and 森野市南小."""
    town = compact(school.municipality).text
    for name in names_of(school):
        core = compact(name.core).text
        for before in {compact(name.owner).text, town, town[:-1]} - {""}:
            yield before + core


def _place_forms(name: str) -> Iterator[Form]:
    if len(name) < 2:
        return
    if name.isascii():
        yield _latin(name, Stands.WORDS)
        return
    stands = Stands.SHORT_SCHOOL if len(name) <= 3 else Stands.ANYWHERE
    for spelling in {_GA.sub(sign, name) for sign in "ゖけが"}:
        yield Form(spelling, stands)


def _domain_forms(domains: Sequence[str]) -> Iterator[Form]:
    for domain in domains:
        yield Form(compact(domain).text, Stands.ANYWHERE if len(domain) >= _LONG_LATIN else Stands.WORDS)
