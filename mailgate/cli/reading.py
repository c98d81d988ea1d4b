"""How a raw mail is read, as `mail parse` prints it: a line of JSON for a program, a page for a person."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from mailgate.cli.common import before_value, dumped, in_cell, listed, read_octets
from mailgate.cli.value_words import word
from mailgate.errors import BadInput
from mailgate.mail.defect_words import known_again
from mailgate.mail.message import Kind, Message
from mailgate.mail.parse import parse

_FILES_WORTH_A_PROCESS = 200
_FILES_AT_A_TIME = 20


def lines_of(files: Sequence[Path]) -> Iterator[str]:
    """One JSON object a line for each file, in their order; many files are read by as many processes as help.

    Raises BadInput for a file that cannot be read. Standard input ("-") is read here alone.
    """
    workers = min(os.cpu_count() or 1, len(files) // _FILES_WORTH_A_PROCESS)
    if workers < 2 or Path("-") in files:
        yield from map(_line, files)
        return
    with ProcessPoolExecutor(workers) as pool:
        for line in pool.map(_line_or_problems, files, chunksize=_FILES_AT_A_TIME):
            if not isinstance(line, str):
                raise BadInput(line)
            yield line


def page_of(file: Path) -> Iterator[str]:
    """The same in words: what stands in the fields, what it is taken for, what was newly written. Raises BadInput."""
    document = _document(file)
    yield f"== {document['file']}"
    for key, value in _head(document).items():
        if value:
            yield f"{before_value(key)} {' '.join(value.split())}"
    if document["written"] != document["body"]:
        yield from ("", _("Newly written:"), document["written"])
    yield from ("", _("The whole mail:"), document["body"], "")


def _head(document: dict[str, Any]) -> dict[str, str]:
    sender, bounce = document["from"], document["bounce"] or {"recipients": []}
    failed = [f"{one['address']} {one['status']}".rstrip() for one in bounce["recipients"]]
    files = [_("{filename} ({content_type}, {size} bytes)").format_map(one) for one in document["attachments"]]
    return {
        "sender": sender["name"] + (f" <{sender['address']}>" if sender["address"] else ""),
        "to": in_cell(document["to"]),
        "subject": document["subject"],
        "mail_date": document["date"] or "",
        "message_id": document["message_id"],
        "kind": word(Kind, document["kind"]),
        "bounce": in_cell(failed),
        "attachments": in_cell(files),
        "defects": listed(map(known_again, document["defects"])),
    }


def _line_or_problems(file: Path) -> str | tuple[str, ...]:
    try:
        return _line(file)
    except BadInput as problem:  # given back, so that the lines before it are printed
        return tuple(problem.problems)


def _line(file: Path) -> str:
    return dumped(_document(file))


def _document(file: Path) -> dict[str, Any]:
    return message_document(click.format_filename(file), parse(read_octets(file)))


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
