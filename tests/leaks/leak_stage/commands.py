"""Each command of the program in a process of its own, forked from this one, which has loaded the libraries once.

A line in is a JSON list of the arguments; a line out is the exit status. What the command says is in `said.out` and
`said.err`. Started anew each of them would take a second more, and the suite has some forty.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

from mailgate.__main__ import main
from mailgate.cli import _COMMANDS


def run(arguments: list[str]) -> int:
    """As the shell would; the status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for number, name in ((1, "said.out"), (2, "said.err")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else bool(end.code)
    else:
        status = 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    for place, _ in _COMMANDS.values():
        import_module(place.partition(":")[0])
    import mailgate.office
    import mailgate.sandbox.reader  # noqa: F401 - what a command loads when it opens the office

    for line in sys.stdin:
        sys.stdout.write(f"{run(json.loads(line))}\n")
        sys.stdout.flush()
