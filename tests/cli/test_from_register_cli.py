"""What the register knows and an operator leaves in a text: said before it is approved, and in a terminal asked."""

from __future__ import annotations

from typing import Any

import pytest

SAYS = "the register knows this, and the gate stops a mail that tells it to whom it must not reach."
TEXT = "緑が丘市立みどり台小学校の佐々木恵です。緑が丘市で、連絡先は 090-1234-5678 です。\n"


@pytest.fixture
def named(registered: Any) -> Any:
    """Case 1 names its teacher, a school of the register, the town of that, and a telephone number."""
    registered.take(registered.compose(TEXT))
    return registered


def _findings(here: Any, *command: Any) -> dict[str, str]:
    """Text -> id."""
    return {one["text"]: one["id"] for one in here.run(*command, "--json").json["findings"]}


def _named_in(found: dict[str, str], part: str) -> str:
    return min((text for text in found if part in text), key=len)


@pytest.mark.parametrize(
    ("kept", "is_said"), [("佐々木", True), ("みどり台", True), ("090", False), ("緑が丘市", False)]
)
def test_only_what_the_register_knows_and_the_gate_looks_for_is_said(named: Any, kept: str, is_said: bool) -> None:
    found = _findings(named, "case", "check", 1)
    text = _named_in(found, kept)
    ran = named.run("case", "check", 1, "--redact-all", "--keep", found[text])
    assert (ran.status, ran.stderr) == (0, f"note: {found[text]} {text}: {SAYS}\n" if is_said else "")
    assert text in named.case()["approved_text"]


@pytest.mark.parametrize(
    ("options", "typed", "status", "asked", "approved"),
    [
        ((), None, 0, False, True),  # without a terminal the options are the word for it
        ((), "y\n", 0, True, True),
        ((), "n\n", 1, True, False),
        (("--yes",), "", 0, False, True),
    ],
)
def test_a_terminal_asks_before_the_text_is_approved(
    named: Any, options: tuple[str, ...], typed: str | None, status: int, asked: bool, approved: bool
) -> None:
    found = _findings(named, "case", "check", 1)
    before = named.fingerprint()
    keep = ("--redact-all", "--keep", found[_named_in(found, "佐々木")])
    ran = named.run("case", "check", 1, *keep, *options, typed=typed)
    assert (ran.status, SAYS in ran.stderr, "Leave it in the text?" in ran.stdout) == (status, True, asked)
    assert (named.case()["approved_text"] is not None) == approved
    assert (named.fingerprint() == before) != approved


def test_what_stays_is_said_at_each_look_and_once_more_when_it_is_taken_as_decided(named: Any) -> None:
    found = _findings(named, "case", "check", 1)
    keep = _named_in(found, "佐々木")
    said = f"note: {found[keep]} {keep}: {SAYS}\n"
    named.run("case", "check", 1, "--redact-all", "--keep", found[keep])
    assert [named.run("case", "check", 1, *more).stderr for more in ((), ("--as-decided",))] == [said, said]
    assert named.run("case", "check", 1, "--redact", found[keep]).stderr == ""
    assert named.run("case", "check", 1).stderr == ""


def test_a_text_written_as_a_whole_is_looked_at_too(named: Any) -> None:
    found = _findings(named, "case", "check", 1)
    keep = _named_in(found, "佐々木")
    whole = ("case", "check", 1, "--text-file", "-", "--keep", found[keep])
    assert named.run(*whole, stdin=f"{keep}です。".encode()).stderr == f"note: {found[keep]} {keep}: {SAYS}\n"
    assert named.run(*whole, stdin="相談です。".encode()).stderr == ""


def test_approving_a_comment_says_what_was_left_in_it(opened: Any) -> None:
    opened.comment(text="田中花子です。短くしてはいかがでしょうか。\n")
    found = _findings(opened, "comment", "check", 1)
    keep = _named_in(found, "田中花子")
    said = f"note: {found[keep]} {keep}: {SAYS}\n"
    assert opened.run("comment", "check", 1, "--redact-all", "--keep", found[keep]).stderr == said
    before = opened.fingerprint()
    refused = opened.run("comment", "approve", 1, typed="n\n")
    assert (refused.status, refused.stderr) == (1, f"{said}mailgate: nothing was done\n")
    assert opened.fingerprint() == before
    approved = opened.run("comment", "approve", 1)
    assert (approved.status, approved.stdout, approved.stderr) == (0, "Approved comment 1.\n", said)
