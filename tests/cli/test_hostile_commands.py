"""Every command there is, with hostile strings in everything that a stranger or a register can bring: nothing that
steers a terminal comes out of any of them, in no form.

Each command is either in LOOKS, where it is run, or in SAYS_NOTHING, with the reason: a new one fails until it is.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from mailgate.cli import cli

TEACHER = "sasaki.megumi@midoridai-es.example.jp"
HANAKO = "hanako.tanaka@members.example.org"
OGAWA = "ogawa@counsel.example.org"
JOIN = "join@desk.example.jp"
# Each of them does something to a terminal, or to the order in which a person reads.
ESCAPES = {
    "colour": "\x1b[31;5m",
    "clear": "\x1b[2J\x1b[H",
    "cursor up": "\x1b[9A\x1b[K",
    "alternate screen": "\x1b[?1049h",
    "clipboard": "\x1b]52;c;aGVsbG8=\x07",
    "title": "\x1b]0;owned\x1b\\",
    "asks for the title": "\x1b[21t",
    "link": "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "device control": '\x1bP$q"p\x1b\\',
    "application": "\x1b_G\x1b\\",
    "reset": "\x1bc",
    "C1 CSI": "\x9b31m",
    "C1 OSC": "\x9d52;c;aGVsbG8=\x9c",
    "C1 DCS": "\x90q\x9c",
    "backspace": "a\b\b",
    "bell": "\x07",
    "shift out": "\x0e",
    "delete": "\x7f",
}
ORDER = {
    "right to left": "\u202egnp.exe\u202c",
    "embedding": "\u202a\u202b\u202d",
    "isolate": "\u2066x\u2067y\u2068z\u2069",
    "mark": "\u200e\u200f\u061c",
    "nothing": "\u200b\u2060\ufeff",
    "tags": "\U000e0041\U000e007f",
    "separators": "\u2028\u2029",
}
BIDI = "".join(ORDER.values())
EVERYTHING = "".join(ESCAPES.values()) + BIDI
TYPED = EVERYTHING

LOOKS: list[tuple[str, ...]] = [
    ("case", "list"),
    ("case", "show", "1"),
    ("case", "show", "1", "--reveal", TYPED),
    ("case", "show", "2"),
    ("case", "check", "1"),
    ("case", "candidates", "1"),
    ("case", "preview", "1"),
    ("case", "disclosures", "1"),
    ("case", "attachments", "1"),
    ("case", "attachment-text", "1", "1"),
    ("case", "assign", "1", TYPED),
    ("case", "note", "1", TYPED),
    ("case", "tag", "1", TYPED),
    ("case", "invite", "1", TYPED),
    ("case", "remind", "1", TYPED),
    ("case", "revoke", "1", TYPED),
    ("case", "clarify", "2", "--text", TYPED),
    ("case", "show-attachment", "1", "1"),
    ("comment", "list"),
    ("comment", "show", "1"),
    ("comment", "show", "1", "--reveal", "x"),
    ("comment", "check", "1"),
    ("comment", "attachments", "1"),
    ("comment", "show-attachment", "1", "1"),
    ("school", "list"),
    ("school", "contracts"),
    ("school", "show", "悪い"),
    ("school", "show", TYPED),
    ("school", "history", "悪い"),
    ("school", "edit", "悪い", "--name", TYPED),
    ("school", "import", "REGISTER/schools.csv", "--dry-run"),
    ("teacher", "list"),
    ("teacher", "list", "--reveal", TYPED),
    ("teacher", "show", "TEACHER"),
    ("teacher", "show", "TEACHER", "--reveal", "x"),
    ("teacher", "history", "TEACHER"),
    ("teacher", "edit", "TEACHER", "--role", TYPED),
    ("teacher", "add", "--name", TYPED),
    ("teacher", "import", "REGISTER/teachers.csv", "--dry-run", "--reveal", "x"),
    ("member", "list"),
    ("member", "list", "--reveal", "x"),
    ("member", "show", "MEMBER", "--reveal", "x"),
    ("member", "show", TYPED),
    ("member", "history", "MEMBER"),
    ("member", "edit", "MEMBER", "--topic", TYPED),
    ("member", "add", "--name", TYPED),
    ("member", "relation", TYPED, TYPED),
    ("member", "import", "REGISTER/members.csv", "--dry-run", "--reveal", "x"),
    ("application", "list"),
    ("application", "show", "1"),
    ("application", "show", "1", "--reveal", "x"),
    ("application", "approve", "1", "--school", TYPED),
    ("mail", "list"),
    ("mail", "show", "MAIL"),
    ("mail", "show", "MAIL", "--reveal", "x"),
    ("mail", "show", TYPED),
    ("mail", "parse", "MAILS/hostile.eml"),
    ("mail", "ingest", TYPED),
    ("outbox", "list"),
    ("outbox", "show", "OUTGOING"),
    ("outbox", "show", TYPED),
    ("outbox", "cancel", TYPED),
    ("outbox", "override", TYPED, "--reason", TYPED),
    ("scan", "MAILS/hostile.txt"),
    ("audit", "list"),
    ("audit", "list", "--actor", TYPED),
    ("audit", "verify"),
    ("privacy", "export", TYPED, TYPED, "--reveal", "x"),
    ("privacy", "erase", TYPED),
    ("report",),
    ("report", "attributes"),
    ("report", "--html", f"/nowhere/{TYPED}"),
    ("doctor",),
    ("db", "check"),
    ("db", "backup", f"/nowhere/{TYPED}"),
    ("db", "copy", TYPED),
    ("key", "check"),
    ("key", "backup", f"/nowhere/{TYPED}"),
    ("key", "dkim", TYPED),
    ("teacher", "confirm", TYPED),
    ("member", "confirm", TYPED),
    ("template", "list", "--desk", TYPED),
    ("template", "preview", "invitation", "--desk", TYPED),
    ("template", "check", TYPED),
    ("template", "eject", f"/nowhere/{TYPED}"),
    ("help", TYPED),
    ("completion", TYPED),
]
NUMBERS = "takes numbers and handles, says what it did with them"
OWN = "shows nothing that came from outside"
SAYS_NOTHING = {
    **dict.fromkeys(
        [
            *("case " + verb for verb in ("answer", "close", "consent", "destroy", "reject", "release", "reopen")),
            *("case " + verb for verb in ("release-attachment", "withhold-attachment", "withdraw", "merge")),
            *("comment " + verb for verb in ("approve", "reject", "release", "release-attachment")),
            "comment withhold-attachment",
            "school contract",
            "school merge",
            "school add",
            *("member " + verb for verb in ("activate", "pause", "resume", "retire", "verify")),
            "application reject",
            *("mail " + verb for verb in ("discard", "release", "retry")),
            "outbox retry",
        ],
        NUMBERS,
    ),
    **dict.fromkeys(["init", "serve", "demo", "run-due", "key destroy", "key init", "key rotate", "db upgrade"], OWN),
    **dict.fromkeys(
        ["school export", "teacher export", "member export"],
        "a file that has what the register has; at a terminal see test_an_export_does_not_steer_a_terminal",
    ),
    "triage": "a screen: see tests/cli/test_triage_screen.py",
}
CARRIES = [
    ("case", "list"),
    ("case", "show", "1"),
    ("case", "check", "1"),
    ("comment", "show", "1"),
    ("school", "list"),
    ("school", "contracts"),
    ("school", "show", "悪い"),
    ("teacher", "list", "--reveal", TYPED),
    ("member", "list", "--reveal", "x"),
    ("mail", "show", "MAIL"),
    ("outbox", "show", "OUTGOING"),
    ("mail", "parse", "MAILS/hostile.eml"),
    ("audit", "list"),
]
"""Into whose JSON the hostile strings come, escaped: the test has something to find."""
CARRIES_CSV = [
    ("case", "list"),
    ("school", "list"),
    ("school", "contracts"),
    ("teacher", "list", "--reveal", TYPED),
    ("member", "list"),
    ("audit", "list"),
]


def _leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _leaves(command, (*path, name))
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield " ".join((*path, name)), command


COMMANDS = dict(_leaves(cli))


def _name(words: tuple[str, ...]) -> str:
    return next(name for length in (2, 1) if (name := " ".join(words[:length])) in COMMANDS)


def _forms(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    options = {option for one in COMMANDS[_name(words)].params for option in one.opts}
    given = {word for word in words if word.startswith("--")}
    forms = [(form,) for form in ("--json", "--csv") if form in options and "--html" not in given]
    return [(), *forms]


def _mail(body: str, sender: str, to: str = "soudan@desk.example.jp") -> bytes:
    def encoded(text: str) -> str:
        return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="

    octets = base64.b64encode(f"{body}\n{EVERYTHING}\r中\n終わり。\n".encode()).decode()
    return (
        f"From: {encoded('名' + EVERYTHING)} <{sender}>\r\nTo: {to}\r\nDate: Tue, 10 Feb 2026 18:30:00 +0900\r\n"
        f"Subject: {encoded('件名' + EVERYTHING)}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{octets}\r\n"
        f'--b\r\nContent-Type: application/octet-stream; name="{encoded("f" + EVERYTHING)}"\r\n'
        f'Content-Disposition: attachment; filename="{encoded("f" + EVERYTHING)}"\r\n\r\nx\r\n--b--\r\n'
    ).encode()


def _register(folder: Path) -> None:
    folder.mkdir()
    (folder / "schools.csv").write_text(
        f"name,aliases,municipality,contract_from,contract_to\n悪い{BIDI}学校,悪い,市{BIDI},2026-01-01,2027-12-31\n",
        encoding="utf-8",
    )
    (folder / "teachers.csv").write_text(
        f"name,kana,addresses,school,plan,role\n悪田{BIDI} 太郎,わるだ{BIDI},waruda@evil.example,,trial,教{BIDI}諭\n",
        encoding="utf-8",
    )
    (folder / "members.csv").write_text(
        "name,kana,addresses,kind,years,credential,topics\n"
        f"悪山{BIDI} 花子,,waruyama@evil.example,弁護士,9,資{BIDI}格,話{BIDI}題\n",
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def hostile(_registered: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An installation where everything that can be hostile is: mails, attachments, notes, tags, register, forms."""
    folder = tmp_path_factory.mktemp("hostile")
    made = type(_registered)(Path(shutil.copytree(_registered.folder, folder / "var")))
    _register(folder / "register")
    for noun in ("school", "teacher", "member"):
        ran = made.run(noun, "import", folder / "register" / f"{noun}s.csv", "--yes")
        assert (ran.status, _steers(ran.stdout + ran.stderr)) == (0, []), ran
    mail_id = made.take(_mail("本文です。", TEACHER))
    typed = EVERYTHING.replace("\0", "")
    for command in (("note", 1, typed), ("tag", 1, f"札{typed}"), ("assign", 1, f"名{typed}")):
        assert made.run("case", *command).status == 0
    assert made.run("case", "check", 1, "--redact-all").status == 0
    assert made.run("case", "invite", 1, made.handle(HANAKO), made.handle(OGAWA)).status == 0
    address = made.reply_address(HANAKO)
    made.take(_mail("コメントです。", HANAKO, address), address)
    made.comment(OGAWA)
    assert made.run("comment", "check", 2, "--redact-all").status == 0
    assert made.run("comment", "approve", 2).status == 0
    made.take(_mail("はじめまして。", "stranger@evil.example"))
    made.take(_mail("氏名：悪井 凛\n学校名：みどり台小\n職種：教諭\n教職歴：8年\n", "aoi@evil.example", JOIN), JOIN)
    (folder / "mails").mkdir()
    (folder / "mails" / "hostile.eml").write_bytes(_mail("本文です。", TEACHER))
    (folder / "mails" / "hostile.txt").write_text(f"田中太郎{EVERYTHING}さん、03-1234-5678です。", encoding="utf-8")
    outgoing = next(one["id"] for one in made.case()["outbox"] if one["kind"] == "invitation")
    made.names = {
        "REGISTER": str(folder / "register"),
        "MAILS": str(folder / "mails"),
        "MAIL": mail_id,
        "OUTGOING": outgoing,
        "TEACHER": made.handle(TEACHER),
        "MEMBER": made.handle("waruyama@evil.example"),
    }
    return made


def _typed(hostile: Any, words: tuple[str, ...]) -> list[str]:
    found = []
    for word in words:
        first, slash, rest = word.partition("/")
        found.append(f"{hostile.names.get(first, first)}{slash}{rest}")
    return found


def _steers(text: str) -> list[str]:
    """What of `text` does something else than stand there; the mark at the very beginning says UTF-8 to Excel."""
    bare = text.removeprefix("\ufeff").replace("\r\n", "\n")
    steering = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
    return [f"U+{ord(one):04X}" for one in bare if one != "\n" and unicodedata.category(one) in steering]


def test_every_command_is_tried_or_has_a_reason() -> None:
    tried = {_name(words) for words in LOOKS}
    assert tried | set(SAYS_NOTHING) == set(COMMANDS)
    assert tried & set(SAYS_NOTHING) == set()


@pytest.mark.parametrize("words", LOOKS, ids=lambda words: re.sub("[^ -~]+", "", " ".join(words))[:60])
def test_nothing_that_steers_a_terminal_comes_out(hostile: Any, words: tuple[str, ...]) -> None:
    for form in _forms(words):
        ran = hostile.run(*_typed(hostile, words), *form)
        assert (form, ran.status in (0, 1, 2), _steers(ran.stdout), _steers(ran.stderr)) == (form, True, [], [])
        assert ran.stdout + ran.stderr, "it said something"


def _strings(document: Any) -> str:
    if isinstance(document, dict):
        return "".join(map(_strings, [*document, *document.values()]))
    return "".join(map(_strings, document)) if isinstance(document, list) else str(document)


@pytest.mark.parametrize("words", CARRIES, ids=lambda words: " ".join(words[:2]))
def test_the_hostile_strings_do_come_that_far(hostile: Any, words: tuple[str, ...]) -> None:
    """The positive control: escaped in JSON stands what a terminal must not get."""
    ran = hostile.run(*_typed(hostile, words), "--json")
    assert ran.status == 0, ran
    assert _steers(_strings(json.loads(ran.stdout))) != []


@pytest.mark.parametrize("words", CARRIES_CSV, ids=lambda words: " ".join(words[:2]))
def test_they_come_into_the_csv_too_as_a_sign_that_does_nothing(hostile: Any, words: tuple[str, ...]) -> None:
    ran = hostile.run(*_typed(hostile, words), "--csv")
    assert ran.status == 0, ran
    assert "\N{REPLACEMENT CHARACTER}" in ran.stdout


def test_an_export_does_not_steer_a_terminal(hostile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailgate.cli import register_options

    rows = [{"name": f"悪い{EVERYTHING}学校"}]
    assert _steers(register_options._csv(["name"], rows, to_terminal=True).decode()) == []
    assert _steers(register_options._csv(["name"], rows, to_terminal=False).decode()) != []
    assert "悪い" in hostile.run("school", "export").stdout
