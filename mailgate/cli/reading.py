"""How a raw mail is read, as the JSON object that `mail parse` prints."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import click

from mailgate.cli.common import dumped, read_octets
from mailgate.errors import BadInput
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


def _line_or_problems(file: Path) -> str | tuple[str, ...]:
    try:
        return _line(file)
    except BadInput as problem:  # given back, so that the lines before it are printed
        return tuple(problem.problems)


def _line(file: Path) -> str:
    return dumped(message_document(click.format_filename(file), parse(read_octets(file))))


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
