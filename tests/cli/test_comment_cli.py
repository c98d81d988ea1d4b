"""`mailgate comment …`: what members wrote, from the list to the approval."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

HANAKO = "hanako.tanaka@members.example.org"
OGAWA = "ogawa@counsel.example.org"
WITH_NAME = "以前、村上大輔君という子がいました。電話は 03-1234-5678 です。\n"


def _comments(here: Any, *options: Any) -> list[dict[str, Any]]:
    return list(here.run("comment", "list", *options, "--json").json["comments"])


def test_a_comment_has_the_promised_keys(opened: Any) -> None:
    opened.comment()
    (one,) = _comments(opened)
    assert one.keys() >= {"id", "case", "member", "state", "written", "received_at"}
    assert (one["case"], one["member"], one["state"]) == (1, opened.handle(HANAKO), "pending")
    assert one["written"].startswith("続けることに意味があります。\n\n短くして")
    assert datetime.fromisoformat(one["received_at"]).utcoffset() is not None
    assert opened.case()["comments"] == [one]
    shown = opened.run("comment", "show", one["id"], "--json").json
    assert one.items() <= shown.items()


@pytest.mark.parametrize(("options", "count"), [((), 1), (("--case", 1), 1), (("--case", 2), 0), (("--held",), 0)])
def test_the_list_can_be_narrowed(opened: Any, options: tuple[Any, ...], count: int) -> None:
    opened.comment()
    assert len(_comments(opened, *options)) == count


def test_no_name_and_no_address_without_reveal(opened: Any, secrets_of_register: tuple[str, ...]) -> None:
    opened.comment()
    for command in (("comment", "list"), ("comment", "show", 1), ("comment", "check", 1)):
        for form in ((), ("--json",)):
            ran = opened.run(*command, *form)
            assert ran.status == 0
            assert [one for one in secrets_of_register if one in ran.stdout] == [], command


def test_a_comment_with_findings_is_decided_before_it_is_approved(opened: Any) -> None:
    opened.comment(text=WITH_NAME)
    findings = opened.run("comment", "check", 1, "--json").json["findings"]
    assert {"person", "phone"} <= {one["label"] for one in findings}
    assert all(one.keys() >= {"id", "label", "text", "start", "end", "tier", "decision"} for one in findings)
    before = opened.fingerprint()
    assert "mailgate comment check 1" in opened.run("comment", "approve", 1).line
    assert opened.fingerprint() == before
    assert opened.run("comment", "check", 1, "--redact-all").status == 0
    assert opened.run("comment", "approve", 1).status == 0
    (one,) = _comments(opened)
    assert one["state"] == "approved"
    assert "03-1234-5678" not in one["approved_text"]
    assert "村上大輔" not in one["approved_text"]
    assert one["written"] == WITH_NAME.strip()
    preview = opened.run("case", "preview", 1, "--json").json["body"]
    assert "03-1234-5678" not in preview
    assert "村上大輔" not in preview


def test_the_text_of_a_comment_can_be_given_as_a_whole(opened: Any) -> None:
    opened.comment(text=WITH_NAME)
    ran = opened.run("comment", "check", 1, "--text-file", "-", stdin="以前、似た子がいました。".encode())
    assert ran.status == 0
    assert opened.run("comment", "approve", 1).status == 0
    assert _comments(opened)[0]["approved_text"] == "以前、似た子がいました。"


def test_findings_of_one_comment_are_not_those_of_another(opened: Any) -> None:
    opened.comment(HANAKO, text=WITH_NAME)
    opened.comment(OGAWA, text=WITH_NAME)
    first = opened.run("comment", "check", 1, "--json").json["findings"][0]["id"]
    before = opened.fingerprint()
    assert first in opened.run("comment", "check", 2, "--keep", first).line
    assert opened.fingerprint() == before


def test_approve_takes_all_that_are_named_or_none(opened: Any) -> None:
    opened.comment(HANAKO)
    opened.comment(OGAWA, text=WITH_NAME)
    before = opened.fingerprint()
    for ids in ((1, 2), (1, 99)):
        assert opened.run("comment", "approve", *ids).line
        assert opened.fingerprint() == before


def test_a_rejected_comment_is_not_in_the_answer(opened: Any) -> None:
    opened.comment(HANAKO)
    opened.comment(OGAWA, text="別のことばです。\n")
    assert opened.run("comment", "approve", 1).status == 0
    assert opened.run("comment", "reject", 2).status == 0
    assert [one["state"] for one in _comments(opened)] == ["approved", "rejected"]
    assert "別のことば" not in opened.run("case", "preview", 1).stdout


def test_an_amendment_is_the_current_version_and_waits_for_review_again(opened: Any) -> None:
    opened.comment()
    assert opened.run("comment", "approve", 1).status == 0
    opened.comment(text="書き直します。写真は要りません。\n")
    (one,) = _comments(opened)
    assert (one["state"], one["versions"], one["approved_text"]) == ("pending", 2, None)
    assert one["written"] == "書き直します。写真は要りません。"


def test_a_comment_of_somebody_else_is_held_and_can_be_released(opened: Any) -> None:
    address = opened.reply_address(HANAKO)
    opened.take(opened.compose("別の住所から書きます。\n", "hanako@private.example.net", address), address)
    (held,) = _comments(opened, "--held")
    assert (held["state"], held["member"]) == ("held", opened.handle(HANAKO))
    assert "hanako@private" not in opened.run("comment", "list", "--json").stdout
    before = opened.fingerprint()
    assert "comment release 1" in opened.run("comment", "approve", 1).line
    assert "comment release 1" in opened.run("comment", "check", 1, "--redact-all").line
    assert opened.fingerprint() == before
    assert opened.run("comment", "release", 1).status == 0
    (one,) = _comments(opened)
    assert one["state"] == "pending"
    assert "held" in opened.run("comment", "release", 1).line
    opened.take(opened.compose("もう一度。\n", "hanako@private.example.net", address), address)
    assert _comments(opened)[0]["written"] == "もう一度。"


@pytest.mark.parametrize(
    "command", [("approve", 1), ("reject", 1), ("check", 1, "--redact-all"), ("release", 1)], ids=lambda c: c[0]
)
def test_what_was_sent_to_the_teacher_is_decided(answered: Any, command: tuple[Any, ...]) -> None:
    before = answered.fingerprint()
    assert answered.run("comment", *command).line
    assert answered.fingerprint() == before


def test_a_decline_ends_the_invitation(opened: Any) -> None:
    opened.comment(OGAWA, text="辞退\n")
    states = {one["member"]: one["state"] for one in opened.case()["invitations"]}
    assert states[opened.handle(OGAWA)] == "declined"
    assert _comments(opened) == []


def test_a_released_decline_says_what_it_did(opened: Any) -> None:
    address = opened.reply_address(HANAKO)
    opened.comment()
    opened.take(opened.compose("辞退\n", "hanako@private.example.net", address), address)
    released = opened.run("comment", "release", 2)
    assert released.stderr + released.stdout == (
        "Comment 2 declines: the invitation has ended, and what the member wrote before is taken back.\n"
    )
    assert [one["state"] for one in _comments(opened)] == ["rejected", "rejected"]


def test_a_comment_after_the_answer_is_kept_and_late(answered: Any) -> None:
    answered.comment(OGAWA, text="遅れてすみません。\n")
    late = _comments(answered)[-1]
    assert (late["late"], late["member"], late["written"]) == (True, answered.handle(OGAWA), "遅れてすみません。")
    assert answered.case()["state"] == "answered"


def test_a_held_comment_is_shown_with_its_mail_why_it_waits_and_what_to_type(opened: Any) -> None:
    text = opened.config.read_text().replace('policy = "off"', 'policy = "enforce"')
    opened.config.write_text(text.replace("trusted_authserv_ids = []", 'trusted_authserv_ids = ["mx.example.jp"]'))
    address = opened.reply_address(HANAKO)
    mail = opened.take(opened.compose("同じ住所からですが。\n", HANAKO, address), address)
    assert opened.run("case", "show", 1).stdout.splitlines()[-1] == (
        "Next: a comment is held: mailgate comment show 1, then mailgate comment release 1 or mailgate comment reject 1"
    )
    document = opened.run("comment", "show", 1, "--json").json
    assert {key: document[key] for key in ("mail", "trust", "reasons")} == {
        "mail": mail,
        "trust": "doubtful",
        "reasons": ["the mail server before us says nothing about the author"],
    }
    lines = opened.run("comment", "show", 1).stdout.splitlines()
    assert [line for line in lines if line.startswith(("  mail ", "  trust", "  reasons"))] == [
        f"  mail         {mail}",
        "  trust        doubtful",
        "  reasons      the mail server before us says nothing about the author",
    ]
    assert lines[-1] == "Next: mailgate comment release 1, or mailgate comment reject 1"


def test_who_wrote_a_held_comment_can_be_seen_with_a_reason(opened: Any) -> None:
    """Whoever releases it takes the sender as right from now on: they must be able to see who that is."""
    address = opened.reply_address(HANAKO)
    opened.take(opened.compose("別の住所から書きます。\n", "hanako@private.example.net", address), address)
    before = len(opened.fingerprint()["audit"])
    assert "hanako@private.example.net" in opened.run("comment", "show", 1, "--reveal", "release", "--json").stdout
    assert len(opened.fingerprint()["audit"]) == before + 1
