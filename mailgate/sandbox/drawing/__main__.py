"""The child: one mail and one question from standard input, one answer, the end.

It has so much CPU time and memory, and no file can grow. Once the attachments are taken out of the mail, and before any
of them is looked at, it can open nothing more: no file, no socket, no pipe (RLIMIT_NOFILE 0 leaves only what is open).
So whoever takes it over finds neither keys nor network. What goes through the pipes stands in `artist.py`: the
question is a position in 4 octets and a mail; the answer to 0 is a JSON list of looks, to another number a word and
the pictures drawn.
"""

from __future__ import annotations

import codecs
import json
import resource
import signal
import sys
from collections.abc import Sequence

from mailgate.mail.content import DRAWABLE, PICTURES, Content, content_of
from mailgate.mail.drawing import Obstacle
from mailgate.mail.fields import split_mail
from mailgate.mail.parts import attachment_octets
from mailgate.sandbox.drawing import pages, pictures
from mailgate.sandbox.drawing.obstacles import Undrawable
from mailgate.sandbox.exchange import framed, received, say

CPU_SECONDS = 30
MEMORY_BYTES = 1536 * 2**20
_FILES = 16


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for whoever asked; they end us
        signal.signal(number, signal.SIG_IGN)
    pictures.load()
    codecs.lookup("cp437")  # zipfile's, loaded while files can still be opened
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
    ):
        resource.setrlimit(kind, (limit, limit))
    say(b"")  # ready
    question = received(sys.stdin.buffer)
    if question is not None:
        position, raw = int.from_bytes(question[:4]), question[4:]
        files = attachment_octets(*split_mail(raw))
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        answer = _drawn(files, position) if position else json.dumps([_look(one) for one in files]).encode()
        say(answer)


def _look(octets: bytes) -> tuple[str, int, str | None]:
    content = content_of(octets)
    try:
        _check(content, octets)
    except Undrawable as error:
        return content.value, len(octets), error.obstacle.value
    return content.value, len(octets), None


def _check(content: Content, octets: bytes) -> None:
    if content not in DRAWABLE:
        raise Undrawable(Obstacle.KIND)
    (pictures if content in PICTURES else pages).check(octets)


def _drawn(files: Sequence[bytes], position: int) -> bytes:
    try:
        octets = files[position - 1]
        content = content_of(octets)
        _check(content, octets)
        if content in PICTURES:
            return framed(b"picture") + framed(pictures.drawn(octets))
        return framed(b"pages") + b"".join(map(framed, pages.drawn(octets)))
    except Undrawable as error:
        return framed(error.obstacle.value.encode())
    except MemoryError:
        return framed(Obstacle.LIMITS.value.encode())
    except Exception:  # noqa: BLE001  # the libraries raise of their own on hostile files
        return framed(Obstacle.DAMAGED.value.encode())


if __name__ == "__main__":
    main()
