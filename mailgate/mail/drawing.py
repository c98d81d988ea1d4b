"""An attachment drawn afresh: what the drawing process says of a file, and what it gives back. Values alone.

Made by `sandbox/artist.py`; used by `flow/attachments.py`, which is handed an `Artist` and knows no picture library.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mailgate.mail.content import Content

MOST_PAGES = 10
MOST_PIXELS = 50_000_000
"""Of the picture as it came; what is drawn has at most LONGEST_SIDE in each direction."""
LONGEST_SIDE = 2048


class Obstacle(StrEnum):
    """Why a file is not drawn."""

    KIND = "kind"
    """Only pictures and PDF are drawn."""
    ENCRYPTED = "encrypted"
    TOO_MANY_PAGES = "too many pages"
    TOO_LARGE = "too large"
    DAMAGED = "damaged"
    LIMITS = "limits"
    """It broke the limits of the drawing process, on time or memory."""


@dataclass(frozen=True, slots=True)
class Look:
    """One attachment, looked at from outside."""

    content: Content
    size_bytes: int
    obstacle: Obstacle | None
    """None: nothing is known that would keep it from being drawn."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Pixels alone: no word, name, date or setting of the file that they were drawn from."""

    media_type: str
    """image/png, image/jpeg, or application/pdf."""
    octets: bytes
    pages: int


class Artist(Protocol):
    """Looks at attachments and draws them; `raw` is a whole mail as it was received."""

    def look(self, raw: bytes) -> list[Look]:
        """The attachments of the mail, in the order of `Message.attachments`."""

    def draw(self, raw: bytes, position: int) -> Drawing | Obstacle:
        """The attachment at `position`, counted from 1."""


SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
"""What may leave at all, and how its file is called."""
