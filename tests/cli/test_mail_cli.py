"""`mailgate mail …`: the promise of ingest, the lines of parse, and what waits for an operator."""

from __future__ import annotations

import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

KEYS = {
    "file",
    "message_id",
    "subject",
    "from",
    "to",
    "date",
    "body",
    "written",
    "kind",
    "bounce",
    "attachments",
    "defects",
}
KINDS = {"person", "auto-reply", "bounce", "receipt", "list", "bulk"}
HANAKO = "hanako.tanaka@members.example.org"
NO_MAILS = {
    "empty": b"",
    "blank": b"\r\n\r\n",
    "nul": b"\0" * 2000,
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "words": "ただの文章です。\n".encode(),
    "header only": b"Subject: x",
    "no end": b"Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\n--x",
    "date": b"From: a@example.org\nDate: Tue, 99 Feb 0000 99:99:99 +9999\n\nx\n",
    "date far away": b"From: a@example.org\nDate: Fri, 31 Dec 9999 23:59:59 -1200\n\nx\n",
    "surrogate": b"Subject: =?utf-16?B?2AA=?=\n\n\xed\xa0\x80\n",
}


def _stored(here: Any) -> int:
    """How many mails another process would see."""
    look = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM spool').fetchone())"
    command = [sys.executable, "-c", look, str(here.folder / "mailgate.db")]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _parsed(ran: Any) -> list[dict[str, Any]]:
    assert (ran.status, ran.stderr) == (0, "")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_parse_gives_one_line_for_each_file(program: Any, samples: Path) -> None:
    files = sorted(samples.glob("*.eml"))
    documents = _parsed(program("mail", "parse", "--json", *files))
    assert [one["file"] for one in documents] == list(map(str, files))
    for one in documents:
        assert one.keys() >= KEYS
        assert one["from"].keys() == {"name", "address"}
        assert one["kind"] in KINDS
        assert (one["bounce"] is None) == (one["kind"] != "bounce")
        assert "\r" not in one["body"] + one["written"]
        assert all(part.keys() == {"filename", "content_type", "size"} for part in one["attachments"])
        assert datetime.fromisoformat(one["date"]).tzinfo is not None
    assert {path.name[:2]: one["kind"] for path, one in zip(files, documents, strict=True)} == {
        "01": "person",
        "02": "person",
        "03": "person",
        "11": "person",
        "12": "person",
        "13": "person",
        "14": "auto-reply",
        "15": "bounce",
        "21": "person",
    }


def test_parse_explains_a_bounce(program: Any, samples: Path) -> None:
    (one,) = _parsed(program("mail", "parse", "--json", samples / "15-bounce-dsn.eml"))
    (recipient,) = one["bounce"]["recipients"]
    assert recipient.keys() == {"address", "status", "permanent"}
    assert (recipient["address"], recipient["permanent"]) == ("old.address@members.example.org", True)
    assert re.fullmatch(r"5\.\d{1,3}\.\d{1,3}", recipient["status"])


def test_parse_reads_bytes_that_are_no_mail(program: Any, tmp_path: Path) -> None:
    for name, octets in NO_MAILS.items():
        (tmp_path / name).write_bytes(octets)
    files = [tmp_path / name for name in NO_MAILS]
    documents = _parsed(program("mail", "parse", "--json", *files))
    assert [one["file"] for one in documents] == list(map(str, files))
    assert all(one.keys() >= KEYS and one["kind"] in KINDS for one in documents)
    assert all(one["date"] is None or datetime.fromisoformat(one["date"]).tzinfo for one in documents)


def test_parse_needs_no_installation_and_changes_nothing(
    program: Any, tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert program("mail", "parse", "--json", samples / "02-consultation-gmail.eml").status == 0
    assert list(tmp_path.iterdir()) == []


def test_parse_reads_standard_input(program: Any) -> None:
    (one,) = _parsed(program("mail", "parse", "--json", "-", stdin=b"Subject: x\n\nhello\n"))
    assert (one["subject"], one["body"].strip()) == ("x", "hello")


PAGES = {
    "en": """== FILE
sender       Mail Delivery System <MAILER-DAEMON@mx.relay.example.jp>
subject      Undelivered Mail Returned to Sender
mail_date    2025-02-06T19:20:41+09:00
message_id   <20250206102041.4XzQ1@mx.relay.example.jp>
kind         bounce
bounce       old.address@members.example.org 5.1.1
attachments  attachment-1 (message/delivery-status, 370 bytes), attachment-2 (text/rfc822-headers, 130 bytes)

The whole mail:
""",
    "ja": """== FILE
差出人       Mail Delivery System <MAILER-DAEMON@mx.relay.example.jp>
件名         Undelivered Mail Returned to Sender
メールの日付 2025-02-06T19:20:41+09:00
Message-ID   <20250206102041.4XzQ1@mx.relay.example.jp>
種類         不達の通知
不達         old.address@members.example.org 5.1.1
添付         attachment-1（message/delivery-status、370 バイト）、attachment-2（text/rfc822-headers、130 バイト）

メールの全文：
""",
}


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.usefixtures("no_language_chosen")
def test_parse_shows_a_person_a_page(program: Any, samples: Path, language: str) -> None:
    file = samples / "15-bounce-dsn.eml"
    (one,) = _parsed(program("mail", "parse", "--json", file))
    ran = program("--lang", language, "mail", "parse", file)
    page = PAGES[language].replace("FILE", str(file)) + f"{one['body']}\n\n"
    assert (ran.status, ran.stderr, ran.stdout) == (0, "", page)


def test_parse_shows_what_was_newly_written_apart_from_the_rest(program: Any, samples: Path) -> None:
    file = samples / "11-comment-iphone.eml"
    (one,) = _parsed(program("mail", "parse", "--json", file))
    head, _, texts = program("mail", "parse", file).stdout.partition("\n\n")
    assert head.splitlines() == [
        f"== {file}",
        f"sender       {one['from']['name']} <{one['from']['address']}>",
        f"subject      {one['subject']}",
        f"mail_date    {one['date']}",
        f"message_id   {one['message_id']}",
        "kind         person",
    ]
    assert one["written"] != one["body"]
    assert texts == f"Newly written:\n{one['written']}\n\nThe whole mail:\n{one['body']}\n\n"


@pytest.mark.parametrize("command", [("mail", "parse", "--json"), ("scan", "--json")])
def test_a_file_name_that_is_not_utf8_still_gives_its_line(program: Any, tmp_path: Path, command: Any) -> None:
    """Archives packed on Windows bring names in Shift_JIS."""
    file = os.fsdecode(os.fsencode(tmp_path) + b"/\x91\x8a\x92k.eml")
    Path(file).write_bytes(b"Subject: x\n\nhello\n")
    ran = program(*command, file)
    assert (ran.status, len(ran.stdout.splitlines())) == (0, 1)
    json.loads(ran.stdout)


@pytest.mark.parametrize("command", [("mail", "parse", "--json"), ("scan", "--json")])
def test_many_files_are_read_one_after_the_other(program: Any, tmp_path: Path, command: Any) -> None:
    """A folder of mails has more files than a process may have open at once."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = [tmp_path / f"{number}.eml" for number in range(200)]
    for file in files:
        file.write_bytes(b"Subject: x\n\nhello\n")
    in_use = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(in_use + 100, hard), hard))
    try:
        ran = program(*command, *files)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert ran.status == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == len(files)


@pytest.mark.parametrize("command", [("mail", "parse", "--json"), ("mail", "ingest"), ("scan", "--json")])
def test_a_file_that_cannot_be_read_is_told(registered: Any, tmp_path: Path, command: Any) -> None:
    before = registered.fingerprint()
    for file in (tmp_path / "missing.eml", tmp_path):
        ran = registered.run(*command, file)
        assert (ran.status in (1, 2), ran.stdout) == (True, "")
        assert str(file) in ran.stderr
    assert registered.fingerprint() == before


@pytest.mark.parametrize("form", ["file", "stdin", "dash"])
def test_ingest_stores_before_it_says_so(registered: Any, tmp_path: Path, form: str) -> None:
    raw = registered.compose("相談です。\n")
    file = tmp_path / "letter.eml"
    file.write_bytes(raw)
    arguments = {"file": (file,), "stdin": (), "dash": ("-",)}[form]
    ran = registered.run("mail", "ingest", "--json", *arguments, stdin=b"" if form == "file" else raw)
    (taken,) = ran.json["mails"]
    assert _stored(registered) == 1
    (listed,) = registered.run("mail", "list", "--json").json["mails"]
    assert (listed["id"], listed["state"], listed["case"]) == (taken["id"], "received", None)
    assert listed.keys() >= {"id", "received_at", "state", "reason", "case"}
    assert datetime.fromisoformat(listed["received_at"]).tzinfo is not None
    registered.work()
    (listed,) = registered.run("mail", "list", "--json").json["mails"]
    assert (listed["state"], listed["case"]) == ("done", 1)


def test_the_octets_are_kept_as_they_came(registered: Any) -> None:
    from mailgate.store import spool

    raw = registered.compose("相談です。\n") + bytes(range(256)) + b"\r\n.\r\n\xff"
    mail_id = registered.run("mail", "ingest", "--json", stdin=raw).json["mails"][0]["id"]
    with registered.office() as office, office.read() as ctx:
        assert spool.load(ctx.tx, mail_id).raw == raw


def test_several_files_are_several_mails_and_all_or_none(registered: Any, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.eml", "b.eml", "empty.eml")]
    for file in files[:2]:
        file.write_bytes(registered.compose(f"相談 {file.name}\n"))
    files[2].write_bytes(b"")
    before = registered.fingerprint()
    assert registered.run("mail", "ingest", *files).line
    assert registered.fingerprint() == before
    taken = registered.run("mail", "ingest", "--json", *files[:2]).json["mails"]
    assert [one["file"] for one in taken] == list(map(str, files[:2]))
    registered.work()
    assert len(registered.run("case", "list", "--json").json["cases"]) == 2


@pytest.mark.parametrize(
    "recipient",
    [
        "nobody@desk.example.jp",
        "soudan@elsewhere.example.jp",
        "reply@desk.example.jp",
        "reply+" + "a" * 24 + "@desk.example.jp",
        "bounce+" + "a" * 24 + "@desk.example.jp",
        "soudan",
        "",
        "soudan@desk.example.jp,join@desk.example.jp",
    ],
)
def test_an_address_that_is_not_ours_is_refused(registered: Any, recipient: str) -> None:
    before = registered.fingerprint()
    good = ("--envelope-to", "soudan@desk.example.jp")
    ran = registered.run("mail", "ingest", *good, "--envelope-to", recipient, stdin=b"Subject: x\n\nx\n")
    assert ran.line
    assert registered.fingerprint() == before


@pytest.mark.parametrize("sender", ["", "<>", "a@example.org", "名前@例え.jp"])
def test_every_reverse_path_is_taken(registered: Any, sender: str) -> None:
    ran = registered.run("mail", "ingest", "--envelope-from", sender, stdin=registered.compose("相談です。\n"))
    assert ran.status == 0


def test_the_same_mail_twice_is_one_case(registered: Any) -> None:
    raw = registered.compose("相談です。\n", Message_ID="<twice@midoridai-es.example.jp>")
    registered.take(raw)
    registered.take(raw)
    assert len(registered.run("case", "list", "--json").json["cases"]) == 1


def _kinds(here: Any) -> list[str]:
    return [one["kind"] for one in here.run("outbox", "list", "--json").json["mails"]]


def test_a_mail_from_a_file_without_an_envelope_is_answered_like_one_by_smtp(registered: Any) -> None:
    """An operator who feeds a saved mail names no reverse-path; its author is a person who waits for an answer."""
    registered.run("mail", "ingest", stdin=registered.compose("相談です。\n"))
    registered.work()
    assert _kinds(registered) == ["acknowledgement"]


@pytest.mark.parametrize("null", ["", "<>"])
def test_a_mail_with_the_null_reverse_path_is_never_answered(registered: Any, null: str) -> None:
    registered.run("mail", "ingest", "--envelope-from", null, stdin=registered.compose("相談です。\n"))
    registered.work()
    assert _kinds(registered) == []


def test_any_bytes_are_taken_and_none_is_lost(registered: Any) -> None:
    taken = [registered.take(octets) for name, octets in NO_MAILS.items() if octets.strip()]
    states = {one["id"]: one["state"] for one in registered.run("mail", "list", "--json").json["mails"]}
    assert set(states) == set(taken)
    assert "quarantined" not in states.values()
    assert "received" not in states.values()


def _quarantined(here: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mail for which the handler has a bug."""
    from mailgate.flow import open_case

    def broken(*_: object) -> None:
        raise RuntimeError("佐々木 恵")

    mail_id = here.run("mail", "ingest", "--json", stdin=here.compose("相談です。\n")).json["mails"][0]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(open_case, "open_case", broken)
        for _ in range(4):
            here.work()
            connection = sqlite3.connect(here.folder / "mailgate.db")
            connection.execute("UPDATE spool SET next_try_at = '2020-01-01 00:00:00.000000'")
            connection.commit()
            connection.close()
    return str(mail_id)


def test_a_mail_that_no_handler_can_take_is_shown_and_can_be_retried(
    registered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = _quarantined(registered, monkeypatch)
    (one,) = registered.run("mail", "list", "--quarantined", "--json").json["mails"]
    assert (one["id"], one["state"]) == (mail_id, "quarantined")
    assert "佐々木" not in one["reason"]
    assert "RuntimeError" in one["reason"]
    assert mail_id in registered.run("mail", "list", "--quarantined").stdout
    assert registered.run("mail", "retry", mail_id).status == 0
    registered.work()
    assert registered.case()["state"] == "new"
    assert registered.run("mail", "list", "--quarantined", "--json").json == {"mails": []}


def test_a_quarantined_mail_can_be_discarded_and_fetched_back(registered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mail_id = _quarantined(registered, monkeypatch)
    before = registered.fingerprint()
    assert "--yes" in registered.run("mail", "discard", mail_id).line
    assert registered.fingerprint() == before
    assert registered.run("mail", "discard", mail_id, "--yes").status == 0
    assert registered.run("mail", "show", mail_id, "--json").json["state"] == "discarded"
    registered.work()
    assert registered.run("case", "list", "--json").json == {"cases": []}
    assert registered.run("mail", "retry", mail_id).status == 0
    registered.work()
    assert registered.case()["state"] == "new"


@pytest.mark.parametrize("command", [("retry",), ("release", "--yes"), ("discard", "--yes")])
def test_a_mail_that_is_done_stays_done(new: Any, command: tuple[str, ...]) -> None:
    mail_id = new.case()["mails"][0]["id"]
    before = new.fingerprint()
    assert "done" in new.run("mail", command[0], mail_id, *command[1:]).line
    assert new.fingerprint() == before


def test_who_wrote_a_held_mail_is_not_shown_without_a_reason(registered: Any) -> None:
    raw = registered.compose("登録を希望します。\n", "applicant@example.org", "join@desk.example.jp")
    registered.take(raw, "join@desk.example.jp")
    mail_id = registered.take(raw.replace(b"Message-ID: <", b"Message-ID: <2"), "join@desk.example.jp")
    (one,) = registered.run("mail", "list", "--state", "held", "--json").json["mails"]
    assert one["id"] == mail_id
    shown = registered.run("mail", "show", mail_id, "--json").json
    assert (shown["kind"], shown["written"].strip()) == ("person", "登録を希望します。")
    assert "applicant@" not in registered.run("mail", "show", mail_id).stdout
    assert "applicant@" not in registered.run("mail", "list", "--json").stdout


def test_what_can_be_done_with_a_mail_is_said_where_it_is_shown(registered: Any) -> None:
    raw = registered.compose("登録を希望します。\n", "applicant@example.org", "join@desk.example.jp")
    registered.take(raw, "join@desk.example.jp")
    raw = registered.compose("電話をください。\n", "applicant@example.org", "join@desk.example.jp")
    mail_id = registered.take(raw, "join@desk.example.jp")
    following = f"'mailgate mail release {mail_id}' or 'mailgate mail discard {mail_id}'"
    assert f"next         {following}\n" in registered.run("mail", "show", mail_id).stdout
    before = registered.fingerprint()
    refused = registered.run("mail", "retry", mail_id)
    assert refused.line == f"mail {mail_id} is held: {following}"
    assert registered.fingerprint() == before
    assert registered.run("mail", "discard", mail_id, "--yes").status == 0
    assert f"next         'mailgate mail retry {mail_id}'\n" in registered.run("mail", "show", mail_id).stdout


def test_a_mail_that_is_done_has_nothing_next(new: Any) -> None:
    mail_id = new.case()["mails"][0]["id"]
    assert "\nnext " not in new.run("mail", "show", mail_id).stdout
    refused = new.run("mail", "discard", mail_id, "--yes")
    assert refused.line == f"mail {mail_id} is done: what followed from it stands, see 'mailgate case show 1'"
    assert new.run("mail", "discard", mail_id).line == refused.line  # nobody is asked about what cannot be


def test_a_held_mail_can_be_released(opened: Any) -> None:
    """The teacher's reply address is used by somebody else."""
    address = opened.reply_address("sasaki.megumi@midoridai-es.example.jp")
    raw = opened.compose("代わりに書きます。\n", "colleague@other.example.org", address)
    mail_id = opened.take(raw, address)
    assert opened.run("mail", "show", mail_id, "--json").json["state"] == "held"
    following = f"'mailgate mail release {mail_id}' or 'mailgate mail discard {mail_id}'"
    assert f"next         {following}\n" in opened.run("mail", "show", mail_id).stdout
    assert "--yes" in opened.run("mail", "release", mail_id).line
    assert opened.run("mail", "release", mail_id, "--yes").status == 0
    opened.work()
    assert opened.run("mail", "show", mail_id, "--json").json["state"] == "done"
    assert "代わりに書きます。" in opened.case()["text"]


def test_who_wrote_a_mail_that_waits_can_be_seen_with_a_reason(registered: Any) -> None:
    """There is no case yet that could show it, and nobody can register an applicant without an address."""
    raw = registered.compose("登録を希望します。\n", "応募 太郎 <applicant@example.org>", "join@desk.example.jp")
    mail_id = registered.take(raw, "join@desk.example.jp")
    before = len(registered.fingerprint()["audit"])
    assert "applicant@example.org" in registered.run("mail", "show", mail_id, "--reveal", "register", "--json").stdout
    assert len(registered.fingerprint()["audit"]) == before + 1
