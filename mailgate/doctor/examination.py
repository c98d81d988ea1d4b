"""All the looks, one after the other; a look that breaks is a problem itself and stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from mailgate.authentication.resolver import Resolver
from mailgate.config import Config
from mailgate.doctor.desks import look_at_desks
from mailgate.doctor.drill import look_at_loops
from mailgate.doctor.finding import Finding, out_of_order, problem
from mailgate.doctor.house import look_at_certificate, look_at_keys, look_at_settings
from mailgate.doctor.names import look_at_names
from mailgate.doctor.running import look_at_service
from mailgate.doctor.stores import look_at_database
from mailgate.doctor.ways import look_at_relay
from mailgate.errors import MailgateError
from mailgate.office import policy_of
from mailgate.phrase import Phrase


def examine(config: Config, file: Path, now: datetime) -> Iterator[Finding]:
    """Everything that is found, as it is found; `file` is the configuration. Takes some seconds, changes nothing."""
    looks: tuple[tuple[str, Callable[[], Iterable[Finding]]], ...] = (
        ("config", lambda: look_at_settings(config, file)),
        ("desks", lambda: look_at_desks(config)),
        ("keys", lambda: look_at_keys(config)),
        ("tls", lambda: look_at_certificate(config, now)),
        ("service", lambda: look_at_service(config)),
        ("database", lambda: look_at_database(config, now)),
        ("delivery", lambda: look_at_relay(config)),
        ("dns", lambda: look_at_names(config, Resolver(config.dns.nameservers))),
        ("loops", lambda: look_at_loops(policy_of(config))),
    )
    for subject, look in looks:
        try:
            yield from look()
        except MailgateError as error:  # something around us does not answer, or is not as it must be
            yield out_of_order(subject, error.reason)
        except Exception as error:  # noqa: BLE001 - the doctor looks on, whatever it came across
            yield problem(
                subject,
                Phrase("this look broke off: {kind}", kind=type(error).__name__),
                Phrase("report it; it is a fault of mailgate"),
            )
