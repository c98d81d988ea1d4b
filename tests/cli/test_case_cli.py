"""`mailgate case …` held against interfaces.md: documents, refusals, and what never shows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

SASAKI = "sasaki.megumi@midoridai-es.example.jp"
HANAKO = "hanako.tanaka@members.example.org"
OGAWA = "ogawa@counsel.example.org"
SATO = "sato.hikaru@members.example.org"  # teaches at the school of Sasaki
ARAI = "arai@members.example.org"  # not active
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00"
NAMES = "はじめまして。\n\n隣のクラスの田中太郎君のことで、電話（03-1234-5678）をいただきました。\n"

# What `case list` has of a case, and the type of each.
SUMMARY: dict[str, tuple[type, ...]] = {
    "number": (int,),
    "state": (str,),
    "round": (int,),
    "subject": (str,),
    "received_at": (str,),
    "due_at": (str, type(None)),
    "teacher": (str, type(None)),
    "assignee": (str, type(None)),
    "tags": (list,),
    "findings_open": (int,),
    "invitations": (list,),
    "comments": (list,),
}


def _moments(document: Any) -> list[str]:
    """Every value of a key that names a moment."""
    if isinstance(document, list):
        return [one for part in document for one in _moments(part)]
    if not isinstance(document, dict):
        return []
    here = [value for key, value in document.items() if key == "at" or key.endswith("_at")]
    return [one for one in here if one] + _moments(list(document.values()))


def test_an_empty_queue(registered: Any) -> None:
    assert registered.run("case", "list", "--json").json == {"cases": []}
    assert registered.run("case", "list").stdout == "No cases.\n"


@pytest.mark.parametrize("state", ["new", "opened", "answered"])
def test_a_case_has_the_promised_keys_and_types(state: str, request: pytest.FixtureRequest) -> None:
    here = request.getfixturevalue(state)
    (listed,) = here.run("case", "list", "--json").json["cases"]
    shown = here.case()
    for document in (listed, shown):
        assert dict.fromkeys(SUMMARY, True) == {key: isinstance(document.get(key), SUMMARY[key]) for key in SUMMARY}
        for invitation in document["invitations"]:
            assert {"id", "member", "state", "due_at"} <= invitation.keys()
        for comment in document["comments"]:
            assert {"id", "member", "state", "written", "received_at"} <= comment.keys()
    assert {"text", "approved_text", "history"} <= shown.keys()
    assert listed.items() <= shown.items()
    assert all(re.fullmatch(MOMENT, one) for one in _moments(shown))
    assert all(datetime.fromisoformat(one).tzinfo for one in _moments(shown))


def test_what_a_new_case_says(new: Any) -> None:
    case = new.case()
    assert (case["number"], case["state"], case["round"], case["findings_open"]) == (1, "new", 1, 0)
    assert case["subject"] == "学級通信について"
    assert case["teacher"] == new.handle(SASAKI)
    assert case["text"].startswith("はじめまして。\n\n学級通信を")
    assert case["approved_text"] is None
    assert (case["assignee"], case["tags"], case["invitations"], case["comments"]) == (None, [], [], [])
    assert [one["action"] for one in case["history"]] == ["open"]


@pytest.mark.parametrize("state", ["new", "opened", "answered"])
def test_no_name_and_no_address_without_reveal(
    state: str, request: pytest.FixtureRequest, secrets_of_register: tuple[str, ...]
) -> None:
    here = request.getfixturevalue(state)
    commands = [("case", "list"), ("case", "show", 1), ("case", "candidates", 1), ("case", "check", 1)]
    commands += [("comment", "list"), ("mail", "list"), ("outbox", "list")]
    commands += [("outbox", "show", one["id"]) for one in here.case()["outbox"]]
    for command in commands:
        for form in ((), ("--json",)):
            ran = here.run(*command, *form)
            assert ran.status == 0
            assert [one for one in secrets_of_register if one in ran.stdout] == [], command


@pytest.mark.parametrize(
    ("date", "shown", "line"),
    [
        ("Tue, 10 Feb 2026 18:30:00 +0900", "2026-02-10T18:30:00+09:00", "2026-02-10T18:30:00+09:00"),
        ("", None, "none: the mail has no Date field, the day of its arrival counts"),
    ],
)
def test_the_date_of_the_mail_is_shown_or_that_it_has_none(
    registered: Any, date: str, shown: str | None, line: str
) -> None:
    raw = registered.compose("相談です。\n", Date=date)
    registered.take(raw if date else raw.replace(b"Date: \n", b""))
    assert registered.case()["mail_date"] == shown
    lines = registered.run("case", "show", 1).stdout.splitlines()
    assert [one for one in lines if "mail_date" in one] == [f"  mail_date    {line}"]


def test_a_date_in_the_future_is_not_taken_for_none(registered: Any) -> None:
    registered.take(registered.compose("相談です。\n", Date="Tue, 10 Feb 2099 18:30:00 +0900"))
    case = registered.case()
    said = "2099-02-10T18:30:00+09:00"
    assert (case["mail_date"], case["mail_date_said"]) == (case["received_at"], said)
    (line,) = (one for one in registered.run("case", "show", 1).stdout.splitlines() if "mail_date" in one)
    impossible = f"(the mail says {said}, which was still to come: the day of its arrival counts)"
    assert line == f"  mail_date    {case['received_at']} {impossible}"


def _asked(here: Any) -> list[str]:
    """The states under "Who was asked"."""
    lines = here.run("case", "show", 1).stdout.split("== Who was asked\n")[1].split("\n\n")[0].splitlines()
    return [re.split(" {2,}", one)[3] for one in lines]


def test_an_invitation_that_the_answer_ended_is_not_called_expired(answered: Any) -> None:
    assert [one["state"] for one in answered.case()["invitations"]] == ["commented", "expired"]
    assert _asked(answered) == ["state", "commented", "ended by the answer"]


def test_an_invitation_whose_day_has_passed_is_expired(opened: Any) -> None:
    assert opened.run("run-due", "--as-of", "2099-01-01T00:00:00+09:00", "--yes").status == 0
    assert _asked(opened) == ["state", "expired", "expired"]


def test_reveal_adds_the_teacher_and_is_written_down(new: Any) -> None:
    shown = new.run("case", "show", 1, "--reveal", "called back", "--json").json
    assert (shown["name"], shown["addresses"]) == ("佐々木 恵", [SASAKI])
    assert shown.items() >= {key: value for key, value in new.case().items() if key != "history"}.items()
    page = new.run("case", "show", 1, "--reveal", "called back").stdout
    assert "佐々木 恵" in page
    assert SASAKI in page

    assert sum("revealed: called back" in row for row in new.fingerprint()["audit"]) == 2


def test_reveal_needs_a_reason(new: Any) -> None:
    assert "reason" in new.run("case", "show", 1, "--reveal", " ").line


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--state", "new"), [1]),
        (("--state", "open"), []),
        (("--state", "open", "--state", "new"), [1]),
        (("--mine",), []),
        (("--late",), []),
        (("--ready",), []),
    ],
)
def test_the_queue_can_be_narrowed(new: Any, options: tuple[str, ...], found: list[int]) -> None:
    assert [one["number"] for one in new.run("case", "list", *options, "--json").json["cases"]] == found


def test_a_list_that_is_cut_says_so(new: Any) -> None:
    cut = new.run("case", "list", "--limit", 0)
    assert (cut.stdout, cut.stderr) == ("No cases.\n", "Left out: 1 cases (--all shows them, --limit COUNT more).\n")
    assert new.run("case", "list", "--limit", 0, "--json").json == {"left_out": 1, "cases": []}
    whole = new.run("case", "list", "--all", "--limit", 0, "--json").json
    assert [one["number"] for one in whole["cases"]] == [1]
    assert whole.keys() == {"cases"}


def test_an_answer_that_has_not_left_is_told_with_the_way_to_take_it_back(answered: Any) -> None:
    (answer,) = (one for one in answered.case()["unsent"] if one["kind"] == "answer")
    page = answered.run("case", "show", 1).stdout
    assert (
        f"- the answer has not left: it leaves after {answer['leaves_at']}, until then it can be taken back\n" in page
    )
    take_back = f"mailgate outbox cancel {answer['id']}"
    assert page.endswith(f"Next: wait until the answer has left, or take it back: {take_back}\n")
    assert answered.run(*take_back.split()[1:], "--yes").status == 0
    after = answered.case()
    assert (after["state"], [one["kind"] for one in after["unsent"] if one["kind"] in ("answer", "thanks")]) == (
        "open",
        [],
    )


def test_an_answer_that_has_left_is_no_more_told_of(answered: Any) -> None:
    answered.send_out()
    assert answered.case()["unsent"] == []
    assert "has not left" not in answered.run("case", "show", 1).stdout


def test_a_case_that_was_written_twice_is_merged_after_a_question(new: Any) -> None:
    new.take(new.compose("先ほどの件の続きです。\n", Message_ID="<c2@midoridai-es.example.jp>"))
    before = new.fingerprint()
    assert new.case(1)["other_cases"] == [2]
    assert "  Other open cases of this teacher: 1" in new.run("case", "show", 2).stdout.splitlines()
    asked = "Let case 2 become part of case 1? Case 2 is closed, and the teacher is told. Nothing was done"
    assert new.run("case", "merge", 1, 2).line.startswith(asked)
    assert new.run("case", "merge", 1, 1).line == "case 1 cannot be merged with itself"
    assert new.run("case", "merge", 1, 3).line == "there is no case 3: 'mailgate case list' shows them"
    assert new.fingerprint() == before
    assert new.run("case", "merge", 1, 2, "--yes").stdout == "Case 2 is part of case 1 now, in round 1.\n"
    assert (new.case(2)["state"], "先ほどの件の続きです。" in new.case(1)["text"]) == ("closed", True)
    assert new.run("case", "merge", 1, 2, "--yes").line == "case 2 is closed: only a new one can become part of another"
    assert new.case(1)["other_cases"] == []


def test_mine_is_what_is_assigned_to_me(new: Any) -> None:
    new.run("case", "assign", 1)
    assert new.case()["assignee"] == "tester"
    assert len(new.run("case", "list", "--mine", "--json").json["cases"]) == 1
    new.run("case", "assign", 1, "yamada")
    assert new.run("case", "list", "--mine", "--json").json["cases"] == []


def test_a_case_is_ready_when_all_have_answered_and_the_operator_has_looked(opened: Any) -> None:
    opened.comment(HANAKO)
    assert opened.run("case", "list", "--ready", "--json").json["cases"] == []
    opened.comment(OGAWA)
    assert [one["number"] for one in opened.run("case", "list", "--ready", "--json").json["cases"]] == [1]


def test_check_lists_findings_with_the_promised_keys(registered: Any) -> None:
    registered.take(registered.compose(NAMES))
    findings = registered.run("case", "check", 1, "--json").json["findings"]
    assert findings
    text = registered.case()["text"]
    for one in findings:
        assert {"id", "label", "text", "start", "end", "tier", "decision"} <= one.keys()
        assert text[one["start"] : one["end"]] == one["text"]
        assert one["decision"] is None
    assert {"person", "phone"} <= {one["label"] for one in findings}
    assert registered.case()["findings_open"] == len(findings)


def test_findings_are_decided_one_by_one_and_then_the_text_is_approved(registered: Any) -> None:
    registered.take(registered.compose(NAMES))
    first, *others = registered.run("case", "check", 1, "--json").json["findings"]
    some = registered.run("case", "check", 1, "--keep", first["id"], "--json").json["findings"]
    assert [one["decision"] for one in some] == ["keep"] + [None] * len(others)
    assert registered.case()["approved_text"] is None
    decided = registered.run("case", "check", 1, "--redact", others[0]["id"], "--redact-all", "--json").json["findings"]
    assert None not in [one["decision"] for one in decided]
    case = registered.case()
    assert case["findings_open"] == 0
    assert "03-1234-5678" not in case["approved_text"]
    assert case["text"] == NAMES.strip()


def test_redact_all_leaves_what_was_kept_before(registered: Any) -> None:
    registered.take(registered.compose(NAMES))
    first = registered.run("case", "check", 1, "--json").json["findings"][0]
    registered.run("case", "check", 1, "--keep", first["id"])
    decided = registered.run("case", "check", 1, "--redact-all", "--json").json["findings"]
    assert {one["decision"] for one in decided} <= {"keep", "redact"}


def test_the_approved_text_can_be_given_as_a_whole(registered: Any, tmp_path: Any) -> None:
    registered.take(registered.compose(NAMES))
    file = tmp_path / "text.txt"
    file.write_text("隣のクラスの児童のことで、電話をいただきました。\n", encoding="utf-8")
    assert registered.run("case", "check", 1, "--text-file", file).status == 0
    assert registered.case()["approved_text"] == "隣のクラスの児童のことで、電話をいただきました。"
    assert registered.case()["findings_open"] == 0


def test_the_approved_text_can_come_from_standard_input(registered: Any) -> None:
    registered.take(registered.compose(NAMES))
    text = "隣のクラスの児童のことです。".encode()
    assert registered.run("case", "check", 1, "--text-file", "-", stdin=text).status == 0
    assert registered.case()["approved_text"] == "隣のクラスの児童のことです。"


def test_the_editor_begins_with_everything_redacted(registered: Any, tmp_path: Any) -> None:
    registered.take(registered.compose(NAMES))
    editor = tmp_path / "editor"
    editor.write_text(
        f'#!/bin/sh\ncp "$1" {tmp_path}/draft\necho "児童のことです。" > "$1"\ntouch -d "+1 minute" "$1"\n'
    )
    editor.chmod(0o755)
    assert registered.run("case", "check", 1, "--edit", env={"EDITOR": str(editor), "VISUAL": ""}).status == 0
    assert "03-1234-5678" not in (tmp_path / "draft").read_text()
    assert registered.case()["approved_text"] == "児童のことです。"


def test_an_editor_that_saves_nothing_changes_nothing(registered: Any) -> None:
    registered.take(registered.compose(NAMES))
    before = registered.fingerprint()
    assert registered.run("case", "check", 1, "--edit", env={"EDITOR": "true", "VISUAL": ""}).line
    assert registered.fingerprint() == before


def test_invite_refuses_an_unapproved_text_and_says_what_to_do(new: Any) -> None:
    before = new.fingerprint()
    assert "mailgate case check 1" in new.run("case", "invite", 1, new.handle(HANAKO)).line
    assert new.case()["state"] == "new"
    assert new.fingerprint() == before


def test_invite_names_open_findings(registered: Any) -> None:
    registered.take(registered.compose(NAMES))
    assert "undecided findings" in registered.run("case", "invite", 1, "--best", 2).line


def test_candidates_are_ranked_with_reasons_and_exclusions(new: Any) -> None:
    document = new.run("case", "candidates", 1, "--json").json
    assert {"candidates", "excluded"} <= document.keys()
    assert all(
        {"member", "reasons"} <= one.keys() and isinstance(one["reasons"], list) for one in document["candidates"]
    )
    excluded = {one["member"]: one["reason"] for one in document["excluded"]}
    assert set(excluded) == {new.handle(SATO), new.handle(ARAI)}
    assert "school" in excluded[new.handle(SATO)]
    assert "not active" in excluded[new.handle(ARAI)]
    everybody = {one["handle"] for one in new.run("member", "list", "--json").json["members"]}
    assert {one["member"] for one in document["candidates"]} == everybody - set(excluded)


def test_a_topic_among_the_tags_ranks_its_members_first(new: Any) -> None:
    new.run("case", "tag", 1, "部活動")
    assert new.case()["tags"] == ["部活動"]
    best = new.run("case", "candidates", 1, "--json").json["candidates"][:2]
    fitting = {"nakamura.shota.sensei@mailbox.example.net", "old.address@members.example.org"}
    assert {one["member"] for one in best} == set(map(new.handle, fitting))


def test_tags_go_away_again(new: Any) -> None:
    new.run("case", "tag", 1, "保護者", "学級経営")
    new.run("case", "tag", 1, "--remove", "保護者")
    assert new.case()["tags"] == ["学級経営"]


@pytest.mark.parametrize("tags", [(), ("",), (" ",)])
def test_tag_needs_a_tag(new: Any, tags: tuple[str, ...]) -> None:
    before = new.fingerprint()
    assert new.run("case", "tag", 1, *tags).status in (1, 2)
    assert new.fingerprint() == before


def test_invited_members_and_their_due_date(new: Any) -> None:
    new.run("case", "check", 1, "--redact-all")
    day = (datetime.now().astimezone() + timedelta(days=20)).date().isoformat()
    ran = new.run("case", "invite", 1, new.handle(HANAKO), "--due", day)
    assert (ran.status, ran.stderr) == (0, "")
    case = new.case()
    assert case["state"] == "open"
    (invitation,) = case["invitations"]
    assert (invitation["member"], invitation["state"]) == (new.handle(HANAKO), "invited")
    assert invitation["due_at"] == f"{day}T23:59:59+09:00"


def test_the_best_k_are_candidates_of_different_kinds(new: Any) -> None:
    new.run("case", "check", 1, "--redact-all")
    kinds = {one["member"]: one["kind"] for one in new.run("case", "candidates", 1, "--json").json["candidates"]}
    assert new.run("case", "invite", 1, "--best", 3).status == 0
    invited = [one["member"] for one in new.case()["invitations"]]
    assert (len(invited), len({kinds[one] for one in invited})) == (3, 3)


@pytest.mark.parametrize(
    ("address", "words"),
    [(SATO, "school"), (ARAI, "active"), ("nobody", "M-0000")],
    ids=["same school", "applied", "unknown"],
)
def test_one_member_who_cannot_be_invited_stops_all_of_them(new: Any, address: str, words: str) -> None:
    new.run("case", "check", 1, "--redact-all")
    wrong = "M-0000" if address == "nobody" else new.handle(address)
    before = new.fingerprint()
    assert words in new.run("case", "invite", 1, new.handle(HANAKO), wrong).line
    assert new.fingerprint() == before


def test_a_member_is_invited_once_however_often_they_are_named(new: Any) -> None:
    new.run("case", "check", 1, "--redact-all")
    handle = new.handle(HANAKO)
    assert new.run("case", "invite", 1, handle, handle.lower(), handle).status == 0
    assert [one["kind"] for one in new.case()["outbox"]].count("invitation") == 1
    assert len(new.case()["invitations"]) == 1


def test_who_is_invited_is_not_invited_again(opened: Any) -> None:
    before = opened.fingerprint()
    assert "already invited" in opened.run("case", "invite", 1, opened.handle(HANAKO)).line
    assert opened.fingerprint() == before


@pytest.mark.parametrize("due", ["2020-01-01", "2026-02-31", "tomorrow", "0001-01-01", "31.12.2026"])
def test_a_bad_due_date_changes_nothing(new: Any, due: str) -> None:
    new.run("case", "check", 1, "--redact-all")
    before = new.fingerprint()
    assert new.run("case", "invite", 1, new.handle(HANAKO), "--due", due).status in (1, 2)
    assert new.fingerprint() == before


@pytest.mark.parametrize("command", ["invite", "remind", "revoke"])
def test_a_handle_may_be_typed_in_small_letters(opened: Any, command: str) -> None:
    other = "suzuki@univ.example.ac.jp" if command == "invite" else HANAKO
    yes = ("--yes",) if command == "revoke" else ()
    assert opened.run("case", command, 1, opened.handle(other).lower(), *yes).status == 0


def test_remind_sends_one_mail_to_each_who_has_not_answered(opened: Any) -> None:
    opened.comment(HANAKO)
    assert opened.run("case", "remind", 1).status == 0
    reminders = [one["to"] for one in opened.case()["outbox"] if one["kind"] == "reminder"]
    assert reminders == [opened.handle(OGAWA)]
    assert opened.run("case", "remind", 1, opened.handle(HANAKO)).line


def test_a_revoked_invitation_ends_and_its_address_dies(opened: Any) -> None:
    address = opened.reply_address(OGAWA)
    assert opened.run("case", "revoke", 1, opened.handle(OGAWA), "--yes").status == 0
    states = {one["member"]: one["state"] for one in opened.case()["invitations"]}
    assert states == {opened.handle(HANAKO): "invited", opened.handle(OGAWA): "revoked"}
    refused = opened.run("mail", "ingest", "--envelope-to", address, stdin=b"Subject: x\n\nx\n")
    assert refused.status == 1


def test_a_case_whose_members_are_all_revoked_is_new_again(opened: Any) -> None:
    assert opened.run("case", "revoke", 1, "--yes").status == 0
    assert opened.case()["state"] == "new"


def test_preview_is_the_answer_to_the_letter(opened: Any) -> None:
    opened.comment()
    opened.run("comment", "check", 1, "--redact-all")
    opened.run("comment", "approve", 1)
    preview = opened.run("case", "preview", 1, "--json").json
    assert "続けることに意味があります。" in preview["body"]
    assert preview["body"].strip() in opened.run("case", "preview", 1).stdout
    before = opened.fingerprint()
    opened.run("case", "preview", 1)
    assert opened.fingerprint() == before
    assert opened.run("case", "answer", 1, "--yes", "--json").json["case"] == 1
    (answer,) = [one for one in opened.case()["outbox"] if one["kind"] == "answer"]
    sent = opened.run("outbox", "show", answer["id"], "--json").json
    assert (sent["subject"], sent["body"].strip()) == (preview["subject"], preview["body"].strip())
    assert opened.case()["state"] == "answered"


def test_answer_waits_for_the_review_of_comments(opened: Any) -> None:
    assert "no approved comment" in opened.run("case", "preview", 1).line
    assert "no approved comment" in opened.run("case", "answer", 1, "--yes").line
    opened.comment(HANAKO)
    opened.comment(OGAWA)
    opened.run("comment", "approve", 1)
    before = opened.fingerprint()
    assert "comment approve 2" in opened.run("case", "answer", 1, "--yes").line
    assert opened.fingerprint() == before


@pytest.mark.parametrize(
    ("fixture", "command"), [("answered", ("case", "withdraw", 1)), ("opened", ("case", "revoke", 1))]
)
def test_what_cannot_be_undone_is_not_done_without_a_terminal_and_yes(
    fixture: str, command: tuple[Any, ...], request: pytest.FixtureRequest
) -> None:
    here = request.getfixturevalue(fixture)
    before = here.fingerprint()
    assert "--yes" in here.run(*command).line
    assert here.fingerprint() == before
    assert here.run(*command, "--yes").status == 0


def test_answer_is_not_sent_without_a_terminal_and_yes(opened: Any) -> None:
    opened.comment()
    opened.run("comment", "approve", 1)
    before = opened.fingerprint()
    assert "--yes" in opened.run("case", "answer", 1, stdin=b"y\n").line
    assert opened.fingerprint() == before


# A move that its state does not allow: fixture, command, a word that the line has.
WRONG_STATES = [
    ("new", ("release", 1), "new"),
    ("new", ("reopen", 1), "new"),
    ("new", ("answer", 1, "--yes"), "comment"),
    ("new", ("preview", 1), "comment"),
    ("new", ("remind", 1), "anybody"),
    ("new", ("revoke", 1, "--yes"), "no open invitation"),
    ("opened", ("reject", 1), "open"),
    ("opened", ("release", 1), "open"),
    ("answered", ("answer", 1, "--yes"), "answered"),
    ("answered", ("check", 1, "--redact-all"), "answered"),
    ("answered", ("invite", 1, "--best", 1), "answered"),
    ("answered", ("clarify", 1, "--text", "何年生ですか。"), "answered"),
    ("answered", ("reject", 1), "answered"),
    ("answered", ("release", 1), "answered"),
    ("answered", ("reopen", 1), "answered"),
]


@pytest.mark.parametrize(("fixture", "command", "word"), WRONG_STATES)
def test_a_move_that_the_state_does_not_allow(
    fixture: str, command: tuple[Any, ...], word: str, request: pytest.FixtureRequest
) -> None:
    here = request.getfixturevalue(fixture)
    before = here.fingerprint()
    assert word in here.run("case", *command).line
    assert here.fingerprint() == before


@pytest.mark.parametrize(
    "move",
    [("close",), ("reopen",), ("withdraw", "--yes"), ("invite", "--best", 1), ("check", "--redact-all"), ("reject",)],
)
def test_nothing_brings_a_withdrawn_case_back(opened: Any, move: tuple[Any, ...]) -> None:
    assert opened.run("case", "withdraw", 1, "--yes").status == 0
    before = opened.fingerprint()
    assert "withdrawn" in opened.run("case", move[0], 1, *move[1:]).line
    assert opened.fingerprint() == before


def test_triage_moves(new: Any) -> None:
    moves = [("reject", "spam"), ("release", "new"), ("close", "closed"), ("reopen", "new")]
    for command, state in moves:
        assert new.run("case", command, 1).status == 0
        assert new.case()["state"] == state
    actions = [one["action"] for one in new.case()["history"]]
    assert [one for one in actions if one in dict(moves)] == [command for command, _ in moves]
    assert {one["actor"] for one in new.case()["history"] if one["action"] in dict(moves)} == {"operator:tester"}


def test_a_note_is_in_the_case_and_in_no_mail(new: Any) -> None:
    assert new.run("case", "note", 1, "電話で確認ずみ").status == 0
    case = new.case()
    assert [(one["author"], one["text"]) for one in case["notes"]] == [("operator:tester", "電話で確認ずみ")]
    assert "電話で確認ずみ" in new.run("case", "show", 1).stdout
    assert "電話で確認ずみ" not in str(case["history"])


def test_clarify_asks_the_teacher(new: Any) -> None:
    assert new.run("case", "clarify", 1, "--text", "何年生のクラスでしょうか。").status == 0
    (asked,) = [one for one in new.case()["outbox"] if one["kind"].startswith("clarif")]
    assert asked["to"] == new.handle(SASAKI)
    assert "何年生のクラスでしょうか。" in new.run("outbox", "show", asked["id"], "--json").json["body"]


@pytest.mark.parametrize("question", [(), ("--text", "a", "--text-file", "-")])
def test_clarify_takes_one_question(new: Any, question: tuple[str, ...]) -> None:
    assert new.run("case", "clarify", 1, *question).status == 2


def test_an_unknown_sender_gives_a_held_case_without_a_teacher(registered: Any) -> None:
    registered.take(registered.compose("相談があります。\n", "stranger@unknown.example.org"))
    case = registered.case()
    assert (case["state"], case["teacher"]) == ("held", None)
    assert "unknown.example.org" not in registered.run("case", "list", "--json").stdout
    assert "unknown.example.org" not in registered.run("case", "show", 1, "--json").stdout
    assert "unknown.example.org" not in registered.run("case", "show", 1).stdout
    assert "unknown.example.org" not in registered.run("outbox", "list", "--json").stdout
    assert "stranger@unknown.example.org" in registered.run("case", "show", 1, "--reveal", "x", "--json").stdout
    for command in (
        ("candidates", 1),
        ("invite", 1, "--best", 1),
        ("answer", 1, "--yes"),
        ("clarify", 1, "--text", "x"),
    ):
        assert registered.run("case", *command).line


def test_a_held_case_goes_on_when_its_teacher_is_entered(registered: Any) -> None:
    registered.take(registered.compose("相談があります。\n", "stranger@unknown.example.org"))
    words = ("--name", "石田 岳", "--address", "stranger@unknown.example.org", "--plan", "trial")
    assert registered.run("teacher", "add", *words).status == 0
    case = registered.case()
    assert (case["state"], case["teacher"]) == ("new", registered.handle("stranger@unknown.example.org"))


def test_a_mail_that_fails_the_contract_is_held_and_can_be_released_or_not_with_one_line(registered: Any) -> None:
    registered.take(registered.compose("三小の者です。\n", "furuta@hamakita.example.jp"))
    assert registered.case()["state"] == "held"
    ran = registered.run("case", "release", 1)
    assert (ran.status, registered.case()["state"]) in ((0, "new"), (1, "held"))


def test_the_teachers_reply_to_the_answer_opens_round_2(answered: Any) -> None:
    address = answered.reply_address(SASAKI)
    answered.take(answered.compose("ありがとうございます。写真は何枚がよいですか。\n", SASAKI, address), address)
    case = answered.case()
    assert (case["state"], case["round"], case["findings_open"], case["approved_text"]) == ("new", 2, 0, None)
    assert case["text"] == "ありがとうございます。写真は何枚がよいですか。"
    first, second = case["rounds"]
    assert first["approved_text"].startswith("はじめまして。")
    assert (second["text"], second["approved_text"]) == (case["text"], None)
    assert answered.run("case", "check", 1, "--redact-all").status == 0
    assert answered.run("case", "invite", 1, answered.handle(HANAKO)).status == 0
    assert [(one["round"], one["state"]) for one in answered.case()["invitations"]] == [
        (1, "commented"),
        (1, "expired"),
        (2, "invited"),
    ]


def test_a_held_case_of_a_stranger_can_be_looked_at_and_not_released_to_nobody(registered: Any) -> None:
    registered.take(registered.compose(NAMES, "stranger@unknown.example.org"))
    assert registered.run("case", "check", 1, "--json").json["findings"]
    before = registered.fingerprint()
    assert registered.run("case", "release", 1).line
    assert registered.fingerprint() == before
    assert registered.run("case", "reject", 1).status == 0
    assert registered.case()["state"] == "spam"


# Who is still asked when the case is answered


def _with_one_answer(opened: Any) -> str:
    """Approves the one comment of the two that are asked for; the day until which the other one could answer."""
    opened.comment()
    assert opened.run("comment", "approve", 1).status == 0
    return next(one["due_at"][:10] for one in opened.case()["invitations"] if one["state"] == "invited")


def _still_asked(day: str) -> str:
    return (
        f"1 invited member has not answered, and could until {day}. What comes after the answer is kept, marked late; "
        "once approved it goes to the teacher with a further mailgate case answer 1"
    )


def test_answer_tells_who_has_not_answered_yet(opened: Any) -> None:
    day = _with_one_answer(opened)
    ran = opened.run("case", "answer", 1, "--yes")
    assert ran.stdout.splitlines() == ["Case 1 is answered; comments sent: 1.", _still_asked(day)]
    assert (ran.status, ran.stderr) == (0, "")


def test_answer_tells_it_before_it_asks(opened: Any) -> None:
    day = _with_one_answer(opened)
    refused = opened.run("case", "answer", 1, typed="n\n")
    assert (refused.status, refused.stderr.splitlines()[0]) == (1, _still_asked(day))
    assert opened.case()["state"] == "open"
    assert opened.run("case", "answer", 1).line.startswith("Send the answer of case 1")


def test_the_document_of_an_answer_has_them(opened: Any) -> None:
    _with_one_answer(opened)
    (waiting,) = [one for one in opened.case()["invitations"] if one["state"] == "invited"]
    document = opened.run("case", "answer", 1, "--yes", "--json").json
    assert document["unanswered"] == [{"member": waiting["member"], "due_at": waiting["due_at"]}]


# What an operator should think of before members are invited

SAME_TOWN = "same municipality or board of education (present affiliation)"


def _with_a_member_of_the_same_town(new: Any) -> str:
    """Their handle; the text of case 1 is approved."""
    words = ("--kind", "弁護士", "--affiliation", "岡里市教育委員会:2020-", "--topic", "学級通信")
    added = new.run("member", "add", "--name", "森田 梓", "--address", "morita@example.org", *words)
    assert (added.status, added.stderr) == (0, "")
    handle: str = new.handle("morita@example.org")
    assert new.run("member", "activate", handle).status == 0
    assert new.run("case", "check", 1, "--redact-all").status == 0
    return handle


def test_at_a_terminal_whom_is_shown_with_the_notes_before_it_asks(new: Any) -> None:
    near = _with_a_member_of_the_same_town(new)
    ranked = [one["member"] for one in new.run("case", "candidates", 1, "--json").json["candidates"]]
    other = next(one for one in ranked if one != near)
    before = new.fingerprint()
    ran = new.run("case", "invite", 1, near, other, typed="n\n")
    assert ran.stderr.splitlines() == [
        f"To be invited for case 1: {near}, {other}",
        f"note: {near}: {SAME_TOWN}",
        "mailgate: nothing was done",
    ]
    assert (ran.status, ran.stdout, new.fingerprint()) == (1, "Send the invitations for case 1? [y/N]: n\n", before)
    done = new.run("case", "invite", 1, near, other, typed="y\n")
    assert (done.status, done.stderr.count(SAME_TOWN), len(new.case()["invitations"])) == (0, 1, 2)


def test_at_a_terminal_the_best_who_were_shown_are_invited(new: Any) -> None:
    _with_a_member_of_the_same_town(new)
    ran = new.run("case", "invite", 1, "--best", 3, typed="y\n")
    invited = [one["member"] for one in new.case()["invitations"]]
    assert ran.stderr.splitlines()[0] == f"To be invited for case 1: {', '.join(invited)}"
    assert (ran.status, len(invited)) == (0, 3)


def test_at_a_terminal_nothing_is_asked_that_is_refused_anyway(new: Any) -> None:
    near = _with_a_member_of_the_same_town(new)
    assert new.run("case", "consent", 1).status == 0
    ran = new.run("case", "invite", 1, near, typed="y\n")
    waits = "case 1 waits for its teacher's consent to the text (or --without-consent REASON)"
    assert ran.line == waits
    assert new.run("case", "invite", 1, near, "--without-consent", "電話で", typed="y\n").status == 0


@pytest.mark.parametrize("given", [{}, {"typed": ""}])
def test_without_a_terminal_or_with_yes_the_notes_come_with_it(new: Any, given: dict[str, str]) -> None:
    near = _with_a_member_of_the_same_town(new)
    ran = new.run("case", "invite", 1, near, *(["--yes"] if given else []), **given)
    assert (ran.status, ran.stdout) == (0, f"Invited {near} for case 1.\n")
    assert ran.stderr == f"note: {near}: {SAME_TOWN}\n"


def test_who_closes_a_case_without_its_answer_hears_that_the_teacher_does_not(new: Any) -> None:
    note = (
        "note: the teacher waits for an answer and is not told; to write to them first: mailgate case reopen 1, then "
        "mailgate case clarify 1\n"
    )
    ran = new.run("case", "close", 1)
    assert (ran.status, ran.stdout, ran.stderr) == (0, "Case 1 is closed.\n", note)


def test_who_closes_an_answered_case_hears_nothing_of_it(answered: Any) -> None:
    ran = answered.run("case", "close", 1)
    assert (ran.status, ran.stdout, ran.stderr) == (0, "Case 1 is closed.\n", "")


def test_the_digit_of_the_teacher_is_on_the_page(answered: Any) -> None:
    line = "The teacher rated the answer of round 1: 5 (1 to 5, 5 is best)"
    assert line not in answered.run("case", "show", 1).stdout.splitlines()
    to = answered.reply_address("sasaki.megumi@midoridai-es.example.jp")
    answered.take(answered.compose("５\n", Message_ID="<c5@midoridai-es.example.jp>"), to)
    assert line in answered.run("case", "show", 1).stdout.splitlines()
