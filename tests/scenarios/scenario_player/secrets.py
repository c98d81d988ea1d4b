"""Whether a word is in a mail, however it is hidden: raw, in an encoded header, in a part in any charset."""

from __future__ import annotations

import unicodedata
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header


def readable(raw: bytes) -> str:
    """All that somebody could read in a mail, in one long text that ignores width, case and blanks."""
    message = message_from_bytes(raw)
    pieces = [raw.decode("latin-1"), raw.decode("utf-8", "replace"), raw.decode("iso-2022-jp", "replace")]
    pieces += [f"{name} {_decoded(str(value))}" for part in message.walk() for name, value in part.items()]
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            charset = part.get_content_charset("utf-8")
            pieces.append(payload.decode("iso2022_jp_ext" if charset == "iso-2022-jp" else charset, "replace"))
    return folded("\n".join(pieces))


def folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _decoded(value: str) -> str:
    try:
        pieces = decode_header(value)
    except HeaderParseError:
        return value
    return "".join(
        octets.decode(charset or "latin-1", "replace") if isinstance(octets, bytes) else octets
        for octets, charset in pieces
    )
