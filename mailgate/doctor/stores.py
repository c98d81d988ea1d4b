"""Where the mails lie: the database, the disk below it, the clock that dates them, the backup, and what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailgate.config import Config
from mailgate.desk.lifecycle import CaseState, OutboxState, SpoolState
from mailgate.doctor.finding import Finding, in_file, ok, out_of_order, problem, warning
from mailgate.errors import MailgateError, StoreUnavailable
from mailgate.flow.context import Context, Office
from mailgate.office import open_office
from mailgate.phrase import Phrase
from mailgate.store import audit, desks, figures, room
from mailgate.store.backup import default_file
from mailgate.store.engine import open_engine, sqlite_file

_OLD_BACKUP = timedelta(days=2)
_LONG: dict[SpoolState | OutboxState, tuple[timedelta, str]] = {
    SpoolState.RECEIVED: (timedelta(minutes=5), Phrase("the worker does not keep up, or does not run: mailgate serve")),
    SpoolState.WAITING: (timedelta(hours=2), Phrase("its sender's DNS is silent: mailgate mail list --state waiting")),
    OutboxState.QUEUED: (
        timedelta(minutes=15),
        Phrase("the delivery does not keep up, or does not run: mailgate serve"),
    ),
    OutboxState.DEFERRED: (timedelta(hours=4), Phrase("the relay takes no mail: mailgate outbox list")),
}
"""Those of the README's alerts on `mailgate_oldest_mail_seconds`, where it has one for the state."""
_DECIDE: dict[SpoolState | OutboxState, str] = {
    SpoolState.HELD: Phrase("decide about it: mailgate mail list --state held"),
    SpoolState.QUARANTINED: Phrase("decide about it: mailgate mail list --quarantined"),
    OutboxState.FAILED: Phrase("decide about it: mailgate outbox list --state failed"),
    OutboxState.STOPPED: Phrase("decide about it: mailgate outbox list --state stopped"),
}
_NOT_OVER = (CaseState.HELD, CaseState.NEW, CaseState.OPEN, CaseState.ANSWERED)
_SPARE = 2
"""The disk should have so many times what stops the listener."""
_LEAST_BYTES = 64 * 2**20
"""Less is a problem even if spool.min_free_bytes lets the listener go on: the largest mail by default (20 MiB) is
written to SQLite's log and then to its file, and what comes of it once more."""


def look_at_database(config: Config, now: datetime) -> Iterator[Finding]:
    """The database and all that is in it; opens it as `serve` would, and closes it."""
    try:
        office = open_office(config)
    except MailgateError as error:
        yield out_of_order("database", _why(config, error))
        yield from _disk(config)  # it may be the reason
        return
    try:
        yield _answer(config, office)
        yield from _disk(config)
        with office.read() as ctx:
            yield from _clock(audit.newest(ctx.tx), now)
            yield from _desks(ctx)
            yield from _waiting(figures.oldest(ctx.tx), figures.counts(ctx.tx), now)
        yield from _backup(default_file(office.database.engine, config.keys.directory.parent, now).parent, now)
    finally:
        office.database.close()


def _answer(config: Config, office: Office) -> Finding:
    try:
        room.try_to_write(office.database)
    except StoreUnavailable as error:
        return out_of_order("database", in_file(config.database.url, error.reason))
    name = office.database.engine.dialect.name
    return ok("database", Phrase("{name} answers, its tables are those of this version", name=name))


def _why(config: Config, error: MailgateError) -> str:
    """Why the office does not open; that may be for its key store, or a file beside the database, which it names."""
    file = sqlite_file(open_engine(config.database.url))
    if file is None or not isinstance(error, StoreUnavailable) or str(file) in error.reason:
        return error.reason
    return Phrase("{path} cannot be opened: {why}", path=file, why=error.reason)


def _disk(config: Config) -> Iterator[Finding]:
    free = room.free_bytes_of(open_engine(config.database.url))
    if free is None:
        return
    least = config.spool.min_free_bytes
    mib = free // 2**20
    if free < least:
        what = Phrase("{mib:,} MiB are free: no mail is taken", mib=mib)
        yield problem("disk", what, Phrase("make room; the listener goes on by itself"))
    elif free < _LEAST_BYTES:
        what = Phrase(
            "{mib:,} MiB are free: the database needs {least:,} MiB, or mails may be taken that cannot be handled",
            mib=mib,
            least=_LEAST_BYTES // 2**20,
        )
        yield problem("disk", what, Phrase("make room, and leave spool.min_free_bytes as it comes: mail stops first"))
    elif free < _SPARE * least:
        what = Phrase("{mib:,} MiB are free; below {least:,} MiB no mail is taken", mib=mib, least=least // 2**20)
        yield warning("disk", what, Phrase("make room"))
    else:
        yield ok("disk", Phrase("{mib:,} MiB are free", mib=mib))


def _clock(newest: datetime | None, now: datetime) -> Iterator[Finding]:
    if newest is not None and newest > now + timedelta(minutes=1):
        what = Phrase(
            "the clock says {now:%Y-%m-%d %H:%M} UTC, and the log has a line from {newest:%Y-%m-%d %H:%M}",
            now=now,
            newest=newest,
        )
        yield problem("clock", what, Phrase("set the clock (timedatectl); mails and due dates go by it"))
    else:
        yield ok("clock", Phrase("{now:%Y-%m-%d %H:%M} UTC, not before anything in the log", now=now))


def _desks(ctx: Context) -> Iterator[Finding]:
    """Those that the configuration has no more, while somebody still waits for their answer."""
    for desk, count in desks.counts_of_others(ctx.tx, _NOT_OVER, ctx.policy.desks.ids).items():
        what = Phrase(
            "it is not configured any more, and {count} of its cases are not closed: the main desk looks after them",
            count=count,
        )
        yield warning(f"desk {desk}", what, Phrase("answer them from there, or put the desk back into [[desks]]"))


def _waiting(
    oldest: dict[SpoolState | OutboxState, datetime | None], counts: figures.Counts, now: datetime
) -> Iterator[Finding]:
    waits = False
    for state, (longest, todo) in _LONG.items():
        since = oldest[state]
        if since is not None and now - since > longest:
            waits = True
            yield problem(
                "queue",
                Phrase("a mail has been {state} since {since:%Y-%m-%d %H:%M} UTC", state=state, since=since),
                todo,
            )
    if not waits:
        yield ok("queue", Phrase("no mail waits for us longer than it should"))
    for state, todo in _DECIDE.items():
        number = counts.spool[state] if isinstance(state, SpoolState) else counts.outbox[state]
        if number == 1:
            yield warning("queue", Phrase("1 mail is {state}", state=state), todo)
        elif number:
            yield warning("queue", Phrase("{number} mails are {state}", number=number, state=state), todo)


def _backup(folder: Path, now: datetime) -> Iterator[Finding]:
    files = list(folder.glob("mailgate-*")) if folder.is_dir() else []
    if not files:
        todo = Phrase("mailgate db backup, every night; or keep looking after it where you do")
        yield warning("backup", Phrase("there is none in {folder}", folder=folder), todo)
        return
    newest = datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC)
    if now - newest > _OLD_BACKUP:
        yield warning(
            "backup",
            Phrase("the newest in {folder} is of {newest:%Y-%m-%d}", folder=folder, newest=newest),
            Phrase("mailgate db backup, every night"),
        )
    else:
        yield ok("backup", Phrase("the newest is of {newest:%Y-%m-%d %H:%M} UTC", newest=newest))
