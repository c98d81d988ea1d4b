"""What one mail may cost the child that reads it; the worker gives it to the child on its command line, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from mailgate.mail.limits import DEFAULT_READING, ReadingLimits


@dataclass(frozen=True, slots=True)
class ChildLimits:
    cpu_seconds: int = 5
    wall_seconds: int = 10
    memory_bytes: int = 768 * 2**20
    """Of address space, for all mails together."""
    reading: ReadingLimits = DEFAULT_READING

    def dumped(self) -> str:
        return json.dumps(asdict(self))


DEFAULT_CHILD = ChildLimits()


def loaded_limits(text: str) -> ChildLimits:
    """The limits in what `dumped` gave."""
    plain = json.loads(text)
    return ChildLimits(**plain | {"reading": ReadingLimits(**plain["reading"])})
