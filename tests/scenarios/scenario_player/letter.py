"""An outgoing mail as a text that can be compared: every header field in its order, decoded, then the body.

What is new in every run (tokens, Message-IDs, dates) is replaced by a name for it in ⟨brackets⟩.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from functools import lru_cache

_TOKEN = re.compile(r"\b(reply|bounce)\+[a-z2-7]{24}@")
_OWN_ID = re.compile(r"<[a-z2-7]{24}@desk\.example\.jp>")
_DATE = re.compile(r"\w{3}, +\d+ \w{3} \d{4} \d\d:\d\d:\d\d ")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in the Maildir, with the kind (the template) that the outbox knows it by."""

    kind: str
    case: int | None
    raw: bytes

    @property
    def _message(self) -> Message:
        return _parsed(self.raw)

    def field(self, name: str) -> str:
        """A header field, decoded; empty when it is not there."""
        value = self._message[name]
        return str(make_header(decode_header(value))) if value is not None else ""

    @property
    def to(self) -> str:
        """The address, as in SMTP but without quotes in its local part."""
        return parseaddr(self.field("To"))[1].replace('"', "").lower()

    @property
    def reply_to(self) -> str:
        return parseaddr(self.field("Reply-To"))[1]

    @property
    def return_path(self) -> str:
        return parseaddr(self.field("Return-Path"))[1]

    @property
    def message_id(self) -> str:
        return self.field("Message-ID")

    @property
    def body(self) -> str:
        payload = self._message.get_payload(decode=True)
        assert isinstance(payload, bytes), "our mails have one part"
        return payload.decode(self._message.get_content_charset("ascii"))

    def text(self, letters: Mapping[str, Letter]) -> str:
        """The comparable form; `letters` by Message-ID give a name to those that this one answers."""

        def named(found: re.Match[str]) -> str:
            other = letters.get(found[0])
            return f"<⟨id of {other.kind} to {other.to}⟩>" if other else "<⟨unknown id⟩>"

        lines = []
        for name in self._message:
            value = _OWN_ID.sub("<⟨id⟩>" if name == "Message-ID" else named, self.field(name))
            value = _DATE.sub("⟨date⟩ ", value) if name == "Date" else value
            lines.append(f"{name}: {' '.join(value.split())}")
        return _TOKEN.sub(r"\1+⟨token⟩@", "\n".join([*lines, "", self.body.replace("\r\n", "\n")]))


@lru_cache(maxsize=256)
def _parsed(raw: bytes) -> Message:
    """To be read alone. A story asks for a dozen fields of each letter, many times over."""
    return message_from_bytes(raw)
