"""Every command of the desk's daily work, in Japanese: no English word is left in what it prints.

What stays is listed: commands and options to type, handles, ids, and words of standards. The screens and the house's
own commands (triage, doctor, keys, reports, …) have tests of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import command_lines
import hiding
import pytest

TEACHER = "sasaki.megumi@midoridai-es.example.jp"
HANAKO = "hanako.tanaka@members.example.org"
OGAWA = "ogawa@counsel.example.org"
WITHOUT_CONTRACT = "furuta@hamakita.example.jp"
DESK = "soudan@desk.example.jp"
JOIN = "join@desk.example.jp"
FORM = "氏名：青井 凛\n学校名：みどり台小\n職種：教諭\n教職歴：8年\n"
NAMING = "岡里第三小学校の佐々木です。電話は 090-1234-5678 です。\n"

pytestmark = pytest.mark.usefixtures("no_language_chosen")


def _with_picture(text: str, sender: str, to: str, picture: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, "写真", "Tue, 10 Feb 2026 18:30:00 +0900"
    mail.set_content(text)
    mail.add_attachment(picture, maintype="image", subtype="jpeg", filename="a.jpg")
    return mail.as_bytes()


GROUPS = ("case", "comment", "school", "teacher", "member", "application", "mail", "outbox")
SAYS_NO_WORDS = {
    "completion": "a script",
    "case attachment-text": "a text for the teacher, in the desk's language",
    "case preview": "the mail, in the desk's language",
    "demo": "a story in English",
    "serve": "see test_what_serve_says_when_it_is_ready",
}


def _ours() -> set[str]:
    others = {"init", "run-due", "serve", "demo", "scan", "completion"}
    return {name for name in command_lines.commands() if name in others or name.split()[0] in GROUPS}


def _story(folder: Path) -> list[str | Callable[[Any], object]]:
    """Each command at least once, and what must happen between them."""
    photographs = _with_picture("写真です。\n", TEACHER, DESK, hiding.jpeg(6))
    answer = "続けることに意味があります。\n"
    return [
        *("init", "school list", "school contracts", "school show みどり台小", "school history みどり台小"),
        "school add --name 岡里市立西小学校 --alias 西小",
        "school edit 西小 --municipality 岡里市",
        "school contract 西小 --from 2026-04-01 --to 2027-03-31",
        *("school merge みどり台小 西小 --yes", "school contracts --ending-within 0"),
        *(f"{noun} export --output {folder}/{noun}s.csv --reveal x" for noun in ("teacher", "member")),
        f"school export --output {folder}/schools.csv",
        *(f"{noun} import {folder}/{noun}s.csv --dry-run" for noun in ("school", "teacher", "member")),
        f"teacher import {folder}/new.csv --yes",
        *("teacher list", "teacher list --unconfirmed", "teacher show TEACHER", "teacher edit TEACHER --role 教諭"),
        *("teacher confirm TEACHER", "teacher history TEACHER"),
        "teacher add --name 石田岳 --address ishida@home.example --plan trial",
        "member add --name 森田梓 --address morita@home.example --kind 弁護士",
        *("member list", "member list --unconfirmed", "member show HANAKO", "member edit HANAKO --monthly-limit 3"),
        *("member confirm HANAKO", "member relation HANAKO みどり台小", "member relation HANAKO みどり台小 --remove"),
        *("member pause HANAKO --until 2999-01-01", "member resume HANAKO", "member retire OGAWA"),
        *("member verify OGAWA", "member activate OGAWA", "member history HANAKO"),
        lambda made: made.take(made.compose(FORM, "aoi@home.example", JOIN), JOIN),
        lambda made: made.take(made.compose(FORM.replace("青井", "赤井"), "akai@home.example", JOIN), JOIN),
        *("application list", "application show 1", "application approve 1", "application reject 2"),
        *("application show 1", "application list --all"),
        lambda made: made.take(photographs),
        lambda made: (folder / "letter.eml").write_bytes(made.compose(NAMING)),
        lambda made: (folder / "letter.txt").write_text(NAMING, encoding="utf-8"),
        *(f"mail parse {folder}/letter.eml", f"scan {folder}/letter.txt"),
        f"mail ingest {folder}/letter.eml --envelope-to {DESK}",
        lambda made: made.work(),
        lambda made: made.take(made.compose("知らない者です。\n", "who@else.example")),
        *("case list", "case show 1", "case show 3", "case attachments 1"),
        f"case show-attachment 1 1 --output {folder}/a.png",
        *("case release-attachment 1 1", "case withhold-attachment 1 1", "case show 2", "case check 2 --redact-all"),
        *("case check 1 --as-decided", "case assign 1", "case note 1 確認ずみ", "case tag 1 学級経営", "case show 1"),
        *("case check 2 --redact-all --keep f2", "case invite 2 HANAKO --yes"),
        lambda made: made.send_out(),
        *("case show 2", "outbox list", "outbox show STOPPED", "outbox override STOPPED --reason 同姓の別人"),
        "case clarify 1 --text 何年生ですか。",
        *("case consent 1 --yes", "case show 1", "case candidates 1 --limit 2"),
        *("case invite 1 HANAKO OGAWA --without-consent 電話で確認 --yes", "case remind 1 --yes"),
        "case revoke 1 OGAWA --yes",
        lambda made: made.take(
            _with_picture(answer, HANAKO, made.reply_address(HANAKO), hiding.jpeg(1)), made.reply_address(HANAKO)
        ),
        *("comment list", "comment show 1", "comment check 1 --redact-all", "comment attachments 1"),
        f"comment show-attachment 1 1 --output {folder}/b.png",
        *("comment release-attachment 1 1", "comment withhold-attachment 1 1", "case show 1"),
        lambda made: made.take(
            made.compose("別の人です。\n", "x@else.example", made.reply_address(HANAKO)), made.reply_address(HANAKO)
        ),
        *("comment list --held", "comment show 2", "case show 1", "comment release 2", "comment check 1 --redact-all"),
        *("comment reject 1", "comment approve 1", "case answer 1 --yes", "case show 1", "comment show 1"),
        *("case disclosures 1", "case close 1 --yes", "case reopen 1 --yes", "case withdraw 1 --yes", "case show 1"),
        lambda made: made.take(made.compose("校内の分担について伺います。\n", WITHOUT_CONTRACT)),
        lambda made: made.take(made.compose("先ほどの続きです。\n")),
        *("case merge 2 5 --yes", "case show 2", "case show 5"),
        *("case show 4", "case release 4 --yes", "case reject 3 --yes", "case list --state spam"),
        lambda made: made.take(made.compose("電話をください。\n", "aoi@home.example", JOIN), JOIN),
        *("mail list", "mail show MAIL", "mail show HELD", "mail discard HELD --yes", "mail retry DISCARDED"),
        lambda made: made.work(),
        "mail release HELD --yes",
        *("outbox list", "outbox show QUEUED", "outbox cancel QUEUED --yes", "outbox retry CANCELLED"),
        *("case destroy 1 --now --yes", "case show 1", "run-due"),
    ]


def _names(made: Any) -> dict[str, str]:
    """What stands for what another run calls otherwise; of mails the newest one in that state."""
    found = {"HANAKO": made.handle(HANAKO), "OGAWA": made.handle(OGAWA), "TEACHER": made.handle(TEACHER)}
    listed = {noun: made.run(noun, "list", "--json").json["mails"] for noun in ("mail", "outbox")}
    states = {"MAIL": ("mail", "done"), "HELD": ("mail", "held"), "DISCARDED": ("mail", "discarded")}
    states |= {"STOPPED": ("outbox", "stopped"), "QUEUED": ("outbox", "queued"), "CANCELLED": ("outbox", "cancelled")}
    for name, (noun, state) in states.items():
        found[name] = next((one["id"] for one in listed[noun] if one["state"] == state), "")
    return found


_NAMES = "|".join(sorted(command_lines.commands(), key=len, reverse=True))
_ID = r"oc[a-z2-7]{13}|[a-z2-7]{12}"
_HANDLE = r"[MST]-[0-9A-Z]{4}"
_ARGUMENT = rf"--[a-z-]+|{_HANDLE}|{_ID}|\d+|f\d+|[A-Z]+…?"
_KNOWN = re.compile(
    rf"mailgate(?: --as 名前)? (?:{_NAMES})(?: (?:{_ARGUMENT}))*|--[a-z-]+(?: [A-Z]+\b)?|\b(?:{_HANDLE}|{_ID})\b"
    r"|\d{4}-\d\d-\d\dT|(?:release|withhold)-attachment|/[\w/.-]+"
)
"""Commands, options, handles, ids, moments, files."""
TYPED = {
    "ID",
    "MEMBER",
    "JPEG",
    "PNG",
    "PDF",
    "SHA",
    "retention",
    "raw_days",
    "sent_days",
    "mailgate",
    "serve",
    "Maildir",
}
"""What is typed, and words of standards."""
DATA = {"main", "tester", "operator", "example", "midoridai", "es", "jp", "sasaki", "megumi", "soudan", "desk"}
"""The desk's id, who acts, addresses and domains, whose an outgoing mail is."""


def _english(text: str, data: list[str]) -> list[str]:
    for one in sorted(data, key=len, reverse=True):
        text = text.replace(one, "")
    return [word for word in re.findall(r"[A-Za-z]{2,}(?:_[a-z]+)*", _KNOWN.sub("", text)) if word not in TYPED | DATA]


def _history(made: Any) -> list[str]:
    """The words of the audit log, which are the same in every language."""
    lines = made.run("audit", "list", "--json").json["lines"]
    return [str(one[key]) for one in lines for key in ("action", "detail") if one[key]]


def test_no_command_prints_english_when_japanese_is_spoken(
    registered: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new.csv").write_text("name,addresses,plan\n町田 空,machida@home.example,trial\n", encoding="utf-8")
    told = []
    for step in _story(tmp_path):
        if callable(step):
            step(registered)
            continue
        names = _names(registered)
        typed = [names.get(word, word) for word in step.split()]
        ran = registered.run("--lang", "ja", *typed)
        assert ran.status == 0, (step, ran)
        told.append((step, ran.stdout + ran.stderr))

    history = _history(registered)
    found = [
        f"{step}: {' '.join(words)}"
        for step, text in told
        if (words := _english(text, history if step.split()[1:2] == ["history"] else []))
    ]
    assert not found, "\n".join(found)


def test_the_story_has_every_command(tmp_path: Path) -> None:
    tried = {command_lines.name_of(step.split()) for step in _story(tmp_path) if isinstance(step, str)}

    assert _ours() - tried == set(SAYS_NO_WORDS)


def test_english_would_be_found() -> None:
    """The positive control."""
    assert _english("次にすること：mailgate case show 3 then mailgate case answer 3、M-7F3K", []) == ["then"]
    assert _english("案件 3 is closed", []) == ["is", "closed"]
