"""The steps of a story, each a method: `expect-mail` is `do_expect_mail`. What they mean stands in the package."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from scenario_player import people
from scenario_player.desk import ZONE, Desk, Ran
from scenario_player.golden import Golden
from scenario_player.letter import Letter
from scenario_player.secrets import folded, readable
from scenario_player.story import Mismatch, Step, expect_equal, read_story

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_PLAIN_MAIL = """From: {sender}
To: <{to}>
Subject: {subject}
Date: Tue, 4 Feb 2025 08:00:00 +0900
Message-ID: <written-in-line-{line}@client.example.net>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
{header}

{text}
"""
_VALUES: dict[str, Any] = {"none": None, "nobody": [], "true": True, "false": False}


class Player:
    """Plays one story on one desk; `finish` looks for mails that nobody expected."""

    def __init__(self, desk: Desk, folder: Path, samples: Path, recording: bool, mend: pytest.MonkeyPatch) -> None:
        """`mend` is for what a story breaks: undone by its `mend`, or by the caller after a failure."""
        self._desk, self._folder, self._samples = desk, folder, samples
        self._register = people.Register(desk)
        self._golden = Golden(folder / "out", recording)
        self._unread: list[Letter] = []
        self._reply, self._ran = "", Ran(0, "", "")
        self._unasked: tuple[str, str] | None = None
        self._step: Step | None = None
        self._received: dict[str, bytes] = {}
        self._mend = mend

    def play(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._step = step
            try:
                self._check_nothing_went_wrong(step.verb)
                method = getattr(self, f"do_{step.verb.replace('-', '_')}", None)
                if method is None:
                    raise Mismatch(f"there is no step {step.verb}")
                method(*step.arguments)
            except Exception as error:
                where = f"{step.file.parent.name}/{step.file.name}:{step.line}: {step.text}"
                raise Mismatch(f"{where}\n{type(error).__name__}: {error}") from error

    def finish(self) -> None:
        """Raises Mismatch for what the story left open."""
        self._check_nothing_went_wrong("")
        self.do_expect_no_mail()

    def _check_nothing_went_wrong(self, verb: str) -> None:
        """A refusal that the story does not speak of is a failure of the step before."""
        if self._unasked is not None and self._unasked[0] != verb:
            raise Mismatch(f"the step before was refused: {self._unasked[1]}")
        self._unasked = None

    # --- what happens ---

    def do_play(self, name: str) -> None:
        self.play(read_story(self._folder.parent / "shared" / f"{name}.txt"))

    def do_import(self, file: str) -> None:
        self.do_run("mailgate", file.split("s.", 1)[0], "import", str(self._file(file)), "--yes")

    def do_activate(self, everybody: str, *exceptions: str) -> None:
        spared = {self._register.handle(who) for who in exceptions[1:]}
        handles = [one["handle"] for one in self._desk.document("member", "list")["members"]]
        self.do_run("mailgate", "member", "activate", *(one for one in handles if one not in spared))

    def do_clock(self, *words: str) -> None:
        if words[0].startswith("+"):
            later = self._desk.clock() + timedelta(**{words[1].removesuffix("s") + "s": float(words[0])})
        else:
            later = datetime.fromisoformat(" ".join(words)).replace(tzinfo=ZONE)
        self._desk.clock.set(later)
        self._work()

    def do_send(self, file: str, _from: str, who: str, _to: str, *words: str) -> None:
        raw = re.sub(rb"\r?\n", b"\r\n", self._file(file).read_bytes())
        self._received[file] = raw
        self._send(raw, who, words)

    def do_write(self, text: str, _from: str, who: str, _to: str, *words: str) -> None:
        more = {"subject": "Re: ご連絡", "header": "X-Mailer: none"}
        while len(words) > 2 and words[-2] in more:
            more[words[-2]], words = words[-1], words[:-2]
        assert self._step is not None
        mail = _PLAIN_MAIL.format(
            **more,
            sender=self._register.address(who),
            to=people.where(self._desk, self._register, words),
            line=f"{self._step.line}.{self._step.file.stem}",
            text=text.replace("\\n", "\n"),
        )
        self._send(mail.replace("\n", "\r\n").encode(), who, words)

    def do_send_back(self, kind: str, who: str, _from: str, sender: str, _to: str, *words: str) -> None:
        letter = people.newest(self._desk, to=self._register.address(who), kind=kind)
        self._send(letter.raw, sender, words)

    def _send(self, raw: bytes, who: str, words: Sequence[str]) -> None:
        address = people.where(self._desk, self._register, words)
        reverse_path = "" if who == "<>" else self._register.address(who)
        self._reply = self._desk.send(people.filled(self._desk, raw, address, reverse_path), reverse_path, address)
        if not self._reply.startswith("250 "):
            self._unasked = ("expect-reply", self._reply)
        self._work()

    def do_run(self, _program: str, *arguments: str) -> None:
        self._ran = self._desk.run(*[self._expanded(one) for one in arguments])
        if self._ran.exit != 0:
            self._unasked = ("expect-exit", self._ran.err)
        self._work()

    def do_run_due(self, *pairs: str) -> None:
        done = self._desk.document("run-due")
        self._compare("run-due", done, pairs)
        self._work()

    def do_worker(self, stops_or_starts: str) -> None:
        self._desk.working = stops_or_starts == "starts"
        self._work()

    def do_break(self, function: str) -> None:
        def fails(*_arguments: object, **_more: object) -> None:
            raise RuntimeError("broken by the story")

        self._mend.setattr(f"mailgate.{function}", fails)

    def do_mend(self) -> None:
        self._mend.undo()

    def do_relay(self, how: str, *who: str) -> None:
        for one in who:
            address = one if one == "everybody" else self._register.address(one)
            {"defers": self._desk.relay.defer, "refuses": self._desk.relay.refuse}[how](address)
        if how == "works":
            self._desk.relay.trouble.clear()

    def _work(self) -> None:
        if self._desk.working:
            self._unread += self._desk.work()

    # --- what is expected ---

    def do_expect_reply(self, *words: str) -> None:
        _expect_like("the reply", [self._reply], " ".join(words))

    def do_expect_exit(self, status: str) -> None:
        expect_equal("the exit status", self._ran.exit, int(status))

    def do_expect_stderr(self, *words: str) -> None:
        _expect_like("standard error", self._ran.err.splitlines(), self._expanded(" ".join(words)))
        expect_equal("the number of lines on standard error", len(self._ran.err.splitlines()), 1)

    def do_expect_stdout(self, *words: str) -> None:
        _expect_like("standard output", self._ran.out.splitlines(), self._expanded(" ".join(words)))

    def do_expect_mail(self, kind: str, _to: str, who: str, *wording: str) -> Letter:
        address = self._register.address(who)
        found = [one for one in self._unread if (one.kind, one.to) == (kind, address)]
        if found:
            letter = min(found, key=lambda one: one.case or 0)  # those of one moment have no order of their own
            self._unread.remove(letter)
            self._check_form(letter)
            for with_or_without, words in zip(wording[::2], wording[1::2], strict=True):
                expect_equal(f"{words} in the mail", words in letter.body, with_or_without == "with")
            return letter
        raise Mismatch(f"no such mail went out; unread are {self._listed()}")

    def do_expect_out(self, kind: str, _to: str, who: str, _as: str, name: str) -> None:
        letter = self.do_expect_mail(kind, _to, who)
        self._golden.compare(name, letter.text({one.message_id: one for one in self._desk.letters}))

    def do_expect_alike(self, one: str, other: str) -> None:
        expect_equal(f"the text of {one}", self._golden.words(one), self._golden.words(other))

    def do_expect_no_mail(self) -> None:
        expect_equal("what went out unexpected", self._listed(), "nothing")

    def do_expect(self, noun: str, *words: str) -> None:
        words_of = {"case": 1, "comment": 1, "application": 1, "member": 1, "invitation": 2, "mail": 0, "outbox": 2}
        identified = words_of[noun]
        document = self._document(noun, words[:identified])
        self._compare(noun, document, words[identified:])

    def do_expect_count(self, count: str, *command: str) -> None:
        (listed,) = self._desk.document(*command).values()
        expect_equal("the number", len(listed), int(count))

    def do_expect_text(self, noun: str, number: str, key: str, _as: str, name: str) -> None:
        self._golden.compare(name, self._document(noun, (number,))[key])

    def do_expect_tries(self, count: str, kind: str, _to: str, who: str) -> None:
        address = self._register.address(who)
        entry = self._document("outbox", (kind, who))
        octets = [raw for to, raw in self._desk.relay.handed if to == address and entry["message_id"].encode() in raw]
        expect_equal("the number of tries", len(octets), int(count))
        expect_equal("the number of different octets", len(set(octets)), 1)

    def do_secrets(self, file: str, _in: str, *mails: str) -> None:
        seen = "".join(readable(self._received[mail]) for mail in mails)
        expect_equal("what the mails do not have", [one for one in self._lines(file) if folded(one) not in seen], [])

    def do_expect_hidden(self, file: str, _from: str, *who: str) -> None:
        seen = self._seen_by(who)
        expect_equal("what they can see", [one for one in self._lines(file) if folded(one) in seen], [])

    def do_expect_seen(self, file: str, _by: str, *who: str) -> None:
        seen = self._seen_by(who)
        expect_equal("what they cannot see", [one for one in self._lines(file) if folded(one) not in seen], [])

    # --- helpers ---

    def _seen_by(self, who: Sequence[str]) -> str:
        addresses = {self._register.address(one) for one in who}
        mails = [letter.raw for letter in self._desk.letters if letter.to in addresses]
        assert mails, "somebody who got no mail sees nothing: that would say nothing"
        return "".join(map(readable, mails))

    def _lines(self, file: str) -> list[str]:
        return self._file(file).read_text("utf-8").splitlines()

    def _file(self, name: str) -> Path:
        own = self._folder / "in" / name
        return own if own.exists() else self._samples / name

    def _document(self, noun: str, words: Sequence[str]) -> Any:
        desk = self._desk
        match [noun, *words]:
            case ["case" | "comment" | "application", number]:
                return desk.document(noun, "show", number)
            case ["member", who]:
                return desk.document("member", "show", self._register.handle(who))
            case ["invitation", number, who]:
                handle = self._register.handle(who)
                invitations = desk.document("case", "show", number)["invitations"]
                return [one for one in invitations if one["member"] == handle][-1]
            case ["mail"]:
                return desk.document("mail", "list")["mails"][0]
            case ["outbox", kind, who]:
                return self._outgoing(kind, self._register.address(who))
        raise Mismatch(f"{noun} {' '.join(words)} is nothing that can be looked at")

    def _outgoing(self, kind: str, address: str) -> Any:
        """The newest outgoing mail of a kind to an address, sent or not."""
        entries = [one for one in self._desk.document("outbox", "list")["mails"] if one["kind"] == kind]
        for one in entries:
            if any(to == address and one["message_id"].encode() in raw for to, raw in self._desk.relay.handed):
                return one
        raise Mismatch(f"no {kind} was handed to the relay for {address}")

    def _compare(self, what: str, document: Any, pairs: Sequence[str]) -> None:
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            found = document
            for part in key.split("."):
                found = found[int(part) if part.isdecimal() else part]
            expected = _VALUES.get(
                value, int(value) if value.isdecimal() else self._expanded(value.replace("\\n", "\n"))
            )
            expect_equal(f"{key} of the {what}", found, expected)

    def _expanded(self, text: str) -> str:
        return _PLACEHOLDER.sub(self._meant, text)

    def _meant(self, found: re.Match[str]) -> str:
        match found[1].split(":", 2):
            case ["teacher", who]:
                return self._register.handle(who, teacher=True)
            case ["mail"]:
                return str(self._document("mail", ())["id"])
            case ["quarantined"]:
                return str(self._desk.document("mail", "list", "--quarantined")["mails"][0]["id"])
            case ["failed"]:
                return str(self._desk.document("outbox", "list", "--state", "failed")["mails"][0]["id"])
            case ["stopped"]:
                return str(self._desk.document("outbox", "list", "--state", "stopped")["mails"][0]["id"])
            case ["finding", number, text]:
                findings = self._desk.document("case", "check", number)["findings"]
                ids = [str(one["id"]) for one in findings if one["text"] == text]
                return ids[0] if ids else self._no_finding(text, findings)
            case ["finding-of-comment", number, text]:
                findings = self._desk.document("comment", "check", number)["findings"]
                ids = [str(one["id"]) for one in findings if one["text"] == text]
                return ids[0] if ids else self._no_finding(text, findings)
            case ["file", name]:
                return str(self._file(name))
            case [who]:
                return self._register.handle(who)
        raise Mismatch(f"{found[0]} means nothing")

    @staticmethod
    def _no_finding(text: str, findings: Any) -> NoReturn:
        raise Mismatch(f"{text} is no finding; there are {', '.join(one['text'] for one in findings)}")

    def _check_form(self, letter: Letter) -> None:
        """What holds for every mail that goes out, whatever the story is about."""
        others = [one for one in self._desk.letters if one is not letter]
        own_words = {"auto-generated", "auto-replied"}
        expect_equal("Auto-Submitted beside ours", {letter.field("Auto-Submitted")} - own_words, set())
        expect_equal("Content-Type", letter.field("Content-Type"), "text/plain; charset=utf-8")
        expect_equal("mails with this Message-ID", sum(one.message_id == letter.message_id for one in others), 0)
        expect_equal("mails with this return path", sum(one.return_path == letter.return_path for one in others), 0)
        if letter.reply_to.startswith("reply+"):
            readers = {one.to for one in others if one.reply_to == letter.reply_to}
            expect_equal("other readers with this reply address", readers - {letter.to}, set())

    def _listed(self) -> str:
        return ", ".join(f"{letter.kind} to {letter.to}" for letter in self._unread) or "nothing"


def _expect_like(what: str, lines: Sequence[str], pattern: str) -> None:
    like = partial(fnmatchcase, pat=pattern.replace("[", "[[]"))
    if not any(like(line.strip()) for line in lines):
        raise Mismatch(f"{what} has no line like {pattern!r}:\n" + "\n".join(lines))
