"""What the configuration says about the desk, as one frozen value that flows are handed; `office.py` makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from mailgate.desk.attributes import Bands
from mailgate.desk.quiet_hours import QuietHours
from mailgate.desk.retention import Retention
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.mail.address import Address
from mailgate.mail.reply_address import OwnAddresses


@dataclass(frozen=True, slots=True)
class Policy:
    service_name: str
    language: str
    """Of the outgoing mails: the folder below `templates/`, "ja" or "en"."""
    timezone: ZoneInfo
    addresses: OwnAddresses
    authentication: AuthenticationPolicy
    trusted_authserv_ids: frozenset[str]
    invitation_days: int
    reminder_days: int
    answer_days: int
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
    operators: tuple[Address, ...] = ()
    """Who gets the digest."""
    digest_time: time | None = None
    """From when on in a day it is made, local time; None: never."""
