"""Looking at names and addresses: only with a reason, and the look is in the audit log before anything is printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from mailgate.cli.common import Desk

if TYPE_CHECKING:
    from mailgate.desk.people import Person
    from mailgate.flow.context import Context
    from mailgate.mail.message import Sender

reveal_option = click.option("--reveal", metavar="REASON", help="Show names and addresses; goes into the audit log.")


@contextmanager
def looking(desk: Desk, action: str, subject: str, reveal: str | None, case: int | None = None) -> Iterator[Context]:
    """A context to read the register in; with a reason to reveal, the look is in the audit log before it is printed."""
    if reveal is None:
        with desk.office.read(desk.actor) as ctx:
            yield ctx
        return
    from mailgate.flow.register import record_reveal  # the database, which not every command needs

    with desk.office.write(desk.actor) as ctx:
        record_reveal(ctx, action, subject, reveal, case)
        yield ctx


def revealed(person: Person) -> dict[str, Any]:
    """What `--reveal` adds to a row."""
    return {"name": person.name, "kana": person.kana, "addresses": [str(address) for address in person.addresses]}


def revealed_sender(sender: Sender) -> dict[str, Any]:
    """The same for somebody whom the register may not know."""
    return {"name": sender.name, "addresses": [str(sender.address)] if sender.address else []}
