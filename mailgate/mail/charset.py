"""Text from octets: what a Japanese mail really holds, whatever its charset label says.

Before it, `fields` and `parts` take off the transfer encoding; after it come only clean str values. It knows no
MIME: octets and a label go in. Codecs are named from a fixed list, and always the Microsoft supersets (cp932 for
Shift_JIS, gb18030 for GB2312, cp949 for EUC-KR), because mailers write vendor characters under the narrow labels.
ISO-2022-JP and EUC-JP are read by `jis`; what contradicts its label is left to `guessing`.

Emoji of phones before 2012 are read by `carrier_emoji`; what is left in the private range is shown as 〓.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from mailgate.mail import guessing
from mailgate.mail.carrier_emoji import with_emoji
from mailgate.mail.jis import from_iso2022jp

_REPLACEMENT = "\ufffd"


def _named(labels: str, codec: str) -> dict[str, str]:
    return dict.fromkeys(labels.split(), codec)


_UNNAMED = _named(
    "us-ascii ascii ansi_x3.4-1968 utf-8 utf8 unicode-1-1-utf-8 utf-8-mac unknown-8bit x-unknown unknown "
    "x-user-defined default binary 8bit 7bit none",
    "utf-8",
)
"""Labels that promise UTF-8 or nothing."""
_UTF8 = frozenset(["utf-8", "utf8", "unicode-1-1-utf-8", "utf-8-mac"])
_CODEC_OF = {
    **_named(
        "shift_jis shift-jis sjis x-sjis windows-31j ms932 cp932 ms_kanji csshiftjis cswindows31j x-ms-cp932 "
        "windows-932 x-mac-japanese shift_jisx0213 shift_jis_2004",
        "cp932",
    ),
    **_named("euc-jp eucjp x-euc-jp x-eucjp euc_jp eucjp-ms eucjp-win cp51932 ujis eucjp-open", "eucjp"),
    **_named("gb2312 gbk gb18030 gb_2312-80 euc-cn cp936 windows-936 x-gbk", "gb18030"),
    **_named("euc-kr ks_c_5601-1987 ks_c_5601 ksc5601 cp949 uhc windows-949", "cp949"),
    **_named("big5 big5-hkscs cp950 x-x-big5", "big5hkscs"),
    **_named("iso-8859-1 latin1 latin-1 iso_8859-1 cp1252 windows-1252 x-ansi", "cp1252"),
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"windows-{n}": f"cp{n}" for n in range(1250, 1259)},
    **{"koi8-r": "koi8_r", "koi8-u": "koi8_u", "tis-620": "cp874", "macintosh": "mac_roman"},
}
_DOUBLE = frozenset(["cp932", "eucjp", "gb18030", "cp949", "big5hkscs"])
_SEVEN_BIT = {
    **_named("utf-7 unicode-1-1-utf-7 x-unicode-2-0-utf-7", "utf_7"),
    "iso-2022-kr": "iso2022_kr",
    "hz-gb-2312": "hz",
}
_UTF16 = _named("utf-16 utf-16le utf-16be utf16 unicode ucs-2 iso-10646-ucs-2", "utf-16")
_JIS_LABEL = re.compile(r"_?(cs)?iso-?2022-?jp.*|cp5022[0-2]|jis|x-jis")

_JIS_SIGN = re.compile(rb"\x1b(?:\$|\([BJIH])")

_GUESSED = ("the character set is no more than a guess",)

_UNWANTED_SIGNS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
_NEWLINE_SIGNS = r"\r\x0b\x0c\u2028\u2029"
_TWIN_SIGNS = "\u301c\u2212\u2016\u00a2\u00a3\u00ac"
_UNWANTED = re.compile(f"[{_UNWANTED_SIGNS}]")
_GETA = "〓"
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_NOT_PRIVATE = re.compile("[^\ue000-\uf8ff]*+")
_NEWLINE = re.compile(f"[{_NEWLINE_SIGNS}]")
_TWIN = re.compile(f"[{_TWIN_SIGNS}]")
_TWINS = dict(zip(_TWIN_SIGNS, "～－∥￠￡￢", strict=True))


def _marks(first: int, last: int) -> str:
    """The marks that normalisation sorts, of the code points from `first` to `last`."""
    return "".join(char for char in map(chr, range(first, last)) if unicodedata.combining(char))


@cache
def _piled_marks(first: int, last: int) -> re.Pattern[str]:
    """More than eight of these marks in a row."""
    marks = _marks(first, last)
    return re.compile(f"([{marks}][{marks}]{{7}})[{marks}]+")


# Sorting marks is quadratic (300,000 of them: 90 s), and no letter has more than a few. Two patterns, because a
# class that leaves the basic plane is a hundred times slower; ancient scripts alone need the second, made when met.
_PILED = _piled_marks(0x300, 0x10000)
_ANCIENT = re.compile("[\U00010000-\U0001efff]")
# Nearly every text has nothing to clean: one look instead of six.
_ORDINARY = re.compile(
    f"[^{_UNWANTED_SIGNS}{_NEWLINE_SIGNS}{_TWIN_SIGNS}{_marks(0x300, 0x10000)}\ue000-\uf8ff\U00010000-\U0010ffff]*+"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    defects: tuple[str, ...]


def decode(octets: bytes, label: str | None) -> Decoded:
    """The clean text of `octets` (any bytes) under the charset name `label` (None or anything): never raises.

    The text has `\\n` line ends, is NFC, has the cp932 side of the conversion twins (～ not 〜), and no control
    characters but `\\n` and tab. Characters that could not be read, unknown and untrue labels are defects.
    """
    raw = to_text(octets, label)
    defects = raw.defects
    unreadable = raw.text.count(_REPLACEMENT)
    if unreadable:
        defects = (*defects, f"characters that could not be read: {unreadable}")
    text = clean(raw.text)
    if _GETA in text and _PRIVATE.search(raw.text):
        defects = (*defects, "private characters shown as 〓")
    return Decoded(text, defects)


def to_text(octets: bytes, label: str | None) -> Decoded:
    """As `decode`, but as it stands: with control characters, which a reader of addresses must see."""
    read = _read(octets, _normal(label))
    if _NOT_PRIVATE.fullmatch(read.text):
        return read
    return Decoded(with_emoji(read.text, unicode=_is_utf8(octets)), read.defects)


def _read(octets: bytes, name: str) -> Decoded:
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")) or name in _UTF16:
        return Decoded(_utf16(octets, name), ())
    if name in _SEVEN_BIT and octets.isascii():
        return Decoded(octets.decode(_SEVEN_BIT[name], "replace"), ())
    if _JIS_SIGN.search(octets) or (b"\x0e" in octets and _JIS_LABEL.fullmatch(name)):
        return Decoded(from_iso2022jp(octets), ())
    if octets.isascii():
        return Decoded(octets.decode("ascii"), _label_defects(name))
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return _best_guess(octets, name)
    paired = _paired(octets, name, text)
    if paired is not None:
        return paired
    return Decoded(text, _label_defects(name) or _untrue(name, "utf-8"))


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not octets.isascii()


def clean(text: str) -> str:
    """`text` with `\\n` line ends, NFC, twins folded, and nothing in it that a terminal or database would choke on."""
    text = text.replace("\r\n", "\n")
    if _ORDINARY.fullmatch(text):
        return unicodedata.normalize("NFC", text)
    text = _UNWANTED.sub("", _NEWLINE.sub("\n", text))
    text = _PRIVATE.sub(_GETA, text)
    text = (_piled_marks(0x300, 0x1F000) if _ANCIENT.search(text) else _PILED).sub(r"\1", text)
    return unicodedata.normalize("NFC", _TWIN.sub(lambda match: _TWINS[match[0]], text))


def _normal(label: str | None) -> str:
    return (label or "").strip(" \t\r\n\"'").lower()[:80]


def _known(name: str) -> bool:
    return (
        not name
        or name in _UNNAMED
        or name in _CODEC_OF
        or name in _SEVEN_BIT
        or name in _UTF16
        or _JIS_LABEL.fullmatch(name) is not None
    )


def _label_defects(name: str) -> tuple[str, ...]:
    return () if _known(name) else (f"unknown character set: {clean(name)}",)


def _untrue(name: str, found: str) -> tuple[str, ...]:
    """A defect when the label promised something else than what was found."""
    promised = _CODEC_OF.get(name) or ("iso-2022-jp" if _JIS_LABEL.fullmatch(name) else name)
    if not name or promised == found or (found == "utf-8" and name in _UNNAMED):
        return ()
    return (f"the text is {found}, not {clean(name)} as it says",)


def _utf16(octets: bytes, name: str) -> str:
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", "replace")
    little = name.endswith("le") or (not name.endswith("be") and octets[1::2].count(0) > octets[::2].count(0))
    return octets.decode("utf-16-le" if little else "utf-16-be", "replace")


def _paired(octets: bytes, name: str, text: str) -> Decoded | None:
    """Kanji that are UTF-8 by chance (表 in EUC-JP is ɽ, 﨑① in cp932 is 핇@); None where `text` is to be believed.

    The label decides where it can be true; without one, whether anybody writes such letters together.
    """
    if not guessing.may_be_chance(text):
        return None
    codec = _CODEC_OF.get(name)
    if codec in _DOUBLE:
        labelled = guessing.as_labelled(octets, codec, text)
        return None if labelled is None else Decoded(labelled, ())
    if codec or name in _UTF8:
        return None
    euc = guessing.euc_by_chance(octets, text)
    return None if euc is None else Decoded(euc, _label_defects(name) or _GUESSED)


def _best_guess(octets: bytes, name: str) -> Decoded:
    """Eight-bit text that is not UTF-8, or damaged UTF-8."""
    codec, sure = guessing.likeliest(octets, "utf-8" if name in _UTF8 else _CODEC_OF.get(name))
    untrue = () if codec == "utf-8" else _untrue(name, codec)
    defects = _label_defects(name) or untrue
    return Decoded(guessing.decode_with(codec, octets), defects if sure else (*defects, *_GUESSED))
