"""Every failure that mailgate knows by name: whose fault it is, and whether to try again.

    MailgateError               reason (for us, for the operator)
    ├── Later                   4yz: nothing is wrong with what was asked; ask again
    │   ├── StoreUnavailable    the database is away, locked or full
    │   ├── DnsTrouble          the DNS gives no answer, and something depends on it
    │   ├── ReaderAway          the process that reads mails does not start
    │   └── ChangedMeanwhile    another operator changed the same thing first
    └── Never                   5yz: asking again in the same words will fail again
        ├── Refused             a rule of the desk forbids what was asked
        │   └── NotFound        there is no such case, comment, member, …
        ├── BadInput            what was given cannot be read; `problems` has one line for each place
        ├── BadConfiguration    the settings cannot work; one line for each key
        ├── BadKeys             a key file is missing, readable by others, or does not fit
        │   ├── Altered         a text is not the one that an operator approved
        │   └── LostKey         the key that a text was sealed with is not there any more
        ├── BadLetter           a composed mail is not what was meant; it is not queued
        └── WrongDatabase       the database belongs to a newer (or no) mailgate

A stranger sees only `stranger`: one fixed sentence for each half of the tree (RFC 5321, RFC 3463). `reason` may name
what the operator typed; it never holds text of a mail. Anything that is not in this family is a bug and flies to the
loop that holds the mail.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailgate.phrase import Phrase, Value


class MailgateError(Exception):
    """The root. `reason` is one line (str) that says what is wrong and, where it helps, what to do.

    Raised as `Refused("case {number} is closed", number=12)`; a reason that was made elsewhere stands alone.
    """

    stranger: str = "451 4.3.0 Temporary local problem, please try again later"

    def __init__(self, reason: str, /, **values: Value) -> None:
        self.reason: str = Phrase(reason, **values) if values or not isinstance(reason, Phrase) else reason
        super().__init__(self.reason)


class Later(MailgateError):
    """Try again; nothing was changed."""


class StoreUnavailable(Later):
    """The database cannot be reached or written just now."""


class DnsTrouble(Later):
    """A question to the DNS has no answer just now; nobody may take that for a no."""


class ChangedMeanwhile(Later):
    """Somebody else changed the same row between our look and our change."""


class ReaderAway(Later):
    """The process in which mails are read cannot be started just now."""


class Never(MailgateError):
    """Will not work however often it is tried; nothing was changed."""

    stranger = "554 5.3.0 Not accepted"


class Refused(Never):
    """A rule of the desk forbids it: wrong state, same school, not registered, …"""


class NotFound(Refused):
    """No such thing under that number, handle or name."""


class _Listed(Never):
    """A failure with several places, all told at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__("; ".join(self.problems))


class BadInput(_Listed):
    """A file or text that cannot be read; `problems` names each row and column."""


class BadConfiguration(_Listed):
    """Settings that cannot work; `problems` names each key and what is expected."""


class BadKeys(Never):
    """A key file is missing, open to others, or not the one that sealed the data."""


class Altered(BadKeys):
    """A text that was approved is not the same any more; `case` and `subject` say which one, for the audit log."""

    def __init__(self, reason: str, case: int, subject: str) -> None:
        super().__init__(reason)
        self.case = case
        self.subject = subject


class LostKey(BadKeys):
    """The key store has no such key. After the destruction of a case this is how its rows in a backup answer."""

    def __init__(self, key_id: str, place: str = "") -> None:
        """`place` is what does not open ("table.column.row")."""
        why = Phrase(
            "key {key} is not in the key store: it was destroyed, or the key store is older than the database",
            key=key_id,
        )
        super().__init__(Phrase("{place} does not open: {reason}", place=place, reason=why) if place else why)
        self.key_id = key_id


class BadLetter(Never):
    """A composed mail did not read back as it was meant, so it was not queued."""


class WrongDatabase(Never):
    """The schema is of a newer version than this program."""
