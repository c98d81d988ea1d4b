"""What the TAB key offers: asked as the shells ask, through the variable of click's protocol."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailgate.cli.completion import SHELLS, VARIABLE

ROOT = Path(__file__).resolve().parent.parent.parent
Offered = list[tuple[str, str]]


def offered(program: Callable[..., Any], config: Path | str, *typed: str) -> Offered:
    """What is offered for the last of the words that were typed, with the help beside it; zsh's form has both."""
    words = ["mailgate", "--config", str(config), *typed]
    asked = {VARIABLE: "zsh_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    ran = program(env=asked)
    assert (ran.status, ran.stderr) == (0, ""), ran
    lines = ran.stdout.splitlines()
    return [(lines[at + 1], lines[at + 2]) for at in range(0, len(lines) - 2, 3)]


def test_commands_and_options_are_offered(program: Any, new: Any) -> None:
    assert ("case", "The case queue: look, check, invite, answer.") in offered(program, new.config, "ca")
    assert [value for value, _ in offered(program, new.config, "case", "inv")] == ["invite"]
    assert [value for value, _ in offered(program, new.config, "case", "invite", "--wi")] == ["--without-consent"]


@pytest.mark.parametrize(
    "typed",
    [
        ("case", "show", ""),
        ("case", "show", "1"),
        ("case", "invite", ""),
        ("case", "close", ""),
        ("case", "attachments", ""),
        ("audit", "list", "--case", ""),
        ("comment", "list", "--case", ""),
    ],
)
def test_a_case_is_offered_by_its_number_with_its_state_alone(program: Any, new: Any, typed: tuple[str, ...]) -> None:
    assert offered(program, new.config, *typed) == [("1", "new")]


@pytest.mark.parametrize(
    "typed", [("case", "show", "2"), ("case", "show", "x"), ("case", "show", "0"), ("case", "show", "9" * 5000)]
)
def test_what_begins_no_number_brings_nothing(program: Any, new: Any, typed: tuple[str, ...]) -> None:
    assert offered(program, new.config, *typed) == []


def test_an_ended_case_is_offered_once_its_number_is_begun(program: Any, new: Any) -> None:
    assert new.run("case", "close", 1).status == 0
    assert offered(program, new.config, "case", "reopen", "") == []
    assert offered(program, new.config, "case", "reopen", "1") == [("1", "closed")]


@pytest.mark.parametrize("verb", ["show", "approve", "check", "attachments"])
def test_a_comment_is_offered_by_its_number(program: Any, opened: Any, verb: str) -> None:
    assert offered(program, opened.config, "comment", verb, "") == []
    opened.comment()
    assert offered(program, opened.config, "comment", verb, "") == [("1", "pending")]


def test_an_attachment_is_not_taken_for_a_case(program: Any, new: Any) -> None:
    assert offered(program, new.config, "case", "show-attachment", "1", "") == []


def test_members_are_offered_by_handle(program: Any, new: Any) -> None:
    rows = new.run("member", "list", "--json").json["members"]
    states = {row["handle"]: row["status"] for row in rows}
    one, *others = sorted(states)
    assert offered(program, new.config, "case", "invite", "1", "") == sorted(states.items())
    assert offered(program, new.config, "member", "show", one.lower()) == [(one, states[one])]
    taken = offered(program, new.config, "case", "invite", "1", one, "")
    assert taken == [(handle, states[handle]) for handle in others]


def test_a_retired_member_is_not_offered(program: Any, registered: Any) -> None:
    gone = offered(program, registered.config, "member", "retire", "")[0][0]
    assert registered.run("member", "retire", gone).status == 0
    assert gone not in dict(offered(program, registered.config, "case", "invite", "1", ""))


@pytest.mark.parametrize("verb", ["remind", "revoke"])
def test_only_who_was_asked_is_reminded_or_revoked(program: Any, opened: Any, verb: str) -> None:
    asked = sorted(one["member"] for one in opened.case()["invitations"])
    assert offered(program, opened.config, "case", verb, "1", "") == [(handle, "invited") for handle in asked]


def test_no_name_and_no_text_is_offered(program: Any, opened: Any, secrets_of_register: tuple[str, ...]) -> None:
    opened.comment()
    lines = [
        (*typed, "")
        for typed in (("case", "show"), ("comment", "show"), ("member", "show"), ("case", "invite", "1"), ("case",))
    ]
    told = "\n".join(f"{value} {text}" for line in lines for value, text in offered(program, opened.config, *line))
    assert "\n1 pending\n" in told
    assert opened.case()["subject"] not in told
    assert [secret for secret in secrets_of_register if secret in told] == []


@pytest.mark.parametrize(
    "damage",
    ["no configuration", "a wrong configuration", "no database", "no tables", "another database", "no server"],
)
def test_where_nothing_can_be_known_nothing_is_offered_said_or_made(
    program: Any, new: Any, tmp_path: Path, damage: str
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    config = folder / "mailgate.toml"
    urls = {
        "no database": "sqlite:///mailgate.db",
        "no tables": "sqlite:///empty.db",
        "another database": "sqlite:///text.db",
        "no server": "postgresql+psycopg://nobody@127.0.0.1:1/nothing",
    }
    if damage != "no configuration":
        config.write_text(f'[database]\nurl = "{urls[damage]}"\n' if damage in urls else "[databse]\n")
    (folder / "empty.db").touch()
    (folder / "text.db").write_text("no database at all, but long enough to be looked at as one" * 10)
    before = {file.name for file in folder.iterdir()}
    for typed in (("case", "show", ""), ("comment", "show", "1"), ("member", "show", "M")):
        assert offered(program, config, *typed) == []
    assert {file.name for file in folder.iterdir()} == before
    assert offered(program, new.config, "case", "show", "") == [("1", "new")]  # the control


def test_no_key_is_needed(program: Any, new: Any) -> None:
    shutil.rmtree(new.folder / "keys")
    assert offered(program, new.config, "case", "show", "") == [("1", "new")]
    assert not (new.folder / "keys").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_asks_mailgate(program: Any, shell: str) -> None:
    ran = program("completion", shell)
    assert (ran.status, ran.stderr) == (0, "")
    assert f"{VARIABLE}={shell}_complete" in ran.stdout


def test_another_shell_is_wrong_usage(program: Any) -> None:
    assert program("completion", "tcsh").status == 2


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_itself_completes(new: Any, tmp_path: Path, shell: str) -> None:
    """The script is loaded by the shell, which asks a program of this name on its path."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} on this machine")
    mailgate = tmp_path / "bin" / "mailgate"
    mailgate.parent.mkdir()
    mailgate.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m mailgate "$@"\n')
    mailgate.chmod(0o755)
    environment = os.environ | {"PATH": f"{mailgate.parent}:{os.environ['PATH']}", "MAILGATE_CONFIG": str(new.config)}
    done = subprocess.run(
        [shell, "-c", _ASKING[shell]], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == (_SHOWN[shell], "", 0)


_ASKING = {
    "bash": """
        source <(mailgate completion bash)
        COMP_WORDS=(mailgate case show '') COMP_CWORD=3
        $(complete -p mailgate | sed 's/.* -F \\([^ ]*\\) .*/\\1/') mailgate
        printf '%s\\n' "${COMPREPLY[@]}"
    """,
    "zsh": """
        compdef() { : }
        _describe() { print -r -- ${(P)3} }
        eval "$(mailgate completion zsh)"
        words=(mailgate case show '') CURRENT=4
        _mailgate_completion
    """,
    "fish": "mailgate completion fish | source; complete -C 'mailgate case show '",
}
_SHOWN = {"bash": "1\n", "zsh": "1:new\n", "fish": "1\tnew\n"}
