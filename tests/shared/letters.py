"""A finished letter of the desk, for tests of what becomes of it later."""

from __future__ import annotations

from datetime import UTC, datetime

from mailgate.mail.address import Address
from mailgate.mail.compose import Draft, compose
from mailgate.mail.reply_address import OwnAddresses


def letter_to(
    to: Address, message_id: str, domain: str, body: str = "いつもご協力いただき、ありがとうございます。\n"
) -> bytes:
    """Its octets, as the outbox keeps them."""
    desk = OwnAddresses(domain).desk_address()
    return compose(
        Draft(
            from_name="先生の窓口",
            from_address=desk,
            to=to,
            subject="お知らせ",
            body=body,
            message_id=message_id,
            date=datetime(2026, 2, 2, 9, 30, tzinfo=UTC),
            reply_to=desk,
        )
    )
