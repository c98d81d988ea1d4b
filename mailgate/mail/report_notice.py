"""Delivery reports as JSON: what Amazon SES sends through SNS instead of a mail of the mail system.

`bounce` asks when the text begins with a brace. The notice may be wrapped in another one as a string, folded by an old
mailer ("!" and a line end), and followed by a text on how to stop it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mailgate.mail.address import parse_address
from mailgate.mail.report_blocks import Block

_MOST_CHARACTERS = 64 * 1024
_MOST_RECIPIENTS = 100


def bounced(text: str) -> tuple[Block, ...]:
    """The recipients of a bounce notice, () for any other text."""
    notice = _object(text)
    inner = notice.get("Message")
    if isinstance(inner, str):
        notice = _object(inner)
    bounce = notice.get("bounce")
    return tuple(_recipients(bounce)) if isinstance(bounce, dict) else ()


def _recipients(bounce: dict[str, Any]) -> Iterator[Block]:
    recipients = bounce.get("bouncedRecipients")
    permanent = bounce.get("bounceType") == "Permanent"
    for one in recipients[:_MOST_RECIPIENTS] if isinstance(recipients, list) else ():
        if isinstance(one, dict):
            address = parse_address(str(one.get("emailAddress", "")))
            status = str(one.get("status", "5.0.0" if permanent else "4.0.0"))
            yield Block(address, status, str(one.get("diagnosticCode", "")), one.get("action") == "delayed")


def _object(text: str) -> dict[str, Any]:
    text = text[:_MOST_CHARACTERS].lstrip().replace("!\n ", "").replace("!\n", "")
    if not text.startswith("{"):
        return {}
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
