"""What every flow is handed: an open transaction, the time, the policy, the letters, and who acts.

`Office` is the long-lived half (one for a process), `Context` the short-lived one (one for a transaction). A flow
never commits: the block that opened the context does, once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mailgate.desk.desks import DeskPolicy
from mailgate.desk.policy import Policy
from mailgate.errors import Altered
from mailgate.flow.render import Renderer, Renderers
from mailgate.flow.school_watch import SchoolWatch
from mailgate.flow.verifier import Verifier
from mailgate.mail.message import Message
from mailgate.store import audit, desks
from mailgate.store.audit_chain import HeadKeeper
from mailgate.store.cases import Case
from mailgate.store.database import Database
from mailgate.store.transaction import Transaction

SYSTEM = "system"
_ALTERED = "altered text"
_TOLD_ONCE_IN = timedelta(hours=1)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _read_here(raw: bytes) -> Message:
    from mailgate.mail.parse import parse  # most commands read no mail

    return parse(raw)


@dataclass(frozen=True, slots=True)
class Context:
    tx: Transaction
    now: datetime
    """In UTC, the same for the whole transaction."""
    actor: str
    """"system", "teacher", "member" or "operator:NAME"; goes into the audit log."""
    policy: Policy
    renderers: Renderers
    random_bytes: Callable[[int], bytes]
    school_watch: SchoolWatch
    """What is kept in memory of the register's schools."""
    delay: timedelta = timedelta()
    """So long at least what is written to people in this transaction waits in the outbox, and may be undone."""

    def desk_of(self, case: Case | int) -> DeskPolicy:
        """Who looks after a case, or the case of this number; raises NotFound."""
        return self.policy.desks.in_charge(case.desk if isinstance(case, Case) else desks.of_case(self.tx, case))

    def renderer_of(self, desk: DeskPolicy) -> Renderer:
        return self.renderers.of(desk)


@dataclass(frozen=True, slots=True)
class Office:
    database: Database
    policy: Policy
    renderers: Renderers = field(default_factory=Renderers)
    clock: Callable[[], datetime] = _utc_now
    random_bytes: Callable[[int], bytes] = secrets.token_bytes
    read_mail: Callable[[bytes], Message] = _read_here
    """Reads a received mail; never raises but Later. The service has it done in a process with limits."""
    verifier: Verifier | None = None
    """Looks at SPF, DKIM and DMARC; None where nothing is asked of the DNS."""
    school_watch: SchoolWatch = field(default_factory=SchoolWatch)
    """See Context."""
    head_keeper: HeadKeeper | None = None
    """Where the head of the audit chain is kept beside the database."""
    destroy_key: Callable[[int], object] = lambda _case: None
    """Destroys the key of a destroyed case (by its number), durably; nothing where there is none any more. Raises
    Later: then it is asked again."""

    @contextmanager
    def write(self, actor: str = SYSTEM, delay: timedelta = timedelta()) -> Iterator[Context]:
        """A context whose changes are committed together when the block ends, or not at all."""
        with self._tells_of_altered_texts(actor), self.database.write() as tx:
            yield self._context(tx, actor, delay)

    @contextmanager
    def read(self, actor: str = SYSTEM) -> Iterator[Context]:
        """A context that only looks."""
        with self._tells_of_altered_texts(actor), self.database.read() as tx:
            yield self._context(tx, actor)

    @contextmanager
    def _tells_of_altered_texts(self, actor: str) -> Iterator[None]:
        """Whoever comes across a text that is not what was approved has undone everything else; the log has it."""
        try:
            yield
        except Altered as error:
            now = self.clock()
            with self.database.write() as tx:
                if not audit.is_recorded(tx, _ALTERED, error.case, now - _TOLD_ONCE_IN):
                    audit.record(tx, now, actor, _ALTERED, case=error.case, subject=error.subject)
            raise

    def _context(self, tx: Transaction, actor: str, delay: timedelta = timedelta()) -> Context:
        return Context(
            tx, self.clock(), actor, self.policy, self.renderers, self.random_bytes, self.school_watch, delay
        )
