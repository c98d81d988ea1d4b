"""What each case says that its operator does next: a command that can be typed."""

from __future__ import annotations

from typing import Any

import pytest

from mailgate.cli.next_step import next_step, next_step_of_comment

CASE: dict[str, Any] = {
    "number": 7,
    "state": "new",
    "held_reason": "",
    "findings_open": 0,
    "approved": False,
    "ready": False,
    "round": 2,
    "comments": [],
}
HELD = {"id": 4, "round": 2, "state": "held", "answered_at": None}
SENT = {"id": 3, "round": 2, "state": "approved", "answered_at": "then"}
LOOK = "mailgate comment show 4, then mailgate comment release 4 or mailgate comment reject 4"

STEPS = [
    ({"findings_open": 2}, "mailgate case check 7 --redact-all (or --redact ID and --keep ID, one by one)"),
    ({}, "read the text, then mailgate case check 7 --as-decided"),
    ({"text": " \u3000\u200b\n"}, "nothing is written in it: ask the teacher, mailgate case clarify 7"),
    ({"text": "相談"}, "read the text, then mailgate case check 7 --as-decided"),
    ({"approved": True}, "mailgate case candidates 7, then mailgate case invite 7 MEMBER…"),
    (
        {"state": "open"},
        "the teacher added something: read it (mailgate case show 7), then mailgate case check 7 --as-decided",
    ),
    ({"state": "open", "approved": True}, "wait for comments"),
    ({"state": "open", "approved": True, "ready": True}, "mailgate case preview 7, then mailgate case answer 7"),
    (
        {"state": "open", "approved": True, "ready": True, "comments": [SENT, HELD | {"state": "pending"}]},
        "a comment waits for review: mailgate comment check 4, then mailgate comment approve 4",
    ),
    (
        {"state": "open", "approved": True, "ready": True, "comments": [HELD | {"state": "pending"}] * 2},
        "2 comments wait for review: mailgate comment check 4, then mailgate comment approve 4 4",
    ),
    ({"approved": True, "consent": "needed"}, "mailgate case consent 7: the teacher agrees to the text first"),
    ({"approved": True, "consent": "corrected"}, "mailgate case consent 7: the teacher agrees to the text first"),
    ({"approved": True, "consent": "asked"}, "wait for the teacher's consent to the text"),
    (
        {"state": "open", "stopped": [{"id": "abc", "reason": "names somebody: T-7F3K"}]},
        "the gate stopped a mail: mailgate outbox show abc, then mailgate outbox cancel abc and change the text;"
        " or two operators: mailgate outbox override abc",
    ),
    (
        {"state": "open", "stopped": [{"id": "abc", "reason": "is not what was approved"}]},
        "the gate stopped a mail: mailgate outbox show abc, then mailgate outbox cancel abc, approve the text again"
        " and send it anew",
    ),
    ({"state": "open", "approved": True, "comments": [HELD]}, f"a comment is held: {LOOK}"),
    ({"state": "open", "approved": True, "comments": [HELD] * 2, "ready": True}, f"2 comments are held: {LOOK}"),
    ({"approved": True, "comments": [HELD]}, f"a comment is held: {LOOK}"),
    ({"state": "open", "approved": True, "comments": [HELD | {"round": 1}]}, "wait for comments"),
    ({"state": "open", "approved": True, "comments": [HELD | {"state": "rejected"}]}, "wait for comments"),
    ({"state": "answered", "approved": True}, "mailgate case close 7, or wait: it closes by itself"),
    (
        {"state": "answered"},
        "the teacher added something that no member has read: mailgate case close 7, then mailgate case reopen 7",
    ),
    (
        {"state": "answered", "approved": True, "comments": [SENT, HELD]},
        "a comment came after the answer: mailgate comment show 4",
    ),
    (
        {"state": "answered", "approved": True, "comments": [SENT, HELD | {"state": "approved"}]},
        "a comment came after the answer: mailgate case preview 7, then mailgate case answer 7",
    ),
    (
        {"state": "answered", "approved": True, "unsent": [{"id": "k3v9", "kind": "answer"}]},
        "wait until the answer has left, or take it back: mailgate outbox cancel k3v9",
    ),
    (
        {"state": "answered", "approved": True, "unsent": [{"id": "k3v9", "kind": "thanks"}]},
        "mailgate case close 7, or wait: it closes by itself",
    ),
    (
        {"state": "answered", "approved": True, "comments": [SENT]},
        "mailgate case close 7, or wait: it closes by itself",
    ),
    ({"state": "withdrawn"}, "nothing"),
    (
        {"state": "held", "held_reason": "the sender is not authenticated"},
        "mailgate case release 7, or mailgate case reject 7",
    ),
    (
        {"state": "held", "held_reason": "unknown sender"},
        "mailgate teacher add (who it is: mailgate case show 7 --reveal REASON), and the case goes on by itself;"
        " or mailgate case reject 7",
    ),
    (
        {"state": "held", "held_reason": "no valid contract"},
        "mailgate school contract, and the case goes on by itself; or mailgate case release 7;"
        " or mailgate case reject 7",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), STEPS)
def test_the_next_step(changes: dict[str, Any], expected: str) -> None:
    assert next_step(CASE | changes) == expected


COMMENT: dict[str, Any] = {
    "id": 4,
    "case": 7,
    "state": "pending",
    "held_reason": None,
    "merged_into": None,
    "answered_at": None,
}


@pytest.mark.parametrize(
    ("changes", "undecided", "expected"),
    [
        ({"state": "held"}, False, "mailgate comment release 4, or mailgate comment reject 4"),
        ({}, True, "mailgate comment check 4 --redact-all (or --redact ID and --keep ID, one by one)"),
        ({}, False, "mailgate comment approve 4, or mailgate comment reject 4"),
        ({"state": "approved"}, False, "mailgate case preview 7, then mailgate case answer 7"),
        ({"state": "rejected"}, False, "nothing; mailgate comment approve 4 takes it after all"),
        ({"state": "rejected", "held_reason": "why"}, False, "nothing; mailgate comment release 4 takes it after all"),
        ({"state": "rejected", "merged_into": 3}, False, "nothing: it was released into comment 3"),
        ({"state": "approved", "answered_at": "then"}, False, "nothing: it was sent to the teacher"),
    ],
)
def test_the_next_step_of_a_comment(changes: dict[str, Any], undecided: bool, expected: str) -> None:
    assert next_step_of_comment(COMMENT | changes, undecided) == expected
