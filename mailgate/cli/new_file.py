"""A file that a command writes for its owner alone, and never over another one."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mailgate.errors import BadInput, Refused
from mailgate.phrase import Phrase
from mailgate.system_words import system_words


def refuse_existing(path: Path | None) -> None:
    """Before anything is looked at: a file that is there is never written over. Raises Refused."""
    if path is not None and path.exists():
        raise Refused("{file} is there already: name a new file", file=click.format_filename(path))


def write_new(path: Path, octets: bytes) -> None:
    """With the mode 0600; raises BadInput when it cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
    except OSError as error:
        named = click.format_filename(path)
        raise BadInput([Phrase("{file} cannot be written: {why}", file=named, why=system_words(error))]) from None
