"""`mailgate key …`: keys that are shown to the world here, those that seal the database in `key_custody.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
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
        raise click.UsageError("--algorithm belongs to a SELECTOR; without one both kinds are made")
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
            f"'{text}' is no selector: letters, digits and hyphens such as mail2026", param_hint="SELECTOR"
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
        yield f"Made {one.file}." if one.is_new else f"{one.file} is there already and stays as it is."
        yield "Its TXT record, as a line of a zone file:"
        yield f"  {record.zone_line}"
        yield "and for a form, name and value:"
        yield f"  {record.name}"
        yield f"  {record.value}"
        yield ""
    yield from _next_steps(list(config.dkim.selectors), [one.signer.selector for one in keys], config.service.domain)


def _next_steps(used: list[str], shown: list[str], domain: str) -> Iterable[str]:
    """What to do, by what the configuration says now."""
    new = [one for one in shown if one not in used]
    old = [one for one in used if one not in shown]
    if not new:
        yield f"In use: dkim.selectors = {_list(used)}. The record stays in the DNS for as long as that."
        return
    yield "Next:"
    yield f"1. Enter {'it' if len(new) == 1 else 'them'} into the DNS. Wait until it is there:"
    for one in new:
        yield f"     dig +short TXT {one}._domainkey.{domain}"
    yield f"2. Set dkim.selectors = {_list([*used, *new])} and restart serve: every mail has a signature of each."
    if old:
        yield f"3. A day later take the old out: dkim.selectors = {_list(shown)}, and restart serve."
        yield "4. A week later, when no mail signed with them is under way any more, delete their files and empty p= in"
        yield f"   the DNS (v=DKIM1; p=): {', '.join(f'{one}._domainkey.{domain}' for one in old)}"


def _list(selectors: list[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in selectors) + "]"
