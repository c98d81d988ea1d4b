"""Whether an applicant is who their address, or their name, says: what an operator must be asked before a form is
written over somebody, or somebody is in the register twice.

Two people never share an address: a form with another name from a registered address is a couple's mailbox, or a new
name. And whoever has the name of a registered person, at the same school, is likely that person with a new address.
Before: `flow/approve_application.py`, which goes on where the operator is sure.
"""

from __future__ import annotations

import unicodedata

from mailgate.desk.application_form import Wish
from mailgate.desk.people import Person
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.phrase import any_of
from mailgate.store import members, teachers
from mailgate.store.applications import Application


def check(ctx: Context, application: Application, person: Person | None, school_id: int | None) -> None:
    """Raises Refused, with what to do, when it is not clear; `person` has the address, `school_id` is a teacher's."""
    name = application.cells.get("name", "")
    if person is not None:
        if name and _plain(name) != _plain(person.name):
            raise Refused(
                "application {id} has another name than the register has for its address, and no two people "
                "share one: ask for another address; or, if it is the same person, say --sure",
                id=application.id,
            )
        return
    handles = _called(ctx, application.wish, name, school_id)
    if handles:
        raise Refused(
            "application {id} may be of {handles}, who has the same name: then give them the new address, too "
            "('mailgate {noun} edit {handle} --address …', all of them); else say --sure",
            id=application.id,
            handles=any_of(handles),
            noun=application.wish.value,
            handle=handles[0],
        )


def _called(ctx: Context, wish: Wish, name: str, school_id: int | None) -> list[str]:
    """The handles of the registered people of that name; of teachers those at the same school."""
    plain = _plain(name)
    match wish:
        case Wish.TEACHER:
            found = teachers.names(ctx.tx)
            return [one.handle for one in found if one.school_id == school_id and _plain(one.name) == plain]
        case Wish.MEMBER:
            persons = [person for person, called in members.names(ctx.tx).items() if _plain(called) == plain]
            return [one.handle for one in members.members_of_persons(ctx.tx, persons).values()]


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).lower().split())
