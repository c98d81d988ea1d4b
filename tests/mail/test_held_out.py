"""Replies as clients write them, set down from memory before the forms that the reader knows were looked at.

The forms in `reply_forms.toml` and the reader have one author, so what they show is that a form can be read, not that
it is. These mails were written apart from both; `held_out/README.md` has the figure that they gave before anything was
changed for them. Each line of a mail bears a mark: `+` newly written, `~` the signature, which is reported apart, `-`
the client's or somebody else's, `?` a closing that may stand on either side. What is not marked is blank.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from mailgate.mail.quoting import newly_written


class Mail(NamedTuple):
    kind: str
    name: str
    lines: tuple[str, ...]

    def body(self) -> str:
        return "\n".join(line[2:] for line in self.lines)

    def marked(self, marks: str) -> list[str]:
        return [line[2:].rstrip() for line in self.lines if line[:1] in marks and line[2:].strip()]


def mails() -> list[Mail]:
    found: list[Mail] = []
    for path in sorted((Path(__file__).parent / "held_out").glob("*.txt")):
        for block in path.read_text("utf-8").split("=== ")[1:]:
            head, *lines = block.rstrip("\n").split("\n")
            kind, name = head.split(" ", 1)
            found.append(Mail(kind, name, tuple(lines)))
    return found


MAILS = mails()


def test_set_is_large_and_names_each_mail_once() -> None:
    assert len({(mail.kind, mail.name) for mail in MAILS}) == len(MAILS) > 120


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: f"{mail.kind}: {mail.name}")
def test_what_was_newly_written_is_read_from_a_client_never_seen(mail: Mail) -> None:
    either = mail.marked("?")
    found = newly_written(mail.body(), is_reply=mail.kind == "reply")
    written = [line.rstrip() for line in found.text.split("\n") if line.strip()]
    signature = [line.rstrip() for line in found.signature.split("\n") if line.strip()]
    assert [line for line in written if line not in either] == mail.marked("+")
    assert [line for line in mail.marked("~") if line not in signature] == []
