"""One case as a page that is read from above to below: what it is, what was asked, what members read, who was asked and
answered, what is open, and as the last line what to do next with the command to type.

Before: `shapes.case_document`. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mailgate.cli.common import table
from mailgate.cli.next_step import next_step, unsent_answer
from mailgate.cli.wrapping import wrapped

_HEAD = (
    *("held_reason", "desk", "teacher", "name", "addresses", "assignee"),
    *("received_at", "mail_date", "due_at", "tags"),
)


def page_of(document: dict[str, Any]) -> Iterable[str]:
    """The lines of the page."""
    yield f"Case {document['number']}  {document['state']}  round {document['round']}  {document['subject']}"
    yield from _head(document)
    yield from ("", "== What was asked")
    yield from wrapped([document["text"]])
    yield from ("", "== What members read")
    yield from wrapped([document["approved_text"] or _not_approved(document)])
    for one in document["consents"]:
        yield f"Consent to the text, round {one['round']}: {one['state']}{_moments(one)} by {one['operator']}"
        if one["reason"]:
            yield from wrapped([one["reason"]], "  ")
    yield from ("", "== Who was asked")
    yield from table(document["invitations"], ("id", "round", "member", "state", "due_at"), "Nobody is invited.")
    yield from ("", "== What they wrote")
    yield from table(document["comments"], ("id", "round", "member", "state", "late", "received_at"), "No comments.")
    for one in document["comments"]:
        yield from _comment(one)
    if document["notes"]:
        yield from ("", "== Notes")
    for one in document["notes"]:
        yield from wrapped([f"{one['author']}, {one['written_at']}: {one['text']}"])
    yield from ("", "== What is open")
    yield from (f"- {one}" for one in _open(document) or ["nothing"])
    yield from ("", f"Next: {next_step(document)}")  # not cut: a command is copied whole


def _head(document: dict[str, Any]) -> Iterator[str]:
    for key in _HEAD:
        if document.get(key):
            yield f"  {key:12} {', '.join(document[key]) if isinstance(document[key], list) else document[key]}"
        elif key == "mail_date":
            yield f"  {key:12} none: the mail has no Date field, the day of its arrival counts"
    if document["coverage"] == "grace":
        yield f"  {'coverage':12} grace: the contract has ended, its grace days have not: mailgate school contracts"
    for one in document["mails"]:
        if one["trust"]:
            yield f"  mail {one['id']}: {one['trust']} ({'; '.join(one['reasons'])})"
    if document["attachments"]:
        released = document["attachments_released"]
        yield (
            f"  {'attachments':12} {document['attachments']}, {released or 'none'} of them released: "
            f"mailgate case attachments {document['number']}"
        )


def _open(document: dict[str, Any]) -> list[str]:
    """What is undecided or waited for, in the order in which it stands in the way of the answer."""
    if document["state"] in ("closed", "withdrawn", "spam"):
        return []
    this_round = [one for one in document["comments"] if one["round"] == document["round"]]
    waited_for = [
        f"{one['member']} until {str(one['due_at'])[:10]}"
        for one in document["invitations"]
        if one["state"] == "invited" and one["round"] == document["round"]
    ]
    counted = [
        (document["findings_open"], "passage of the text to decide", "passages of the text to decide"),
        (_count(this_round, "held"), "held comment", "held comments"),
        (_count(this_round, "pending"), "comment to review", "comments to review"),
        (len(document["stopped"]), "mail that the gate stopped", "mails that the gate stopped"),
    ]
    found = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
    if document["state"] in ("new", "open") and not document["approved"] and not document["findings_open"]:
        found.insert(0, "the text is not approved yet")
    if document["consent"] in ("needed", "corrected", "asked"):
        found.append(f"the teacher's consent: {document['consent']}")
    if unsent := unsent_answer(document):
        found.append(f"the answer has not left: {_when(unsent)}")
    if waited_for:
        found.append(f"answers of {', '.join(waited_for)}")
    if document["late"]:
        found.append(f"late: the target date was {str(document['due_at'])[:10]}")
    return found


def _when(unsent: dict[str, Any]) -> str:
    at = unsent["leaves_at"]
    return f"it leaves after {at}, until then it can be taken back" if at else "it is being sent at this moment"


def _count(comments: Iterable[dict[str, Any]], state: str) -> int:
    return sum(1 for one in comments if one["state"] == state)


def _comment(comment: dict[str, Any]) -> Iterator[str]:
    """A comment as received and, once an operator decided about it, as the teacher reads it."""
    decided, as_decided = comment["approved_text"], "as it leaves" if comment["state"] == "approved" else "as decided"
    same = f", {as_decided}" if decided == comment["written"] else ""
    yield from ("", f"Comment {comment['id']} ({comment['member']}, {comment['state']}{same}):")
    yield from wrapped([comment["written"]], "  ")
    if decided and not same:
        yield from ("", f"Comment {comment['id']}, {as_decided}:")
        yield from wrapped([decided], "  ")


def _not_approved(document: dict[str, Any]) -> str:
    undecided = document["findings_open"]
    return (
        f"(not yet: {undecided} finding{'s' * (undecided > 1)} open)"
        if undecided
        else "(not yet: nobody has read it through)"
    )


def _moments(consent: dict[str, Any]) -> str:
    asked = f", asked {consent['asked_at']}" if consent["asked_at"] else ""
    return asked + (f", decided {consent['decided_at']}" if consent["decided_at"] else "")
