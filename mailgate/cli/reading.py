"""How a raw mail is read, as the JSON object that `mail parse` prints."""

from __future__ import annotations

from typing import Any

from mailgate.mail.message import Kind, Message


def message_document(file: str, message: Message) -> dict[str, Any]:
    sender = message.sender
    bounce = None
    if message.kind is Kind.BOUNCE:
        bounce = {
            "recipients": [
                {"address": one.address, "status": one.status, "permanent": one.permanent} for one in message.failed
            ]
        }
    return {
        "file": file,
        "message_id": message.message_id,
        "subject": message.subject,
        "from": {"name": sender.name, "address": str(sender.address) if sender.address else ""},
        "to": list(message.to),
        "date": message.date.isoformat() if message.date else None,
        "body": message.body,
        "written": message.written,
        "signature": message.signature,
        "kind": message.kind.value,
        "bounce": bounce,
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": one.size_bytes}
            for one in message.attachments
        ],
        "defects": list(message.defects),
    }
