"""How this program is started here, and our own texts with their commands as they have to be typed here.

Texts of ours name commands as `mailgate case list`. After `make run` the program is `.venv/bin/mailgate`, and nothing
called mailgate is on the PATH: what is printed says so then. Before: `common.told`, `common.say` and whatever else
shows words of ours to a person. Texts of others, JSON, CSV, the log and what is stored never come here; what `--help`
and the handbook show stays as it is written.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from functools import cache
from pathlib import Path

_NAME = "mailgate"


def program() -> list[str]:
    """The words that started this program, to be typed again in the same folder."""
    started = Path(sys.argv[0])
    if started.name == "__main__.py":
        return [sys.executable, "-m", _NAME]
    on_path = shutil.which(started.name)
    if on_path and started.exists() and Path(on_path).samefile(started):
        return [started.name]
    return [sys.argv[0]]


def typed_here(text: str) -> str:
    """`text`, which is ours, with each command in it as it is typed here."""
    return with_program(text, program()) if _NAME in text else text


def with_program(text: str, words: list[str]) -> str:
    """`text` with `words` in the place of "mailgate" wherever that begins a command; a name of a file does not, nor
    does a sentence about mailgate."""
    typed = shlex.join(words)
    return _beginning().sub(lambda _found: typed, text)


@cache
def _beginning() -> re.Pattern[str]:
    """The word before one of the program's commands or options."""
    from mailgate.cli import cli  # which needs this floor of it first

    options = (one for parameter in cli.params for one in parameter.opts)
    follows = "|".join(map(re.escape, sorted({*cli.summaries, *options, "--help", "-h"}, reverse=True)))
    no_more = r"(?<![\w./-])(?<!-m )"  # what is typed already is left so
    return re.compile(rf"{no_more}{_NAME}(?= (?:{follows})(?![\w-]))", re.ASCII)
