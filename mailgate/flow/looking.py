"""What can be found out about an accepted mail before anything follows from it: what it says, and who wrote it.

Slow (a child process reads it, the DNS is asked), so it is done for several mails at the same time, and with no
transaction open: whoever writes keeps all others waiting. Before: `flow/process.py` has claimed the mail. After:
`flow/handle.py` acts on what was found, one mail after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailgate.desk.people import Teacher
from mailgate.flow.context import Context, Office
from mailgate.flow.duplicates import marks_of
from mailgate.flow.vouch import look
from mailgate.mail.authentication import Verdict
from mailgate.mail.message import Message
from mailgate.store import spool, teachers
from mailgate.store.spool import Marks, Spooled


@dataclass(frozen=True, slots=True)
class Looked:
    """An accepted mail, with all that is known before a transaction is opened for it."""

    spooled: Spooled
    message: Message
    verdict: Verdict | None
    """Of the DNS or of the mail server before us; None when nobody was asked."""
    teacher: Teacher | None
    """Whom the register knew by the author's address at that moment."""
    marks: Marks


def look_at(office: Office, spool_id: str, *, patient: bool) -> Looked:
    """Reads one mail and asks who wrote it; `patient` as in `Verifier`. For many threads.

    Raises DnsTrouble while it is worth waiting for the DNS, ReaderAway, what the database raises, and whatever a mail
    that was damaged on the disk makes of its opening.
    """
    with office.read() as ctx:
        spooled = spool.load(ctx.tx, spool_id)
    message = office.read_mail(spooled.raw)
    with office.read() as ctx:
        teacher = author_of(ctx, message)
    verdict = look(office.policy, office.verifier, spooled, message, office.clock(), patient=patient)
    return Looked(spooled, message, verdict, teacher, marks_of(office.database.keys, message))


def author_of(ctx: Context, message: Message) -> Teacher | None:
    """The teacher whose address stands in the From field; None for everybody else."""
    return teachers.teacher_by_address(ctx.tx, message.sender.address) if message.sender.address else None
