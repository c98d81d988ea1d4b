"""Mail from a file or a pipe, with the same promise and the same recipients as in the SMTP dialogue."""

from __future__ import annotations

from collections.abc import Sequence

from mailgate.errors import Refused
from mailgate.flow.accept import is_ours, store
from mailgate.flow.context import Office
from mailgate.mail.address import Address, parse_address
from mailgate.mail.envelope import Envelope


def envelope(office: Office, reverse_path: str, forward_paths: Sequence[str]) -> Envelope:
    """The envelope that the command names. Raises Refused for what is no address, or none of ours."""
    sender = _address(reverse_path) if reverse_path not in ("", "<>") else None
    recipients = tuple(map(_address, forward_paths)) or (office.policy.addresses.desk_address(),)
    with office.read() as ctx:
        strange = [str(one) for one in recipients if not is_ours(ctx, one)]
    if strange:
        raise Refused(f"no such address here: {', '.join(strange)}")
    return Envelope(sender, tuple(dict.fromkeys(recipients)), peer="", helo="")


def ingest(office: Office, given: Envelope, mails: Sequence[bytes]) -> list[str]:
    """Stores all mails in one transaction, or (when it raises) none; gives their queue ids.

    The worker of a running service takes them from there. Raises Refused for an empty mail.
    """
    if not all(raw.strip() for raw in mails):
        raise Refused("a mail is empty: nothing was taken")
    with office.write() as ctx:
        return [store(ctx, given, raw) for raw in mails]


def _address(text: str) -> Address:
    address = parse_address(text)
    if address is None:
        raise Refused(f"'{text}' is no mail address")
    return address
