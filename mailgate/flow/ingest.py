"""Mail from a file or a pipe, with the same promise and the same recipients as in the SMTP dialogue.

Where nobody says what SMTP would have said, the mail itself does: its author for the reverse-path, those of its To and
Cc that are ours for the forward-paths, or else the desk.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailgate.errors import BadInput, Refused
from mailgate.flow.accept import is_ours, store
from mailgate.flow.context import Context, Office
from mailgate.mail.address import Address, parse_address
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.phrase import Phrase
from mailgate.store.progress import Progress, silent

_NULL = ("", "<>")


def ingest(
    office: Office,
    mails: Sequence[tuple[str, bytes]],
    reverse_path: str | None,
    forward_paths: Sequence[str],
    progress: Progress = silent,
) -> list[str]:
    """Stores all (name, octets) in one transaction, or (when it raises) none; gives their queue ids.

    `reverse_path` None and empty `forward_paths` mean that the mails say; `progress` hears how many of them are read.
    The worker of a running service takes the mails from there. Raises BadInput for an empty mail, Refused for what is
    no address or none of ours.
    """
    empty = [name for name, raw in mails if not raw.strip()]
    if empty:
        raise BadInput([Phrase("{name} is empty: nothing was taken", name=name) for name in empty])
    sender = None if reverse_path is None or reverse_path in _NULL else _address(reverse_path)
    recipients = tuple(dict.fromkeys(map(_address, forward_paths)))
    asked = reverse_path is None or not recipients
    messages = [
        _read(office, raw, progress, done, len(mails)) if asked else None for done, (_, raw) in enumerate(mails, 1)
    ]
    with office.write() as ctx:
        strange = [str(one) for one in recipients if not is_ours(ctx, one)]
        if strange:
            raise Refused("no such address here: {strange}", strange=strange)
        envelopes = [_envelope(ctx, message, reverse_path, sender, recipients) for message in messages]
        return [store(ctx, envelope, raw) for envelope, (_, raw) in zip(envelopes, mails, strict=True)]


def _read(office: Office, raw: bytes, progress: Progress, done: int, of_all: int) -> Message:
    """Before the transaction: nobody else has to wait for it."""
    message = office.read_mail(raw)
    progress(done, of_all)
    return message


def _envelope(
    ctx: Context,
    message: Message | None,
    reverse_path: str | None,
    sender: Address | None,
    recipients: tuple[Address, ...],
) -> Envelope:
    """`message` is None where everything was said."""
    if message is None:
        return Envelope(sender, recipients)
    named = (parse_address(text) for text in message.to)
    ours = tuple(one for one in named if one is not None and is_ours(ctx, one))
    return Envelope(
        reverse_path=sender if reverse_path is not None else message.sender.address,
        forward_paths=recipients or ours or (ctx.policy.addresses.desk_address(),),
    )


def _address(text: str) -> Address:
    address = parse_address(text)
    if address is None:
        raise Refused("'{text}' is no mail address", text=text)
    return address
