"""The tables of `[[desks]]`: further desks beside the one that `[service]`, `[addresses]` and `[desk]` describe.

What a table does not say is as for that one. Called by `settings.Config` once the sections are read, with those that
are valid: so all that is wrong with the tables is told together with all that is wrong with the sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Strict, ValidationError

from mailgate.config import expected
from mailgate.config.problems import line_of, shown
from mailgate.config.sections import Addresses, DueDates, Letterhead, clash
from mailgate.config.shapes import LocalPart
from mailgate.mail.reply_address import MAIN_DESK
from mailgate.phrase import Phrase

_ID = re.compile(r"[a-z](?:[a-z0-9-]{0,14}[a-z0-9])?")


def _desk_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError
    if text == MAIN_DESK:
        raise clash(Phrase('"{name}" is the desk of [service] and [addresses] (expected another name)', name=text))
    return text


def _some(local_parts: tuple[str, ...]) -> tuple[str, ...]:
    if not local_parts:
        raise ValueError
    return local_parts


class FurtherDesk(Letterhead, DueDates):
    id: Annotated[str, AfterValidator(_desk_id)] = Field(
        description=Phrase("a short name in lower case that never changes: up to 16 letters, digits and hyphens")
    )
    addresses: Annotated[tuple[LocalPart, ...], Strict(False), AfterValidator(_some)] = Field(
        description=expected.local_parts('["kokoro"]')
    )


def read_desks(value: object, sections: Mapping[str, Any]) -> tuple[tuple[FurtherDesk, ...], list[str]]:
    """The desks, and a line for each thing that is wrong; `sections` are those of the file that are valid."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, dict) for one in value):
        wanted, given = Phrase("a table [[desks]] for each further desk"), shown(value)
        what = Phrase("{value} does not fit (expected {expected})", value=given, expected=wanted)
        return (), [Phrase("{name}: {what}", name="desks", what=what)]
    as_the_main_one = _shared(sections)
    desks, problems = list[FurtherDesk](), list[str]()
    for position, table in enumerate(value, start=1):
        name = _name(table, position)
        try:
            desks.append(FurtherDesk.model_validate(as_the_main_one | table))
        except ValidationError as error:
            problems += [_line(name, one) for one in error.errors(include_url=False)]
    named = [(_name(table, position), table) for position, table in enumerate(value, start=1)]
    return tuple(desks), [*problems, *_same_ids(named), *_same_addresses(named, sections.get("addresses"))]


def _shared(sections: Mapping[str, Any]) -> dict[str, Any]:
    """What the main desk says of what every desk has."""
    given = ((sections.get("service"), Letterhead), (sections.get("desk"), DueDates))
    return {key: getattr(one, key) for one, kind in given if one is not None for key in kind.model_fields}


def _name(table: Mapping[str, Any], position: int) -> str:
    """How the operator finds the table: by its id, else by its place."""
    desk_id = table.get("id")
    return f"desks.{desk_id}" if isinstance(desk_id, str) and _ID.fullmatch(desk_id) else f"desks.{position}"


def _line(name: str, error: Any) -> str:
    key = str(error["loc"][0])
    return line_of(f"{name}.{key}", key, FurtherDesk, error)


def _same_ids(named: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    seen = set[str]()
    for name, table in named:
        if "id" in table and name in seen:
            given = shown(table["id"])
            yield Phrase("{name}.id: {given} is used twice (expected a name for each desk)", name=name, given=given)
        seen.add(name)


def _same_addresses(named: Iterable[tuple[str, Mapping[str, Any]]], addresses: Addresses | None) -> Iterator[str]:
    """Each local part has one meaning on the whole installation. Looks at what was written, also in a table that is
    wrong otherwise."""
    taken = {*addresses.desk, addresses.join, addresses.reply, addresses.bounce} if addresses else set[str]()
    for name, table in named:
        written = table.get("addresses")
        for one in written if isinstance(written, list) else ():
            if isinstance(one, str) and one.lower() in taken:
                what = Phrase('"{name}" is used twice (expected a name for each purpose)', name=one.lower())
                yield Phrase("{name}: {what}", name=f"{name}.addresses", what=what)
            taken.add(one.lower() if isinstance(one, str) else "")
