"""The worker's side: reads a mail in the child, and in no other way.

A mail that breaks its child, or takes too long, becomes a Message all the same: its octets as text, with a defect that
says so. Children are started when they are needed and live on from mail to mail.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress

from mailgate.errors import ReaderAway
from mailgate.mail.message import Message
from mailgate.phrase import Phrase
from mailgate.sandbox.asking import answer_of, plain_environment
from mailgate.sandbox.exchange import framed, loaded
from mailgate.sandbox.limits import DEFAULT_CHILD, ChildLimits
from mailgate.system_words import system_words

_COMMAND = [sys.executable, "-m", "mailgate.sandbox"]
_START_SECONDS = 60.0
_SECONDS_WORTH_A_SECOND_TRY = 1.0
_BROKE = Phrase("the mail cannot be read within its limits of time and memory: shown as it came")


class ChildReader:
    """Meets `flow.context.ReadMail`; for many threads, one mail at a time."""

    def __init__(self, limits: ChildLimits = DEFAULT_CHILD) -> None:
        self._limits = limits
        self._guard = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def __call__(self, raw: bytes) -> Message:
        """The mail in `raw`. Raises ReaderAway when no child can be started."""
        with self._guard:
            begun = time.monotonic()
            message = self._read(raw)
            if message is None and time.monotonic() - begun < _SECONDS_WORTH_A_SECOND_TRY:
                message = self._read(raw)  # the child may have been killed for a reason of its own
            return message or _as_it_came(raw)

    def close(self) -> None:
        with self._guard:
            self._end()

    def _read(self, raw: bytes) -> Message | None:
        """None when it broke the child."""
        if self._child is None or self._child.poll() is not None:
            self._child = _started(self._limits)
        try:
            return loaded(answer_of(self._child, framed(raw), time.monotonic() + self._limits.wall_seconds))
        except (OSError, ValueError, KeyError, TypeError):
            self._end()
            return None

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            with suppress(OSError):
                self._child.communicate()
            self._child = None


def _as_it_came(raw: bytes) -> Message:
    from mailgate.mail.parse import unreadable  # the rest of it is the child's alone

    return unreadable(raw, _BROKE)


def _started(limits: ChildLimits) -> subprocess.Popen[bytes]:
    """A child that is ready, without our settings, which may hold passwords. Raises ReaderAway."""
    try:
        child = subprocess.Popen(  # noqa: S603  # a command of ours
            [*_COMMAND, limits.dumped()],
            env=plain_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a dying parser prints may quote the mail
            bufsize=0,
        )
    except OSError as error:
        raise ReaderAway("the process that reads mails does not start: {why}", why=system_words(error)) from error
    try:
        answer_of(child, b"", time.monotonic() + _START_SECONDS)
    except OSError as error:
        child.kill()
        child.communicate()
        raise ReaderAway("the process that reads mails ends at once, or says nothing") from error
    return child
