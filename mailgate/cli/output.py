"""Standard output that says by a name of its own when it cannot be written, so that the entry knows that failure from
every other one of the operating system.

Before: `mailgate/__main__.py`, which puts it in the place of Python's. A full disk, and a reader that went away (`head`
has enough after some lines), come out of whatever print a command was at, or of the flush at the end. What is no file
(a buffer of a program that calls `main`) is left as it is; what is closed (`>&-`) is wanted by nobody.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputFailed(Exception):
    """Nothing more can be printed. No MailgateError: what a command does about those ends nothing here."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error

    @property
    def has_no_reader(self) -> bool:
        """Whether it is a pipe that nobody reads any more: no failure, somebody has seen enough."""
        return self.error.errno == errno.EPIPE


def name_failures() -> None:
    """From now on what standard output cannot take is an OutputFailed."""
    given = sys.stdout
    if given is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 (until the end of the run)
        return
    if not isinstance(given, io.TextIOWrapper) or given is not sys.__stdout__:
        return
    given.flush()
    octets = io.BufferedWriter(_Octets(given.fileno(), "wb", closefd=False))
    sys.stdout = io.TextIOWrapper(octets, given.encoding, given.errors, line_buffering=given.line_buffering)


def give_up() -> None:
    """After an OutputFailed: what still waits in a buffer goes nowhere, or the interpreter's exit would fail at it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


class _Octets(io.FileIO):
    def write(self, octets: ReadableBuffer, /) -> int:
        try:
            return super().write(octets)
        except OSError as error:
            raise OutputFailed(error) from None
