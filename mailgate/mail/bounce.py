"""Which recipients a delivery report names, with which status, and whether for good.

`parse` asks for a mail of kind BOUNCE; `flow` marks the addresses. Nothing here says which of our mails bounced:
the VERP token of the forward-path does. Asked in this order, the first that names somebody is believed: the blocks of
RFC 3464 (`report_blocks`), the JSON of Amazon (`report_notice`), X-Failed-Recipients, the blocks again where they stand
in a text, flufl.bounce, the text itself (`report_texts`), and last the To field of our mail that came back.
flufl.bounce knows the free texts of many mail systems; its exceptions and what is no address are thrown away, and it
sees only a short copy.
"""

from __future__ import annotations

import email
import logging
import re
from collections.abc import Iterable, Sequence

from flufl.bounce import all_failures

from mailgate.mail import charset, mailboxes, report_texts
from mailgate.mail.address import Address, parse_address
from mailgate.mail.fields import Section, decode_words, raw_text
from mailgate.mail.message import FailedRecipient
from mailgate.mail.report_blocks import Block, blocks, blocks_in_text
from mailgate.mail.report_notice import bounced
from mailgate.mail.report_status import enhanced_code, judged

# flufl.bounce logs each of its failures with a traceback that can hold a stranger's text.
logging.getLogger("flufl.bounce").addHandler(logging.NullHandler())
logging.getLogger("flufl.bounce").propagate = False

_MOST_RECIPIENTS = 100
_MOST_FLUFL_OCTETS = 32 * 1024
_MOST_FLUFL_LINES = 1_000  # it tries about a hundred patterns on each
_MOST_COPY_OCTETS = 32 * 1024
_COPY_OF_OURS = re.compile(rb"^content-type:[ \t]*(?:message/rfc822|text/rfc822-headers)", re.I | re.M)
_PROGRAMS = re.compile(r"(?:mailer-?daemon|post_?master|mail-daemon)", re.I)


def failed_recipients(
    section: Section, body: bytes, statuses: Sequence[bytes], text: str
) -> tuple[FailedRecipient, ...]:
    """The recipients that were not reached, each once.

    `section` and `body` are the report as it came, `statuses` the octets of its delivery-status parts, `text` its part
    for people.
    """
    reported = [block for status in statuses for block in blocks(status)]
    lines = report_texts.report_lines(text)
    found = _judged_blocks(reported, lines) or _judged_blocks(bounced(text), ())
    if not found and (reported or not any(status.strip() for status in statuses) or not _only_good_news(statuses)):
        found = _from_the_rest(section, body, text, lines)
    unique = {recipient.address.lower(): recipient for recipient in reversed(found)}
    return tuple(reversed(unique.values()))[:_MOST_RECIPIENTS]


def _only_good_news(statuses: Sequence[bytes]) -> bool:
    """Whether blocks name recipients and none has bad news: then nobody failed, whatever else stands in the mail."""
    return any(b"-recipient" in status.lower() for status in statuses)


def _from_the_rest(section: Section, body: bytes, text: str, lines: Sequence[str]) -> list[FailedRecipient]:
    """What a report without usable blocks says elsewhere."""
    strangers = _strangers(section)
    listed = _from_field(section)
    if listed:
        return [_judged(address, lines, len(listed) == 1) for address in listed]
    found = _judged_blocks([*blocks_in_text(text.encode("utf-8", "replace"))] or [*blocks_in_text(body)], lines)
    if found:
        return found
    guessed = [(address, final) for address, final in _from_flufl(section, body) if address.key not in strangers]
    if guessed:
        return [_judged(address, lines, len(guessed) == 1, final=final) for address, final in guessed]
    named = report_texts.named(lines, strangers)
    if named:
        return [FailedRecipient(str(one.address), *judged("", one.reason, delayed=None)) for one in named]
    ours = _from_our_mail(body, text)
    return [_judged(ours, lines, True)] if ours and ours.key not in strangers else []


def _from_our_mail(body: bytes, text: str) -> Address | None:
    """The recipient of the mail that came back, as a part or below the text: each of ours goes to one person."""
    part = _COPY_OF_OURS.search(body)
    copy = charset.to_text(body[part.end() :][:_MOST_COPY_OCTETS], None).text if part else ""
    return report_texts.original_recipient(copy or report_texts.copy_in_text(text))


def _judged_blocks(found: Iterable[Block], lines: Sequence[str]) -> list[FailedRecipient]:
    known = [(block, block.address) for block in found if block.address]
    alone = len(known) == 1
    return [
        FailedRecipient(
            str(address),
            *judged(
                block.status,
                block.diagnostic or ("\n".join(lines) if alone and not enhanced_code(block.status) else ""),
                delayed=block.delayed,
            ),
        )
        for block, address in known
    ]


def _judged(address: Address, lines: Sequence[str], alone: bool, *, final: bool = True) -> FailedRecipient:
    """`lines` tell about one recipient as a whole, or about each near its address."""
    reason = "\n".join(lines) if alone else report_texts.reason_for(lines, address)
    return FailedRecipient(str(address), *judged("", reason, delayed=None if final else True))


def _strangers(section: Section) -> frozenset[str]:
    """Keys of the addresses that write and get the report: no recipient of ours."""
    sender, _ = mailboxes.author(section)
    to = [address for address in map(parse_address, mailboxes.recipients(section)) if address]
    return frozenset(address.key for address in [*to, *([sender.address] if sender.address else [])])


def _from_field(section: Section) -> list[Address]:
    """X-Failed-Recipients, which Exim and Gmail write."""
    texts = [
        part for octets in section.all("x-failed-recipients") for part in decode_words(raw_text(octets)).text.split(",")
    ]
    return [address for address in map(parse_address, texts[:_MOST_RECIPIENTS]) if address]


def _from_flufl(section: Section, body: bytes) -> list[tuple[Address, bool]]:
    """(address, whether for good) by the patterns of flufl.bounce."""
    head = b"\n".join(b"%s:%s" % (field.name.encode("ascii"), field.octets) for field in section.fields)
    try:
        lines = body[:_MOST_FLUFL_OCTETS].split(b"\n", _MOST_FLUFL_LINES)[:_MOST_FLUFL_LINES]
        message = email.message_from_bytes(head[:_MOST_FLUFL_OCTETS] + b"\n\n" + b"\n".join(lines))
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001  # detectors for 17 mail systems, some raise on odd bytes: then it found nothing
        return []
    marked = [(octets, True) for octets in permanent] + [(octets, False) for octets in temporary - permanent]
    read = [(parse_address(octets.decode("utf-8", "replace")), final) for octets, final in sorted(marked)]
    return [
        (address, final)
        for address, final in read
        if address and "." in address.domain and not _PROGRAMS.match(address.local)
    ]
