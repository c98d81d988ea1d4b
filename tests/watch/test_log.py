"""The log of a whole consultation: every event has a name of `mailgate/events.py`, and nothing in it names anybody."""

from __future__ import annotations

import csv
import io
import logging
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

import mailgate
from mailgate.demo.leaks import marks_in
from mailgate.demo.play import play
from mailgate.events import Event
from mailgate.mail.parse import parse
from mailgate.watch.log import configure_log

PACKAGE = Path(mailgate.__file__).parent
LINE = re.compile(r"timestamp=\S+ level=(info|warning|error) ((?:queue_id|outbox_id)=\S+ )?event=(\"[^\"]+\"|\S+)")


def personal_data(samples: Path) -> set[str]:
    """Who and what is in the sample registers and mails: names, addresses, schools, subjects, lines of text."""
    rows = [
        row
        for register in sorted(samples.glob("*.csv"))
        for row in csv.DictReader(io.StringIO(register.read_text(encoding="utf-8")))
    ]
    words = {value for row in rows for key, value in row.items() if key in ("name", "kana", "addresses", "aliases")}
    words |= {row["name"].split()[0] for row in rows if "addresses" in row}
    for file in sorted(samples.glob("*.eml")):
        mail = parse(file.read_bytes())
        words |= {mail.subject, *(line for line in mail.body.splitlines() if len(line.strip()) > 5)}
    return {part.strip() for word in words for part in word.split(";") if len(part.strip()) > 1}


@pytest.mark.slow
def test_a_whole_consultation_leaves_nobody_in_the_log(samples: Path, capfd: pytest.CaptureFixture[str]) -> None:
    configure_log(logging.DEBUG)
    from mailgate.cli import cli

    def run(config: Path, arguments: object) -> str:
        printed = io.StringIO()
        words = ["--config", str(config), "--as", "demo", *arguments]  # type: ignore[misc]  # a sequence of words
        with redirect_stdout(printed):
            cli.main(words, prog_name="mailgate", standalone_mode=False)
        return printed.getvalue()

    play(run)
    seen = capfd.readouterr()
    known = personal_data(samples)
    lines = seen.err.splitlines()
    assert len(marks_in(seen.out, known)) > 20  # what the demo shows names them, so the search can find them
    assert marks_in(seen.err, known) == []
    assert [line for line in lines if not LINE.match(line)] == []
    events = {found[3].strip('"') for line in lines if (found := LINE.match(line))}
    assert events == {"accepted", "handled", "delivery", "purged"}


def test_the_id_of_the_mail_comes_first(capfd: pytest.CaptureFixture[str]) -> None:
    import structlog

    configure_log(logging.INFO)
    log = structlog.get_logger()
    log.info(Event.HANDLED, case=3, queue_id="a1", outcome="done")
    log.debug(Event.TROUBLE)
    rest = re.sub(r"timestamp=\S+ ", "", capfd.readouterr().err)
    assert rest == "level=info queue_id=a1 event=handled case=3 outcome=done\n"


def test_every_event_has_a_name_and_is_told_somewhere() -> None:
    sources = "\n".join(file.read_text(encoding="utf-8") for file in sorted(PACKAGE.rglob("*.py")))
    assert re.findall(r"_log\.\w+\((?!\n?\s*Event\.)[^)\n]*", sources) == []
    assert [event.name for event in Event if f"Event.{event.name}" not in sources] == []
