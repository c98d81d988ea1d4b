"""What SMTP said about a mail (RFC 5321 2.3.1), apart from what its headers claim."""

from __future__ import annotations

from dataclasses import dataclass

from mailgate.mail.address import Address


@dataclass(frozen=True, slots=True)
class Envelope:
    """`reverse_path` is None for the null reverse-path `<>`; `forward_paths` are all ours."""

    reverse_path: Address | None
    forward_paths: tuple[Address, ...]
    peer: str = ""
    """The address of the client, "192.0.2.1"; empty for a file or a pipe."""
    helo: str = ""
