"""What all commands share: help, JSON on demand, `--yes`, `--reveal`, and a terminal that strangers cannot steer."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from mailgate.cli import cli

REPOSITORY = Path(__file__).resolve().parents[2]
HANAKO = "hanako.tanaka@members.example.org"
# Each of them does something to a terminal, or to the order in which a person reads.
HOSTILE = {
    "colour": "\x1b[31m",
    "clipboard": "\x1b]52;c;aGVsbG8=\x07",
    "title": "\x1b]0;owned\x1b\\",
    "C1 CSI": "\x9b31m",
    "C1 OSC": "\x9d52;c;aGVsbG8=\x9c",
    "carriage return": "shown\rhidden",
    "backspace": "a\b\b",
    "right to left": "\u202egnp.exe\u202c",
    "isolate": "\u2066x\u2069",
    "mark": "\u200e\u200f\u061c",
    "nul": "a\0b",
    "delete": "\x7f",
}
ALL_HOSTILE = "".join(HOSTILE.values())


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        try:
            command = group.get_command(context, name)
        except ModuleNotFoundError:
            command = None
        assert command is not None, f"{name} is listed and not there"
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


COMMANDS = dict(_commands(cli))


@pytest.mark.parametrize("path", [(), *COMMANDS], ids=" ".join)
def test_every_command_explains_itself(program: Any, path: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        ran = program(*path, option)
        assert (ran.status, ran.stderr) == (0, "")
        assert ran.stdout.startswith(f"Usage: {' '.join(['mailgate', *path])} ")


@pytest.mark.parametrize(
    "path", [path for path in COMMANDS if not isinstance(COMMANDS[path], click.Group)], ids=" ".join
)
def test_every_command_has_an_example(path: tuple[str, ...]) -> None:
    assert f"Example: mailgate {' '.join(path)}" in (COMMANDS[path].help or "")


READING = [path for path in COMMANDS if path[-1] in ("list", "show", "check", "candidates", "preview", "parse", "scan")]


@pytest.mark.parametrize("path", READING, ids=" ".join)
def test_every_command_that_reads_has_json(path: tuple[str, ...]) -> None:
    assert "--json" in [option for one in COMMANDS[path].params for option in one.opts]


# They send mail or end something: neither can be taken back.
FINAL = [
    *(("case", verb) for verb in ("answer", "withdraw", "revoke", "invite", "remind", "clarify")),
    ("mail", "discard"),
    ("outbox", "cancel"),
    ("school", "import"),
    ("teacher", "import"),
    ("member", "import"),
]


@pytest.mark.parametrize("path", FINAL, ids=" ".join)
def test_every_command_that_cannot_be_undone_takes_yes(path: tuple[str, ...]) -> None:
    assert "--yes" in [option for one in COMMANDS[path].params for option in one.opts]


@pytest.mark.parametrize(
    ("typed", "status", "state"),
    [("y\n", 0, "withdrawn"), ("n\n", 1, "new"), ("\n", 1, "new"), ("", 1, "new"), ("what\ny\n", 0, "withdrawn")],
)
def test_at_a_terminal_it_asks(new: Any, typed: str, status: int, state: str) -> None:
    before = new.fingerprint()
    ran = new.run("case", "withdraw", 1, typed=typed)
    assert (ran.status, new.case()["state"]) == (status, state)
    assert "Withdraw case 1 for good?" in ran.stdout
    assert (new.fingerprint() == before) == (status == 1)


def test_at_a_terminal_yes_asks_nothing(new: Any) -> None:
    ran = new.run("case", "withdraw", 1, "--yes", typed="")
    assert (ran.status, ran.stdout) == (0, "Case 1 is withdrawn.\n")


def _python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["--version"]])
def test_help_is_there_before_the_heavy_half_is_read(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['mailgate', *{arguments!r}]\n"
        "from mailgate.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'sqlalchemy', 'alembic', 'sudachipy', 'aiosmtpd', 'pydantic', 'lxml', 'jinja2'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))\n"
    )
    assert _python(code).splitlines()[-1] == "HEAVY []"


def test_the_version_is_that_of_the_package(program: Any) -> None:
    from mailgate import __version__

    assert program("--version").stdout == f"mailgate, version {__version__}\n"


def _steers(text: str) -> list[str]:
    return [
        f"U+{ord(one):04X}" for one in text if one != "\n" and unicodedata.category(one) in ("Cc", "Cf", "Co", "Cs")
    ]


def _hostile_mail(text: str, sender: str, to: str = "soudan@desk.example.jp") -> bytes:
    import base64

    subject = base64.b64encode(f"件名{ALL_HOSTILE}".encode()).decode()
    body = base64.b64encode(f"{text}\n{ALL_HOSTILE}\n終わり。\n".encode()).decode()
    return (
        f"From: {sender}\nTo: {to}\nDate: Tue, 10 Feb 2026 18:30:00 +0900\n"
        f"Subject: =?utf-8?b?{subject}?=\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{body}\n"
    ).encode()


def test_nothing_that_steers_a_terminal_is_printed(registered: Any) -> None:
    teacher = "sasaki.megumi@midoridai-es.example.jp"
    mail_id = registered.take(_hostile_mail("本文です。", teacher))
    looks: list[tuple[Any, ...]] = [
        ("case", "check", 1, "--redact-all"),
        ("case", "invite", 1, registered.handle(HANAKO)),
    ]
    for command in looks:
        ran = registered.run(*command)
        assert (ran.status, _steers(ran.stdout)) == (0, [])
    address = registered.reply_address(HANAKO)
    comment_id = registered.take(_hostile_mail("コメントです。", HANAKO, address), address)
    registered.run("case", "note", 1, f"付箋{ALL_HOSTILE}".replace("\0", ""))
    registered.run("case", "tag", 1, f"札{ALL_HOSTILE}".replace("\0", ""))
    registered.run("case", "assign", 1, f"名{ALL_HOSTILE}".replace("\0", ""))
    commands = [
        *(("case", verb, 1) for verb in ("show", "check", "candidates")),
        ("case", "list"),
        ("case", "show", 1, "--reveal", "x"),
        ("comment", "list"),
        ("comment", "show", 1),
        ("comment", "check", 1, "--redact-all"),
        ("comment", "approve", 1),
        ("case", "preview", 1),
        ("mail", "list"),
        ("mail", "show", mail_id),
        ("mail", "show", comment_id),
        ("outbox", "list"),
        *(("outbox", "show", one["id"]) for one in registered.case()["outbox"]),
    ]
    for command in commands:
        ran = registered.run(*command)
        assert (command, ran.status, _steers(ran.stdout), _steers(ran.stderr)) == (command, 0, [], [])


def test_what_an_operator_typed_does_not_steer_the_terminal_either(new: Any) -> None:
    for command in (
        ("case", "assign", 1, ALL_HOSTILE),
        ("member", "show", ALL_HOSTILE),
        ("case", "list", "--state", ALL_HOSTILE),
    ):
        ran = new.run(*[one.replace("\0", "") if isinstance(one, str) else one for one in command])
        assert (_steers(ran.stdout), _steers(ran.stderr)) == ([], [])


@pytest.mark.parametrize("skip", [(), ("--skip-bad",)])
def test_a_cell_of_a_file_does_not_steer_the_terminal(registered: Any, skip: tuple[str, ...]) -> None:
    table = f"name,aliases,municipality,domains,contract_from,contract_to\n東校,,東市,,{ALL_HOSTILE},2026-03-31\n"
    ran = registered.run("school", "import", "-", "--yes", *skip, stdin=table.replace("\r", "").encode())
    assert (_steers(ran.stdout), _steers(ran.stderr)) == ([], [])


@pytest.mark.parametrize("name", HOSTILE)
def test_json_keeps_what_came_but_escaped(registered: Any, name: str) -> None:
    import base64

    body = base64.b64encode(f"本文「{HOSTILE[name]}」終わり".encode()).decode()
    raw = (
        "From: sasaki.megumi@midoridai-es.example.jp\nTo: soudan@desk.example.jp\nSubject: x\nMIME-Version: 1.0\n"
        f"Date: Tue, 10 Feb 2026 18:30:00 +0900\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: base64\n\n{body}\n"
    ).encode()
    registered.take(raw)
    for ran in (registered.run("case", "show", 1, "--json"), registered.run("mail", "parse", "--json", "-", stdin=raw)):
        assert ran.status == 0
        assert _steers(ran.stdout) == []
        assert "本文" in ran.stdout
        json.loads(ran.stdout)


def test_reveal_is_written_down_with_who_and_why(registered: Any) -> None:
    handle = registered.handle(HANAKO)
    looks = [
        ("teacher", "list"),
        ("member", "list"),
        ("member", "show", handle),
        ("teacher", "show", registered.handle("yuki..smile.2@docomo.example.ne.jp")),
    ]
    before = len(registered.fingerprint()["audit"])
    for number, command in enumerate(looks):
        ran = registered.run(*command, "--reveal", f"reason {number}", "--json")
        assert "@" in ran.stdout
    rows = registered.fingerprint()["audit"][before:]
    assert len(rows) == len(looks)
    for number, row in enumerate(rows):
        assert "operator:tester" in row
        assert any(f"reason {number}" in str(cell) for cell in row)


def test_the_audit_log_holds_no_personal_data(answered: Any, secrets_of_register: tuple[str, ...]) -> None:
    rows = str(answered.fingerprint()["audit"])
    assert [one for one in secrets_of_register if one in rows] == []


def test_the_database_holds_no_text_and_no_address_in_clear(
    answered: Any, secrets_of_register: tuple[str, ...]
) -> None:
    octets = b"".join(path.read_bytes() for path in answered.folder.glob("mailgate.db*"))
    texts = ["続けるこつを教えてください", "続けることに意味があります", "学級通信について", *secrets_of_register]
    assert [one for one in texts if one.encode() in octets] == []
