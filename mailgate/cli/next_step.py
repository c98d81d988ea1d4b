"""What an operator does next with a case: the command to type, said wherever a case is shown."""

from __future__ import annotations

from typing import Any

from mailgate.desk.routing import HeldReason
from mailgate.flow.gate import Why


def next_step(case: dict[str, Any]) -> str:
    """One line for a case as `shapes.case_summary` has it."""
    number = case["number"]
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
        case "new":
            return f"mailgate case candidates {number}, then mailgate case invite {number} MEMBER…"
        case "open" if case["ready"]:
            return f"mailgate comment list --case {number}, then mailgate case answer {number}"
        case "open":
            return "wait for comments"
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
