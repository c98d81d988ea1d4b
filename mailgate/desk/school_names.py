"""When two ways to write a school mean the same one: 「岡里市立みどり台小学校」 and 「市立みどり台小 教諭」.

A written name is cut into who runs the school (`owner`: a municipality, a prefecture, or private) and what it is
called (`core`, with the kind in one short form). Two names meet when the cores are equal and no two different owners
are named. Nobody may give a school a name or alias that another one has (`taken_names`): so a name as it stands in the
register means one school, as a handle does. Whatever else may mean several is for a person to decide.

Known weaknesses: a municipality that was merged under another name needs the old name as an alias; other kanji for the
same sound (みどり/緑) need an alias too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

from mailgate.desk.handles import read_handle
from mailgate.desk.people import School
from mailgate.phrase import any_of

_LONGEST = 200
# The caches below: an import compares every row with every school.
_BETWEEN = re.compile(r"[、，,;；/／・()（）「」\n]")
_SAME_LETTER = str.maketrans("髙﨑學澤濱廣邊邉付ヶ", "高崎学沢浜広辺辺附が") | {
    katakana: katakana - 0x60 for katakana in range(ord("ァ"), ord("ヶ"))
}
_READ_GA = re.compile(r"(?<=[ぁ-ん一-鿿])ケ(?=[一-鿿])")
_KINDS = (
    ("義務教育学校", "義務"),
    ("中等教育学校", "中等"),
    ("特別支援学校", "支援"),
    ("支援学校", "支援"),
    ("養護学校", "支援"),
    ("高等専門学校", "高専"),
    ("高等学校", "高"),
    ("高校", "高"),
    ("中学校", "中"),
    ("小学校", "小"),
    ("幼稚園", "幼"),
)
_KIND_END = re.compile("|".join(word for word, _ in _KINDS) + "|大学")
_ONCE = re.compile(r"^[旧元現]")
_PREFECTURE = re.compile(r"^(?:東京都|北海道|(?:京都|大阪)府|.{2,3}県)(?!立)")
_COUNTY = re.compile(r"^.{1,4}郡(?=.{1,6}[町村])")
_PUBLIC = re.compile(r"^(.{0,8}?)[都道府県市区町村]立(?=.)")
_PRIVATE = re.compile(r"^(?:私立|学校法人)(?=.)")
_PRIVATELY = "私立"
_HANDLE = re.compile("S-[0-9A-Z]{4,16}")


@dataclass(frozen=True, slots=True)
class SchoolName:
    """`owner` is "岡里", "私立", or empty where the name does not say; `core` is "みどり台小"."""

    owner: str
    core: str


@lru_cache(maxsize=4096)
def school_names(text: str) -> frozenset[SchoolName]:
    """All schools that `text` (one affiliation as somebody wrote it) may name; job titles behind them do no harm."""
    pieces = (piece for part in _BETWEEN.split(text[:_LONGEST]) for piece in _beginnings(part))
    names = (_cut(piece) for piece in pieces)
    return frozenset(name for name in names if len(name.core) >= 2)


@lru_cache(maxsize=4096)
def names_of(school: School) -> frozenset[SchoolName]:
    """All names of a registered school; an alias without an owner has the owner of the official name."""
    official = _cut(_folded(school.name))
    aliases = (_cut(_folded(alias)) for alias in school.aliases)
    return frozenset({official, *(SchoolName(alias.owner or official.owner, alias.core) for alias in aliases)})


def is_named(school: School, text: str) -> bool:
    """Whether `text` may name `school`; its municipality in front ("岡里みどり台小") is understood."""
    written = school_names(text)
    stems = _stems(school)
    bare = {SchoolName("", name.core.removeprefix(stem)) for name in written for stem in stems if not name.owner}
    return any(_same(one, other) for one in names_of(school) for other in written | bare)


def cores_named(text: str) -> frozenset[str]:
    """What `text` may call a school, without who runs it: to look up whom `cores_that_mean` some school."""
    return frozenset(name.core for name in school_names(text))


def cores_that_mean(school: School) -> frozenset[str]:
    """One of these is among the `cores_named` of every text for which `is_named` holds."""
    cores = {name.core for name in names_of(school)}
    return frozenset(cores | {stem + core for stem in _stems(school) for core in cores})


def _stems(school: School) -> list[str]:
    """How its municipality stands before a name: 岡里市, 岡里."""
    town = _folded(school.municipality)
    return [stem for stem in (town, town[:-1]) if len(stem) >= 2]


def is_of_town(text: str, municipality: str) -> bool:
    """Whether `text` names a school or a board of education that this town, city or village runs itself."""
    town = _folded(municipality)
    if len(town) < 2:
        return False
    if any(name.owner == town[:-1] for name in school_names(text)):
        return True
    return _folded(text).startswith(town) and "教育委員会" in _folded(text)


def is_handle(text: str) -> bool:
    """Whether `text` has the form of a school's handle, so that it can be no name."""
    return bool(_HANDLE.fullmatch(read_handle(text)))


def called(text: str, schools: Sequence[School]) -> list[School]:
    """The schools with this handle, name or alias, as the register has it but for spelling (小学校 or 小)."""
    schools = near(text, schools)
    return _exactly(text, schools) or [school for school in schools if written(text) in _written_names(school)]


def find_schools(text: str, schools: Sequence[School]) -> list[School]:
    """The registered schools that `text` means: by handle, else those that have exactly this name or alias, else those
    that it fully names, else all that it may name.

    More than one is not for a program to choose from.
    """
    if isinstance(schools, SchoolBook):
        return schools.find(text)
    if (meant := _exactly(text, schools)) or is_handle(text):
        return meant
    name = _cut(_folded(text))
    named = [school for school in schools if is_named(school, text)]
    exact = [school for school in named if name in names_of(school)]
    return exact or named


def _exactly(text: str, schools: Sequence[School]) -> list[School]:
    if is_handle(text):
        return [school for school in schools if school.handle == read_handle(text)]
    folded = _folded(text)
    return [school for school in schools if any(_folded(name) == folded for name in (school.name, *school.aliases))]


def taken_names(
    names: Iterable[str], schools: Sequence[School], besides: School | None = None
) -> list[tuple[str, School]]:
    """Those of `names` that one of `schools` but `besides` has as name or alias already, each with that school."""
    return [
        (name, school)
        for name in names
        for school in near(name, schools)
        if (besides is None or school.id != besides.id) and written(name) in _written_names(school)
    ]


def choice(schools: Iterable[School]) -> str:
    """The schools to choose from, for a line to an operator: "S-1111 (森野市立西小学校) or S-2222 (…)"."""
    return any_of([f"{school.handle} ({school.name})" for school in schools])


def written(name: str) -> str:
    """A name or alias in the one spelling in which two of them are compared."""
    return _short(_folded(name))


def is_same_school(name: str, municipality: str, school: School) -> bool:
    """Whether an entry with this official name and municipality is `school` itself, perhaps spelled otherwise."""
    if _folded(name) == _folded(school.name):
        return True
    towns = {_folded(municipality), _folded(school.municipality)} - {""}
    return len(towns) < 2 and _official(name, municipality) == _official(school.name, school.municipality)


class SchoolBook(Sequence[School]):
    """Many schools, of which each name asks only a few: whoever has a whole file of names makes one."""

    def __init__(self, schools: Iterable[School]) -> None:
        self._schools = tuple(schools)
        self.by_id: Mapping[int | None, School] = {school.id: school for school in self._schools}
        self._places: dict[str, list[int]] = defaultdict(list)
        self._found: dict[str, list[School]] = {}
        for place, school in enumerate(self._schools):
            whole = {_folded(school.name), *map(_folded, school.aliases)}
            cores = {name.core for name in names_of(school)}
            for key in {school.handle, *whole, *cores, *_written_names(school)}:
                self._places[key].append(place)

    @overload
    def __getitem__(self, index: int) -> School: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[School]: ...
    def __getitem__(self, index: int | slice) -> School | Sequence[School]:
        return self._schools[index]

    def __len__(self) -> int:
        return len(self._schools)

    def __eq__(self, other: object) -> bool:
        """Whether both find the same under every name."""
        return isinstance(other, SchoolBook) and self._schools == other._schools

    __hash__ = None  # type: ignore[assignment]  # a book grows with what it was asked

    def find(self, text: str) -> list[School]:
        """`find_schools`, once for each text."""
        if text not in self._found:
            close = self.near(text)
            self._found[text] = find_schools(text, close) if close else []
        return self._found[text]

    def near(self, text: str) -> list[School]:
        """All that any function of this module could find under `text`, in their order."""
        keys = {read_handle(text), _folded(text), written(text), _cut(_folded(text)).core}
        for name in school_names(text):
            keys |= {name.core[start:] for start in range(len(name.core) if not name.owner else 1)}  # a town in front
        return [self._schools[place] for place in sorted({at for key in keys for at in self._places.get(key, ())})]


def near(text: str, schools: Sequence[School]) -> Sequence[School]:
    """Those of `schools` that may have to do with `text`; all of them where they are no SchoolBook."""
    return schools.near(text) if isinstance(schools, SchoolBook) else schools


def _official(name: str, municipality: str) -> SchoolName:
    cut = _cut(_folded(name))
    return SchoolName(cut.owner or _folded(municipality)[:-1], cut.core)


def _same(one: SchoolName, other: SchoolName) -> bool:
    return one.core == other.core and (one.owner == other.owner or not one.owner or not other.owner)


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    plain = _READ_GA.sub("が", unicodedata.normalize("NFKC", text[:_LONGEST])).translate(_SAME_LETTER)
    plain = "".join(plain.split())
    if not plain.isprintable():  # seldom: what cannot be seen is looked for only there
        plain = "".join(c for c in plain if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    return plain.lower()


def _beginnings(part: str) -> Iterator[str]:
    """`part` folded: as a whole, up to each space, and up to each word such as 小学校."""
    words = part.split()
    for count in range(1, len(words) + 1):
        yield _folded("".join(words[:count]))
    whole = _folded(part)
    for kind in _KIND_END.finditer(whole):
        yield whole[: kind.end()]


def _cut(folded: str) -> SchoolName:
    rest = _COUNTY.sub("", _PREFECTURE.sub("", _ONCE.sub("", folded)))
    owner = ""
    if public := _PUBLIC.match(rest):
        owner, rest = public[1], rest[public.end() :]
    elif private := _PRIVATE.match(rest):
        owner, rest = _PRIVATELY, rest[private.end() :]
    return SchoolName(owner, _short(rest))


def _short(folded: str) -> str:
    """With the kind of the school in its one short form."""
    if not folded.endswith(("校", "園")):
        return folded
    for word, short in _KINDS:
        if folded.endswith(word):
            return folded.removesuffix(word) + short
    return folded


@lru_cache(maxsize=4096)
def _written_names(school: School) -> frozenset[str]:
    return frozenset(map(written, (school.name, *school.aliases)))
