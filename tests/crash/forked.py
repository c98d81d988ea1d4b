"""Faulty programs without their start: one process has imported mailgate and forks each of them.

Four of five seconds of a short life are imports, and a crash test lives twenty lives. Each is a process of its own all
the same, from before `main` to its death; how a program starts from nothing is test_serve_process's to show.

Used from a test (`program`), and run as the process that forks: it reads one line of JSON for each wish from standard
input and answers with one: `{"start": {…}}` with the pid, `{"poll": pid}` with the exit status or null.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


class Program:
    """As much of `subprocess.Popen` as the tests need."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path, append: bool = False
    ) -> None:
        """`arguments` are those of `faulty.py`; what it prints goes into the two files, `err` is written on at will."""
        wish = {"arguments": arguments, "environment": dict(environment), "out": str(out), "err": str(err)}
        self.returncode: int | None = None
        self.pid = int(_ask(start=wish | {"append": append}))

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = _ask(poll=self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        give_up = time.monotonic() + timeout
        while (status := self.poll()) is None:
            assert time.monotonic() < give_up, "the program does not end"
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:  # till it is asked for its status, the pid is its own
            os.kill(self.pid, number)


def _ask(**wish: Any) -> Any:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(wish).encode() + b"\n")
    server.stdin.flush()
    return json.loads(server.stdout.readline())


@cache
def _server() -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(HERE.parent.parent), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(HERE / "forked.py")]
    server = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(server.communicate)  # no more wishes: it ends
    return server


def _serve() -> dict[str, Any]:
    """Answers until nobody asks any more; gives, in the forked process alone, what to run."""
    for line in sys.stdin:
        wish = json.loads(line)
        if "start" in wish:
            if not (answer := os.fork()):
                return dict(wish["start"])
        else:
            pid, status = os.waitpid(wish["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        sys.stdout.write(json.dumps(answer) + "\n")
    sys.exit()


def _become(start: dict[str, Any]) -> None:
    """The environment and the streams of the new program, which no longer hears who asks."""
    os.environ.clear()
    os.environ.update(start["environment"])
    create = os.O_WRONLY | os.O_CREAT
    files = (
        os.open(os.devnull, os.O_RDONLY),
        os.open(start["out"], create | os.O_TRUNC, 0o600),
        os.open(start["err"], create | (os.O_APPEND if start["append"] else os.O_TRUNC), 0o600),
    )
    for stream, file in enumerate(files):
        os.dup2(file, stream)
        os.close(file)


if __name__ == "__main__":
    import faulty

    import mailgate.service  # noqa: F401  # commands read it when they need it: here once for all

    wanted = _serve()
    _become(wanted)
    faulty.main(wanted["arguments"])
