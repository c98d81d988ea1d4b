"""Lines of a text as words, by SudachiPy and its core dictionary (split mode C).

Before: `width.fold`. After: the rules for persons, places, schools and organisations. This is the only module that
knows Sudachi. The dictionary is opened at the first use in each thread (a tokenizer belongs to one thread, and the
import of this module must stay cheap). Its bytes are mapped, so threads share them.

Weakness: a line of more than 4,000 characters is cut there, and a name across the cut may be missed.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import lru_cache
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, NamedTuple

from mailgate.screening.width import hiragana

if TYPE_CHECKING:
    from sudachipy import Dictionary, Tokenizer  # type: ignore[import-untyped]  # the package has no py.typed

# The tokenizer takes 49,149 bytes at most; a folded character has at most four bytes, but it normalises further.
_CHUNK = 4000
# A look-up in the dictionary costs as much as twenty words of a text, and the same few words are asked again and again.
_REMEMBERED = 2000


class Kind(IntEnum):
    """The part of speech, as coarsely as the rules need it (an int, since a text asks for it thousands of times)."""

    SURNAME = auto()
    GIVEN = auto()
    NAME = auto()
    PLACE = auto()
    COUNTRY = auto()
    PROPER = auto()
    NUMBER = auto()
    NOUN = auto()
    SUFFIX = auto()
    PREFIX = auto()
    PARTICLE = auto()
    SYMBOL = auto()
    SPACE = auto()
    OTHER = auto()


# CPython 3.11 takes ten times as long for `Kind.NOUN` as for a name of the module, so what looks at every word of a
# text uses these.
SURNAME, GIVEN, PLACE, PROPER, NUMBER, NOUN, SPACE = (
    Kind.SURNAME, Kind.GIVEN, Kind.PLACE, Kind.PROPER, Kind.NUMBER, Kind.NOUN, Kind.SPACE
)  # fmt: skip
PERSONAL = frozenset({Kind.SURNAME, Kind.GIVEN, Kind.NAME})
NAMING = PERSONAL | {Kind.PLACE, Kind.PROPER}
_NOUNS = NAMING | {Kind.NOUN, Kind.NUMBER}


class Word(NamedTuple):
    """One word; `start` and `end` count code points of the whole text; `unknown`: not in the dictionary."""

    start: int
    end: int
    text: str
    kind: Kind
    unknown: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One folded line (or a piece of a very long one), where it starts in the text, and its words in order.

    `starts` are the offsets at which the words start, in the whole text. `names` and `nouns` are the indices of the
    words that the dictionary reads as names here, and of those and the nouns and numbers: what most rules begin with,
    and a third of the words. `kinds` are those of the words.
    """

    start: int
    text: str
    words: tuple[Word, ...]
    starts: tuple[int, ...]
    names: tuple[int, ...]
    nouns: tuple[int, ...]
    kinds: tuple[Kind, ...]

    def before(self, at: int) -> int:
        """How many of the words start before offset `at` of the whole text; so also the index of the next one."""
        return bisect_left(self.starts, at)

    def ending(self, at: int) -> int | None:
        """The index of the word that ends at offset `at` of the whole text, or None where none does."""
        index = bisect_left(self.starts, at) - 1
        return index if index >= 0 and self.words[index].end == at else None


class _Kinds(dict[int, Kind]):
    """The kind of each part of speech by its number; fills itself, and there are some thousand of them."""

    def __init__(self, dictionary: Dictionary) -> None:
        super().__init__()
        self._dictionary = dictionary

    def __missing__(self, part_of_speech: int) -> Kind:
        self[part_of_speech] = _kind(self._dictionary.pos_of(part_of_speech))
        return self[part_of_speech]


@dataclass(frozen=True, slots=True)
class _Analyser:
    dictionary: Dictionary
    tokenizer: Tokenizer
    kinds: _Kinds


_thread = threading.local()


def _analyser() -> _Analyser:
    found: _Analyser | None = getattr(_thread, "analyser", None)
    if found is None:
        from sudachipy import Dictionary, SplitMode

        dictionary = Dictionary(dict="core")
        # Only the part of speech is asked of a word; a fifth of the time goes into what is not left out here.
        tokenizer = dictionary.tokenizer(mode=SplitMode.C, fields={"pos"})
        found = _thread.analyser = _Analyser(dictionary, tokenizer, _Kinds(dictionary))
    return found


def _kind(part: tuple[str, ...] | None) -> Kind:
    match part:
        case ("名詞", "固有名詞", "人名", "姓", *_):
            return Kind.SURNAME
        case ("名詞", "固有名詞", "人名", "名", *_):
            return Kind.GIVEN
        case ("名詞", "固有名詞", "人名", *_):
            return Kind.NAME
        case ("名詞", "固有名詞", "地名", "国", *_):
            return Kind.COUNTRY
        case ("名詞", "固有名詞", "地名", *_):
            return Kind.PLACE
        case ("名詞", "固有名詞", *_):
            return Kind.PROPER
        case ("名詞", "数詞", *_):
            return Kind.NUMBER
        case _:
            return _PLAIN.get(part[0], Kind.OTHER) if part else Kind.OTHER


_PLAIN = {
    "名詞": Kind.NOUN,
    "接尾辞": Kind.SUFFIX,
    "接頭辞": Kind.PREFIX,
    "助詞": Kind.PARTICLE,
    "補助記号": Kind.SYMBOL,
    "記号": Kind.SYMBOL,
    "空白": Kind.SPACE,
}


def read_lines(folded: str) -> Iterator[Line]:
    """The lines of a folded text with their words; blank lines are left out. Any text at all is read."""
    start = 0
    for line in folded.split("\n"):
        for offset in range(0, len(line), _CHUNK):
            chunk = line[offset : offset + _CHUNK]
            if chunk.strip():
                yield _line(chunk, start + offset)
        start += len(line) + 1


def _line(line: str, start: int) -> Line:
    """The words of one line. There are no gaps between them."""
    analyser = _analyser()
    known = analyser.kinds
    morphemes = list(analyser.tokenizer.tokenize(line))
    texts = [morpheme.raw_surface() for morpheme in morphemes]
    kinds = [known[morpheme.part_of_speech_id()] for morpheme in morphemes]
    unknown = [morpheme.is_oov() for morpheme in morphemes]
    edges = tuple(accumulate(map(len, texts), initial=start))
    words = tuple(map(_new, repeat(Word), zip(edges[:-1], edges[1:], texts, kinds, unknown, strict=True)))
    nouns = [index for index, kind in enumerate(kinds) if kind in _NOUNS]
    names = [index for index in nouns if kinds[index] in NAMING]
    return Line(start, line, words, edges[:-1], tuple(names), tuple(nouns), tuple(kinds))


# Word(…) takes three times as long.
_new = tuple.__new__


@lru_cache(_REMEMBERED)
def readings(surface: str) -> frozenset[Kind]:
    """Every kind that the dictionary knows for this spelling: 島田 is a noun, a surname and a place."""
    analyser = _analyser()
    return frozenset(analyser.kinds[found.part_of_speech_id()] for found in analyser.dictionary.lookup(surface))


@lru_cache(_REMEMBERED)
def spoken(name: str) -> frozenset[str]:
    """How the dictionary reads a spelling, in hiragana: 恵 is めぐみ and けい. Nothing for an unknown one."""
    return frozenset(hiragana(found.reading_form()) for found in _analyser().dictionary.lookup(name))


@lru_cache(_REMEMBERED)
def names_a_thing(surface: str) -> bool:
    """Whether the dictionary knows this spelling as a plain noun: 双葉, but not 統合 (an act), 過疎 or 現在."""
    analyser = _analyser()
    parts = (analyser.dictionary.pos_of(found.part_of_speech_id()) for found in analyser.dictionary.lookup(surface))
    return any(part is not None and tuple(part[:3]) == ("名詞", "普通名詞", "一般") for part in parts)
