"""No mail makes the database read a whole table: what it costs must not grow with the cases and with the register."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from mailgate.flow.deliver import deliver_next
from mailgate.flow.screen import screen_next
from mailgate.mail.address import Address
from mailgate.mail.outcome import Outcome, Sent


@contextmanager
def asked(engine: Engine) -> Iterator[list[str]]:
    """Each statement that SQLite is asked meanwhile, with its values; whatever connection asks."""
    statements: list[str] = []

    def listen(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(statements.append)

    engine.dispose()
    event.listen(engine, "connect", listen)
    yield statements
    event.remove(engine, "connect", listen)
    engine.dispose()


def whole_tables(engine: Engine, statements: list[str]) -> set[str]:
    """The tables that SQLite would read from end to end for them."""
    found: set[str] = set()
    with sqlite3.connect(str(engine.url.database)) as plain:
        for one in (one for one in statements if one.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))):
            plan = [str(row[3]) for row in plain.execute(f"EXPLAIN QUERY PLAN {one}")]
            found |= {step.split()[1] for step in plan if step.startswith("SCAN ") and " USING " not in step}
        return found & {name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


class Relay:
    """Takes everything."""

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        return Sent("250 2.0.0 Ok")


def _work(desk: Any) -> None:
    """What follows from the mails by itself: the text check, and the gate in front of each letter."""
    while screen_next(desk.office):
        pass
    while deliver_next(desk.office, Relay(), bytes):
        pass


def test_what_a_mail_asks_is_answered_by_an_index(quick_desk: Any) -> None:
    engine = quick_desk.office.database.engine
    number = quick_desk.open_case()
    invited, _ = quick_desk.invite(number, 0, 1)
    _work(quick_desk)
    to_case, to_invitation = quick_desk.reply_address(case=number), quick_desk.reply_address(invited.invitation)
    member = quick_desk.address_of(invited.handle)
    with asked(engine) as statements:
        quick_desk.write(body="新しい相談です。", message_id="<first@client.example>")
        quick_desk.write(body="追記です。", message_id="<second@client.example>", to=to_case)
        quick_desk.write(member, "意見です。", message_id="<third@client.example>", to=to_invitation)
        quick_desk.write("nobody@else.example", "はじめまして。", message_id="<fourth@client.example>")
        _work(quick_desk)
    assert len(statements) > 100, "they were written down"
    assert whole_tables(engine, statements) == set()
    assert whole_tables(engine, ["SELECT * FROM entries WHERE spool_id = 'x'"]) == {"entries"}, "the control"
