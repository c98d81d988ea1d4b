"""A throw-away installation and the real service on it: mail in by SMTP, mail out from the Maildir, nothing left.

Waiting is looking: at the state of the mail handed in, and at the outbox until nothing in it waits.
"""

from __future__ import annotations

import mailbox
import os
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from mailgate.config import Config, load
from mailgate.demo.leaks import Sides, sides
from mailgate.demo.sent import SentMail, read_sent
from mailgate.desk.lifecycle import OutboxState, SpoolState
from mailgate.errors import Never
from mailgate.flow.context import Office
from mailgate.installation import install
from mailgate.office import open_office
from mailgate.phrase import Phrase
from mailgate.service import Service
from mailgate.store import cases, findings, members, outbox, rounds, spool, teachers
from mailgate.store.transaction import Transaction

_SETTINGS = """[listener]
host = "127.0.0.1"
port = 0
[delivery]
mode = "maildir"
[authentication]
policy = "off"
"""
_PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.02


class NotAsTold(Never):
    """The service did something else than the story says, or took too long."""


@dataclass
class Stage:
    """The running service and what it has sent so far."""

    config_file: Path
    config: Config
    office: Office
    port: int
    sent: list[SentMail] = field(default_factory=list)

    def hand_in(self, reverse_path: str, forward_path: str, raw: bytes) -> str:
        """Sends a mail to the listener; gives the words after its 250. Raises NotAsTold when it says anything else."""
        try:
            with smtplib.SMTP(self.config.listener.host, self.port, timeout=_PATIENCE_SECONDS) as client:
                client.ehlo()
                client.mail(reverse_path, ["BODY=8BITMIME"])
                client.rcpt(forward_path)  # when this is refused, so is DATA
                code, words = client.data(raw)
        except OSError as error:  # smtplib's own are of this family
            raise NotAsTold(Phrase("the mail could not be handed in: {error}", error=str(error))) from error
        if code != 250:
            raise NotAsTold(Phrase("the listener did not take the mail: {answer}", answer=f"{code} {words!r}"))
        return words.decode("ascii")

    def result(self, queue_id: str) -> spool.SpoolEntry:
        """What became of a mail that was handed in; waits for it."""

        def handled() -> bool:
            return self._entry(queue_id).state not in (SpoolState.RECEIVED, SpoolState.WAITING)

        _wait_for(handled, Phrase("mail {id} is not handled", id=queue_id))
        return self._entry(queue_id)

    def new_mails(self) -> list[SentMail]:
        """What went out since the last look, once nothing is on its way any more."""
        _wait_for(self._is_quiet, Phrase("the outbox does not become empty"))
        known = {mail.message_id for mail in self.sent}
        messages = map(read_sent, self._octets())
        by_id = {str(message["Message-ID"]): message for message in messages}
        with self.office.read() as ctx:
            entries = outbox.entries(ctx.tx, [OutboxState.SENT])
        new = [
            SentMail(one.kind, one.handle, by_id[one.message_id])
            for one in reversed(entries)
            if one.message_id.strip("<>") not in known
        ]
        self.sent += new
        return new

    def latest(self, kind: str, to: str) -> SentMail:
        """Our newest mail of this kind to this address."""
        return next(mail for mail in reversed(self.sent) if (mail.kind, mail.to) == (kind, to))

    def handles(self) -> dict[str, str]:
        """The handle of each member by name: what an operator types for it."""
        with self.office.read() as ctx:
            return {one.person.name: one.handle for one in members.all_members(ctx.tx)}

    def sides(self) -> Sides:
        """Everything that one side must not learn of the other."""
        with self.office.read() as ctx:
            return sides(teachers.all_teachers(ctx.tx), members.all_members(ctx.tx), _redacted(ctx.tx))

    def _octets(self) -> Iterator[bytes]:
        box = mailbox.Maildir(self.config.delivery.maildir)
        return (box.get_bytes(key) for key in box.iterkeys())

    def _entry(self, queue_id: str) -> spool.SpoolEntry:
        with self.office.read() as ctx:
            return spool.entry(ctx.tx, queue_id)

    def _is_quiet(self) -> bool:
        with self.office.read() as ctx:
            return not outbox.entries(ctx.tx, [OutboxState.QUEUED, OutboxState.DEFERRED])


@contextmanager
def stage() -> Iterator[Stage]:
    """Sets up everything in a temporary folder and takes everything away again, whatever happens in between."""
    with TemporaryDirectory(prefix="mailgate-demo-") as folder, _no_settings_from_outside():
        path = Path(folder) / "mailgate.toml"
        path.write_text(_SETTINGS, encoding="utf-8")
        config = load(path)
        install(config)
        office = open_office(config)
        with closing(office.database):
            service = Service(config, office)
            service.start()
            try:
                assert service.port is not None, "all parts run, the listener among them"
                yield Stage(path, config, office, service.port)
            finally:
                service.stop()


@contextmanager
def _no_settings_from_outside() -> Iterator[None]:
    """Without MAILGATE_… variables: one of them might name a database that is not to be thrown away."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith("MAILGATE_")}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


def _redacted(tx: Transaction) -> Iterator[str]:
    """The passages of all consultations that an operator redacted."""
    for case in cases.listing(tx, []):
        for one in rounds.all_of(tx, case.number):
            judged = findings.listing(tx, findings.OfRound(one.id))
            yield from (found.finding.text for found in judged if found.decision == "redact")


def _wait_for(is_true: Callable[[], bool], otherwise: str) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not is_true():
        if time.monotonic() > give_up:
            raise NotAsTold(Phrase("{what} within {seconds} seconds", what=otherwise, seconds=round(_PATIENCE_SECONDS)))
        time.sleep(_LOOK_SECONDS)
