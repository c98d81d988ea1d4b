"""What the configuration says, as one frozen value that flows are handed; `office.py` makes it.

What every desk of the installation has for itself is in `desks.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from mailgate.desk.attributes import Bands
from mailgate.desk.desks import Desks
from mailgate.desk.quiet_hours import QuietHours
from mailgate.desk.retention import Retention
from mailgate.desk.targets import Targets
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.mail.reply_address import OwnAddresses


@dataclass(frozen=True, slots=True)
class Policy:
    desks: Desks
    timezone: ZoneInfo
    addresses: OwnAddresses
    authentication: AuthenticationPolicy
    trusted_authserv_ids: frozenset[str]
    quiet_days: int
    retention_days: int
    k_anonymity: int
    retry_hours: int
    undo_seconds: int = 30
    """So long what an operator decides in `triage` waits in the outbox and can be undone."""
    answers_per_day: int = 20
    """Automatic mails to one address in 24 hours, at most."""
    answers_per_case_hour: int = 30
    """Automatic mails about one case in an hour, at most."""
    teacher_consent: bool = False
    """Whether a text goes to members only after the teacher has agreed to it."""
    retention: Retention = field(default_factory=Retention)
    """How long what is kept."""
    bands: Bands = field(default_factory=Bands)
    """Of years and ages, where people are told of coarsely."""
    answer_slots: tuple[time, ...] = ()
    """When answers leave, local times in their order; at once without any."""
    grace_days: int = 0
    """So long a school may consult after the last day of its contract."""
    conflict_years: int = 0
    """So many years after it ended an affiliation still excludes; 0: for ever."""
    calendar: str = ""
    """The country whose working days count for due dates (ISO 3166-1); empty: every day is one."""
    quiet_hours: QuietHours | None = None
    """When nothing leaves that mailgate writes by itself."""
    confirmation_months: int = 0
    """So long after they registered or confirmed it people are asked if what is held of them is right; 0: never."""
    confirmations_per_day: int = 50
    """Mails about that in a day, at most."""
    confirmation_days: int = 14
    """So long an answer is waited for: until the reminder, and after it."""
    digest_time: time | None = None
    """From when on in a day the digests of the desks are made, local time; None: never."""
    targets: Targets = field(default_factory=Targets)
    """What the report compares with."""
