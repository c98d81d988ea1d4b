"""What each case says that its operator does next: a command that can be typed."""

from __future__ import annotations

from typing import Any

import pytest

from mailgate.cli.next_step import next_step

CASE: dict[str, Any] = {
    "number": 7,
    "state": "new",
    "held_reason": "",
    "findings_open": 0,
    "approved": False,
    "ready": False,
}

STEPS = [
    ({"findings_open": 2}, "mailgate case check 7 --redact-all (or --redact ID and --keep ID, one by one)"),
    ({}, "read the text, then mailgate case check 7 --as-decided"),
    ({"approved": True}, "mailgate case candidates 7, then mailgate case invite 7 MEMBER…"),
    (
        {"state": "open"},
        "the teacher added something: read it (mailgate case show 7), then mailgate case check 7 --as-decided",
    ),
    ({"state": "open", "approved": True}, "wait for comments"),
    ({"state": "open", "approved": True, "ready": True}, "mailgate comment list --case 7, then mailgate case answer 7"),
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
    ({"state": "answered"}, "mailgate case close 7, or wait: it closes by itself"),
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
