"""`mailgate demo`: the command, and the command line itself as the story's operators use it."""

from __future__ import annotations

import io
import logging
import signal
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import click

from mailgate.cli.common import told


@click.command()
def demo() -> None:
    """Play one whole consultation through the real service on a throw-away database, and show each mail.

    Example: mailgate demo
    """
    from mailgate.demo.play import play
    from mailgate.watch.log import configure_log

    configure_log(logging.WARNING)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nothing is left behind
    play(_run, told)


def _run(config: Path, arguments: Sequence[str]) -> str:
    """What a command prints. Raises what it raises, as `mailgate/__main__.py` would get it."""
    from mailgate.cli import cli, words

    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")  # Japanese asks for an encoding that has it
    options = ["--config", str(config), "--lang", words.language(), "--as", "demo"]
    with redirect_stdout(printed):
        cli.main([*options, *arguments], prog_name="mailgate", standalone_mode=False)
    printed.seek(0)
    return printed.read()
