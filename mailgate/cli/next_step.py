"""What an operator does next with a case or a comment: the command to type, said wherever one is shown."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from typing import Any

from mailgate.cli.program import typed_here
from mailgate.desk.compact import has_words
from mailgate.desk.routing import HeldReason
from mailgate.flow.gate import Why
from mailgate.flow.letters import Answer


def next_line(step: str) -> str:
    """The line under whatever was shown: `step` with its commands as they are typed here."""
    return _("Next: {step}").format(step=typed_here(step))


def by_hand(step: str) -> str:
    """The same in the walk, whose keys do most of it."""
    return _("by hand: {step}").format(step=typed_here(step))


def next_step(case: dict[str, Any]) -> str:
    """One line for a case as `shapes.case_summaries` has it."""
    number = case["number"]
    if case.get("destroyed_at"):
        return _("nothing")
    if case.get("stopped"):
        first = case["stopped"][0]
        step = next_step_of_stopped(first["id"], first["reason"])
        return _("the gate stopped a mail: {step}").format(step=step)
    match case["state"]:
        case "held":
            return next_step_of_held(number, case["held_reason"])
        case "new" | "open" if not case.get("approved") and not has_words(case.get("text", "…")):
            text = _("nothing is written in it: ask the teacher, mailgate case clarify {number}")
        case "new" | "open" if case["findings_open"]:
            text = _("mailgate case check {number} --redact-all (or --redact ID and --keep ID, one by one)")
        case "open" if not case["approved"]:
            text = _(
                "the teacher added something: read it (mailgate case show {number}), "
                "then mailgate case check {number} --as-decided"
            )
        case "new" if not case["approved"]:
            text = _("read the text, then mailgate case check {number} --as-decided")
        case "new" if case.get("consent") in ("needed", "corrected"):
            text = _("mailgate case consent {number}: the teacher agrees to the text first")
        case "new" if case.get("consent") == "asked":
            text = _("wait for the teacher's consent to the text")
        case "new" | "open" if held := _held_comments(case):
            return held
        case "new":
            text = _("mailgate case candidates {number}, then mailgate case invite {number} MEMBER…")
        case "open" if case["ready"]:
            text = _("mailgate case preview {number}, then mailgate case answer {number}")
            return _to_review(case) or text.format(number=number)
        case "open":
            text = _("wait for comments")
        case "answered" if unsent := unsent_answer(case):
            text = _("wait until the answer has left, or take it back: mailgate outbox cancel {mail}")
            return text.format(mail=unsent["id"])
        case "answered" if came := _came_late(case):
            return came
        case "answered" if not case["approved"]:
            text = _(
                "the teacher added something that no member has read: mailgate case close {number}, "
                "then mailgate case reopen {number}"
            )
        case "answered":
            text = _("mailgate case close {number}, or wait: it closes by itself")
        case _:
            text = _("nothing")
    return text.format(number=number)


def next_step_of_held(number: int, reason: str) -> str:
    """What can be done with a case that is held for `reason`."""
    match reason:
        case HeldReason.UNKNOWN_SENDER:
            text = _(
                "mailgate teacher add (who it is: mailgate case show {number} --reveal REASON), "
                "and the case goes on by itself; or mailgate case reject {number}"
            )
        case HeldReason.NO_CONTRACT:
            text = _(
                "mailgate school contract, and the case goes on by itself; "
                "or mailgate case release {number}; or mailgate case reject {number}"
            )
        case _:
            text = _("mailgate case release {number}, or mailgate case reject {number}")
    return text.format(number=number)


def next_step_of_stopped(mail_id: str, reason: str) -> str:
    """What can be done about a mail that the gate stopped for `reason`."""
    if reason.startswith(Why.NAMES):
        text = _(
            "mailgate outbox show {mail}, then mailgate outbox cancel {mail} and change the text; "
            "or two operators: mailgate outbox override {mail}"
        )
    else:
        text = _(
            "mailgate outbox show {mail}, then mailgate outbox cancel {mail}, approve the text again and send it anew"
        )
    return text.format(mail=mail_id)


def next_step_of_comment(comment: dict[str, Any], undecided: bool) -> str:
    """One line for a comment as `shapes.comment_document` has it; `undecided`: findings of it are open."""
    number, case = comment["id"], comment["case"]
    if comment["answered_at"] is not None:
        return _("nothing: it was sent to the teacher")
    if comment["merged_into"] is not None:
        return _("nothing: it was released into comment {id}").format(id=comment["merged_into"])
    match comment["state"]:
        case "held":
            text = _("mailgate comment release {number}, or mailgate comment reject {number}")
        case "approved":
            number, text = case, _("mailgate case preview {number}, then mailgate case answer {number}")
        case "pending" if undecided:
            text = _("mailgate comment check {number} --redact-all (or --redact ID and --keep ID, one by one)")
        case "pending":
            text = _("mailgate comment approve {number}, or mailgate comment reject {number}")
        case _ if comment["held_reason"]:
            text = _("nothing; mailgate comment release {number} takes it after all")
        case _:
            text = _("nothing; mailgate comment approve {number} takes it after all")
    return text.format(number=number)


def unsent_answer(case: dict[str, Any]) -> dict[str, Any] | None:
    """The answer that waits still in the outbox; None where none does, or the document does not say."""
    return next((one for one in case.get("unsent", ()) if one["kind"] == Answer.template), None)


def _held_comments(case: dict[str, Any]) -> str:
    """What to do with the first held comment of the round; "" when there is none."""
    held = [one["id"] for one in case["comments"] if one["state"] == "held" and one["round"] == case["round"]]
    if not held:
        return ""
    text = ngettext(
        "a comment is held: mailgate comment show {first}, "
        "then mailgate comment release {first} or mailgate comment reject {first}",
        "{count} comments are held: mailgate comment show {first}, "
        "then mailgate comment release {first} or mailgate comment reject {first}",
        len(held),
    )
    return text.format(count=len(held), first=held[0])


def _to_review(case: dict[str, Any]) -> str:
    """What to do with the pending comments of the round before the answer; "" when there is none."""
    waiting = [one["id"] for one in case["comments"] if one["state"] == "pending" and one["round"] == case["round"]]
    if not waiting:
        return ""
    ids = " ".join(map(str, waiting))
    text = ngettext(
        "a comment waits for review: mailgate comment check {first}, then mailgate comment approve {ids}",
        "{count} comments wait for review: mailgate comment check {first}, then mailgate comment approve {ids}",
        len(waiting),
    )
    return text.format(count=len(waiting), first=waiting[0], ids=ids)


def _came_late(case: dict[str, Any]) -> str:
    """What to do with the first comment that came after the answer; "" when there is none to decide about."""
    number = case["number"]
    for one in case["comments"]:
        if one["answered_at"] is not None or one["round"] != case["round"]:
            continue
        if one["state"] in ("held", "pending"):
            return _("a comment came after the answer: mailgate comment show {id}").format(id=one["id"])
        if one["state"] == "approved":
            text = _(
                "a comment came after the answer: mailgate case preview {number}, then mailgate case answer {number}"
            )
            return text.format(number=number)
    return ""
