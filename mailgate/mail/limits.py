"""How much of a mail is read: what is beyond is left out with a defect, never refused (the octets are kept whole).

Made from the settings by `office.py`, or the defaults; handed down by `parse` to `fields` and `parts`. That the
work stays in proportion to the size of a mail does not depend on them: `taming` sees to it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    fields: int = 1_000
    """In the header section."""
    field_octets: int = 8 * 1024
    section_octets: int = 256 * 1024
    parts: int = 200
    depth: int = 20
    """Parts inside each other."""


DEFAULT_READING = ReadingLimits()
