"""The audit log gets its chain: every few seconds in `serve`, and before anybody verifies it.

After: `store/audit_chain.py`, which does it. The head of the chain is told to a keeper outside of the database, so that
it shows when the last lines are cut off together with the mark that stands beside them. A crash between the commit and
the keeper leaves the keeper behind, which is no break: the next round tells it again.
"""

from __future__ import annotations

from mailgate.errors import Refused
from mailgate.flow.context import Office
from mailgate.store import audit, audit_chain
from mailgate.store.audit_chain import Verdict


def chain(office: Office) -> int:
    """Gives all new lines their place; how many those were."""
    count = 0
    while True:
        with office.read() as ctx:
            if not audit_chain.is_behind(ctx.tx):
                return count
        with office.write() as ctx:
            added, head = audit_chain.extend(ctx.tx)
        count += added
        if office.head_keeper is not None and added:
            office.head_keeper.keep(head)


def accept_restore(office: Office, actor: str, reason: str) -> None:
    """The log as it is now counts from here on: an operator says that its end went with a backup that was restored.
    Their word for it is a line of the log. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("say why the end of the log is missing: --after-restore REASON")
    with office.write(actor) as ctx:
        audit.record(ctx.tx, ctx.now, ctx.actor, "audit after restore", detail=" ".join(reason.split())[:200])
    chain(office)
    with office.read() as ctx:
        head = audit_chain.mark(ctx.tx, audit_chain.HEAD)
    if office.head_keeper is not None and head is not None:
        office.head_keeper.take(head)


def verify(office: Office) -> Verdict:
    """Chains what is new, then looks at every link."""
    chain(office)
    keeper = office.head_keeper
    with office.read() as ctx:
        return audit_chain.verify(ctx.tx, keeper.kept() if keeper is not None else None)
