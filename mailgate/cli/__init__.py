"""The commands: click groups by noun that parse, call one flow, and print. No rule of the product stands here."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mailgate import __version__
from mailgate.cli.common import Desk
from mailgate.cli.lazy import Program
from mailgate.cli.words import LANGUAGES

_COMMANDS = {
    "init": ("mailgate.cli.service:init", "Create config, keys and database where missing."),
    "serve": ("mailgate.cli.service:serve", "Run the service until it is stopped."),
    "doctor": ("mailgate.cli.doctor:doctor", "Look at everything, and say what to do."),
    "demo": ("mailgate.cli.demo:demo", "Play one whole consultation on a throw-away database."),
    "case": ("mailgate.cli.case:case", "The case queue: look, check, invite, answer."),
    "triage": ("mailgate.cli.triage.command:triage", "Walk through everything that waits, one key each."),
    "comment": ("mailgate.cli.comment:comment", "What members wrote: review it."),
    "school": ("mailgate.cli.school:school", "Schools and their contracts."),
    "teacher": ("mailgate.cli.teacher:teacher", "Teachers who may consult."),
    "member": ("mailgate.cli.member:member", "Members who may be invited."),
    "application": ("mailgate.cli.application:application", "Who wants to be in the register."),
    "mail": ("mailgate.cli.mail:mail", "What was received."),
    "outbox": ("mailgate.cli.outbox:outbox", "What is being sent."),
    "scan": ("mailgate.cli.scan:scan", "The anonymity check on a text."),
    "template": ("mailgate.cli.template:template", "The words of the mails: look at them, copy them, check your own."),
    "audit": ("mailgate.cli.audit:audit", "Who did what and when; whether somebody tampered with that."),
    "privacy": ("mailgate.cli.privacy:privacy", "What is held of one person: give it to them, or erase it."),
    "report": ("mailgate.cli.report:report", "Figures of the service."),
    "run-due": ("mailgate.cli.service:run_due", "Do all time-driven work that is due, once."),
    "key": ("mailgate.cli.key:key", "Keys that seal, and keys that others verify our mails with."),
    "db": ("mailgate.cli.database:db", "The database."),
    "help": ("mailgate.cli.help:show_help", "The operator's handbook, and the help of a command."),
    "completion": ("mailgate.cli.completion:completion", "Let the TAB key of a shell complete."),
}


@click.group(cls=Program, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mailgate")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The configuration file.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    envvar="MAILGATE_LANG",
    help="Language of what is printed, but for JSON and CSV.",
)
@click.option("--as", "operator", envvar="MAILGATE_OPERATOR", metavar="NAME", help="Who acts, for the audit log.")
@click.option("--no-pager", is_flag=True, help="Print at once what is longer than the screen.")
@click.pass_context
def cli(context: click.Context, config: Path | None, lang: str | None, operator: str | None, no_pager: bool) -> None:
    """A consultation desk that works entirely by e-mail.

    Example: mailgate case list
    """
    context.obj = Desk(config, operator, lang, not no_pager)
    if os.environ.get("NO_COLOR"):
        context.color = False
    context.call_on_close(context.obj.close)
