"""What an operator does next with a case or a comment: the command to type, said wherever one is shown."""

from __future__ import annotations

from typing import Any

from mailgate.desk.routing import HeldReason
from mailgate.flow.gate import Why
from mailgate.flow.letters import Answer


def next_step(case: dict[str, Any]) -> str:
    """One line for a case as `shapes.case_summaries` has it."""
    number = case["number"]
    if case.get("destroyed_at"):
        return "nothing"
    if case.get("stopped"):
        first = case["stopped"][0]
        return f"the gate stopped a mail: {next_step_of_stopped(first['id'], first['reason'])}"
    match case["state"]:
        case "held":
            return _of_held(number, case["held_reason"])
        case "new" | "open" if case["findings_open"]:
            return f"mailgate case check {number} --redact-all (or --redact ID and --keep ID, one by one)"
        case "open" if not case["approved"]:
            return (
                f"the teacher added something: read it (mailgate case show {number}), "
                f"then mailgate case check {number} --as-decided"
            )
        case "new" if not case["approved"]:
            return f"read the text, then mailgate case check {number} --as-decided"
        case "new" if case.get("consent") in ("needed", "corrected"):
            return f"mailgate case consent {number}: the teacher agrees to the text first"
        case "new" if case.get("consent") == "asked":
            return "wait for the teacher's consent to the text"
        case "new" | "open" if held := _held_comments(case):
            return held
        case "new":
            return f"mailgate case candidates {number}, then mailgate case invite {number} MEMBER…"
        case "open" if case["ready"]:
            answer = f"mailgate case preview {number}, then mailgate case answer {number}"
            return _to_review(case) or answer
        case "open":
            return "wait for comments"
        case "answered" if unsent := unsent_answer(case):
            return f"wait until the answer has left, or take it back: mailgate outbox cancel {unsent['id']}"
        case "answered" if came := _came_late(case):
            return came
        case "answered":
            return f"mailgate case close {number}, or wait: it closes by itself"
        case _:
            return "nothing"


def next_step_of_stopped(mail_id: str, reason: str) -> str:
    """What can be done about a mail that the gate stopped for `reason`."""
    look, cancel = f"mailgate outbox show {mail_id}", f"mailgate outbox cancel {mail_id}"
    if reason.startswith(Why.NAMES):
        return f"{look}, then {cancel} and change the text; or two operators: mailgate outbox override {mail_id}"
    return f"{look}, then {cancel}, approve the text again and send it anew"


def next_step_of_comment(comment: dict[str, Any], undecided: bool) -> str:
    """One line for a comment as `shapes.comment_document` has it; `undecided`: findings of it are open."""
    number, case = comment["id"], comment["case"]
    if comment["answered_at"] is not None:
        return "nothing: it was sent to the teacher"
    if comment["merged_into"] is not None:
        return f"nothing: it was released into comment {comment['merged_into']}"
    match comment["state"]:
        case "held":
            return f"mailgate comment release {number}, or mailgate comment reject {number}"
        case "approved":
            return f"mailgate case preview {case}, then mailgate case answer {case}"
        case "pending" if undecided:
            return f"mailgate comment check {number} --redact-all (or --redact ID and --keep ID, one by one)"
        case "pending":
            return f"mailgate comment approve {number}, or mailgate comment reject {number}"
        case _:
            verb = "release" if comment["held_reason"] else "approve"
            return f"nothing; mailgate comment {verb} {number} takes it after all"


def unsent_answer(case: dict[str, Any]) -> dict[str, Any] | None:
    """The answer that waits still in the outbox; None where none does, or the document does not say."""
    return next((one for one in case.get("unsent", ()) if one["kind"] == Answer.template), None)


def _held_comments(case: dict[str, Any]) -> str:
    """What to do with the first held comment of the round; "" when there is none."""
    held = [one["id"] for one in case["comments"] if one["state"] == "held" and one["round"] == case["round"]]
    if not held:
        return ""
    waits = "a comment is held" if len(held) == 1 else f"{len(held)} comments are held"
    first = held[0]
    return (
        f"{waits}: mailgate comment show {first}, "
        f"then mailgate comment release {first} or mailgate comment reject {first}"
    )


def _to_review(case: dict[str, Any]) -> str:
    """What to do with the pending comments of the round before the answer; "" when there is none."""
    waiting = [one["id"] for one in case["comments"] if one["state"] == "pending" and one["round"] == case["round"]]
    if not waiting:
        return ""
    ids = " ".join(map(str, waiting))
    waits = "a comment waits for review" if len(waiting) == 1 else f"{len(waiting)} comments wait for review"
    return f"{waits}: mailgate comment check {waiting[0]}, then mailgate comment approve {ids}"


def _came_late(case: dict[str, Any]) -> str:
    """What to do with the first comment that came after the answer; "" when there is none to decide about."""
    number = case["number"]
    for one in case["comments"]:
        if one["answered_at"] is not None or one["round"] != case["round"]:
            continue
        if one["state"] in ("held", "pending"):
            return f"a comment came after the answer: mailgate comment show {one['id']}"
        if one["state"] == "approved":
            return (
                f"a comment came after the answer: mailgate case preview {number}, then mailgate case answer {number}"
            )
    return ""


def _of_held(number: int, reason: str) -> str:
    reject = f"mailgate case reject {number}"
    match reason:
        case HeldReason.UNKNOWN_SENDER:
            look = f"mailgate case show {number} --reveal REASON"
            return f"mailgate teacher add (who it is: {look}), and the case goes on by itself; or {reject}"
        case HeldReason.NO_CONTRACT:
            release = f"mailgate case release {number}"
            return f"mailgate school contract, and the case goes on by itself; or {release}; or {reject}"
        case _:
            return f"mailgate case release {number}, or {reject}"
