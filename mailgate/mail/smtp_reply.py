"""The replies that a stranger can get from us, each with a name (RFC 5321 4.2, RFC 3463). No other text leaves."""

from __future__ import annotations

TRY_LATER = "451 4.3.0 Temporary local problem, please try again later"
UNKNOWN_RECIPIENT = "550 5.1.1 No such address here"
RECIPIENT_OK = "250 2.1.5 Ok"


def queued(queue_id: str) -> str:
    """The promise: said only after the mail is committed and synced."""
    return f"250 2.0.0 Ok: queued as {queue_id}"
