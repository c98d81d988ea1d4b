"""The asking side: has attachments looked at and drawn in a child process that lives for one question.

Nothing that the child says is believed but pixels: its pictures must be bare ones (`mail/bare.py`), a PDF is made of
them here. Who breaks a limit, dies, or says something else gets `Obstacle.LIMITS` or `DAMAGED`; nothing is raised but
ReaderAway.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

from mailgate.errors import ReaderAway
from mailgate.mail.bare import Jpeg, bare_jpeg, is_bare_png, pdf_of
from mailgate.mail.content import Content
from mailgate.mail.drawing import MOST_PAGES, Drawing, Look, Obstacle
from mailgate.sandbox.asking import answer_of, plain_environment
from mailgate.sandbox.exchange import framed, received
from mailgate.system_words import system_words

WALL_SECONDS = 120.0
_START_SECONDS = 60.0
_COMMAND = [sys.executable, "-m", "mailgate.sandbox.drawing"]


class ChildArtist:
    """Meets `mail.drawing.Artist`; each question has a child of its own, so that threads may share it."""

    def __init__(self, wall_seconds: float = WALL_SECONDS) -> None:
        self._wall_seconds = wall_seconds

    def look(self, raw: bytes) -> list[Look]:
        answer = self._ask(0, raw)
        try:
            return [_look(*one) for one in json.loads(answer or b"")]
        except (ValueError, TypeError):
            return []

    def draw(self, raw: bytes, position: int) -> Drawing | Obstacle:
        answer = self._ask(position, raw)
        if answer is None:
            return Obstacle.LIMITS
        stream = io.BytesIO(answer)
        head = received(stream)
        pages = list(iter(lambda: received(stream), None))
        try:
            if not pages:
                return Obstacle((head or b"").decode("ascii"))
        except ValueError:
            return Obstacle.DAMAGED
        return _drawing(head == b"pages", pages) or Obstacle.DAMAGED

    def _ask(self, position: int, raw: bytes) -> bytes | None:
        """What a child answers; None when it died of the question, or took too long. Raises ReaderAway."""
        try:
            child = subprocess.Popen(  # noqa: S603  # a command of ours
                _COMMAND,
                env=plain_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what a dying library prints may quote the file
                bufsize=0,
                process_group=0,
            )
        except OSError as error:
            raise ReaderAway(
                "the process that draws attachments does not start: {why}", why=system_words(error)
            ) from error
        try:
            _wait_until_ready(child)
            question = framed(position.to_bytes(4) + raw)
            return answer_of(child, question, time.monotonic() + self._wall_seconds)
        except OSError:
            return None
        finally:
            with suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)
            with suppress(OSError):
                child.communicate()


def _wait_until_ready(child: subprocess.Popen[bytes]) -> None:
    try:
        answer_of(child, b"", time.monotonic() + _START_SECONDS)
    except OSError as error:
        raise ReaderAway("the process that draws attachments ends at once, or says nothing") from error


def _look(content: Any, size_bytes: Any, obstacle: Any) -> Look:
    return Look(Content(content), int(size_bytes), Obstacle(obstacle) if obstacle else None)


def _drawing(is_document: bool, pages: list[bytes]) -> Drawing | None:
    """What the child drew, if it is pixels and nothing else."""
    if is_document:
        pictures: list[Jpeg] = [one for one in map(bare_jpeg, pages) if one is not None]
        fits = len(pictures) == len(pages) <= MOST_PAGES
        return Drawing("application/pdf", pdf_of(pictures), len(pictures)) if fits else None
    (picture, *others) = pages
    if others:
        return None
    if is_bare_png(picture):
        return Drawing("image/png", picture, 1)
    return Drawing("image/jpeg", picture, 1) if bare_jpeg(picture) is not None else None
