"""By which a text that was approved, or the octets of a mail, are known again."""

from __future__ import annotations

import hashlib


def digest_of(content: str | bytes) -> str:
    """SHA-256, in hexadecimal; of a text in UTF-8."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
