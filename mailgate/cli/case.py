"""`mailgate case …`: the group alone. The queue is asked for most often and imports nothing that only others need; the
other commands stand in files beside.
"""

from __future__ import annotations

import click

from mailgate.cli.lazy import LazyGroup

_QUEUE = {"list": ("mailgate.cli.case_queue:list_cases", "Show the queue, oldest first.")}
_BESIDE = (
    "mailgate.cli.case_show:COMMANDS",
    "mailgate.cli.case_answering:COMMANDS",
    "mailgate.cli.case_inviting:COMMANDS",
    "mailgate.cli.case_triage:COMMANDS",
    "mailgate.cli.case_record:COMMANDS",
    "mailgate.cli.attachments:CASE_COMMANDS",
)


@click.group(cls=LazyGroup, lazy=_QUEUE, joined=_BESIDE)
def case() -> None:
    """The case queue: look, check, invite, answer."""
