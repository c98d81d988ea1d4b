"""The way out without a relay: puts letters into a Maildir, for trying mailgate out and for tests.

Stands where `relay.py` stands. Being the last step of delivery it puts Return-Path on top (RFC 5321 4.4). A letter is
written in `tmp/`, synced, and appears in `new/` whole or not at all. What a crash left in `tmp/` is taken away once it
is so old that nobody can be writing it any more (36 hours, as the makers of the format have it: qmail's maildir(5)).
Names are our own: the usual ones tell the name of the machine.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from pathlib import Path

from mailgate.errors import BadLetter
from mailgate.flow.delivery_relay import Unreached
from mailgate.mail.address import Address
from mailgate.mail.compose import wire_address
from mailgate.mail.outcome import Failed, Outcome, Sent
from mailgate.phrase import Phrase
from mailgate.system_words import system_words

_ABANDONED_SECONDS = 36 * 3600


class MaildirRelay:
    """Writes into the Maildir `folder`, made (0700) when it is missing; several threads may deliver."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counter = itertools.count(1)
        self._is_tidy = False

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome | Unreached:
        """Sent when `raw` is synced to disk; Unreached when the disk will not. Never raises.

        `forward_path` is only checked: the letter itself says To whom it is.
        """
        try:
            wire_address(forward_path)
            return_path = wire_address(reverse_path) if reverse_path is not None else ""
        except BadLetter as error:
            return Failed(error.reason)
        name = f"{int(time.time())}.{secrets.token_hex(8)}.{next(self._counter)}"
        try:
            self._make()
            self._write(name, f"Return-Path: <{return_path}>\r\n".encode() + raw)
        except OSError as error:
            return Unreached(Phrase("the Maildir cannot be written: {why}", why=system_words(error)))
        return Sent(Phrase("written to the Maildir"))

    def close_idle(self) -> None:
        """Nothing is kept open."""

    def close(self) -> None:
        """The same."""

    def _make(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("tmp", "new", "cur"):
            (self._folder / name).mkdir(mode=0o700, exist_ok=True)
        if not self._is_tidy:  # once in the life of a process, for the deaths of those before it
            self._is_tidy = True
            _tidy(self._folder / "tmp")

    def _write(self, name: str, octets: bytes) -> None:
        written = self._folder / "tmp" / name
        try:
            with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
            written.rename(self._folder / "new" / name)
        except OSError:
            written.unlink(missing_ok=True)
            raise
        _sync(self._folder / "new")


def _tidy(folder: Path) -> None:
    for file in folder.iterdir():
        if time.time() - file.stat().st_mtime > _ABANDONED_SECONDS:
            file.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Makes the renaming itself last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
