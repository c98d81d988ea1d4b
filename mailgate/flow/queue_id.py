"""Queue ids: what a sender is told with the 250, and the key of the mail from then on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
"""The letters of a token, in the order of their octets."""
_TIME_CHARACTERS, _RANDOM_CHARACTERS = 8, 7


def new_queue_id(now: datetime, random_bytes: Callable[[int], bytes]) -> str:
    """15 letters and digits that sort by time (milliseconds, over again after 34 years); the last 35 bits are random.

    In the order of time, because the database is quicker when what is written together lies together: with random
    keys every mail would touch pages of its own in each index.
    """
    milliseconds = int(now.timestamp() * 1000)
    chance = int.from_bytes(random_bytes(5), "big")
    return _letters(milliseconds, _TIME_CHARACTERS) + _letters(chance, _RANDOM_CHARACTERS)


def _letters(number: int, count: int) -> str:
    """The lowest 5 * `count` bits."""
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))
