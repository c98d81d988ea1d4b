"""The header section of a mail, from its raw octets: fields, encoded words, parameters, ids, the date.

`parse` and `parts` ask here; charset questions go on to `charset`, address fields to `mailboxes`. Nothing is believed
of the standard library's decoded headers: it and mail-parser lose vendor characters and raw 8-bit text. RFC 5322 2.2
and 3.6.4, RFC 2047, RFC 2231, RFC 3676 is elsewhere. Every function takes any octets and never raises.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from mailgate.mail import charset
from mailgate.mail.limits import DEFAULT_READING, ReadingLimits

MOST_SECTION_OCTETS = 256 * 1024
MOST_FIELD_OCTETS = 8 * 1024
_MOST_IDS = 50

_END_OF_SECTION = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FIELD_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:")
_FOLD = re.compile(r"(?:\r*\n[ \t]+)+")
_ID = re.compile(r"<[^<>\s]{1,996}>")
_BARE_ID = re.compile(r"[^<>\s]{1,996}")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*+)\?=")
_BASE64_NOISE = bytes(
    octet for octet in range(256) if not (chr(octet).isalnum() and octet < 128) and octet not in b"+/="
)
_PARAMETER = re.compile(r';\s*([^\s;="]{1,100})\s*=\s*("(?:[^"\\]|\\.)*+"?|[^;]*+)', re.DOTALL)
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    """Lower case, without blanks before the colon."""
    octets: bytes
    """All after the colon, folds as they came, without the last line end."""


@dataclass(frozen=True, slots=True)
class Section:
    """The fields of a header section in the order they came."""

    fields: tuple[Field, ...]
    defects: tuple[str, ...] = ()

    def all(self, name: str) -> tuple[bytes, ...]:
        return tuple(field.octets for field in self.fields if field.name == name)

    def first(self, name: str) -> bytes:
        """The topmost field of that name; b"" when there is none."""
        return next(iter(self.all(name)), b"")

    def has(self, name: str) -> bool:
        return any(field.name == name for field in self.fields)


@dataclass(frozen=True, slots=True)
class Parameters:
    """A field such as Content-Type: its first token in lower case, and its parameters by lower-case name."""

    value: str
    by_name: dict[str, str]

    def get(self, name: str) -> str:
        return self.by_name.get(name, "")


def split_mail(raw: bytes, limits: ReadingLimits = DEFAULT_READING) -> tuple[Section, bytes]:
    """Header section and body of a mail (RFC 5322 2.1); lines end in CRLF or LF, or in CR where there is no LF.

    What is beyond the limits is left out with a defect. A line that is no field ends the section, as in every common
    reader, and begins the body.
    """
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    raw = without_separator(raw)
    end = _END_OF_SECTION.search(raw)
    area, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    most = limits.section_octets
    defects = [] if len(area) <= most else [f"header section over {_kib(most)}: the rest left out"]
    fields, stray_at = _fields(area[:most])
    if stray_at is not None:
        body = raw[stray_at:]
        defects.append("a line in the header section is no field: taken for the start of the text")
    if len(fields) > limits.fields:
        defects.append(f"more than {limits.fields:,} header fields: the rest left out")
    if any(len(field.octets) > limits.field_octets for field in fields):
        defects.append(f"header field over {_kib(limits.field_octets)}: the rest left out")
    kept = tuple(Field(field.name, field.octets[: limits.field_octets]) for field in fields[: limits.fields])
    return Section(kept, tuple(defects)), body


def _kib(octets: int) -> str:
    return f"{octets / 1024:g} KiB"


def without_separator(raw: bytes) -> bytes:
    """`raw` without the line that separates the mails of an mbox file; `From :` is a field and no such line."""
    is_separated = raw.startswith((b"From ", b">From ")) and _FIELD_NAME.match(raw) is None
    return raw.partition(b"\n")[2] if is_separated else raw


def _fields(area: bytes) -> tuple[list[Field], int | None]:
    """The fields, and where the first line stands that is neither field nor continuation."""
    found: list[tuple[str, list[bytes]]] = []
    position = 0
    for line in area.split(b"\n"):
        match = _FIELD_NAME.match(line)
        if match and not line.startswith((b" ", b"\t")):
            found.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
        elif found and (line.startswith((b" ", b"\t")) or not line.strip()):
            found[-1][1].append(line)
        elif line.strip():
            return _joined(found), position
        position += len(line) + 1
    return _joined(found), None


def _joined(found: list[tuple[str, list[bytes]]]) -> list[Field]:
    return [Field(name, b"\n".join(lines).rstrip(b"\r\n")) for name, lines in found]


def raw_text(octets: bytes) -> str:
    """A field as text with encoded words as they are: unfolded, raw 8-bit and raw JIS decoded, controls kept."""
    return _FOLD.sub(" ", charset.to_text(octets, None).text).strip()


def unstructured(octets: bytes) -> charset.Decoded:
    """The text of a field such as Subject, on one line, with encoded words decoded (RFC 2047)."""
    return decode_words(raw_text(octets))


def decode_words(text: str) -> charset.Decoded:
    """`text` with its encoded words decoded, clean and on one line.

    Neighbouring words with one label are joined as octets first: mailers cut inside a character.
    """
    if "=?" not in text:
        return charset.Decoded(_one_line(text), ())
    pieces: list[str] = []
    defects: list[str] = []
    end = 0
    for words, start, stop in _word_groups(text):
        decoded = charset.decode(b"".join(words[1]), words[0])
        between = text[end:start]
        pieces += [between if between.strip() or not pieces else "", decoded.text]
        defects += decoded.defects
        end = stop
    pieces.append(text[end:])
    return charset.Decoded(_one_line("".join(pieces)), tuple(defects))


def _one_line(text: str) -> str:
    return charset.clean(text).replace("\n", " ").replace("\t", " ").strip()


def _word_groups(text: str) -> Iterator[tuple[tuple[str, list[bytes]], int, int]]:
    """((label, octets of each word), start, stop) for each run of words that belong together."""
    group: tuple[str, list[bytes]] | None = None
    start = stop = 0
    for match in _ENCODED_WORD.finditer(text):
        label = match[1].partition("*")[0].lower()  # RFC 2231 section 5: a language may follow
        octets = _word_octets(match[2], match[3])
        if group and group[0] == label and not text[stop : match.start()].strip():
            group[1].append(octets)
        else:
            if group:
                yield group, start, stop
            group, start = (label, [octets]), match.start()
        stop = match.end()
    if group:
        yield group, start, stop


def _word_octets(encoding: str, content: str) -> bytes:
    octets = content.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(octets)
    return binascii.a2b_qp(octets.strip(), header=True)


def decode_base64(octets: bytes) -> bytes:
    """Base64 with whatever is in between left out, padding or not, several pieces joined (RFC 2045 6.8)."""
    chunks = [chunk for chunk in octets.translate(None, _BASE64_NOISE).split(b"=") if chunk]
    return b"".join(_base64_chunk(chunk) for chunk in chunks)


def _base64_chunk(chunk: bytes) -> bytes:
    if len(chunk) % 4 == 1:  # six bits make no octet
        chunk = chunk[:-1]
    return base64.b64decode(chunk + b"=" * (-len(chunk) % 4))


def parameters(octets: bytes) -> Parameters:
    """A field with parameters, the names and texts decoded in all the ways mailers write them (RFC 2231, RFC 2047)."""
    text = raw_text(octets[:MOST_FIELD_OCTETS])
    value = text.partition(";")[0].strip().lower()
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    plain: dict[str, str] = {}
    for name, content in _PARAMETER.findall(text):
        form = _CONTINUED.fullmatch(name.lower())
        content = _unquoted(content)
        if form and (form[2] or form[3]):
            pieces.setdefault(form[1], {}).setdefault(int(form[2] or 0), (content, bool(form[3])))
        else:
            plain.setdefault(name.lower(), _plain_parameter(content))
    return Parameters(charset.clean(value), plain | {name: _extended(parts) for name, parts in pieces.items()})


def _unquoted(content: str) -> str:
    content = content.strip()
    if not content.startswith('"'):
        return content
    inner = content[1:-1] if len(content) > 1 and content.endswith('"') else content[1:]
    return re.sub(r"\\(.)", r"\1", inner)


def _plain_parameter(content: str) -> str:
    if _ENCODED_WORD.search(content):
        return decode_words(content).text
    if re.search("(?:%[0-9A-Fa-f]{2}){2}", content):  # percent signs without the star that announces them
        content = charset.to_text(unquote_to_bytes(content), None).text
    return charset.clean(content)


def _extended(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: pieces in order, joined as octets (they are cut inside characters), then decoded once."""
    label = None
    octets = b""
    for number in sorted(parts):
        content, percent = parts[number]
        if percent and number == 0 and content.count("'") >= 2:
            label, _, content = content.split("'", 2)
        octets += unquote_to_bytes(content) if percent else content.encode("utf-8", "replace")
    text = charset.decode(octets, label).text
    return decode_words(text).text if _ENCODED_WORD.search(text) else text


def message_id(octets: bytes) -> str:
    """The first Message-ID of a field with its brackets; a bare one gets them; "" when there is none."""
    text = charset.clean(raw_text(octets))
    bracketed = _ID.search(text)
    bare = _BARE_ID.match(text)
    return bracketed[0] if bracketed else f"<{bare[0]}>" if bare else ""


def references(section: Section) -> tuple[str, ...]:
    """In-Reply-To, then References from the nearest ancestor on; each once, at most 50 (RFC 5322 3.6.4)."""
    nearest = [_ids(octets) for octets in section.all("in-reply-to")]
    thread = [_ids(octets)[::-1] for octets in section.all("references")]
    return tuple(dict.fromkeys(one for ids in nearest + thread for one in ids))[:_MOST_IDS]


def _ids(octets: bytes) -> list[str]:
    return _ID.findall(charset.clean(raw_text(octets)))


def date(octets: bytes) -> datetime | None:
    """The moment a Date field names, with its offset ("-0000" and none at all are UTC); None when it names none."""
    try:
        moment = parsedate_to_datetime(raw_text(octets[:200]))
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError):  # the library's own, on odd dates
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
