"""Who is named in From, To and Cc: mailboxes from the raw octets of an address field (RFC 5322 3.4).

One reading for the whole service: the author it finds is the one that is vouched for and answered, so what two
readers could take differently (a second address, text that looks like one, control characters) is no address at all.
Names may be raw 8-bit, JIS or encoded words in quotes; local parts may break the grammar as Japanese carriers do.
Sender, Reply-To and Resent-From never say who somebody is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.mail import charset
from mailgate.mail.address import Address, parse_address
from mailgate.mail.fields import Section, decode_words, raw_text
from mailgate.mail.message import Sender

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"|\\.|[^"\\()<>,;:]++|.', re.DOTALL)
_SHOWN_ADDRESS = re.compile(r"[^\s@<>()\[\]:;,\"'“”‘’「」]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MOST_MAILBOXES = 500


@dataclass(frozen=True, slots=True)
class Mailbox:
    name: str
    address: Address | None
    """None when what stands there is no mailbox, or could be read as another."""


@dataclass(slots=True)
class _Entry:
    """What one entry of the list is made of, while it is read."""

    words: list[str]
    angle: list[str]
    comment: list[str]
    angles: int = 0
    after_angle: bool = False

    @property
    def empty(self) -> bool:
        return not self.angles and not "".join(self.words + self.comment).strip()


def author(section: Section) -> tuple[Sender, tuple[str, ...]]:
    """The one mailbox of the one From field, and what was wrong; `address` is None unless it is beyond doubt."""
    fields = section.all("from")
    if not fields:
        return Sender("", None), ("no From field",)
    if len(fields) > 1:
        return Sender("", None), ("several From fields",)
    found = mailboxes(fields[0])
    if len(found) != 1:
        name = found[0].name if found else ""
        return Sender(name, None), ("several addresses in From" if found else "no address in From",)
    if found[0].address is None:
        return Sender(found[0].name, None), ("the From field names no address that can be read for certain",)
    return Sender(found[0].name, found[0].address), ()


def names_another(sender: Sender) -> bool:
    """Whether the name that is shown beside the author's address is, or holds, the address of somebody else."""
    shown = unicodedata.normalize("NFKC", sender.name).lower()
    own = sender.address.key if sender.address else ""
    return any(found.rstrip(".") != own for found in _SHOWN_ADDRESS.findall(shown))


def recipients(section: Section) -> tuple[str, ...]:
    """The addresses ("local@domain") of To and Cc in order, each once; what cannot be read is left out."""
    fields = section.all("to") + section.all("cc")
    found = [mailbox.address for octets in fields for mailbox in mailboxes(octets)]
    return tuple(dict.fromkeys(str(address) for address in found if address))


def mailboxes(octets: bytes) -> tuple[Mailbox, ...]:
    """Each entry of an address field; entries of groups count, empty groups and empty entries do not."""
    found: list[Mailbox] = []
    for entry in _entries(raw_text(octets)):
        if not entry.empty:
            found.append(_mailbox(entry))
        if len(found) >= _MOST_MAILBOXES:
            break
    return tuple(found)


def _entries(text: str) -> Iterator[_Entry]:
    """Cut at commas and semicolons outside quotes, comments and angle brackets. One pass, no recursion."""
    entry = _Entry([], [], [])
    depth = 0
    inside = False
    for piece in _PIECE.findall(text):
        if depth or (piece == "(" and not inside):
            depth += {"(": 1, ")": -1}.get(piece, 0)
            entry.comment.append(piece)
        elif inside:
            inside = piece != ">"
            entry.angle += [piece] if inside else []
        elif piece == "<":
            inside = True
            entry.angles += 1
        elif piece in (",", ";"):
            yield entry
            entry = _Entry([], [], [])
        elif piece == ":" and not entry.angles and "@" not in "".join(entry.words):
            entry = _Entry([], [], [])  # that was the name of a group
        else:
            entry.after_angle |= entry.angles > 0 and "@" in piece
            entry.words.append(piece)
    yield entry


def _mailbox(entry: _Entry) -> Mailbox:
    words = "".join(entry.words).strip()
    comment = "".join(entry.comment).strip().removeprefix("(").removesuffix(")")
    if not entry.angles:
        address = _address(words)
        return Mailbox(_name(comment) or ("" if address else _name(words)), address)
    spoken = _name("".join(map(_unquote, entry.words))) or _name(comment)
    if entry.angles > 1 or entry.after_angle or _looks_like_another(entry):
        return Mailbox(spoken, None)
    return Mailbox(spoken, _address("".join(entry.angle)))


def _looks_like_another(entry: _Entry) -> bool:
    """Text outside quotes that holds an at sign and is not the same address again."""
    bare = "".join(word for word in entry.words if not word.startswith('"')).strip()
    return "@" in bare and bare.lower() != "".join(entry.angle).strip().lower()


def _address(text: str) -> Address | None:
    text = text.strip()
    if "<" in text or ("@" in text.rpartition("@")[0] and not text.startswith('"')):
        return None
    if charset.clean(text) != text or "\ufffd" in text:
        return None
    return parse_address(text)


def _unquote(piece: str) -> str:
    return re.sub(r"\\(.)", r"\1", piece[1:-1]) if len(piece) > 1 and piece[0] == piece[-1] == '"' else piece


def _name(text: str) -> str:
    name = decode_words(text).text
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" else name
