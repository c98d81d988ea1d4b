"""The text of one mail as it comes over the wire after DATA (RFC 5321 4.1.1.4, 4.5.2).

Replaces aiosmtpd's own reader, which keeps an over-long line whole in memory and answers it with words of its own.
Only CRLF.CRLF ends the text; the stuffed dot of a line is taken off; bare CR and LF stay as they came.
"""

from __future__ import annotations

import asyncio

_CRLF = b"\r\n"


class MuchTooBig(Exception):
    """The client went on for as long again after the limit; it will not be waited for."""


async def read_text(reader: asyncio.StreamReader, max_size_bytes: int) -> bytes | None:
    """The text, its dots unstuffed; None when it was longer than `max_size_bytes` (all of it read away).

    Raises MuchTooBig after twice the limit, so that nobody can send for ever. Holds at most the limit and one
    buffer of `reader` in memory. Lines may be of any length.
    """
    text = bytearray()
    size_bytes = 0
    at_line_start = True
    while True:
        piece = await _piece(reader)
        if at_line_start and piece == b".\r\n":
            return bytes(text) if size_bytes <= max_size_bytes else None
        if at_line_start and piece.startswith(b"."):
            piece = piece[1:]
        at_line_start = piece.endswith(_CRLF)
        size_bytes += len(piece)
        if size_bytes <= max_size_bytes:
            text += piece
        elif size_bytes <= 2 * max_size_bytes:
            text.clear()
        else:
            raise MuchTooBig


async def _piece(reader: asyncio.StreamReader) -> bytes:
    """One line with its CRLF, or as much of a long line as the buffer of `reader` takes; never half a CRLF."""
    try:
        return await reader.readuntil(_CRLF)
    except asyncio.LimitOverrunError as overrun:
        return await reader.readexactly(overrun.consumed)
