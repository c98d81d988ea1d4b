"""Who speaks: a person, or a program on behalf of one, of a list, of a mail system.

A pure decision on the header section and the shape of the body; `parse` asks it, `desk/routing` obeys: only a person
is answered. RFC 3834 (automatic answers), RFC 3464 and 6522 (reports), RFC 8098 (receipts), RFC 2919 and 2369 (lists),
and what clients write outside them. A person's mail must never be taken for a program's: what a person could
write too (a subject) counts only with a second sign.

Known weakness: an absence note of a plain sender without any of these marks is taken for a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailgate.mail.fields import Section, parameters, unstructured
from mailgate.mail.message import Kind, Sender

_ROBOT_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-auto-reply",
    "x-auto-reply-from",
    "x-mail-autoreply",
)
_LIST_FIELDS = ("list-id", "list-post", "mailing-list", "x-ml-name", "x-mailing-list")
_REFUSALS = frozenset(("", "no", "false", "0"))

_DAEMON = re.compile(
    r"mailer[-_]?daemon|mail[-_ ]daemon|mdaemon|mail delivery (?:sub)?system|mail delivery service", re.I
)
_ROBOT_LOCAL = re.compile(
    r"(?:no|do-?not)[-_.]?reply.*|auto-?(?:reply|responder).*|vacation|postmaster|bounces?.*", re.I
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|mail delivery fail|delivery (?:status notification|failure|has failed)|failure notice|"
    r"returned mail|mail could not be delivered|message not delivered|"
    r"配信不能|配信できません|送信できません|未配信|配送エラー|エラーメール",
    re.I,
)
_CLEAR_SUBJECT = re.compile(
    r"""[\[【(（]\s*(?:自動応答|自動返信|自動送信|auto-?\s?reply|automatic\ reply)\s*[\]】)）]
    |(?:自動応答|自動返信|自動回复|自动回复|자동\ 회신|自動回覆|automatic\ reply|auto(?:matic)?[-\ ]?(?:reply|response)
      |out\ of\ (?:the\ )?office(?:\ autoreply)?|automatische\ antwort|automatisch\ antwoord|réponse\ automatique
      |respuesta\ automática|risposta\ automatica|resposta\ automática|automatiskt?\ svar|автоматический\ ответ)
      \s*(?:[:：]|re[:：]|$)
    |auto:\ .*\ out\ of\ (?:the\ )?office""",
    re.I | re.X,
)
_WEAK_SUBJECT = re.compile(
    r"""[\[【(（]?\s*(?:不在|休暇|休業|外出中|出張中|長期休暇|送信専用|配信専用|自動応答|自動返信|自動送信|自動配信|受付完了
    |受信確認|auto(?:matic)?[-\ ]?reply|out\ of\ (?:the\ )?office|away\ from|vacation|on\ leave)""",
    re.I | re.X,
)


def kind_of(section: Section, subject: str, sender: Sender, part_types: Sequence[str]) -> Kind:
    """Who speaks, by the fields of `section`, the decoded `subject`, the author and the types of the attachments."""
    report = _report(section, part_types, sender)
    if report:
        return report
    keyword = _keyword(section.first("auto-submitted"))
    if _is_bounce(section, subject, sender, keyword):
        return Kind.BOUNCE
    if keyword == "auto-replied" or _answers_itself(section, subject, sender, keyword):
        return Kind.AUTO_REPLY
    precedence = _keyword(section.first("precedence"))
    if precedence == "list" or any(section.has(name) for name in _LIST_FIELDS):
        return Kind.LIST
    if precedence in ("bulk", "junk") or section.has("list-unsubscribe"):
        return Kind.BULK
    return Kind.AUTO_REPLY if keyword not in _REFUSALS else Kind.PERSON


def _report(section: Section, part_types: Sequence[str], sender: Sender) -> Kind | None:
    """What a multipart/report (RFC 6522) reports; a status part in another multipart counts when a daemon sent it."""
    top = parameters(section.first("content-type"))
    status = any(kind.endswith("delivery-status") for kind in part_types)
    receipt = any(kind.endswith("disposition-notification") for kind in part_types)
    if top.value != "multipart/report":
        return Kind.BOUNCE if status and (_null_path(section) or _daemon(sender)) else None
    report_type = top.get("report-type").lower()
    if receipt or report_type == "disposition-notification":
        return Kind.RECEIPT
    return Kind.BOUNCE if status or report_type in ("delivery-status", "") else Kind.AUTO_REPLY


def _is_bounce(section: Section, subject: str, sender: Sender, keyword: str) -> bool:
    if section.has("x-failed-recipients") or _daemon(sender):
        return True
    robot = _null_path(section) or keyword not in _REFUSALS or _robot_sender(sender)
    return robot and _BOUNCE_SUBJECT.match(subject) is not None


def _answers_itself(section: Section, subject: str, sender: Sender, keyword: str) -> bool:
    """An automatic answer that does not say so as RFC 3834 asks."""
    if keyword == "no":
        return False
    if any(_keyword(section.first(name)) not in _REFUSALS for name in _ROBOT_FIELDS):
        return True
    precedence = _keyword(section.first("precedence"))
    if precedence in ("auto_reply", "auto-reply") or _null_path(section) or _CLEAR_SUBJECT.match(subject):
        return True
    second_sign = (
        section.has("x-auto-response-suppress")
        or precedence in ("bulk", "junk")
        or keyword not in _REFUSALS
        or _robot_sender(sender)
    )
    return second_sign and _WEAK_SUBJECT.match(subject) is not None


def _keyword(octets: bytes) -> str:
    """The first word of a field in lower case, without its parameters or comment."""
    return re.split(r"[\s;(]", unstructured(octets[:200]).text.lower(), maxsplit=1)[0]


def _null_path(section: Section) -> bool:
    """A Return-Path of `<>`, which the last relay wrote: no person's client sends with the null reverse-path."""
    return section.first("return-path").strip() == b"<>"


def _daemon(sender: Sender) -> bool:
    local = sender.address.local if sender.address else ""
    return _DAEMON.fullmatch(local) is not None or _DAEMON.fullmatch(sender.name) is not None


def _robot_sender(sender: Sender) -> bool:
    return sender.address is not None and _ROBOT_LOCAL.fullmatch(sender.address.local) is not None
