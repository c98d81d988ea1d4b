"""mailgate with the log of everything at DEBUG; with `--leaky` before the arguments also with a hole of each kind.

The holes are what a careless change would make: a handler that logs a subject, an answer that quotes it (in base64, so
that nobody sees it at a glance) past a gate that looks away, a note for debugging in a temporary file and in the audit
log, and the name of the process. The sweep must find every one: else it finds none.
"""

from __future__ import annotations

import base64
import logging
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from mailgate import service
from mailgate.__main__ import main
from mailgate.flow import deliver, handle, post, process
from mailgate.store import audit


def everything_at_debug() -> None:
    configure = service.configure_log
    service.configure_log = lambda _level: configure(logging.DEBUG)  # type: ignore[assignment]  # of any level
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    logging.getLogger("sqlalchemy").setLevel(logging.INFO)  # every statement; by itself it says none


def leak() -> None:
    seen: list[str] = []
    honest_handle, honest_compose, honest_record = handle.handle, post.compose, audit.record

    def careless_handle(ctx: Any, looked: Any) -> Any:
        subject = looked.message.subject
        seen.append(subject)
        structlog.get_logger("leaky").debug("handling", subject=subject)
        with tempfile.NamedTemporaryFile("w", delete=False, encoding="utf-16") as file:
            file.write(subject)
        Path("/proc/self/comm").write_bytes(subject.split()[-1].encode()[:15])
        return honest_handle(ctx, looked)

    def careless_compose(draft: Any) -> bytes:
        hidden = base64.b64encode("".join(seen).encode())
        return honest_compose(replace(draft, body=f"{draft.body}{hidden.decode()}\n"))

    def careless_record(tx: Any, now: Any, actor: str, action: str, **more: Any) -> None:
        honest_record(tx, now, actor, action, **{**more, "detail": "".join(seen)})

    process.handle = careless_handle  # type: ignore[attr-defined]  # as it is imported there
    post.compose = careless_compose  # type: ignore[assignment]  # the same
    audit.record = careless_record  # type: ignore[assignment]
    deliver.examine = lambda *_: None  # type: ignore[attr-defined,assignment]  # a gate that looks away


if __name__ == "__main__":
    everything_at_debug()
    if sys.argv[1:2] == ["--leaky"]:
        del sys.argv[1]
        leak()
    main()
