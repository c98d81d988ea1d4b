"""One mailbox as a value, read leniently and written strictly (RFC 5321 4.1.2, RFC 5322 3.4.1).

Japanese carriers issued local parts that break the grammar (`a..b@`, `a.@`, `-a@`) until 2009 and the addresses are
still in use: they are read as they come, and written with a quoted local part.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DOT_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")
_FORBIDDEN = re.compile(r'[\x00-\x20\x7f-\x9f<>()\[\]:;,\\"]')


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox. `local` is unquoted text, `domain` is lower case (U-labels stay Unicode)."""

    local: str
    domain: str

    @property
    def key(self) -> str:
        """The form under which two spellings of one mailbox meet: NFKC, lower case throughout."""
        return unicodedata.normalize("NFKC", f"{self.local}@{self.domain}").lower()

    @property
    def wire(self) -> str:
        """The form for SMTP and headers: the local part is quoted where the grammar asks for it."""
        local = self.local if _DOT_ATOM.fullmatch(self.local) else f'"{self.local}"'
        return f"{local}@{self.domain}"

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def parse_address(text: str) -> Address | None:
    """The mailbox that `text` ("a@b", '"a b"@c', "<a@b>") names, or None when it names none.

    At most 254 characters, 64 of them before the at sign (RFC 5321 4.5.3.1). No display names: see `mail.parse`.
    """
    text = text.strip().removeprefix("<").removesuffix(">").strip()
    local, at, domain = text.rpartition("@")
    is_quoted = len(local) >= 2 and local[0] == local[-1] == '"'
    if is_quoted:
        local = local[1:-1]
    if not at or not local or len(local) > 64 or len(text) > 254 or _FORBIDDEN.search(local):
        return None
    if "@" in local and not is_quoted:
        return None
    domain = unicodedata.normalize("NFKC", domain).lower().removesuffix(".")
    if not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        return None
    return Address(local, domain)
