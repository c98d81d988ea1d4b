"""An outgoing mail as its reader sees it, read from the Maildir with the standard library, not with our own parser.

`email.policy.default` is no reader for strangers' bytes; these are our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from gettext import pgettext

_SHOWN_FIELDS = ("From", "To", "Subject", "Date")


@dataclass(frozen=True, slots=True)
class SentMail:
    kind: str
    """The name of its template."""
    handle: str
    """Whose it is: "T-7F3K" or "M-…"."""
    message: EmailMessage

    @property
    def to(self) -> str:
        return self._address("To")

    @property
    def reply_to(self) -> str:
        return self._address("From")

    @property
    def return_path(self) -> str:
        return str(self.message["Return-Path"]).strip("<>")

    @property
    def message_id(self) -> str:
        """Without angle brackets."""
        return str(self.message["Message-ID"]).strip("<>")

    @property
    def text(self) -> str:
        return str(self.message.get_content())

    @property
    def everything(self) -> str:
        """Every field and the text, decoded."""
        return "\n".join([*(f"{name}: {value}" for name, value in self.message.items()), self.text])

    def framed(self) -> Iterator[str]:
        """The lines of a picture of the mail."""
        yield f"  ┌── {pgettext('letter', self.kind)}"
        yield from (f"  │ {name}: {self.message[name]}" for name in _SHOWN_FIELDS)
        yield "  │"
        yield from (f"  │ {line}".rstrip() for line in self.text.splitlines())
        yield "  └──"

    def _address(self, field: str) -> str:
        return str(self.message[field].addresses[0].addr_spec)


def read_sent(raw: bytes) -> EmailMessage:
    """A mail of ours, fields and text decoded."""
    return message_from_bytes(raw, policy=policy.default)
