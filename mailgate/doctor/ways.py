"""The way out: whether the relay takes us, or the folder that stands for it can be written."""

from __future__ import annotations

import os
from collections.abc import Iterator

from mailgate.config import Config
from mailgate.doctor.finding import Finding, ok, problem, warning
from mailgate.edges import relay_of
from mailgate.errors import BadConfiguration, BadKeys
from mailgate.phrase import Phrase, in_one_line
from mailgate.smtp.relay import SmtpRelay


def look_at_relay(config: Config) -> Iterator[Finding]:
    """Connects as the delivery does (TLS, login), and sends nothing."""
    delivery = config.delivery
    if delivery.mode == "maildir":
        folder = delivery.maildir
        if folder.exists() and not os.access(folder, os.W_OK):
            yield problem(
                "delivery",
                Phrase("{folder} cannot be written", folder=folder),
                Phrase("chown it to whom mailgate runs as"),
            )
        else:
            what = Phrase("mails are written to {folder} and not sent", folder=folder)
            yield warning("delivery", what, Phrase('for real mail: delivery.mode = "smtp", and the relay'))
        return
    try:
        relay = relay_of(config)
    except (BadKeys, BadConfiguration) as error:
        told = in_one_line(error.problems) if isinstance(error, BadConfiguration) else error.reason
        yield problem("delivery", told, Phrase("mend what the line says"))
        return
    assert isinstance(relay, SmtpRelay), "the other kind is told above"
    where = f"{delivery.host}:{delivery.port}"
    trouble = relay.greet()
    relay.close()
    if trouble:
        yield problem(
            "delivery",
            Phrase("{where}: {trouble}", where=where, trouble=trouble),
            Phrase("look at delivery.host, port, tls, username, password_file"),
        )
    else:
        yield ok("delivery", Phrase("{where} takes us", where=where))
