"""The text of one mail as it comes over the wire after DATA (RFC 5321 4.1.1.4, 4.5.2), block by block.

Replaces aiosmtpd's own reader, which goes line by line, keeps an over-long line whole in memory and answers it with
words of its own. Only CRLF.CRLF ends the text; the stuffed dot of a line is taken off. A bare CR, or a dot
alone between line ends of which one is bare, may be the end of the mail to somebody else (SMTP smuggling) and spoils
the text; any other bare LF becomes CRLF, as honest programs mean it. Does no input itself: the session feeds it what
the net brings.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_CRLF = b"\r\n"
_END = b"\r\n.\r\n"
_STRAY = re.compile(rb"\r[^\n]|\n\.\r?\n")
"""A bare CR, or what looks like the end; the true one is never in what this is asked about."""
_BARE_LF = re.compile(rb"(?<!\r)\n")
_BEGINNINGS_OF_END = (b"\r\n.\r", b"\n.\r", b"\r\n.", b"\n.", b"\r\n", b"\n", b"\r")


class Budget:
    """How many octets of mails all sessions together may hold in memory; for one thread."""

    def __init__(self, octets: int) -> None:
        self._left = octets

    def take(self, octets: int) -> bool:
        """False: there is no room for them."""
        if octets > self._left:
            return False
        self._left -= octets
        return True

    def give_back(self, octets: int) -> None:
        self._left += octets


class Text:
    """Takes the octets after DATA until the dot. Holds `max_size_bytes` and one block at most.

    What it holds counts against the budget until `release`, or until whoever took the octets has done with them.
    """

    def __init__(self, max_size_bytes: int, budget: Budget) -> None:
        self._max_size_bytes = max_size_bytes
        self._budget = budget
        self._text = bytearray()
        self._held = 0
        self._size_bytes = -len(_CRLF)
        # As if the text began with a line end: its first line is then like any other.
        self._undecided = _CRLF
        self.has_room = True
        """False when all sessions together held too much at some moment: then there is nothing to `take`."""
        self.has_stray_line_ends = False

    @property
    def is_too_big(self) -> bool:
        return self._size_bytes > self._max_size_bytes

    @property
    def is_much_too_big(self) -> bool:
        """The client went on for as long again after the limit; it is not waited for."""
        return self._size_bytes > 2 * self._max_size_bytes

    def feed(self, block: bytes) -> bytes | None:
        """None as long as the text goes on; at its end whatever came behind it."""
        octets = self._undecided + block
        end = octets.find(_END)
        # Every look-alike stands whole in some block with what was undecided before it.
        if not self.has_stray_line_ends and not octets.count(b"\r") == octets.count(b"\n") == octets.count(_CRLF):
            self.has_stray_line_ends = (
                _STRAY.search(octets, 0, end + len(_CRLF) if end >= 0 else len(octets)) is not None
            )
        if end >= 0:
            self._add(octets[: end + len(_CRLF)])
            return octets[end + len(_END) :]
        self._undecided = next((one for one in _BEGINNINGS_OF_END if octets.endswith(one)), b"")
        self._add(octets[: len(octets) - len(self._undecided)])
        return None

    def take(self) -> tuple[bytes, Callable[[], None]]:
        """The text, its dots unstuffed, when it has ended, is not too big and had room; and what to call when its
        octets are no longer held in memory.
        """
        with memoryview(self._text) as whole:
            octets = bytes(whole[len(_CRLF) :])
        self._text.clear()
        held, self._held = self._held, 0
        return octets, lambda: self._budget.give_back(held)

    def release(self) -> None:
        """The text is not wanted any more."""
        self._text.clear()
        self._budget.give_back(self._held)
        self._held = 0

    def _add(self, octets: bytes) -> None:
        octets = octets.replace(b"\r\n.", _CRLF)
        if octets.count(b"\n") != octets.count(_CRLF):
            octets = _BARE_LF.sub(_CRLF, octets)
        self._size_bytes += len(octets)
        if self.has_room and not self.is_too_big and self._budget.take(len(octets)):
            self._held += len(octets)
            self._text += octets
            return
        self.has_room = self.has_room and self.is_too_big
        self.release()
