"""What is told to the log, by name. Nothing else is logged, and each of these is counted for `/metrics`.

Every process tells them with ids, words and counts, never with text or addresses of a mail. README has a row for each.
Until a process says how (`watch/log.py`), they stand on standard error: the standard output of a command is its own.
"""

from __future__ import annotations

import sys
from enum import StrEnum

import structlog

if not structlog.is_configured():
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


class Event(StrEnum):
    """The name that stands as `event=` in a line of the log."""

    ACCEPTED = "accepted"
    """250 was said: `queue_id` (several with commas: they shared one commit), `mails`, `octets`.

    What `mail ingest` took has none.
    """
    REFUSED = "refused"
    """A client heard no: `outcome` is the beginning of the reply."""
    NOT_TAKEN = "not taken"
    """A fault of ours; the client was told to come again."""
    DOOR_SHUT = "no mail is taken"
    DOOR_OPEN = "mail is taken again"
    TLS_FAILED = "TLS handshake failed"
    CERTIFICATE_NEW = "certificate read again"
    CERTIFICATE_BAD = "certificate not usable"
    """The old one stays in use."""
    HANDLED = "handled"
    """A worker is done with an accepted mail: `outcome` is its state, `result` the reason in words."""
    NOT_HANDLED = "not handled"
    DNS_SILENT = "the DNS is silent"
    """Nothing is known yet of the sender of a mail; it waits, and its DNS is asked again."""
    NOT_SCREENED = "not screened"
    DELIVERY = "delivery"
    """One try to hand a mail to the relay is over: `outcome`."""
    STOPPED = "stopped at the gate"
    """A mail may not leave before operators have decided: `outcome` is the reason in fixed words."""
    TEMPLATE_UNFIT = "template not used"
    """The words that a desk has for itself of a mail do not fit: it is sent in the common ones."""
    RELAY_AWAY = "the relay is left alone"
    WRONG_CLOCK = "put off by a wrong clock"
    NOT_DONE = "not done"
    """Work of the scheduler that broke; it is due again next time."""
    PURGED = "purged"
    """What was kept for long enough is gone: counts, and nothing else."""
    CLOCK_BEHIND = "nothing is purged by a clock that is behind"
    """It shows a time before the last purge: `last` is when that was."""
    LOG_IN_USE = "the log of the database is not empty"
    """Somebody reads for long: what was destroyed may still stand in SQLite's `-wal` file. Tried again each minute."""
    AS_ROOT = "runs as root"
    """Allowed on loopback, for trying out: `service.user` would be better."""
    KEYS_OF_ONE_MACHINE = "key store of one machine"
    """The database is PostgreSQL, the key store a file: nodes on other machines cannot open anything."""
    TROUBLE = "trouble"
    """A loop could not do its work, and tries again."""
