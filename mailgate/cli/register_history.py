"""`school history` and `teacher history`: what was done with a registration, by whom and when. `member` tells more."""

from __future__ import annotations

from gettext import gettext as _
from typing import Any
from zoneinfo import ZoneInfo

from mailgate.cli.common import Desk
from mailgate.cli.listing import Form, show_list
from mailgate.cli.shapes import moment
from mailgate.store import audit


def show_changes(desk: Desk, handle: str, form: Form) -> None:
    """The lines of the audit log about the registration with this handle, oldest first."""
    with desk.office.read(desk.actor) as ctx:
        changes = [change_document(one, ctx.policy.timezone) for one in audit.of_register(ctx.tx, handle)]
    columns = ("at", "actor", "action", "detail")
    title, head = _("{handle}, oldest first").format(handle=handle), {"handle": handle}
    show_list(form, "changes", changes, columns, title=title, empty=_("no changes"), head=head)


def change_document(entry: audit.AuditEntry, zone: ZoneInfo) -> dict[str, Any]:
    return {"at": moment(entry.at, zone), "actor": entry.actor, "action": entry.action, "detail": entry.detail}
