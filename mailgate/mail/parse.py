"""Raw bytes to a Message: a total function, the one place where inbound mail is read.

The spool hands in the bytes as they came; vouching, routing and the handlers see only the Message. Each question has
its own module: `fields` and `mailboxes` (header section), `parts` (structure, with mail-parser), `charset` (octets
to text), `automatic` and `bounce` (who speaks), `quoting` (what is new). What is wrong with the bytes ends up as a
defect in words for the operator, never as an exception. RFC 5322, 2045-2047, 2231. Nothing here writes mail.
"""

from __future__ import annotations

import re

from mailgate.mail import automatic, bounce, charset, fields, mailboxes, parts
from mailgate.mail.limits import DEFAULT_READING, ReadingLimits
from mailgate.mail.message import FailedRecipient, Kind, Message, Sender
from mailgate.mail.quoting import newly_written

_REPLY_SUBJECT = re.compile(
    r"(?:\s*[\[【(（][^\]】)）]{0,60}[\]】)）])?\s*"
    r"(?:re|ｒｅ|ＲＥ|Ｒｅ|aw|antw|sv|vs|回复|回覆|答复|返信|Re\s?\(\d{1,3}\)|re\s?(?:\[\d{1,3}\]|\^\d{1,3}|\d{1,3}))\s*[:：]",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:fwd?|fw|wg|tr|rv|i|enc|pd|vb|vl|doorst|転送|转发|轉寄|전달)\s*[:：]",
    re.IGNORECASE,
)
_MOST_DEFECTS = 50


def parse(raw: bytes, limits: ReadingLimits = DEFAULT_READING) -> Message:
    """The mail in `raw` (any bytes at all) as a Message; never raises, and takes time in proportion to `len(raw)`."""
    try:
        section, body = fields.split_mail(raw, limits)
        return _read(section, body, limits)
    except Exception:  # noqa: BLE001  # total: a mail that breaks us still becomes something an operator can see
        return unreadable(raw, "the mail cannot be read: shown as it came")


def is_reply(subject: str, references: tuple[str, ...]) -> bool:
    """Whether a mail answers another: its subject starts with Re:, or it refers to one and is no forward.

    Gmail writes References into forwards too.
    """
    if _REPLY_SUBJECT.match(subject):
        return True
    return bool(references) and _FORWARD_SUBJECT.match(subject) is None


def _read(section: fields.Section, body: bytes, limits: ReadingLimits) -> Message:
    subject = fields.unstructured(section.first("subject"))
    sender, from_defects = mailboxes.author(section)
    content = _parts(section, body, limits)
    types = [one.content_type for one in content.attachments]
    kind = automatic.kind_of(section, subject.text, sender, types, content.body)
    references = fields.references(section)
    written = newly_written(content.body, is_reply=is_reply(subject.text, references))
    moment = fields.date(section.first("date"))
    date_defects = () if moment else ("no date that can be read",)
    results = tuple(fields.unstructured(octets).text for octets in section.all("authentication-results"))
    defects = section.defects + from_defects + date_defects + subject.defects + content.defects
    return Message(
        message_id=fields.message_id(section.first("message-id")),
        subject=subject.text,
        sender=sender,
        to=mailboxes.recipients(section),
        date=moment,
        references=references,
        body=content.body,
        written=written.text,
        signature=written.signature,
        kind=kind,
        failed=_failed(kind, section, body, content),
        attachments=content.attachments,
        authentication_results=results,
        defects=tuple(dict.fromkeys(defects))[:_MOST_DEFECTS],
    )


def _parts(section: fields.Section, body: bytes, limits: ReadingLimits) -> parts.Parts:
    """The parts of the body; where their structure cannot be read, the octets as one text."""
    try:
        return parts.take_apart(section, body, limits)
    except Exception:  # noqa: BLE001  # also RecursionError: the libraries raise of their own on hostile structure
        text = charset.decode(body[: parts.MOST_CHARACTERS], None)
        return parts.Parts(text.text, (), (), ("the structure cannot be read: shown as it came", *text.defects))


def _failed(kind: Kind, section: fields.Section, body: bytes, content: parts.Parts) -> tuple[FailedRecipient, ...]:
    if kind is not Kind.BOUNCE:
        return ()
    return bounce.failed_recipients(section, body, content.statuses, content.body)


def unreadable(raw: bytes, defect: str) -> Message:
    """The last resort: the bytes as text, from nobody, to nobody, with what is wrong in words."""
    text = charset.decode(raw[: parts.MOST_CHARACTERS], None).text
    return Message(
        message_id="",
        subject="",
        sender=Sender("", None),
        to=(),
        date=None,
        references=(),
        body=text,
        written=text.strip(),
        signature="",
        kind=Kind.PERSON,
        failed=(),
        attachments=(),
        authentication_results=(),
        defects=(defect,),
    )
