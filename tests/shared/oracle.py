"""Finds canaries in any octets, however they are wrapped: the eye that all tests of leaks look with.

`Oracle(canaries).found(octets)` gives the names of those that stand in a mail, a log, a database file, an archive. It
undoes base64 (any alignment, wrapped lines, quoted lines), quoted-printable, percent signs, HTML and backslash escapes,
encoded words (RFC 2047), parameters in pieces (RFC 2231), punycode, UTF-7, hexadecimal, zip, gzip and zlib, one within
the other; reads every result as UTF-8, CP932, ISO-2022-JP, EUC-JP and UTF-16; and compares after NFKC, without white
space and invisible characters, in hiragana, without case. Its own tests: tests/leaks/test_oracle.py.

A canary's name says through which hole it came. Known weaknesses: nothing is decrypted; a word that was cut into two
fields or files is not put together.
"""

from __future__ import annotations

import binascii
import html
import quopri
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote_to_bytes

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick

_DEEPEST = 4
"""So many wrappings within each other."""
_INFLATED = 30_000_000
_LARGE = 1_000_000
"""In more octets than that words of other charsets than UTF-8 are looked for in their exact spelling alone."""
_SHORTEST, _SHORTEST_ASCII = 3, 6
"""A shorter canary would be found in noise."""

# --- the spelling in which words are compared ------------------------------------------------------------------------

_NOT_SEEN = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+"
)
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_VOICING = re.compile("[\u3099\u309a]")


def folded(text: str) -> str:
    """NFKC, hiragana, no case, nothing invisible, no white space."""
    plain = _NOT_SEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
    if plain.isascii():
        return plain
    if _VOICING.search(plain):  # a mark that something invisible kept apart from its kana
        plain = unicodedata.normalize("NFC", plain)
    return plain.translate(_HIRAGANA)


# --- octets as text ---------------------------------------------------------------------------------------------------

_JIS_RUN = re.compile(rb"\x1b\$(?:[@B]|\([DOPQ])([\x21-\x7e]{2,})(?:\x1b\([BJ])?")


def _texts(octets: bytes) -> Iterator[str]:
    yield octets.decode("utf-8", "replace")
    if len(octets) > _LARGE:
        return
    if not octets.isascii():
        yield octets.decode("cp932", "replace")
        yield octets.decode("euc_jp", "replace")
    if b"\x1b" in octets:
        yield octets.decode("iso2022_jp_ext", "replace")
        yield _JIS_RUN.sub(_shifted, octets).decode("cp932", "replace")
    for start in (0, 1):
        for codec in ("utf-16-le", "utf-16-be"):
            yield octets[start:].decode(codec, "replace")


def _shifted(run: re.Match[bytes]) -> bytes:
    """The double-byte octets of JIS as Shift_JIS: so that CP932 reads the characters of vendors too."""
    pairs = zip(run[1][::2], run[1][1::2], strict=False)
    return b"".join(
        bytes(
            (
                ((row + 1) >> 1) + (0x70 if row < 0x5F else 0xB0),
                cell + ((0x1F if cell < 0x60 else 0x20) if row & 1 else 0x7E),
            )
        )
        for row, cell in pairs
    )


# --- what is wrapped --------------------------------------------------------------------------------------------------

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{4,}(?:[\s>]+[A-Za-z0-9+/_-]+)*")
_HEX = re.compile(rb"[0-9A-Fa-f]{2}(?:[ :\r\n]{0,2}[0-9A-Fa-f]{2}){5,}[0-9A-Fa-f]?")
_QUOTED = re.compile(rb"=[0-9A-Fa-f]{2}|=\r?\n")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_ENTITY = re.compile(rb"&(?:#[0-9xX]|[A-Za-z]{2,8};)")
_BACKSLASH = re.compile(rb"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[0-3][0-7]{2})")
_UTF16_ESCAPES = re.compile(rb"(?:\\u[0-9A-Fa-f]{4})+")
_OCTET_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|([0-3][0-7]{2}))")
_WORD = re.compile(rb"=\?[^?\s]{1,60}\?([BbQq])\?([^?]*)\?=(?:\s+(?==\?))?")
_PIECE = re.compile(rb"([A-Za-z0-9_-]{1,40})\*(\d{1,3})\*?=(?:\"([^\"]*)\"|([^;\s]*))")
_UTF7 = re.compile(rb"[+&]([A-Za-z0-9+/,]{3,})-?")
_PUNYCODE = re.compile(rb"xn--([a-z0-9-]{1,59})", re.IGNORECASE)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_URLSAFE = bytes.maketrans(b"-_", b"+/")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_LOCAL_FILE = re.compile(rb"PK\x03\x04.{22}(..)(..)", re.DOTALL)
_BETWEEN = b"\n\0"


def _base64(octets: bytes) -> bytes:
    return _BETWEEN.join(one for run in _BASE64.findall(octets) for one in _alignments(run))


def _alignments(run: bytes) -> Iterator[bytes]:
    signs = re.sub(rb"[\s>]+", b"", run)
    if len(signs) >= 8:
        yield from (_of_base64(signs[start:]) for start in range(4))


def _of_base64(signs: bytes) -> bytes:
    """From the first sign on, as far as they go; what they lack at the end is added."""
    signs = _NO_BASE64.sub(b"", signs.translate(_URLSAFE))
    signs = signs[: len(signs) - (len(signs) % 4 == 1)]
    return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))


def _hexadecimal(octets: bytes) -> bytes:
    found = []
    for run in _HEX.findall(octets):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", run)
        found += [binascii.unhexlify(one[: len(one) // 2 * 2]) for one in (digits, digits[1:])]
    return _BETWEEN.join(found)


def _quoted(octets: bytes) -> bytes:
    return quopri.decodestring(octets) + _BETWEEN + quopri.decodestring(octets, header=True)


def _unescaped(octets: bytes) -> bytes:
    return html.unescape(octets.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _backslashes(octets: bytes) -> bytes:
    """Of JSON, Python and PostgreSQL."""
    octets = _UTF16_ESCAPES.sub(
        lambda run: bytes.fromhex(run[0].replace(b"\\u", b"").decode()).decode("utf-16-be", "replace").encode(), octets
    )
    return _OCTET_ESCAPE.sub(lambda one: bytes((int(one[1], 16) if one[1] else int(one[2], 8),)), octets)


def _encoded_words(octets: bytes) -> bytes:
    def word(found: re.Match[bytes]) -> bytes:
        return quopri.decodestring(found[2], header=True) if found[1] in b"Qq" else _of_base64(found[2])

    return _WORD.sub(word, octets)


def _pieces(octets: bytes) -> bytes:
    values: list[bytes] = []
    place: dict[bytes, int] = {}
    for name, number, quoted, bare in _PIECE.findall(octets):
        if int(number) == 0 or name not in place:
            place[name] = len(values)
            values.append(b"")
        values[place[name]] += quoted or bare
    return _BETWEEN.join(map(unquote_to_bytes, values))


def _utf7(octets: bytes) -> bytes:
    def run(found: re.Match[bytes]) -> bytes:
        return _of_base64(found[1].replace(b",", b"/")).decode("utf-16-be", "ignore").encode("utf-8")

    return _UTF7.sub(run, octets)


def _punycode(octets: bytes) -> bytes:
    def label(found: re.Match[bytes]) -> bytes:
        try:
            return found[1].decode("punycode").encode("utf-8", "ignore")
        except (UnicodeError, OverflowError, ValueError):
            return found[0]

    return _PUNYCODE.sub(label, octets)


def _deflated(octets: bytes) -> bytes:
    """Streams of zlib and gzip, and the names and contents of the members of zip archives, wherever they begin."""
    view, found = memoryview(octets), []
    for start in _ZLIB.finditer(octets):
        found.append(_inflated(view[start.start() :], 47))
    for member in _LOCAL_FILE.finditer(octets):
        name, more = (int.from_bytes(one, "little") for one in member.groups())
        begin = member.end() + name + more
        stored = int.from_bytes(octets[member.start() + 18 : member.start() + 22], "little")
        found += [octets[member.end() : begin], _inflated(view[begin:], -15), octets[begin : begin + stored]]
    return _BETWEEN.join(one for one in found if one)


def _inflated(octets: memoryview, window: int) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        return stream.decompress(octets, _INFLATED)
    except zlib.error:
        return b""


# What is taken out of the octets and stands for itself …
_TAKEN: tuple[Callable[[bytes], bytes], ...] = (_base64, _hexadecimal, _pieces, _deflated)
# … and what is undone in its place: what stands around belongs to the word.
_UNDONE: tuple[tuple[re.Pattern[bytes], Callable[[bytes], bytes]], ...] = (
    (_QUOTED, _quoted),
    (_PERCENT, unquote_to_bytes),
    (_ENTITY, _unescaped),
    (_BACKSLASH, _backslashes),
    (_WORD, _encoded_words),
    (_UTF7, _utf7),
    (_PUNYCODE, _punycode),
)
_AROUND = 300
"""Octets; more than the longest canary has."""


def readings(octets: bytes) -> Iterator[bytes]:
    """The octets, and whatever is wrapped in them, in that, and so on."""
    seen: set[bytes] = set()
    layer = [octets]
    for _ in range(_DEEPEST):
        inner = []
        for one in layer:
            if one not in seen:
                seen.add(one)
                yield one
                inner += [take(one) for take in _TAKEN]
                inner += [unwrap(some) for pattern, unwrap in _UNDONE if (some := _places(pattern, one))]
        layer = [one for one in inner if one]


def _places(pattern: re.Pattern[bytes], octets: bytes) -> bytes:
    """What stands around the matches: of a text all of it, of noise next to nothing."""
    spans: list[list[int]] = []
    for found in pattern.finditer(octets):
        begin, end = max(found.start() - _AROUND, 0), found.end() + _AROUND
        if spans and begin <= spans[-1][1]:
            spans[-1][1] = end
        else:
            spans.append([begin, end])
    return _BETWEEN.join(octets[begin:end] for begin, end in spans)


# --- the oracle -------------------------------------------------------------------------------------------------------


class Oracle:
    """Made once from {name: text}; several names may share a text."""

    def __init__(self, canaries: Mapping[str, str]) -> None:
        self._names: dict[str, set[str]] = {}
        for name, text in canaries.items():
            word = folded(text)
            if len(word) < (_SHORTEST_ASCII if word.isascii() else _SHORTEST):
                raise ValueError(f"the canary {name} is too short to be looked for: {text!r}")
            self._names.setdefault(word, set()).add(name)
        self._words = list(self._names)
        self._in_text = AhoCorasick(self._words)
        spelled = {form: self._names[folded(text)] for text in canaries.values() for form in _spelled(text)}
        self._spellings = list(spelled.items())
        self._in_octets = BytesAhoCorasick([form for form, _ in self._spellings])

    def found(self, octets: bytes) -> set[str]:
        """The names of the canaries that stand somewhere in the octets."""
        found: set[str] = set()
        for reading in readings(octets):
            for index, _, _ in self._in_octets.find_matches_as_indexes(reading, overlapping=True):
                found |= self._spellings[index][1]
            for text in _texts(reading):
                for index, _, _ in self._in_text.find_matches_as_indexes(folded(text), overlapping=True):
                    found |= self._names[self._words[index]]
        return found

    def found_in_any(self, pieces: Iterable[bytes]) -> set[str]:
        """The same over several files or mails."""
        return set().union(*map(self.found, pieces))


def _spelled(text: str) -> Iterator[bytes]:
    """As octets in each charset: found even where what stands before would be read as half of a character."""
    for codec in ("utf-8", "cp932", "euc_jp", "utf-16-le", "utf-16-be"):
        try:
            yield text.encode(codec)
        except UnicodeEncodeError:
            continue
