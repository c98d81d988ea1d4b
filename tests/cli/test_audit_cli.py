"""`audit …`, `case disclosures`, `case destroy`, `run-due`: what an operator types and sees."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest


def _sql(installation: Any, *statements: str) -> None:
    """As somebody who has the file, and takes the triggers away."""
    connection = sqlite3.connect(installation.folder / "mailgate.db")
    for name in ("audit_update", "audit_delete"):
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    for one in statements:
        connection.execute(one)
    connection.commit()
    connection.close()


def test_the_log_lists_who_did_what(opened: Any) -> None:
    assert opened.run("audit", "verify").status == 0
    lines = opened.run("audit", "list", "--json").json["lines"]
    assert [one["sequence"] for one in lines] == list(range(1, len(lines) + 1))
    assert set(lines[0]) == {"sequence", "at", "actor", "action", "case", "subject", "detail"}
    of_case = opened.run("audit", "list", "--case", 1, "--json").json["lines"]
    assert of_case == [one for one in lines if one["case"] == 1] != lines
    mine = opened.run("audit", "list", "--actor", "tester", "--json").json["lines"]
    assert mine == opened.run("audit", "list", "--actor", "operator:tester", "--json").json["lines"]
    assert mine == [one for one in lines if one["actor"] == "operator:tester"] != lines
    assert opened.run("audit", "list", "--since", "2026-01-01", "--json").json["lines"] == lines
    assert opened.run("audit", "list", "--since", "2099-01-01").stdout == "No lines.\n"


def test_the_log_names_nobody(opened: Any, secrets_of_register: tuple[str, ...]) -> None:
    opened.run("member", "list", "--reveal", "a test")
    text = opened.run("audit", "list").stdout + opened.run("audit", "list", "--json").stdout
    assert "revealed: a test" in text
    assert [one for one in secrets_of_register if one in text] == []


@pytest.mark.parametrize(
    ("command", "action", "case"),
    [
        (("case", "show", 1), "case show", 1),
        (("comment", "show", 1), "comment show", 1),
        (("teacher", "list"), "teacher list", None),
        (("member", "list"), "member list", None),
        (("teacher", "export"), "teacher export", None),
        (("member", "export"), "member export", None),
    ],
)
def test_every_look_at_names_is_in_the_log(answered: Any, command: tuple[Any, ...], action: str, case: int) -> None:
    assert answered.run(*command, "--reveal", "asked for it").status == 0
    last = answered.run("audit", "list", "--json").json["lines"][-1]
    assert (last["actor"], last["action"], last["case"]) == ("operator:tester", action, case)
    assert last["detail"] == "revealed: asked for it"


def test_a_log_as_it_was_written_is_one_line(opened: Any) -> None:
    lines = len(opened.run("audit", "list", "--json").json["lines"])
    assert opened.run("audit", "verify").stdout == f"Nothing was tampered with: {lines} lines.\n"
    assert opened.run("audit", "verify", "--json").json == {
        "intact": True,
        "lines": lines,
        "sequence": lines,
        "broken": None,
    }


def test_a_log_that_was_tampered_with_is_refused_in_one_line(opened: Any) -> None:
    opened.run("audit", "verify")
    _sql(opened, "UPDATE audit SET actor = 'system' WHERE sequence = 3", "DELETE FROM audit WHERE sequence = 5")
    assert opened.run("audit", "verify").line == "the audit log is not as it was written: line 3 is changed"
    ran = opened.run("audit", "verify", "--json")
    assert (ran.status, '"sequence": 3,\n    "what": "changed"' in ran.stdout) == (1, True)


def test_after_a_restore_the_log_is_cut_off_and_the_next_step_is_told(opened: Any, tmp_path: Path) -> None:
    opened.run("audit", "verify")
    assert opened.run("db", "backup", tmp_path / "backup.db").status == 0
    opened.run("case", "note", 1, "x")
    assert opened.run("audit", "verify").status == 0
    for file in opened.folder.glob("mailgate.db*"):
        file.unlink()
    shutil.copy(tmp_path / "backup.db", opened.folder / "mailgate.db")
    cut = re.sub(r"line \d+", "line N", opened.run("audit", "verify").line)
    assert cut == (
        "the audit log is not as it was written: line N is cut off at the end; if a backup of the database was "
        "restored just now, that is why: mailgate audit verify --after-restore REASON makes what is there count"
    )
    assert opened.run("audit", "verify", "--after-restore", "disk").status == 0
    assert opened.run("audit", "verify").status == 0


def test_a_log_cut_off_within_the_database_is_no_restore(opened: Any) -> None:
    lines = opened.run("audit", "verify", "--json").json["lines"]
    _sql(opened, f"DELETE FROM audit WHERE sequence = {lines}")
    assert opened.run("audit", "verify").line == (
        f"the audit log is not as it was written: line {lines} is cut off at the end"
    )


def test_what_left_to_whom_is_one_command(answered: Any) -> None:
    assert answered.run("case", "disclosures", 1).stdout == "No text has left.\n"
    answered.send_out()
    rows = answered.run("case", "disclosures", 1, "--json").json["disclosures"]
    assert [(one["kind"], one["what"]) for one in rows] == [
        ("invitation", "round 1"),  # the other one had not left when the case was answered, and never does
        ("answer", "comment 1 version 1"),
    ]
    assert {len(one["sha256"]) for one in rows} == {64}
    assert rows[-1]["to"] == answered.case()["teacher"]
    assert answered.run("case", "disclosures", 9).line.startswith("there is no case 9")


def test_a_case_is_destroyed_after_a_yes_and_says_so_from_then_on(answered: Any) -> None:
    answered.send_out()
    before = answered.run("case", "disclosures", 1, "--json").json
    assert answered.run("case", "destroy", 1, "--yes").line == (
        "case 1 is answered: only a case that is closed, withdrawn, spam is destroyed, or any with --now"
    )
    assert answered.run("case", "close", 1).status == 0
    kept = answered.fingerprint()
    assert "add --yes" in answered.run("case", "destroy", 1).line
    assert answered.run("case", "destroy", 1, typed="n\n").stderr == "mailgate: nothing was done\n"
    assert answered.fingerprint() == kept
    assert answered.run("case", "destroy", 1, "--yes").stdout == "Case 1 is destroyed.\n"
    shown = answered.run("case", "show", 1).stdout
    assert shown.startswith("Case 1 was destroyed at 20")
    assert shown.count("\n") == 1
    document = answered.case()
    assert set(document) == {
        *("number", "desk", "state", "round", "received_at", "destroyed_at", "tags", "invitations", "rounds"),
    }
    assert next(one["state"] for one in document["invitations"]) == "commented"
    assert answered.run("case", "disclosures", 1, "--json").json == before
    (row,) = answered.run("case", "list", "--json").json["cases"]
    assert (row["subject"], row["teacher"], row["destroyed_at"]) == ("", None, document["destroyed_at"])
    for command in (("reopen", 1), ("note", 1, "覚書"), ("check", 1, "--redact-all"), ("destroy", 1, "--yes")):
        assert answered.run("case", *command).line.startswith("case 1 was destroyed: nothing can be done with it")
    assert answered.run("audit", "verify").status == 0
    assert answered.run("db", "check").status == 0


def test_run_due_purges_and_prints_counts(answered: Any) -> None:
    answered.send_out()
    assert answered.run("case", "close", 1).status == 0
    document = answered.run("run-due", "--as-of", "2099-01-01T00:00:00+09:00", "--yes", "--json").json
    purged = document.pop("purged")
    assert document == {"reminders": 0, "expired": 0, "closed": 0, "digests": 0, "confirmations": 0}
    assert (purged["cases"], purged["keys"]) == (1, 1)  # that of the case; those of today's mails are in use
    assert "purged cases: 0\n" in answered.run("run-due").stdout
    assert answered.run("db", "check").status == 0


def test_without_a_terminal_and_yes_a_later_moment_destroys_nothing(answered: Any) -> None:
    answered.send_out()
    assert answered.run("case", "close", 1).status == 0
    ran = answered.run("run-due", "--as-of", "2099-01-01", "--json")
    assert (ran.status, set(json.loads(ran.stdout)["purged"].values())) == (0, {0})
    assert ran.stderr == "Nothing was destroyed: a moment to come does that only with --yes.\n"
    assert answered.run("case", "show", 1, "--json").json["text"] != ""


def test_after_a_moment_to_come_mail_is_still_taken_and_read(answered: Any) -> None:
    assert answered.run("run-due", "--as-of", "2099-01-01", "--yes").status == 0
    answered.take(answered.compose("続きの相談です。\n"))
    assert answered.run("db", "check").status == 0


def test_a_later_moment_is_asked_about_at_a_terminal(new: Any) -> None:
    before = new.fingerprint()
    ran = new.run("run-due", "--as-of", "2099-01-01", typed="n\n")
    assert (ran.status, ran.stderr) == (1, "mailgate: nothing was done\n")
    assert new.fingerprint() == before


def test_a_purged_mail_and_body_say_so(answered: Any) -> None:
    answered.send_out()
    mail = answered.case()["mails"][-1]["id"]
    letter = answered.case()["outbox"][-1]["id"]
    assert answered.run("run-due", "--as-of", "2099-01-01", "--yes").status == 0
    document = answered.run("mail", "show", mail, "--json").json
    assert (document["kept"], document["body"]) == (False, "")
    assert "not kept any more (retention.raw_days)" in answered.run("mail", "show", mail).stdout
    assert answered.run("outbox", "show", letter, "--json").json["kept"] is False
    assert "not kept any more (retention.sent_days)" in answered.run("outbox", "show", letter).stdout
