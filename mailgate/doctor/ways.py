"""The way out: whether the relay takes us, or the folder that stands for it can be written."""

from __future__ import annotations

import os
from collections.abc import Iterator

from mailgate.config import Config
from mailgate.doctor.finding import Finding, ok, problem, warning
from mailgate.edges import relay_of
from mailgate.errors import BadConfiguration, BadKeys
from mailgate.smtp.relay import SmtpRelay


def look_at_relay(config: Config) -> Iterator[Finding]:
    """Connects as the delivery does (TLS, login), and sends nothing."""
    delivery = config.delivery
    if delivery.mode == "maildir":
        folder = delivery.maildir
        if folder.exists() and not os.access(folder, os.W_OK):
            yield problem("delivery", f"{folder} cannot be written", "chown it to whom mailgate runs as")
        else:
            what = f"mails are written to {folder} and not sent"
            yield warning("delivery", what, 'for real mail: delivery.mode = "smtp", and the relay')
        return
    try:
        relay = relay_of(config)
    except (BadKeys, BadConfiguration) as error:
        yield problem("delivery", error.reason, "mend what the line says")
        return
    assert isinstance(relay, SmtpRelay), "the other kind is told above"
    where = f"{delivery.host}:{delivery.port}"
    trouble = relay.greet()
    relay.close()
    if trouble:
        yield problem("delivery", f"{where}: {trouble}", "look at delivery.host, port, tls, username, password_file")
    else:
        yield ok("delivery", f"{where} takes us")
