"""Text to octets as Japanese mailers write them: the other direction of `mailgate.mail.charset`, made without it.

The client matrix builds its mails with this, so that what a mail must read as is known beforehand. Only Python's own
codecs and the arithmetic of JIS X 0208 are used. RFC 1468 with the vendor rows of CP50221, RFC 2047, RFC 2231.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable
from functools import cache

_ASCII, _KANJI, _KANA = b"\x1b(B", b"\x1b$B", b"\x1b(I"


@cache
def _selected() -> dict[str, bytes]:
    """The IBM kanji (髙﨑) by their place in the rows that NEC selected, where mailers put them: cp932 ED40 to EEFC."""
    places = [bytes((lead, trail)) for lead in (0xED, 0xEE) for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))]
    return {octets.decode("cp932", "ignore"): octets for octets in places}


@cache
def _row_and_cell(char: str) -> bytes:
    lead, trail = _selected().get(char) or char.encode("cp932")
    row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2 + 0x21
    if trail >= 0x9F:
        return bytes((row + 1, trail - 0x7E))
    return bytes((row, trail - (0x1F if trail < 0x7F else 0x20)))


def _is_half_width_kana(char: str) -> bool:
    return "\uff61" <= char <= "\uff9f"


def jis(text: str) -> bytes:
    """ISO-2022-JP as Windows mailers mean it (CP50221); every line ends in ASCII."""
    octets, now = b"", _ASCII
    for char in text:
        wanted = _ASCII if char.isascii() else _KANA if _is_half_width_kana(char) else _KANJI
        octets += wanted if wanted != now else b""
        now = wanted
        if wanted == _ASCII:
            octets += char.encode("ascii")
        elif wanted == _KANA:
            octets += bytes((char.encode("cp932")[0] & 0x7F,))
        else:
            octets += _row_and_cell(char)
    return octets + (_ASCII if now != _ASCII else b"")


def jis_shifted(text: str) -> bytes:
    """As `jis`, half-width kana between SO and SI (CP50222)."""
    octets, now = b"", jis
    for char in text:
        wanted = jis_shifted if _is_half_width_kana(char) else jis
        octets += (b"\x0e" if wanted is jis_shifted else b"\x0f") if wanted is not now else b""
        octets += bytes((char.encode("cp932")[0] & 0x7F,)) if wanted is jis_shifted else jis(char)
        now = wanted
    return octets


def euc(text: str) -> bytes:
    """EUC-JP with the vendor rows (CP51932)."""
    octets = b""
    for char in text:
        if char.isascii():
            octets += char.encode("ascii")
        elif _is_half_width_kana(char):
            octets += b"\x8e" + char.encode("cp932")
        else:
            octets += bytes(octet | 0x80 for octet in _row_and_cell(char))
    return octets


def utf8(text: str) -> bytes:
    return text.encode("utf-8")


def sjis(text: str) -> bytes:
    return text.encode("cp932")


def utf7(text: str) -> bytes:
    return text.encode("utf-7")


def utf16(text: str) -> bytes:
    return text.encode("utf-16")


def gb(text: str) -> bytes:
    return text.encode("gb18030")


Encoder = Callable[[str], bytes]


def base64_lines(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def quoted_printable(octets: bytes) -> bytes:
    """Lines of the text stay lines; soft breaks fall anywhere, also inside a character."""
    encoded = quopri.encodestring(octets.replace(b"\r\n", b"\n"))
    return encoded.replace(b"\x1b", b"=1B").replace(b"\n", b"\r\n")


def as_it_is(octets: bytes) -> bytes:
    return octets


def word(octets: bytes, label: str, kind: str = "B") -> bytes:
    """One encoded word."""
    if kind.upper() == "B":
        content = base64.b64encode(octets)
    else:
        content = b"".join(
            bytes((octet,)) if chr(octet).isalnum() and octet < 128 else b"=%02X" % octet for octet in octets
        )
    return b"=?%s?%s?%s?=" % (label.encode("ascii"), kind.encode("ascii"), content)


def words(text: str, encode: Encoder, label: str, kind: str = "B", *, characters: int = 12) -> bytes:
    """Encoded words of whole characters, folded between them."""
    pieces = [text[at : at + characters] for at in range(0, len(text), characters)]
    return b"\r\n ".join(word(encode(piece), label, kind) for piece in pieces)


def words_cut_anywhere(text: str, encode: Encoder, label: str, between: bytes = b"\r\n ", octets: int = 25) -> bytes:
    """Encoded words cut after so many octets, inside characters and between escapes, as many mailers do."""
    whole = encode(text)
    return between.join(word(whole[at : at + octets], label) for at in range(0, len(whole), octets))


def words_glued(text: str, encode: Encoder, label: str) -> bytes:
    """Words without any blank between them."""
    return words_cut_anywhere(text, encode, label, between=b"")


def one_long_word(text: str, encode: Encoder, label: str) -> bytes:
    """Over the 75 characters of RFC 2047, without padding."""
    return word(encode(text), label, "b").replace(b"=?=", b"?=").replace(b"=?=", b"?=")


def percent(octets: bytes) -> bytes:
    return b"".join(b"%%%02X" % octet for octet in octets)


def continued(name: bytes, octets: bytes, label: str, size: int = 11) -> bytes:
    """RFC 2231 in several parameters, cut inside characters."""
    pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
    start = label.encode("ascii") + b"''"
    lines = [b"%s*%d*=%s" % (name, at, (b"" if at else start) + percent(piece)) for at, piece in enumerate(pieces)]
    return b";\r\n ".join(lines)
