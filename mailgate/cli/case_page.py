"""One case as a page that is read from above to below: what it is, what was asked, what members read, who was asked and
answered, what is open, and as the last line what to do next with the command to type.

Before: `shapes.case_document`. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from gettext import gettext as _
from gettext import ngettext
from typing import Any

from mailgate.cli.common import before_value, in_cell, in_their_words, listed, told
from mailgate.cli.next_step import next_line, next_step, unsent_answer
from mailgate.cli.program import typed_here
from mailgate.cli.tables import table
from mailgate.cli.value_words import ACTOR, of, word
from mailgate.cli.wrapping import wrapped
from mailgate.desk.lifecycle import CaseState, CommentState, ConsentState, InvitationState
from mailgate.desk.trust import Trust

_HEAD = (
    *("held_reason", "desk", "teacher", "name", "addresses", "assignee"),
    *("received_at", "mail_date", "due_at", "tags"),
)


def page_of(document: dict[str, Any]) -> Iterable[str]:
    """The lines of the page."""
    head = _("Case {number}  {state}  round {round}  {subject}")
    state, subject = word(CaseState, document["state"]), in_their_words(document["subject"])
    yield head.format(number=document["number"], state=state, round=document["round"], subject=subject)
    yield from _head(document)
    yield from ("", _("== What was asked"))
    yield from wrapped([document["text"]])
    yield from ("", _("== What members read"))
    yield from wrapped([document["approved_text"] or _not_approved(document)])
    for one in document["consents"]:
        yield _consent(one).format_map(one | {"state": word(ConsentState, one["state"])})
        if one["reason"]:
            yield from wrapped([one["reason"]], "  ")
    yield from ("", _("== Who was asked"))
    asked = ("id", "round", "member", "state", "due_at")
    words = {"state": of(InvitationState)}
    answered = {one["round"]: one["answered_at"] for one in document["rounds"]}
    rows = [one | {"state": _ended(one, answered[one["round"]])} for one in document["invitations"]]
    yield from table(rows, asked, _("Nobody is invited."), words)
    yield from ("", _("== What they wrote"))
    written = ("id", "round", "member", "state", "late", "received_at")
    words = {"state": of(CommentState), "late": of(bool)}
    yield from table(document["comments"], written, _("No comments."), words)
    for one in document["comments"]:
        yield from _comment(one)
    for one in document["rounds"]:
        if one["satisfaction"] is not None:
            text = _("The teacher rated the answer of round {round}: {satisfaction} (1 to 5, 5 is best)")
            yield from ("", text.format_map(one))
    if document["notes"]:
        yield from ("", _("== Notes"))
    for one in document["notes"]:
        note = one | {"author": word(ACTOR, one["author"]), "text": told(one["text"])}  # a merge leaves one
        yield from wrapped([_("{author}, {written_at}: {text}").format_map(note)])
    yield from ("", _("== What is open"))
    yield from (f"- {one}" for one in _open(document) or [_("nothing")])
    yield from ("", next_line(next_step(document)))  # not cut: a command is copied whole


def _ended(invitation: dict[str, Any], answered_at: str | None) -> str:
    """The state of an invitation; where the answer ended it before its day, that. An answer of its round that was sent
    once more after that day leaves the state as it is."""
    state: str = invitation["state"]
    if state != InvitationState.EXPIRED or answered_at is None:
        return state
    in_time = datetime.fromisoformat(answered_at) <= datetime.fromisoformat(invitation["due_at"])
    return _("ended by the answer") if in_time else state


def _head(document: dict[str, Any]) -> Iterator[str]:
    for key in _HEAD:
        if key == "mail_date" and document["mail_date_said"]:
            impossible = _("{arrival} (the mail says {said}, which was still to come: the day of its arrival counts)")
            said = impossible.format(arrival=document[key], said=document["mail_date_said"])
            yield f"  {before_value(key)} {said}"
        elif value := document.get(key):
            yield f"  {before_value(key)} {in_cell(value, told if key == 'held_reason' else str)}"
        elif key == "mail_date":
            none = _("none: the mail has no Date field, the day of its arrival counts")
            yield f"  {before_value(key)} {none}"
    if document["coverage"] == "grace":
        grace = _("grace: the contract has ended, its grace days have not: mailgate school contracts")
        yield f"  {before_value('coverage')} {typed_here(grace)}"
    if others := document["other_cases"]:
        yield _("  Other open cases of this teacher: {numbers}").format(numbers=_(", ").join(map(str, others)))
    for one in document["mails"]:
        if one["trust"]:
            text, reasons = _("  mail {id}: {trust} ({reasons})"), listed(one["reasons"])
            yield text.format(id=one["id"], trust=word(Trust, one["trust"]), reasons=reasons)
    if document["attachments"]:
        if document["attachments_released"]:
            text = _("{attachments}, {attachments_released} of them released: mailgate case attachments {number}")
        else:
            text = _("{attachments}, none of them released: mailgate case attachments {number}")
        yield f"  {before_value('attachments')} {typed_here(text.format_map(document))}"


def _open(document: dict[str, Any]) -> list[str]:
    """What is undecided or waited for, in the order in which it stands in the way of the answer."""
    if document["state"] in ("closed", "withdrawn", "spam"):
        return []
    this_round = [one for one in document["comments"] if one["round"] == document["round"]]
    waited_for = [
        _("{member} until {day}").format(member=one["member"], day=str(one["due_at"])[:10])
        for one in document["invitations"]
        if one["state"] == "invited" and one["round"] == document["round"]
    ]
    undecided, stopped = document["findings_open"], len(document["stopped"])
    held, pending = _count(this_round, "held"), _count(this_round, "pending")
    passages = ngettext("{count} passage of the text to decide", "{count} passages of the text to decide", undecided)
    counted = [
        (undecided, passages),
        (held, ngettext("{count} held comment", "{count} held comments", held)),
        (pending, ngettext("{count} comment to review", "{count} comments to review", pending)),
        (stopped, ngettext("{count} mail that the gate stopped", "{count} mails that the gate stopped", stopped)),
    ]
    found = [text.format(count=count) for count, text in counted if count]
    if document["state"] in ("new", "open") and not document["approved"] and not document["findings_open"]:
        found.insert(0, _("the text is not approved yet"))
    if document["state"] == "answered" and not document["approved"]:
        found.append(_("the teacher added something that no member has read"))
    found += _consent_open(document["consent"])
    if unsent := unsent_answer(document):
        found.append(_unsent(unsent))
    if waited_for:
        found.append(_("answers of {members}").format(members=_(", ").join(waited_for)))
    if document["late"]:
        found.append(_("late: the target date was {day}").format(day=str(document["due_at"])[:10]))
    return found


def _unsent(answer: dict[str, Any]) -> str:
    if answer["leaves_at"] is None:
        return _("the answer has not left: it is being sent at this moment")
    text = _("the answer has not left: it leaves after {at}, until then it can be taken back")
    return text.format(at=answer["leaves_at"])


def _consent_open(consent: str | None) -> list[str]:
    match consent:
        case "needed":
            return [_("the teacher's consent: needed")]
        case "corrected":
            return [_("the teacher's consent: corrected")]
        case "asked":
            return [_("the teacher's consent: asked")]
        case _:
            return []


def _count(comments: Iterable[dict[str, Any]], state: str) -> int:
    return sum(1 for one in comments if one["state"] == state)


def _comment(comment: dict[str, Any]) -> Iterator[str]:
    """A comment as received and, once an operator decided about it, as the teacher reads it."""
    decided, leaves = comment["approved_text"], comment["state"] == "approved"
    same = decided == comment["written"]
    if not same:
        head = _("Comment {id} ({member}, {state}):")
    elif leaves:
        head = _("Comment {id} ({member}, {state}, as it leaves):")
    else:
        head = _("Comment {id} ({member}, {state}, as decided):")
    yield from ("", head.format_map(comment | {"state": word(CommentState, comment["state"])}))
    yield from wrapped([comment["written"]], "  ")
    if decided and not same:
        again = _("Comment {id}, as it leaves:") if leaves else _("Comment {id}, as decided:")
        yield from ("", again.format_map(comment))
        yield from wrapped([decided], "  ")


def _not_approved(document: dict[str, Any]) -> str:
    if undecided := document["findings_open"]:
        text = ngettext("(not yet: {count} finding open)", "(not yet: {count} findings open)", undecided)
        return text.format(count=undecided)
    return _("(not yet: nobody has read it through)")


def _consent(consent: dict[str, Any]) -> str:
    """The sentence about one consent, with the moments that there are."""
    match bool(consent["asked_at"]), bool(consent["decided_at"]):
        case True, True:
            return _(
                "Consent to the text, round {round}: {state}, asked {asked_at}, decided {decided_at} by {operator}"
            )
        case True, False:
            return _("Consent to the text, round {round}: {state}, asked {asked_at} by {operator}")
        case False, True:
            return _("Consent to the text, round {round}: {state}, decided {decided_at} by {operator}")
        case _:
            return _("Consent to the text, round {round}: {state} by {operator}")
