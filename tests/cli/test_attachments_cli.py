"""`mailgate case/comment attachments …` with the real child: from the mail that hides to the mail that leaves."""

from __future__ import annotations

import io
import json
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import hiding
import pytest
from PIL import Image

from mailgate.store import outbox

TEACHER = "sasaki.megumi@midoridai-es.example.jp"
HANAKO = "hanako.tanaka@members.example.org"


def with_files(text: str, sender: str, to: str, *files: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "写真"
    mail["Date"] = "Tue, 10 Feb 2026 18:30:00 +0900"
    mail.set_content(text)
    for octets in files:
        mail.add_attachment(octets, maintype="image", subtype="jpeg", filename=f"{hiding.SECRET}.jpg")
    return mail.as_bytes()


def sent(here: Any, kind: str) -> list[bytes]:
    """The composed mails of one kind, as they would leave."""
    with here.office() as office, office.read() as ctx:
        return [outbox.octets_of(ctx.tx, one.id) for one in outbox.entries(ctx.tx, []) if one.kind == kind]


def enclosed(raw: bytes) -> list[tuple[str | None, bytes]]:
    letter = message_from_bytes(raw, policy=policy.default)
    return [(one.get_filename(), one.get_content()) for one in letter.iter_attachments()]


@pytest.fixture
def here(registered: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Case 1 has a photograph, a PDF, an Office file and a locked archive; whoever runs is in an empty folder."""
    monkeypatch.chdir(tmp_path)
    files = (hiding.jpeg(6), hiding.pdf(), hiding.office(), hiding.locked_archive())
    registered.take(with_files("学級通信の写真です。\n", TEACHER, "soudan@desk.example.jp", *files))
    return registered


def test_a_photograph_goes_to_a_member_as_pixels_alone(here: Any, tmp_path: Path) -> None:
    listed = here.run("case", "attachments", 1, "--json").json
    assert [(one["id"], one["kind"], one["decision"], one["obstacle"]) for one in listed["attachments"]] == [
        (1, "JPEG picture", None, None),
        (2, "PDF", None, None),
        (3, "Office file", None, "kind"),
        (4, "archive with a password", None, "kind"),
    ]
    assert hiding.SECRET not in json.dumps(listed)
    shown = here.run("case", "show-attachment", 1, 1, "--json").json
    assert shown["file"] == "case-1-attachment-1.png"
    drawing = (tmp_path / shown["file"]).read_bytes()
    assert ((tmp_path / shown["file"]).stat().st_mode & 0o777, len(drawing)) == (0o600, shown["size_bytes"])
    assert Image.open(io.BytesIO(drawing)).size == (64, 96)
    assert here.run("case", "release-attachment", 1, 1).status == 0
    (first, *_) = here.run("case", "attachments", 1, "--json").json["attachments"]
    assert (first["decision"], first["released"], first["decided_by"]) == ("released", True, "operator:tester")
    assert here.run("case", "check", 1, "--redact-all").status == 0
    assert here.run("case", "invite", 1, here.handle(HANAKO)).status == 0
    (invitation,) = sent(here, "invitation")
    assert enclosed(invitation) == [("添付1.png", drawing)]
    assert not any(hiding.found_in(octets) for octets in (invitation, drawing))
    document = here.case()
    assert (document["attachments"], document["attachments_released"]) == (4, 1)
    assert "attachments  4, 1 of them released: mailgate case attachments 1" in here.run("case", "show", 1).stdout


def test_a_member_s_document_goes_to_the_teacher_as_pixels_alone(opened: Any, tmp_path: Path) -> None:
    address = opened.reply_address(HANAKO)
    opened.take(with_files("資料です。\n", HANAKO, address, hiding.pdf()), address)
    file = tmp_path / "look.pdf"
    assert opened.run("comment", "show-attachment", 1, 1, "--output", file).status == 0
    assert opened.run("comment", "release-attachment", 1, 1).status == 0
    assert opened.run("comment", "check", 1, "--redact-all").status == 0
    assert opened.run("comment", "approve", 1).status == 0
    assert "（添付：添付1.pdf）" in opened.run("case", "preview", 1).stdout
    assert opened.run("case", "answer", 1, "--yes").status == 0
    (answer,) = sent(opened, "answer")
    assert enclosed(answer) == [("添付1.pdf", file.read_bytes())]
    assert not hiding.found_in(answer)
    assert opened.run("comment", "show", 1, "--json").json["attachments"] == 1


def test_what_cannot_leave_is_explained_to_the_operator_and_to_the_teacher(here: Any) -> None:
    page = here.run("case", "attachments", 1).stdout
    assert "3: withheld: an Office file names its author" in page
    assert "4: withheld: it has a password, and nothing here opens it" in page
    assert "mailgate case attachment-text 1 ATTACHMENT\n" in page
    before = here.fingerprint()
    assert "attachment 3 (Office file) cannot be released" in here.run("case", "show-attachment", 1, 3).line
    assert "nobody has looked at attachment 1" in here.run("case", "release-attachment", 1, 1).line
    assert "case 1 has no attachment 5" in here.run("case", "show-attachment", 1, 5).line
    assert here.fingerprint() == before
    text = here.run("case", "attachment-text", 1, 4).stdout
    assert "パスワードのご連絡は不要です。" in text
    assert here.run("case", "clarify", 1, "--text-file", "-", stdin=text.encode()).status == 0


def test_the_next_step_has_the_number_of_the_only_attachment_and_else_the_word_of_the_help(here: Any) -> None:
    def steps() -> list[str]:
        shown = here.run("case", "attachments", 1).stdout + here.run("--lang", "ja", "case", "attachments", 1).stdout
        return [line.partition(" show-attachment ")[2] for line in shown.splitlines() if " show-attachment " in line]

    assert steps() == ["1 ATTACHMENT", "1 添付番号"]
    here.run("case", "show-attachment", 1, 1)
    here.run("case", "release-attachment", 1, 1)
    assert steps() == ["1 2", "1 2"]


def test_a_file_that_is_there_is_not_overwritten(here: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_text("mine")
    assert "cannot be written: File exists" in here.run("case", "show-attachment", 1, 1, "--output", "mine.png").line
    assert (tmp_path / "mine.png").read_text() == "mine"
    assert here.run("case", "withhold-attachment", 1, 1).stdout == "Attachment 1 of case 1 is withheld.\n"
    assert here.run("case", "attachments", 1, "--json").json["attachments"][0]["decision"] == "withheld"


def test_a_case_without_attachments_says_so(new: Any) -> None:
    assert new.run("case", "attachments", 1).stdout == "No attachments.\n"
    assert new.run("case", "attachments", 1, "--json").json == {"attachments": [], "passwords": []}
    assert new.run("case", "attachments", 7).line == "there is no case 7: 'mailgate case list' shows them"


def test_who_releases_what_the_teacher_has_not_agreed_to_is_told_the_next_step(here: Any) -> None:
    assert here.run("case", "check", 1, "--redact-all").status == 0
    for attachment in (1, 2):
        assert here.run("case", "show-attachment", 1, attachment).status == 0
    goes = "Attachment {} of case 1 goes with the invitations from now on, exactly as it was shown."
    assert here.run("case", "release-attachment", 1, 1).stdout.splitlines() == [goes.format(1)]
    assert here.run("case", "consent", 1).status == 0
    assert here.run("case", "release-attachment", 1, 2).stdout.splitlines() == [
        goes.format(2),
        "The teacher has not agreed that members get it: mailgate case consent 1",
    ]
    assert "the teacher's consent: needed" in here.run("case", "show", 1).stdout
