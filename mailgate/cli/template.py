"""`mailgate template …`: the words of the mails, of all desks and of one: look at them, take a copy, check it.

Works without keys and without a database: an example letter fills the template, never a case.
"""

from __future__ import annotations

import shutil
from gettext import gettext as _
from pathlib import Path

import click

from mailgate import resources
from mailgate.cli.click_words import WholeNumber
from mailgate.cli.common import Desk, json_option, pass_desk, say, show, told, warn_on_stderr
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.wrapping import wrapped
from mailgate.desk.desks import DeskPolicy
from mailgate.errors import BadInput, Refused
from mailgate.flow.example_letters import examples
from mailgate.flow.own_templates import LETTERS
from mailgate.flow.render import PARTS, Renderer, Renderers
from mailgate.mail.folding import folded
from mailgate.phrase import Phrase

desk_option = click.option("--desk", "desk_id", metavar="ID", default="main", help="The desk whose mails they are.")
_mails = click.Choice(sorted(LETTERS))


@click.group()
def template() -> None:
    """The words of the mails: look at them, copy them, check your own."""


@template.command("list")
@desk_option
@list_options
@pass_desk
def list_templates(desk: Desk, desk_id: str, form: Form) -> None:
    """List the mails, and whose words each goes out in.

    Example: mailgate template list --desk kokoro
    """
    policy = _desk_policy(desk, desk_id)
    problems = Renderers().of(policy).problems()
    rows = [_row(policy, mail, problems) for mail in sorted(LETTERS)]
    found = [_of_mail(policy, mail, problems) for mail in LETTERS]
    said = {"; ".join(one): "; ".join(map(told, one)) for one in found}
    show_list(
        form,
        "templates",
        rows,
        ("mail", "language", "words", "problem"),
        title=_("Mails"),
        empty=_("no mails"),
        words={"words": told, "problem": said.__getitem__},
    )


@template.command("preview")
@click.argument("mail", type=_mails, metavar="MAIL")
@desk_option
@click.option("--width", type=WholeNumber(10, 200), metavar="COLUMNS", help="Break the lines as a phone would: 40.")
@json_option
@pass_desk
def preview_template(desk: Desk, mail: str, desk_id: str, width: int | None, as_json: bool) -> None:
    """Show a mail as it would go out, filled with invented words.

    Example: mailgate template preview invitation --width 40
    """
    warn_on_stderr(only_what_is_critical=True)  # where own words are not used, it is said below
    policy = _desk_policy(desk, desk_id)
    letter = next(one for one in examples(policy.language) if one.template == mail)
    renderer = Renderers().of(policy)
    shown = renderer.render(letter)
    for problem in _of_mail(policy, mail, renderer.problems()):
        say(_("note: your own words are not used: {problem}").format(problem=told(problem)), error=True)
    document = {"mail": mail, "language": policy.language, "subject": shown.subject, "body": shown.body}
    lines = folded(shown.body, width) if width else list(wrapped(shown.body.splitlines()))
    show(as_json, document, lambda: [_("Subject: {subject}").format(subject=shown.subject), "", *lines])


@template.command("check")
@desk_option
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@json_option
@pass_desk
def check_templates(desk: Desk, desk_id: str, folder: Path | None, as_json: bool) -> None:
    """Look whether templates of your own would be used: those in FOLDER, or those of a desk.

    Example: mailgate template check drafts/templates
    """
    policy = _desk_policy(desk, desk_id)
    own = folder or policy.templates
    if own is None:
        raise Refused("the desk {desk} has no templates of its own: name a FOLDER", desk=desk_id)
    problems = Renderer(policy.language, policy.name, own_folder=own).problems()
    if problems and not as_json:
        raise BadInput(problems)
    all_good = _("{folder}: all of it would be used.")
    show(as_json, {"problems": problems}, lambda: [all_good.format(folder=click.format_filename(own))])
    if problems:
        click.get_current_context().exit(1)


@template.command("eject")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("mails", nargs=-1, type=_mails, metavar="[MAIL]...")
@desk_option
@pass_desk
def eject_templates(desk: Desk, folder: Path, mails: tuple[str, ...], desk_id: str) -> None:
    """Copy the common words of mails (of all, without MAILS) into a folder, to change them there.

    Nothing is written over. Set service.templates (or templates of a desk) to that folder.

    Example: mailgate template eject templates/own invitation reminder
    """
    language = _desk_policy(desk, desk_id).language
    wanted = [Path(language, mail, part) for mail in mails or sorted(LETTERS) for part in PARTS]
    if there := [place for place in wanted if (folder / place).exists()]:
        raise Refused("{file} is there already: nothing was written", file=click.format_filename(folder / there[0]))
    try:
        for place in wanted:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(resources.folder("templates") / place, folder / place)
    except OSError as error:
        unwritten = Phrase(
            "{file} cannot be written: {why}", file=click.format_filename(folder), why=error.strerror or ""
        )
        raise BadInput([unwritten]) from None
    copied = _("{count} files are in {folder}: keep what you change, remove the others.")
    say(copied.format(count=len(wanted), folder=click.format_filename(folder)))


def _desk_policy(desk: Desk, desk_id: str) -> DeskPolicy:
    from mailgate.office import desks_of

    return desks_of(desk.config).named(desk_id)


def _row(policy: DeskPolicy, mail: str, problems: list[str]) -> dict[str, str]:
    place = policy.templates / policy.language / mail if policy.templates else None
    own = place is not None and any((place / part).is_file() for part in PARTS)
    wrong = _of_mail(policy, mail, problems)
    words = (Phrase("own, not used") if wrong else Phrase("own")) if own else Phrase("common")
    return {"mail": mail, "language": policy.language, "words": words, "problem": "; ".join(wrong)}


def _of_mail(policy: DeskPolicy, mail: str, problems: list[str]) -> list[str]:
    here = f"{policy.language}/{mail}"
    return [one for one in problems if one.startswith((f"{here}/", f"{here}:"))]
