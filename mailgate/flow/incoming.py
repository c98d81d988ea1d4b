"""One mail in hand: what SMTP said, what the mail says, who it is for. Made by `flow/process.py` for the handlers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailgate.desk.lifecycle import SpoolState
from mailgate.desk.trust import Right, Trust, may
from mailgate.mail.address import Address
from mailgate.mail.message import Kind, Message


@dataclass(frozen=True, slots=True)
class Incoming:
    spool_id: str
    message: Message
    received_at: datetime
    reverse_path: Address | None
    trust: Trust

    @property
    def sender(self) -> Address | None:
        """The one author that the From field names."""
        return self.message.sender.address

    @property
    def mail_date(self) -> datetime:
        """The date of the mail, which decides about contracts: its Date field, but never later than it came in.

        Known weakness: a sender can backdate a mail. The operator sees both dates.
        """
        date = self.message.date
        return min(date, self.received_at) if date else self.received_at

    @property
    def may_be_answered(self) -> bool:
        """No automatic mail is answered, nor one with the null reverse-path (RFC 3834 section 2), nor one that
        somebody else may have written."""
        is_a_persons = self.message.kind is Kind.PERSON and self.reverse_path is not None
        return is_a_persons and self.sender is not None and may(self.trust, Right.BE_ANSWERED)


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of a mail, for its row in the spool and for the log."""

    state: SpoolState
    reason: str
    case: int | None = None


def done(reason: str, case: int | None = None) -> Handled:
    return Handled(SpoolState.DONE, reason, case)
