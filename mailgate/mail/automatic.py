"""Who speaks: a person, or a program on behalf of one, of a list, of a mail system.

A pure decision on the header section, the shape and the first lines of a mail; `parse` asks it, `desk/routing` obeys:
only a person is answered. RFC 3834 (automatic answers), RFC 3464 and 6522 (reports), RFC 5965 (feedback), RFC 8098
(receipts), RFC 2919 and 2369 (lists), and what clients write outside them. A challenge ("confirm that you are human")
and a feedback report are auto-replies here. A person's mail must never be taken for a program's: what a person could
write too counts only with a second sign, and the words are in `automatic_words`.

Known weakness: an absence note of a plain sender that neither has a mark nor says that a program wrote it is taken for
a person, since a person may write just that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailgate.mail import automatic_words as words
from mailgate.mail.automatic_evidence import Evidence
from mailgate.mail.fields import Section, parameters
from mailgate.mail.message import Kind, Sender

_BOUNCE_FIELDS = (
    "x-failed-recipients",
    "x-dsncontext",
    "x-ms-exchange-message-is-ndr",
    "x-mddsn-message",
    "x-mx-bounce",
)
_LIST_FIELDS = (
    "list-id",
    "list-post",
    "mailing-list",
    "x-ml-name",
    "x-ml-info",
    "x-mlserver",
    "x-mail-count",
    "x-mailing-list",
)
_ANSWER_FIELDS = ("in-reply-to", "references")
_DAEMON = re.compile(
    r"mailer[-_. ]?daemon(?:@\S{0,253})?|mail[-_ ]daemon|mdaemon|(?:internet )?mail delivery? (?:sub)?system|"
    r"mail delivery (?:service|agent)|mmdf|microsoftexchange[0-9a-f]{20,40}",
    re.I,
)
_SYSTEM = re.compile(
    r".{0,60}(?:post_?master|mail[-_. ]?(?:system|server|gateway)|delivery (?:sub)?system|content[- ]filter|"
    r"anti-?virus|interscan|microsoft exchange|mailscanner|[-_.]ndr|smtp_mail_service).{0,60}|imss",
    re.I,
)
_POSTMASTER = re.compile(r"post_?master|bounces?.{0,200}", re.I)
_WORKMAIL = re.compile(rb"\s*amazon workmail", re.I)  # reports by text, from an address like any other
_WORKMAIL_REPORT = ("technical report:", "\nfinal-recipient:", "\naction:")
_NOTICE = re.compile(r"\s{0,20}\{\s{0,20}\"(?:notificationType|eventType)\"\s?:")  # JSON of Amazon SES
_COMPLAINT = re.compile(r"complaint about message from \S", re.I)
_FORWARD = re.compile(r"\s*[\[(]?(?:fwd?|wg|tr|転送|i|enc|rv|doorst)\s*[:：]", re.I)
_ANSWER = re.compile(
    r"\s*[\[(]?(?:re|aw|antw|sv|vs|返信|fwd?|wg|tr|転送|i|enc|rv|doorst)\s*(?:\[\d{1,3}\])?\s*[:：]", re.I
)
_ORNAMENT = re.compile(r"\A[\W_]{1,20}")
_FAILURE_DETAIL = re.compile(r"\b[45]\d\d[ -]|[45]\.\d\.\d|(?<=[\w.+-])@[\w-]{1,63}\.")
_MOST_SUBJECT = 400


def kind_of(section: Section, subject: str, sender: Sender, part_types: Sequence[str], text: str) -> Kind:
    """Who speaks, by the fields of `section`, the decoded `subject`, the author, the types of the attachments, `text`.

    `text` is the readable text of the mail; only its first lines are looked at, and no line that quotes.
    """
    fields = {field.name: field.octets for field in reversed(section.fields)}
    mail = Evidence(fields, subject[:_MOST_SUBJECT], sender, part_types, text)
    if _is_challenge(mail):
        return Kind.AUTO_REPLY
    report = _report(mail)
    if report:
        return report
    if _is_bounce(mail):
        return Kind.BOUNCE
    if "x-amz-sns-message-id" in mail.fields or _NOTICE.match(mail.head):
        return Kind.BOUNCE if '"Bounce' in mail.head.replace("\\", "") else Kind.AUTO_REPLY
    if mail.submitted == "auto-replied" or _answers_itself(mail):
        return Kind.AUTO_REPLY
    return _crowd(mail) or (Kind.AUTO_REPLY if mail.says_automatic else Kind.PERSON)


def _is_challenge(mail: Evidence) -> bool:
    start = "\n".join(mail.lines).lower()
    if not any(word in start for word in words.PROOF_WORDS) or _FORWARD.match(mail.subject):
        return False
    return all(pattern.search(start) for pattern in (words.ANSWER_WAY, words.CHALLENGE, words.HELD_MAIL))


def _report(mail: Evidence) -> Kind | None:
    """What a multipart/report (RFC 6522) reports; a status part in another multipart counts when a daemon sent it."""
    top = parameters(mail.fields.get("content-type", b""))
    status = any(kind.endswith("delivery-status") for kind in mail.part_types)
    receipt = any(kind.endswith("disposition-notification") for kind in mail.part_types)
    if top.value != "multipart/report":
        return Kind.BOUNCE if status and (mail.null_path or mail.speaks_as(_DAEMON)) else None
    report_type = top.get("report-type").lower()
    if receipt or report_type == "disposition-notification":
        # A mail system that refuses with a receipt (RFC 5429) has read nothing.
        return Kind.BOUNCE if mail.speaks_as(_DAEMON) else Kind.RECEIPT
    return Kind.BOUNCE if status or report_type in ("delivery-status", "") else Kind.AUTO_REPLY


def _is_bounce(mail: Evidence) -> bool:
    if mail.has(_BOUNCE_FIELDS) or mail.speaks_as(_DAEMON):
        return True
    if _reports_as_workmail(mail):
        return True
    spoken = words.BOUNCE_SUBJECT.match(_ORNAMENT.sub("", mail.subject, count=1)) is not None
    if mail.null_path:
        return spoken or any(map(words.BOUNCE_OPENING.match, mail.opening))
    if spoken and (mail.says_automatic or mail.speaks_as(_POSTMASTER) or "x-mlserver" in mail.fields):
        return True
    if not (spoken or mail.robot_sender):
        return False
    if mail.submitted == "no" or _ANSWER.match(mail.subject) or mail.has(_ANSWER_FIELDS):
        return False
    detailed = "message/rfc822" in mail.part_types or _FAILURE_DETAIL.search(mail.head)
    nobody = mail.sender.address is None and not mail.sender.name
    return bool(detailed) and (_opens_as_report(mail) or (spoken and (nobody or mail.speaks_as(_SYSTEM))))


def _reports_as_workmail(mail: Evidence) -> bool:
    mailer = mail.fields.get("x-original-mailer") or mail.fields.get("x-mailer", b"")
    if not _WORKMAIL.match(mailer) or mail.has(_ANSWER_FIELDS):
        return False
    head = mail.head.lower()
    return all(mark in head for mark in _WORKMAIL_REPORT)


def _opens_as_report(mail: Evidence) -> bool:
    """Whether a report begins at once: a person who passes one on says a word before it."""
    first = next((number for number, line in enumerate(mail.opening) if line[0].isalnum()), 0)
    return any(map(words.BOUNCE_OPENING.match, mail.opening[: first + 1]))


def _answers_itself(mail: Evidence) -> bool:
    """An automatic answer that does not say so as RFC 3834 asks."""
    if mail.submitted == "no":
        return False
    if mail.robot_field or mail.null_path:
        return True
    if words.CLEAR_SUBJECT.match(mail.subject) or _COMPLAINT.match(mail.subject):
        return True
    if _FORWARD.match(mail.subject):
        return False
    return any(map(_declares_answer, mail.statements(mail.opening))) or _notice_with_mark(mail)


def _notice_with_mark(mail: Evidence) -> bool:
    """Whether what a person could write too comes with a mark that a person's mail does not have.

    Portals of schools send a person's words from "no-reply", and servers put X-Auto-Response-Suppress on anything: such
    a mark is believed for the subjects of programs, not for a sentence about absence.
    """
    marked = mail.bulk or mail.says_automatic
    hinted = marked or "x-auto-response-suppress" in mail.fields or mail.robot_sender
    prefixed = words.PREFIX_SUBJECT.match(mail.subject)
    if prefixed and mail.has(_ANSWER_FIELDS):
        return True
    if (prefixed or words.PLAIN_NOTICE_SUBJECT.match(mail.subject)) and (hinted or _declares_program(mail)):
        return True
    if (hinted and words.NOTICE_SUBJECT.match(mail.subject)) or (marked and words.ABSENCE_SUBJECT.match(mail.subject)):
        return True
    crowded = mail.has(_LIST_FIELDS) or "list-unsubscribe" in mail.fields
    if mail.bulk and not crowded and any(map(words.ABSENCE_OPENING.match, mail.opening)):
        return True
    return bool(words.AUTOMATION_SUBJECT.match(mail.subject) and any(map(words.ABSENT_NOW.match, mail.opening)))


def _declares_answer(sentence: str) -> bool:
    return words.DECLARES_ANSWER.match(sentence) is not None and not words.ASKS.search(sentence)


def _declares_program(mail: Evidence) -> bool:
    sentences = mail.statements(mail.lines)
    return any(words.DECLARES_PROGRAM.match(one) or _declares_answer(one) for one in sentences)


def _crowd(mail: Evidence) -> Kind | None:
    if mail.keyword("precedence") == "list" or mail.has(_LIST_FIELDS):
        return Kind.LIST
    # Gateways of schools add List-Unsubscribe to what a person answers; nobody's newsletter answers a mail of ours.
    sent_to_many = "list-unsubscribe" in mail.fields and not mail.has(_ANSWER_FIELDS)
    return Kind.BULK if mail.bulk or sent_to_many else None
