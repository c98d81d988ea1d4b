"""ISO-2022-JP and EUC-JP as mailers really write them: JIS rows and cells turned into cp932 by arithmetic.

No Python codec has NEC row 13 (①㈱), the NEC-selected IBM rows (髙﨑) and half-width kana for these two. `charset`
decides when they are meant. RFC 1468, RFC 1554, RFC 2237; CP50220 to CP50222 and CP51932 of Microsoft.
"""

from __future__ import annotations

import re

_REPLACEMENT = "\ufffd"
_ESCAPE = re.compile(rb"\x1b(\$\([@-Z]|\$[@AB]|\([@-Z]|&@|\$)")
# Kanji in pairs, back to ASCII after each stretch: nearly every mail. No other escapes, no shifts, no eight bits.
_REGULAR = re.compile(rb"[^\x0e\x1b\x80-\xff]*+(?:\x1b\$[@B](?:[\x21-\x7e]{2})*+\x1b\([BJ][^\x0e\x1b\x80-\xff]*+)*+")
_REGULAR_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJ])")
_RUN = re.compile(rb"[\x21-\x7e]+|[^\x21-\x7e]+")
_SHIFTED = re.compile(rb"\x0e([^\x0f]*)\x0f?")
_EUC_REGULAR = re.compile(rb"(?:[\x00-\x7f]++|(?:[\xa1-\xfe]{2})++)*+")
_EUC_POSSIBLE = re.compile(
    rb"(?:[\x00-\x7f]++|(?:[\xa1-\xfe]{2})++|(?:\x8e[\xa1-\xdf])++|(?:\x8f[\xa1-\xfe]{2})++)*+[\xa1-\xfe]?"
)
_EUC_PAIRS = re.compile(rb"([\xa1-\xfe]+)")
_EUC_RUN = re.compile(rb"(?:[\xa1-\xfe]{2})+|(?:\x8e[\xa1-\xdf])+|\x8f[\xa1-\xfe]{2}|[\x00-\x7f]+|.", re.DOTALL)


_LEADS_OF_AU = (0xEB, 0xEC)
"""Rows without characters where au put emoji (`carrier_emoji`); its other rows are kanji of NEC."""
_TO_THEIR_CODES = 0xF6 - 0xEB


class _Pairs(dict[int, str]):
    """From two octets of JIS X 0208 with vendor rows, as one number, to the character; U+FFFD where there is none."""

    def __missing__(self, pair: int) -> str:
        return _REPLACEMENT


def _jis_pairs() -> _Pairs:
    """The 94 x 94 plane through cp932: row and cell to lead and trail octet by arithmetic (JIS X 0208 appendix 1)."""
    pairs = _Pairs()
    for row in range(0x21, 0x7F):
        lead = (row - 0x21) // 2 + (0x81 if row < 0x5F else 0xC1)
        for cell in range(0x21, 0x7F):
            trail = cell + 0x7E if row % 2 == 0 else cell + (0x1F if cell < 0x60 else 0x20)
            char = bytes((lead, trail)).decode("cp932", "replace")
            if len(char) == 1:
                pairs[row << 8 | cell] = char
            elif lead in _LEADS_OF_AU:  # as its codes come out of Shift_JIS
                pairs[row << 8 | cell] = bytes((lead + _TO_THEIR_CODES, trail)).decode("cp932")
    pairs[0] = "\0\0"  # the mark between stretches
    return pairs


_PAIRS = _jis_pairs()
_SEVEN = bytes(range(128)) * 2
_EIGHT = b"\0" + bytes(octet | 0x80 for octet in range(1, 256))


def _pairs_to_text(octets: bytes) -> str:
    """Seven-bit pairs; an odd octet at the end (a cut inside a character) is U+FFFD."""
    even = len(octets) & ~1
    text = octets[:even].decode("utf-16-be").translate(_PAIRS)
    return text if even == len(octets) else text + _REPLACEMENT


def from_eucjp(octets: bytes) -> str:
    """EUC-JP with the vendor rows (CP51932); what is no character is U+FFFD."""
    if _EUC_REGULAR.fullmatch(octets):
        pieces = _EUC_PAIRS.split(octets)
        pieces[1::2] = [pairs.translate(_SEVEN) for pairs in pieces[1::2]]
        return _regular(pieces)
    return "".join(_euc_run(run) for run in _EUC_RUN.findall(octets))


def is_eucjp(octets: bytes) -> bool:
    """Whether EUC-JP may hold such octets: none is alone, or outside its sets."""
    return _EUC_POSSIBLE.fullmatch(octets) is not None


def _euc_run(run: bytes) -> str:
    if run[0] < 0x80:
        return run.decode("ascii")
    if len(run) == 1:
        return _REPLACEMENT
    if run[0] == 0x8E:
        return run[1::2].decode("cp932")
    if run[0] == 0x8F:
        return run.decode("euc_jp", "replace")
    return _pairs_to_text(run.translate(_SEVEN))


def from_iso2022jp(octets: bytes) -> str:
    """ISO-2022-JP in all its dialects (RFC 1468, CP50220-2): each stretch between escapes by its own set."""
    if _REGULAR.fullmatch(octets):
        return _regular(_REGULAR_ESCAPE.split(octets))
    pieces = _ESCAPE.split(octets)
    texts = [_jis_stretch(b"(B", pieces[0])]
    texts += [_jis_stretch(escape, stretch) for escape, stretch in zip(pieces[1::2], pieces[2::2], strict=True)]
    return "".join(texts)


def _regular(pieces: list[bytes]) -> str:
    """ASCII and pairs in turn. All pairs are looked up in one call: a mail has hundreds of stretches."""
    kanji = _looked_up(b"\0\0".join(pieces[1::2])).split("\0\0")
    texts = [piece.decode("ascii") for piece in pieces]
    texts[1::2] = kanji if len(pieces) > 1 else []
    return "".join(texts)


def _looked_up(pairs: bytes) -> str:
    """By Python's codec, which is ten times as fast and has no vendor rows; else by the table."""
    try:
        return pairs.translate(_EIGHT).decode("euc_jp")
    except UnicodeDecodeError:
        return pairs.decode("utf-16-be").translate(_PAIRS)


def _jis_stretch(escape: bytes, stretch: bytes) -> str:
    if b"\x0e" not in stretch:
        return _plain_stretch(escape, stretch)
    pieces = _SHIFTED.split(stretch)  # SO and SI: kana in between, whatever stood before (CP50222)
    texts = [_plain_stretch(b"(I" if number % 2 else escape, piece) for number, piece in enumerate(pieces)]
    return "".join(texts)


def _plain_stretch(escape: bytes, stretch: bytes) -> str:
    if escape in (b"$B", b"$@", b"$(B", b"$(@", b"$", b"&@"):
        return "".join(_jis_run(run) for run in _RUN.findall(stretch))
    if escape == b"(I":
        return bytes(octet | 0x80 if 0x21 <= octet <= 0x5F else octet for octet in stretch).decode("cp932", "replace")
    if escape.startswith(b"$"):
        codec = "iso2022_jp_2004" if escape in (b"$(O", b"$(P", b"$(Q") else "iso2022_jp_2"
        return (b"\x1b" + escape + stretch + b"\x1b(B").decode(codec, "replace")
    return _ascii_stretch(stretch)


def _jis_run(run: bytes) -> str:
    if 0x21 <= run[0] <= 0x7E:
        return _pairs_to_text(run)
    return run.decode("ascii") if run.isascii() else run.decode("cp932", "replace")


def _ascii_stretch(stretch: bytes) -> str:
    """Between the escapes: ASCII, and what a gateway may have added in eight bits."""
    try:
        return stretch.decode("utf-8")
    except UnicodeDecodeError:
        return stretch.decode("cp932", "replace")
