"""The copy of a mail that the structure parsers get: nothing in it makes them slow or leads them astray.

`parts` asks for it before mail-parser or the standard library sees anything. Only Content-* fields go in, short ones,
few containers, and message/* parts under another name, so that another person's mail is never read as the sender's
words. Long contents stay outside, because nothing else costs the parsers as much. A boundary that never comes is
replaced by the one that does. RFC 2045, 2046. Texts are not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailgate.mail.fields import Section, parameters

_OPAQUE = b"x-opaque-to-mailgate-"
_LONG_OCTETS = 32 * 1024
_PLACE_OF = b"\x01long:%d\x01"
_PLACE = re.compile(rb"\x01long:(\d{1,9})\x01")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_MOST_CONTAINERS = 20
_MOST_LINES = 500_000
_MOST_DASH_LINES = 1_000
_MOST_FIELD_OCTETS = 4_096
_MOST_FIELDS_OCTETS = 128 * 1024

_CONTENT_FIELD = re.compile(rb"^(content-[a-z-]{1,40}):([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.IGNORECASE | re.MULTILINE)
_DASH_LINE = re.compile(rb"^--", re.MULTILINE)
_BOUNDARY_SEEN = re.compile(
    rb'^--([^\s"\\][^\r\n"\\]{0,198}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}:)', re.IGNORECASE | re.MULTILINE
)
_LONE_CR = re.compile(rb"\r(?!\n)")
_CONTAINER = re.compile(rb"\s*multipart/", re.IGNORECASE)
# The parsers go into messages, and take the children of a digest for messages: under another name they do not.
_DESCENDED = re.compile(rb"\A(\s*)(message/|multipart/digest)", re.IGNORECASE)
_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}")


@dataclass(frozen=True, slots=True)
class Tamed:
    octets: bytes
    long: dict[int, bytes]
    """Contents that the parsers need not see, by the number at their place."""

    def restored(self, octets: bytes) -> bytes:
        """The content of a part with what was taken out of it back in place, each piece once."""
        whole = _PLACE.sub(lambda place: self.long.pop(int(place[1]), b""), octets)
        return whole.replace(_OPAQUE, b"")


def tamed(section: Section, body: bytes, defects: list[str]) -> Tamed:
    """Content fields and body of a mail as the parsers may see them; what was left out or mended is a defect."""
    own = [
        b"%s:%s" % (one.name.encode("ascii"), one.octets) for one in section.fields if one.name.startswith("content-")
    ]
    head = b"".join(field + b"\n" for field in own).replace(b"\r", b"") + b"\n"
    if not has_parts(section):
        return Tamed(_Tamer(defects).tame(head) + _PLACE_OF % 0, {0: body})
    if body.count(b"\r") != body.count(b"\r\n"):
        body = _LONE_CR.sub(b"\n", body)
    long: dict[int, bytes] = {}
    body = _few_lines(_shortened(body, long), defects)
    head = _with_boundary_seen(head, section, body, defects)
    return Tamed(_Tamer(defects).tame(head + body), long)


def has_parts(section: Section) -> bool:
    """Whether the mail says that it has parts."""
    return any(_CONTAINER.match(octets) for octets in section.all("content-type"))


def unnamed(content_type: str) -> str:
    """The content type of a part as it was before it was hidden from the parsers."""
    return content_type.replace(_OPAQUE.decode("ascii"), "")


def _shortened(body: bytes, long: dict[int, bytes]) -> bytes:
    """`body` with numbered places for what is long, has no line that could be a delimiter, and is no header."""
    chunks = body.split(b"\n--")
    for number, chunk in enumerate(chunks):
        end = _BLANK_LINE.search(chunk) if len(chunk) > _LONG_OCTETS else None
        if end:
            content = chunk[end.end() :].removesuffix(b"\r")
            long[number] = content
            chunks[number] = chunk[: end.end()] + _PLACE_OF % number + chunk[end.end() + len(content) :]
    return b"\n--".join(chunks)


def _few_lines(body: bytes, defects: list[str]) -> bytes:
    if body.count(b"\n") > _MOST_LINES:
        body = b"\n".join(body.split(b"\n", _MOST_LINES)[:_MOST_LINES])
        defects.append("more than 500,000 lines: the rest left out")
    for number, dashes in enumerate(_DASH_LINE.finditer(body)):
        if number == _MOST_DASH_LINES:
            defects.append("too many part delimiters: the rest left out")
            return body[: dashes.start()]
    return body


def _with_boundary_seen(head: bytes, section: Section, body: bytes, defects: list[str]) -> bytes:
    """The header with the boundary that the body has, where the one that it announces never comes."""
    kind = parameters(section.first("content-type"))
    announced = kind.get("boundary").encode("utf-8")
    if not kind.value.startswith("multipart/") or (announced and b"\n--" + announced in b"\n" + body):
        return head
    seen = _BOUNDARY_SEEN.search(body)
    if seen is None or not _TYPE.fullmatch(kind.value):
        return head
    defects.append("the boundary of the parts is not the one that was announced")
    line = b'content-type: %s; boundary="%s"\n' % (kind.value.encode("utf-8"), seen[1])
    return line + head  # the topmost field is the one that is read


@dataclass(slots=True)
class _Tamer:
    defects: list[str]
    containers: int = 0
    octets: int = 0

    def tame(self, mail: bytes) -> bytes:
        return _CONTENT_FIELD.sub(self._field, mail)

    def _field(self, match: re.Match[bytes]) -> bytes:
        name, value = match[1], match[2]
        if len(value) > _MOST_FIELD_OCTETS:
            value = value[:_MOST_FIELD_OCTETS].rstrip(b"\r\n")
            self.defects.append("Content field over 4 KiB: the rest left out")
        self.octets += len(value)
        if name.lower() == b"content-type":
            self.containers += _CONTAINER.match(value) is not None
            value = _DESCENDED.sub(lambda start: start[1] + _OPAQUE + start[2], value)
        if self.containers > _MOST_CONTAINERS or self.octets > _MOST_FIELDS_OCTETS:
            self.defects.append("too many parts inside parts: the rest is shown as it stands")
            return b"X-Left-Out:"
        return name + b":" + value
