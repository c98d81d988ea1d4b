"""`mailgate key …`: keys that are shown to the world here, those that seal the database in `key_custody.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from gettext import gettext as _
from gettext import ngettext
from typing import TYPE_CHECKING, Any

import click

from mailgate.cli import key_custody
from mailgate.cli.common import Desk, json_option, never_asks_option, pass_desk, show

if TYPE_CHECKING:
    from mailgate.config import Config
    from mailgate.installation import DkimKey

_ALGORITHMS = ("rsa", "ed25519")


@click.group()
def key() -> None:
    """The keys that seal what is kept, and those that others verify our mails with."""


for command in key_custody.COMMANDS:
    key.add_command(command)


@key.command()
@click.argument("selector", required=False)
@click.option("--algorithm", type=click.Choice(_ALGORITHMS), help="Of the key that is made; RSA by default.")
@never_asks_option
@json_option
@pass_desk
def dkim(desk: Desk, selector: str | None, algorithm: str | None, as_json: bool) -> None:
    """Make a DKIM key for SELECTOR where there is none, and print its DNS record and what to do next.

    Without SELECTOR a pair is made, RSA and Ed25519, named after this month: two signatures, so that old receivers
    verify the one and new ones the other. A key that is there is never overwritten; its record is printed again.

    Example: mailgate key dkim
    """
    from mailgate.installation import dkim_key
    from mailgate.mail.dkim_key import Algorithm

    if selector is None and algorithm is not None:
        raise click.UsageError(_("--algorithm belongs to a SELECTOR; without one both kinds are made"))
    month = datetime.now(UTC).strftime("%Y%m")
    pair = [(f"m{month}{one[0]}", one) for one in _ALGORITHMS]
    wanted = [(selector, algorithm or "rsa")] if selector is not None else pair
    config = desk.config
    keys = [dkim_key(config, _selector(name), Algorithm(kind)) for name, kind in wanted]
    show(as_json, {"keys": [_row(one) for one in keys]}, lambda: _told(config, keys))


def _selector(text: str) -> str:
    from mailgate.config import is_selector

    if not is_selector(text.lower()):
        raise click.BadParameter(
            _("'{text}' is no selector: letters, digits and hyphens such as mail2026").format(text=text),
            param_hint=_("SELECTOR"),
        )
    return text.lower()


def _row(one: DkimKey) -> dict[str, Any]:
    from mailgate.mail.dkim_key import algorithm_of, record_of

    record = record_of(one.signer)
    return {
        "selector": one.signer.selector,
        "algorithm": str(algorithm_of(one.signer)),
        "file": str(one.file),
        "made": one.is_new,
        "record": {"name": record.name, "type": "TXT", "value": record.value, "strings": list(record.strings)},
    }


def _told(config: Config, keys: list[DkimKey]) -> Iterable[str]:
    from mailgate.mail.dkim_key import record_of

    for one in keys:
        record = record_of(one.signer)
        told = _("Made {file}.") if one.is_new else _("{file} is there already and stays as it is.")
        yield told.format(file=one.file)
        yield _("Its TXT record, as a line of a zone file:")
        yield f"  {record.zone_line}"
        yield _("and for a form, name and value:")
        yield f"  {record.name}"
        yield f"  {record.value}"
        yield ""
    yield from _next_steps(list(config.dkim.selectors), [one.signer.selector for one in keys], config.service.domain)


def _next_steps(used: list[str], shown: list[str], domain: str) -> Iterable[str]:
    """What to do, by what the configuration says now."""
    new = [one for one in shown if one not in used]
    old = [one for one in used if one not in shown]
    if not new:
        in_use = _("In use: dkim.selectors = {selectors}. The record stays in the DNS for as long as that.")
        yield in_use.format(selectors=_list(used))
        return
    yield _("Next:")
    yield ngettext(
        "1. Enter it into the DNS. Wait until it is there:",
        "1. Enter them into the DNS. Wait until it is there:",
        len(new),
    )
    for one in new:
        yield f"     dig +short TXT {one}._domainkey.{domain}"
    use = _("2. Set dkim.selectors = {selectors} and restart serve: every mail has a signature of each.")
    yield use.format(selectors=_list([*used, *new]))
    if old:
        drop = _("3. A day later take the old out: dkim.selectors = {selectors}, and restart serve.")
        yield drop.format(selectors=_list(shown))
        yield _(
            "4. A week later, when no mail signed with them is under way any more, delete their files and empty p= in\n"
            "   the DNS (v=DKIM1; p=): {names}"
        ).format(names=", ".join(f"{one}._domainkey.{domain}" for one in old))


def _list(selectors: list[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in selectors) + "]"
