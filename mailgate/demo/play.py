"""Plays the story on the stage and prints it: who does what, the commands, the mails, and the search for leaks.

After each step what happened is compared with what the story says; the first difference ends the demo.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from gettext import gettext as _
from gettext import pgettext
from pathlib import Path

import click

from mailgate.demo.leaks import leaks, marks_in
from mailgate.demo.sent import SentMail
from mailgate.demo.stage import NotAsTold, Stage, stage
from mailgate.demo.story import STORY, Arrives, Operator, Scene
from mailgate.errors import MailgateError
from mailgate.mail.parse import parse
from mailgate.phrase import Phrase, said

Command = Callable[[Path, Sequence[str]], str]
"""Runs the command line with a configuration file and arguments; gives what it prints, raises as it does."""
Told = Callable[[str], str]
"""Says a phrase, or a reason that was kept in English, in the language of this run."""

_SAMPLES = Path(__file__).parent / "samples"
_IDENTIFYING = "01-consultation-outlook-jis.eml"
_BEFORE = Phrase("""One consultation from the first mail to the follow-up, by the real service on a throw-away database.
Everybody in it is invented. $ is what an operator types, > a mail that arrives, a frame is a mail that goes out;
of several mails of one kind the first is shown as a whole.""")
_NEXT = Phrase("""Now try it yourself:
  make run
      starts the service on this machine, with its data in var/
  mailgate case list
      in a second terminal: the queue
  mailgate --help
      everything else""")


def play(command: Command, told: Told = str) -> None:
    """The whole demo. Raises NotAsTold when a step does not come true, or when something leaked."""
    with stage() as running:
        _say(said(_BEFORE, _))
        player = _Player(running, command, told)
        for scene in STORY:
            player.scene(scene)
        player.summary()


class _Player:
    def __init__(self, running: Stage, command: Command, told: Told) -> None:
        self._stage = running
        self._command = command
        self._told = told
        self._kinds_shown: set[str] = set()
        self._mails_in = 0

    def scene(self, scene: Scene) -> None:
        _head(said(scene.title, _))
        for step in scene.steps:
            match step:
                case Operator():
                    self._operate(step)
                case Arrives():
                    self._arrive(step)
            self._show_mails(step.sends)

    def summary(self) -> None:
        """What came in and went out, and that nobody's name went the wrong way; raises NotAsTold if one did."""
        sent, known = self._stage.sent, self._stage.sides()
        found = leaks(sent, known)
        if found:
            raise NotAsTold(Phrase("something leaked: {found}", found="; ".join(found)))
        first = parse((_SAMPLES / _IDENTIFYING).read_bytes())
        control = len(marks_in(first.body, known.marks))
        _head(_("What happened"))
        _say(
            _("{came} mails came in, {went} went out.").format(came=self._mails_in, went=len(sent)),
            _(
                "All {mails} were searched, fields and texts, for {marks} names, addresses, schools,"
                " workplaces and redacted passages."
            ).format(mails=len(sent), marks=len(known.marks)),
            _("No mail to a member tells who a teacher is, no mail to a teacher who a member is."),
            _("(The same search in the first mail that came in finds {count}.)").format(count=control),
            "",
            self._told(_NEXT),
        )

    def _operate(self, step: Operator) -> None:
        line = step.command.format_map(self._stage.handles())
        _say("", click.style(f"$ mailgate {line}", bold=True))
        arguments = [str(_SAMPLES / one) if one.endswith(".csv") else one for one in shlex.split(line)]
        try:
            printed = self._command(self._stage.config_file, arguments).rstrip("\n").split("\n")
        except MailgateError as refusal:
            if not step.is_refused:
                raise
            _say(f"mailgate: {said(refusal.reason, _)}")
            return
        if step.is_refused:
            raise NotAsTold(Phrase("this was to be refused: mailgate {command}", command=line))
        _say(*_ending(printed, step.last_lines))

    def _arrive(self, step: Arrives) -> None:
        own = self._stage.latest(step.answers, step.correspondent) if step.answers else None
        raw = (_SAMPLES / step.sample).read_bytes()
        forward_path = str(self._stage.office.policy.addresses.desk_address())
        if own is not None:
            raw = _filled_in(raw, own)
            forward_path = own.return_path if step.is_report else own.reply_to
        reverse_path = "" if step.is_report else step.correspondent
        _say("", click.style(f"> {step.sample}: {said(step.about, _)}", bold=True))
        _say(f"  MAIL FROM:<{reverse_path}> RCPT TO:<{forward_path}>")
        reply = self._stage.hand_in(reverse_path, forward_path, raw)
        result = self._stage.result(reply.rsplit(" ", 1)[-1])
        _say(
            f"  250 {reply}",
            _("  {state}: {reason} (case {number})").format(
                state=pgettext("SpoolState", result.state), reason=self._told(result.reason), number=result.case
            ),
        )
        if result.reason != step.becomes:
            raise NotAsTold(
                Phrase(
                    "{mail} was to become '{told}', not '{found}'",
                    mail=step.sample,
                    told=step.becomes,
                    found=result.reason,
                )
            )
        self._mails_in += 1

    def _show_mails(self, told: Sequence[str]) -> None:
        """Shows what went out, in the order of the story; raises NotAsTold when it is something else."""
        new = self._stage.new_mails()
        kinds = sorted(mail.kind for mail in new)
        if kinds != sorted(told):
            raise NotAsTold(
                Phrase("these mails were to go out: {told}; there went out {found}", told=sorted(told), found=kinds)
            )
        for mail in sorted(new, key=lambda mail: (told.index(mail.kind), mail.to)):
            self._show(mail)

    def _show(self, mail: SentMail) -> None:
        """The first of a kind as a whole, the others in a line."""
        if mail.kind in self._kinds_shown:
            line = _("  ─── {kind} to {address}: {subject}")
            _say(line.format(kind=pgettext("letter", mail.kind), address=mail.to, subject=mail.message["Subject"]))
            return
        self._kinds_shown.add(mail.kind)
        _say(*mail.framed())


def _filled_in(raw: bytes, own: SentMail) -> bytes:
    """A sample that answers our mail, with what its writer's program would have taken from that mail."""
    values = {
        "@REPLY_TO@": own.reply_to,
        "@BOUNCE_TO@": own.return_path,
        "@INVITATION_ID@": own.message_id,
        "@ANSWER_ID@": own.message_id,
    }
    for place, value in values.items():
        raw = _anywhere(place).sub(value.encode("ascii"), raw)
    return raw


def _anywhere(place: str) -> re.Pattern[bytes]:
    """`place`, also where quoted-printable has folded it."""
    return re.compile(b"(?:=\r?\n)?".join(re.escape(one.encode("ascii")) for one in place))


def _ending(lines: Sequence[str], last: int | None) -> Sequence[str]:
    """The last lines, below a line that tells how many are left out."""
    hidden = 0 if last is None else max(len(lines) - last, 0)
    return [_("… ({count} lines)").format(count=hidden), *lines[hidden:]] if hidden else lines


def _head(title: str) -> None:
    _say("", click.style(f"== {title} ==", bold=True))


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(line)
