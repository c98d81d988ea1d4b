"""Files beside the text of a letter (RFC 2045, 2046, 2183, 2231): the parts as lines, and read back as values.

For `mail/compose.py`, and for `mail/leaving.py`, which takes apart what that composed. A file has one of three kinds
and a name of our own making; its octets were drawn afresh (`mail/drawing.py`) and stand in base64.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message as Compat32
from email.utils import collapse_rfc2231_value
from urllib.parse import quote

from mailgate.mail.drawing import SUFFIXES

_CRLF = "\r\n"
_NAME = re.compile(r"[\w-]{1,40}\.(?:png|jpg|pdf)")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9-]{1,40}\.[a-z]{3}")
_LONGEST_BOUNDARY = 30

Part = tuple[tuple[tuple[str, str], ...], bytes]
"""The fields of a part with their values (of the disposition only its word), its file name, and its octets."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file of a letter."""

    name: str
    """添付1.png, attachment-1.pdf: never what its sender called it."""
    media_type: str
    octets: bytes


def is_fit(file: Enclosed) -> bool:
    """Whether the file may be enclosed at all: by its kind, and with a name that fits the kind."""
    suffix = SUFFIXES.get(file.media_type)
    return suffix is not None and bool(_NAME.fullmatch(file.name)) and file.name.endswith(f".{suffix}")


def boundary_of(message_id: str) -> str:
    """A delimiter that no line of base64 can be, and that tells no more than the Message-ID of the same letter."""
    return f"=_{re.sub('[^A-Za-z0-9]', '', message_id.partition('@')[0])}"[:_LONGEST_BOUNDARY]


def content_type(boundary: str) -> str:
    return f'multipart/mixed; boundary="{boundary}"'


def enclosed(boundary: str, text_type: str, text: str, files: Sequence[Enclosed]) -> str:
    """The body of the letter: the text (in base64 already), then each file."""
    first = f"Content-Type: {text_type}{_CRLF}Content-Transfer-Encoding: base64{_CRLF}{_CRLF}{text}"
    parts = [first, *map(_part, files)]
    return "".join(f"--{boundary}{_CRLF}{one}" for one in parts) + f"--{boundary}--{_CRLF}"


def base64_lines(octets: bytes) -> str:
    return base64.encodebytes(octets).decode("ascii").replace("\n", _CRLF)


def read_back(letter: Compat32) -> tuple[Part, ...]:
    """Every part of a letter, as somebody who gets it reads it; empty for a letter without files."""
    parts = letter.get_payload()
    return tuple(map(_read, parts)) if isinstance(parts, list) else ()


def as_meant(text_type: str, body: bytes, files: Sequence[Enclosed]) -> tuple[Part, ...]:
    """What `read_back` must find."""
    if not files:
        return ()
    text = (("Content-Type", text_type), ("Content-Transfer-Encoding", "base64"), ("filename", ""))
    return ((text, body), *((_fields(one), one.octets) for one in files))


def taken_apart(letter: Compat32) -> tuple[bytes, tuple[Enclosed, ...]]:
    """The octets of the text and the files of a letter with files. Whether `enclosed` would write just that, and not
    something else that reads alike, is for the caller to compare. Raises LookupError and ValueError for other letters.
    """
    (_, text), *parts = read_back(letter)
    read = [(dict(fields), octets) for fields, octets in parts]
    return text, tuple(Enclosed(fields["filename"], fields["Content-Type"], octets) for fields, octets in read)


def _fields(file: Enclosed) -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Type", file.media_type),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", "attachment"),
        ("filename", file.name),
    )


def _read(part: Compat32) -> Part:
    name = part.get_param("filename", "", header="content-disposition")
    fields = ((key, _word(value) if key == "Content-Disposition" else value) for key, value in part.items())
    payload = part.get_payload(decode=True)
    octets = payload if isinstance(payload, bytes) else b""
    return (*fields, ("filename", collapse_rfc2231_value(name) if name else "")), octets


def _word(value: str) -> str:
    return value.partition(";")[0]


def _part(file: Enclosed) -> str:
    plain = _PLAIN_NAME.fullmatch(file.name)
    name = f'filename="{file.name}"' if plain else f"filename*=utf-8''{quote(file.name, safe='')}"
    return (
        f"Content-Type: {file.media_type}{_CRLF}Content-Transfer-Encoding: base64{_CRLF}"
        f"Content-Disposition: attachment; {name}{_CRLF}{_CRLF}{base64_lines(file.octets)}"
    )
