"""Accepted mails on their way into the spool: sealed first, then many of them written at once.

Before: `flow/group_commit.py`. After: `spool.py` hands the rows to the workers. This is the hot path of the listener:
the driver's own cursor, statements compiled once, one `executemany` for each table, a connection of the writer's own.
(For one mail SQLAlchemy would cost more than SQLite itself, its wait for the disk included.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, Insert, bindparam, insert, select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection

from mailgate.desk.lifecycle import SpoolState
from mailgate.mail.envelope import Envelope
from mailgate.mail.reply_address import Recipient, ToBounce, ToReply
from mailgate.store.columns import Base, table_of
from mailgate.store.database import Database
from mailgate.store.day_keys import look_up, look_up_in
from mailgate.store.intake_seal import MailSeal
from mailgate.store.sealing import Keys
from mailgate.store.statements import Prepared, Values, prepared
from mailgate.store.tables import OutboxRow, RawMailRow, ReplyTokenRow, SpoolRow
from mailgate.store.transaction import Transaction

_HELO_CHARACTERS = 255


def _insert(model: type[Base], columns: Sequence[str]) -> Insert:
    given: dict[str, Any] = {name: bindparam(name) for name in columns}
    return insert(table_of(model)).values(given)


_MAIL_COLUMNS = ("id", "received_at", "size_bytes", "reverse_path", "peer", "helo", "octets")
_SPOOL_COLUMNS = (
    *("id", "raw_id", "forward_path", "sender_hash", "state", "received_at", "tries", "next_try_at", "reason"),
    *("case_id", "confirmed_by"),
)
_INTO_MAILS = _insert(RawMailRow, _MAIL_COLUMNS)
_INTO_SPOOL = _insert(SpoolRow, _SPOOL_COLUMNS)
_CASE_OF_REPLY = select(ReplyTokenRow.case_id).where(ReplyTokenRow.token_hash == bindparam("token_hash"))
_CASE_OF_BOUNCE = select(OutboxRow.case_id).where(OutboxRow.bounce_hash == bindparam("token_hash"))


@dataclass(frozen=True, slots=True)
class SealedMail:
    """One mail for all its recipients, ready to be written. Its rows are nobody else's business."""

    queue_id: str
    mail: Values
    """The row of `raw_mails`."""
    spool: tuple[Values, ...]
    """The rows of `spool`, without their cases."""
    tokens: tuple[_Token | None, ...]
    """Of each row of `spool`; empty when there is none."""


class Writer:
    """Seals mails, and writes them in transactions of its own, on a connection that it keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.engine.dialect
        self._connection: PoolProxiedConnection | None = None
        self._now: datetime | None = None

    def seal(
        self, queue_id: str, envelope: Envelope, raw: bytes, now: datetime, recipients: Sequence[Recipient | None]
    ) -> SealedMail:
        """See `put` for the arguments. Touches no database but for the first mail, and the first in an hour; safe in
        many threads. Raises StoreUnavailable."""
        self._now = now
        intake = self._database.intake
        if intake.needs_look():
            look_up(self._database, now)
        return _seal(self._dialect, self._database.keys, intake.for_mail(), queue_id, envelope, raw, now, recipients)

    def is_free(self) -> bool:
        """Whether `write` now waits for nothing but the disk of this machine, and for whoever else is writing."""
        return self._dialect.name == "sqlite" and not self._database.intake.wants_look()

    def write(self, mails: Sequence[SealedMail], *, at_once: bool = False) -> None:
        """When this returns all the mails are on the disk; when it raises, none. Raises StoreUnavailable; with
        `at_once` also when somebody else is writing (on SQLite).

        For one thread at a time.
        """
        if self._now is not None and self._database.intake.wants_look():
            look_up(self._database, self._now)  # here, where no client waits for the thread
        connection, self._connection = self._connection or self._database.connection(), None
        with self._database.write_with(connection, at_once=at_once) as cursor:
            _put_all(cursor, self._dialect, mails)
        self._connection = connection

    def close(self) -> None:
        """Gives the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def put(
    tx: Transaction,
    queue_id: str,
    envelope: Envelope,
    raw: bytes,
    now: datetime,
    recipients: Sequence[Recipient | None] = (),
) -> None:
    """Stores one mail for all its recipients; it is safe once the transaction has committed.

    `recipients` says what each forward-path is to us: the case that a token names goes into the spool with the mail.
    """
    connection = tx.connection
    dialect = connection.dialect
    if tx.intake.needs_look():
        look_up_in(tx, now)
    mail = _seal(dialect, tx.keys, tx.intake.for_mail(), queue_id, envelope, raw, now, recipients)
    _put_all(connection.connection.cursor(), dialect, [mail])


@dataclass(frozen=True, slots=True)
class _Token:
    """The token in a forward-path, by its keyed hash."""

    of_reply: bool
    token_hash: str


def _seal(
    dialect: Dialect,
    keys: Keys,
    seal: MailSeal,
    queue_id: str,
    envelope: Envelope,
    raw: bytes,
    now: datetime,
    recipients: Sequence[Recipient | None],
) -> SealedMail:
    sender = envelope.reverse_path
    plain = {
        "reverse_path": sender.wire.encode() if sender else b"",
        "peer": envelope.peer.encode(),
        "helo": envelope.helo[:_HELO_CHARACTERS].encode(),
        "octets": raw,
    }
    sealed = {name: seal.seal(f"raw_mails.{name}.{queue_id}", octets) for name, octets in plain.items()}
    common = {
        "raw_id": queue_id,
        "sender_hash": keys.address_hash(sender) if sender else None,
        "state": SpoolState.RECEIVED,
        "received_at": now,
        "tries": 0,
        "next_try_at": now,
        "reason": "",
        "case_id": None,
        "confirmed_by": "",
    }
    spool = []
    for position, forward_path in enumerate(envelope.forward_paths, start=1):
        row_id = queue_id if position == 1 else f"{queue_id}.{position}"
        path = seal.seal(f"spool.forward_path.{row_id}", forward_path.wire.encode())
        spool.append(_values(dialect, _INTO_SPOOL, {"id": row_id, "forward_path": path, **common}))
    tokens = tuple(_token(keys, one) for one in recipients)
    return SealedMail(
        queue_id,
        _values(dialect, _INTO_MAILS, {"id": queue_id, "received_at": now, "size_bytes": len(raw), **sealed}),
        tuple(spool),
        tokens if any(tokens) else (),
    )


def _values(dialect: Dialect, into: Insert, row: Mapping[str, Any]) -> Values:
    return prepared(dialect, into).values(row)


def _put_all(cursor: DBAPICursor, dialect: Dialect, mails: Sequence[SealedMail]) -> None:
    cases = {token: _case(cursor, dialect, token) for mail in mails for token in mail.tokens if token is not None}
    cursor.executemany(prepared(dialect, _INTO_MAILS).sql, [mail.mail for mail in mails])
    into_spool = prepared(dialect, _INTO_SPOOL)
    rows = [row for mail in mails for row in _with_cases(into_spool, mail, cases)]
    cursor.executemany(into_spool.sql, rows)


def _with_cases(into: Prepared, mail: SealedMail, cases: Mapping[_Token, int | None]) -> Iterable[Values]:
    if not mail.tokens:
        return mail.spool
    place = into.names.index("case_id")
    found = (token and cases.get(token) for token in mail.tokens)
    return [(*row[:place], case, *row[place + 1 :]) for row, case in zip(mail.spool, found, strict=True)]


def _token(keys: Keys, recipient: Recipient | None) -> _Token | None:
    match recipient:
        case ToReply(token):
            return _Token(True, keys.token_hash(token))
        case ToBounce(token):
            return _Token(False, keys.token_hash(token))
        case _:
            return None


def _case(cursor: DBAPICursor, dialect: Dialect, token: _Token) -> int | None:
    """The case that a token names."""
    query = _CASE_OF_REPLY if token.of_reply else _CASE_OF_BOUNCE
    case: int | None = prepared(dialect, query).run(cursor, {"token_hash": token.token_hash}).first()
    return case
