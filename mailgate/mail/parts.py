"""The body of a mail taken apart: which parts are read as its text, which are attachments, which are a report.

`parse` hands in the header section and the octets of the body. mail-parser finds the structure, the standard library
(compat32) where it fails or the mail is big; both get the copy that `taming` makes. Decoding is `charset`'s work,
layout `rendering`'s. RFC 2045, 2046, 2183, 6522.
"""

from __future__ import annotations

import binascii
import email
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message as Tree

import mailparser  # type: ignore[import-untyped]  # it brings no types

from mailgate.mail import charset
from mailgate.mail.fields import Parameters, Section, decode_base64, parameters
from mailgate.mail.limits import DEFAULT_READING, ReadingLimits
from mailgate.mail.message import Attachment
from mailgate.mail.rendering import html_to_text, unflow
from mailgate.mail.taming import Tamed, has_parts, tamed, unnamed

# mail-parser writes content types and reasons from strangers' mails to the log; what matters comes back as defects.
logging.getLogger("mailparser").addHandler(logging.NullHandler())
logging.getLogger("mailparser").propagate = False

MOST_CHARACTERS = 1_000_000
_MOST_OCTETS = 2_500_000
_MAIL_PARSER_OCTETS = 1024 * 1024  # above, its second copy of each attachment costs more than its findings are worth

_BASE64_AND_BLANKS = bytes(octet for octet in range(128) if chr(octet).isalnum() or chr(octet) in "+/= \t\r\n\v\f")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_SEEN_OF_BASE64 = 1_000
_TOKEN = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
_RENDERINGS = frozenset(["text/enriched", "text/richtext", "text/x-amp-html", "text/watch-html"])
_DEFECT_WORDS = {
    "NoBoundaryInMultipartDefect": "multipart without a boundary",
    "StartBoundaryNotFoundDefect": "the boundary of the parts never comes",
    "CloseBoundaryNotFoundDefect": "the last boundary is missing",
    "MissingHeaderBodySeparatorDefect": "no blank line between header and text of a part",
    "MultipartInvariantViolationDefect": "multipart without parts",
    "InvalidMultipartContentTransferEncodingDefect": "transfer encoding on a multipart",
}


@dataclass(frozen=True, slots=True)
class Parts:
    body: str
    attachments: tuple[Attachment, ...]
    statuses: tuple[bytes, ...]
    """Decoded octets of the message/delivery-status parts (RFC 3464)."""
    defects: tuple[str, ...]


def take_apart(section: Section, body: bytes, limits: ReadingLimits = DEFAULT_READING) -> Parts:
    """Text, attachments and reports of a mail whose header section is `section`. May raise on hostile structure."""
    defects: list[str] = []
    copy = tamed(section, body, defects)
    tree = _tree(copy.octets, has_parts(section))
    names = dict.fromkeys(type(defect).__name__ for part in tree.walk() for defect in part.defects)
    defects += [_DEFECT_WORDS[name] for name in names if name in _DEFECT_WORDS]
    walk = _Walk(copy, defects, limits)
    text = _joined(walk.texts(tree, 0), defects)
    return Parts(text, tuple(walk.attachments), tuple(walk.statuses), tuple(dict.fromkeys(defects)))


def attachment_octets(section: Section, body: bytes, limits: ReadingLimits = DEFAULT_READING) -> list[bytes]:
    """The decoded octets of each attachment, in the order in which `take_apart` names them. May raise like it."""
    copy = tamed(section, body, [])
    kept: list[bytes] = []
    _Walk(copy, [], limits, kept=kept).texts(_tree(copy.octets, has_parts(section)), 0)
    return kept


def _tree(octets: bytes, structured: bool) -> Tree:
    """mail-parser's tree where there is a structure to find, and where that is not too dear."""
    if structured and len(octets) <= _MAIL_PARSER_OCTETS:
        try:
            return mailparser.parse_from_bytes(octets).message  # type: ignore[no-any-return]  # the library is untyped
        except Exception:  # noqa: BLE001, S110  # it raises four kinds of its own and of others; the next line copes
            pass
    return email.message_from_bytes(octets)


@dataclass(frozen=True, slots=True)
class _Text:
    octets: bytes
    kind: Parameters
    html: bool

    def render(self, defects: list[str], room: int = MOST_CHARACTERS) -> str:
        """The text to read, of at most `room` characters before layout."""
        label = self.kind.get("charset")
        meta = _META_CHARSET.search(self.octets[:4096]) if self.html and not label else None
        octets = self.octets
        if len(octets) > _MOST_OCTETS:
            octets = octets[: octets.rfind(b"\n", 0, _MOST_OCTETS) + 1 or _MOST_OCTETS]
            defects.append("text over 2,500,000 octets: the rest left out")
        decoded = charset.decode(octets, meta[1].decode("ascii") if meta else label)
        defects.extend(decoded.defects)
        text = decoded.text
        if len(text) > room:
            text = text[:room]
            defects.append("text over 1,000,000 characters: the rest left out")
        if self.html:
            return charset.clean(html_to_text(text))  # character references bring new ones
        if self.kind.get("format").lower() == "flowed":
            return unflow(text, delete_space=self.kind.get("delsp").lower() == "yes")
        return text

    @property
    def blank(self) -> bool:
        return not self.render([]).strip() if len(self.octets) < 2_000 else False


@dataclass(slots=True)
class _Walk:
    """One pass over the parts: collects attachments and reports on the way, gives back the texts to read."""

    copy: Tamed
    defects: list[str]
    limits: ReadingLimits
    attachments: list[Attachment] = field(default_factory=list)
    statuses: list[bytes] = field(default_factory=list)
    leaves: int = 0
    kept: list[bytes] | None = None
    """The octets of the attachments, for who wants them: nobody who only reads the mail does."""

    def texts(self, part: Tree, depth: int, *, attach: bool = False, alternative: bool = False) -> list[_Text]:
        if depth > self.limits.depth or self.leaves >= self.limits.parts:
            self.defects.append(
                f"more than {self.limits.parts} parts, or {self.limits.depth} inside each other: the rest left out"
            )
            return []
        disposition = _parameters(part, "content-disposition")
        if not part.is_multipart():
            self.leaves += 1
            return self._leaf(part, disposition, depth, attach, alternative)
        subtype = part.get_content_subtype()
        attach = attach or disposition.value == "attachment"
        children: list[Tree] = part.get_payload()  # type: ignore[assignment]  # a list, since is_multipart
        if subtype == "alternative" and not attach:
            return _preferred([self.texts(child, depth + 1, alternative=True) for child in children])
        if subtype == "report" and not attach:  # RFC 6522: the first part is for people, the others are not text
            human = self.texts(children[0], depth + 1)
            for child in children[1:]:
                self.texts(child, depth + 1, attach=True)
            return human
        return [
            text for child in children for text in self.texts(child, depth + 1, attach=attach, alternative=alternative)
        ]

    def _leaf(self, part: Tree, disposition: Parameters, depth: int, attach: bool, alternative: bool) -> list[_Text]:
        kind = _parameters(part, "content-type")
        content_type = kind.value
        if not _TOKEN.fullmatch(content_type) or content_type.startswith("multipart/"):
            content_type = "text/plain"  # RFC 2045 5.2: what does not say (well) what it is, is text
        content_type = unnamed(content_type)
        octets = _octets(part, self.copy, self.defects)
        filename = disposition.get("filename") or kind.get("name")
        lone = depth == 0 and content_type.startswith("text/")
        attach = attach or disposition.value == "attachment" or (bool(filename) and not lone)
        if not attach and (content_type in ("text/plain", "text/html") or lone):
            return [_Text(octets, kind, content_type == "text/html")]
        if content_type in _RENDERINGS and alternative:
            return []
        if content_type in ("message/delivery-status", "message/global-delivery-status"):
            self.statuses.append(octets)
        name = " ".join(filename.split())[:255] or f"attachment-{len(self.attachments) + 1}"
        self.attachments.append(Attachment(name, content_type, len(octets)))
        if self.kept is not None:
            self.kept.append(octets)
        return []


def _preferred(choices: Iterable[list[_Text]]) -> list[_Text]:
    """Of the alternatives: the first with plain text in it, else the last with any."""
    filled = [texts for texts in choices if texts]
    plain = [texts for texts in filled if any(not text.html and not text.blank for text in texts)]
    html = [texts for texts in filled if any(text.html for text in texts)]
    return (plain or html[::-1] or filled or [[]])[0]


def _joined(texts: list[_Text], defects: list[str]) -> str:
    """The texts in order; HTML that only repeats plain text beside it is left out."""
    pieces: list[str] = []
    seen = ""
    room = MOST_CHARACTERS
    for text in texts:
        piece = text.render(defects, room).strip("\n")
        room = max(0, room - len(text.octets))
        bare = "".join(piece.split())
        if bare and not (text.html and bare in seen):
            pieces.append(piece)
            seen += bare
    return "\n".join(pieces)[:MOST_CHARACTERS]


def _parameters(part: Tree, name: str) -> Parameters:
    """The topmost field of that name from its octets; the library keeps them as surrogate escapes."""
    for found, value in part.raw_items():
        if found.lower() == name:
            return parameters(str(value).encode("ascii", "surrogateescape"))
    return Parameters("", {})


def _octets(part: Tree, copy: Tamed, defects: list[str]) -> bytes:
    """The decoded content of a leaf (RFC 2045 6), with more patience for bad encodings than the library has."""
    encoding = re.split(r"[\s;(]", _parameters(part, "content-transfer-encoding").value)[0]
    del part["content-transfer-encoding"]  # so that the library gives the octets as they came
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return b""
    octets = copy.restored(payload)
    if encoding == "base64":
        return _from_base64(octets, defects)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(octets)
    return octets


def _from_base64(octets: bytes, defects: list[str]) -> bytes:
    """Base64 as gateways leave it: with a footer in plain text below, or with plain text instead."""
    if not octets.translate(None, _BASE64_AND_BLANKS):
        return decode_base64(octets)
    lines = octets.lstrip().splitlines(keepends=True)
    width = len(lines[0].rstrip())
    for number, line in enumerate(lines):
        if _NO_BASE64.search(line):
            break
        if len(line.rstrip()) < width or line.rstrip().endswith(b"="):  # the last line of base64
            defects.append("plain text below the base64")
            return decode_base64(b"".join(lines[: number + 1])) + b"\r\n" + b"".join(lines[number + 1 :])
    noise = len(_NO_BASE64.findall(octets[:_SEEN_OF_BASE64]))
    if 10 * noise > min(len(octets), _SEEN_OF_BASE64):
        defects.append("base64 is announced, plain text is there")
        return octets
    return decode_base64(octets)
