"""`privacy export` and `privacy erase`: asked for with a reason, written for one's own eyes, done after a yes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mailgate.config import load

TEACHER = "sasaki.megumi@midoridai-es.example.jp"
MEMBER = "hanako.tanaka@members.example.org"


def test_an_export_is_a_new_file_for_its_owner_alone(answered: Any, tmp_path: Path) -> None:
    answered.send_out()
    handle, file = answered.handle(TEACHER), tmp_path / "export.json"
    ran = answered.run("privacy", "export", handle, file, "--reveal", "asked for it")
    assert (ran.status, ran.stdout) == (
        0,
        f"Wrote {file}. It is readable for you alone; delete it when it was handed over.\n",
    )
    assert file.stat().st_mode & 0o777 == 0o600
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["handles"] == [handle]
    assert TEACHER in document["register"]["addresses"]
    assert [one["case"] for one in document["consultations"]] == [1]
    assert "answer" in [one["kind"] for one in document["mails_sent_to_them"]]
    assert MEMBER not in file.read_text(encoding="utf-8")
    last = answered.run("audit", "list", "--json").json["lines"][-1]
    assert (last["action"], last["subject"], last["detail"]) == ("privacy export", handle, "revealed: asked for it")


def test_an_export_overwrites_nothing_and_needs_a_reason(answered: Any, tmp_path: Path) -> None:
    handle, file = answered.handle(TEACHER), tmp_path / "export.json"
    file.write_text("mine")
    before = answered.fingerprint()
    assert "is there already" in answered.run("privacy", "export", handle, file, "--reveal", "x").line
    assert answered.run("privacy", "export", handle, tmp_path / "new.json").status == 2
    assert "needs a reason" in answered.run("privacy", "export", handle, tmp_path / "new.json", "--reveal", " ").line
    assert "there is no teacher" in answered.run("privacy", "export", "T-0000", tmp_path / "n", "--reveal", "x").line
    assert "cannot be written" in answered.run("privacy", "export", handle, tmp_path / "no" / "n", "--reveal", "x").line
    assert file.read_text() == "mine"
    assert not (tmp_path / "new.json").exists()
    after = answered.fingerprint()
    assert len(after.pop("audit")) == len(before.pop("audit")) + 1  # the last one was on its way
    assert after == before


def test_an_erasure_tells_where_mails_of_the_person_still_are(answered: Any) -> None:
    answered.send_out()
    sent = load(answered.config).delivery.maildir
    assert any(TEACHER.encode() in file.read_bytes() for file in (sent / "new").iterdir())
    ran = answered.run("privacy", "erase", answered.handle(TEACHER), "--now", "--yes")
    note = f"note: mails that were sent into the Maildir {sent} are still there: delete them yourself."
    assert note in ran.stderr.splitlines()


def test_an_erasure_is_asked_about_and_done_once(answered: Any, secrets_of_register: tuple[str, ...]) -> None:
    answered.send_out()
    handle = answered.handle(MEMBER)
    before = answered.fingerprint()
    assert answered.run("privacy", "erase", handle).line.startswith(f"Erase all that is kept of {handle}, for good?")
    assert answered.fingerprint() == before
    ran = answered.run("privacy", "erase", handle, "--yes")
    assert (ran.status, ran.stdout) == (0, f"{handle}: erased.\n")
    assert [one for one in secrets_of_register if one in ran.stdout] == []
    assert "there is no member" in answered.run("privacy", "erase", handle, "--yes").line
    assert handle not in answered.run("member", "list").stdout
    assert answered.run("db", "check").status == 0
    assert answered.run("audit", "verify").status == 0
    assert [one["written"] for one in answered.case()["comments"]] == [""]


def test_who_is_in_an_open_case_is_not_erased_but_with_now(opened: Any) -> None:
    teacher = opened.handle(TEACHER)
    assert opened.run("privacy", "erase", teacher, "--yes").line == (
        f"{teacher} is in case 1, which is open: wait for its end, or say --now"
    )
    assert opened.run("privacy", "erase", teacher, "--now", "--yes").status == 0
    assert opened.run("case", "show", 1).stdout.startswith("Case 1 was destroyed at ")
    assert opened.run("db", "check").status == 0
