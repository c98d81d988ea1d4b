"""`mailgate help`: the operator's handbook chapter by chapter, the help of any command, and man pages of all of them.

The chapters are files beside the package, `mailgate/handbook/LANGUAGE/TOPIC.md`, plain enough to be read in a terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from gettext import gettext as _
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from mailgate.cli import words
from mailgate.cli.common import json_option, say, show
from mailgate.cli.pager import in_pager
from mailgate.cli.program import typed_here
from mailgate.cli.tables import table

FOLDER = Path(__file__).resolve().parent.parent / "handbook"
TOPICS = (
    "day",
    "week",
    "month",
    "first-day",
    "leak",
    "wrong-answer",
    "emergency",
    "forged",
    "outage",
    "lost-key",
)
"""The chapters in the order of the list: routine first, then what goes wrong."""
_INTRODUCTION = {
    "ja": "運営の手引きです。章は mailgate help day、コマンドの説明は mailgate help case invite のように打ちます。",
    "en": "The operator's handbook. Read a chapter with mailgate help day, a command with mailgate help case invite.",
}


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    typed = ctx.params.get(param.name or "") or ()
    group = _command_at(ctx.find_root(), typed)
    names = group.command.list_commands(group) if group and isinstance(group.command, click.Group) else []
    chapters = [] if typed else TOPICS
    return [CompletionItem(one) for one in (*chapters, *names) if one.startswith(incomplete)]


@click.command("help")
@click.argument("topic", nargs=-1, shell_complete=_complete)
@click.option(
    "--man",
    type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True),
    metavar="DIRECTORY",
    help="Write the man pages of all commands into a folder instead.",
)
@json_option
@click.pass_context
def show_help(ctx: click.Context, topic: tuple[str, ...], man: Path | None, as_json: bool) -> None:
    """Show a chapter of the operator's handbook, or the help of a command; without TOPIC the list of chapters.

    Example: mailgate help leak
    """
    if man is not None:
        if topic:
            raise click.UsageError(_("--man writes the pages of all commands: leave TOPIC out"))
        _write_man_pages(ctx, man)
    elif not topic:
        language = words.language()
        rows = [{"topic": one, "title": title_of(language, one)} for one in TOPICS]
        show(
            as_json,
            {"topics": rows},
            lambda: [typed_here(_INTRODUCTION[language]), "", *table(rows, ("topic", "title"), "")],
        )
    else:
        text = _text_of(ctx, topic)
        if as_json:
            show(True, {"topic": " ".join(topic), "text": text}, list)
            return
        in_pager(text)


def chapter(language: str, topic: str) -> str:
    """The text of a chapter; `topic` is one of `TOPICS`."""
    return (FOLDER / language / f"{topic}.md").read_text(encoding="utf-8").rstrip("\n")


def title_of(language: str, topic: str) -> str:
    """Its first line, which is a heading."""
    return chapter(language, topic).partition("\n")[0].removeprefix("# ")


def _text_of(ctx: click.Context, path: Sequence[str]) -> str:
    if len(path) == 1 and path[0] in TOPICS:
        return chapter(words.language(), path[0])
    root = ctx.find_root()
    found = _command_at(root, path)
    if found is not None:
        return found.get_help()
    names = root.command.list_commands(root) if isinstance(root.command, click.Group) else []
    near = get_close_matches(path[0], [*TOPICS, *names], n=1)
    unknown = (
        _("there is no topic or command '{typed}' (did you mean '{near}'?): 'mailgate help' lists the topics")
        if near and near[0] != path[0]
        else _("there is no topic or command '{typed}': 'mailgate help' lists the topics")
    )
    raise click.UsageError(unknown.format(typed=" ".join(path), near=next(iter(near), "")))


def _command_at(root: click.Context, path: Sequence[str]) -> click.Context | None:
    """The context of the command with this path below `root`; None when there is none."""
    ctx = root
    for word in path:
        found = ctx.command.get_command(ctx, word) if isinstance(ctx.command, click.Group) else None
        if found is None:
            return None
        ctx = found.context_class(found, info_name=word, parent=ctx)
    return ctx


def _write_man_pages(ctx: click.Context, folder: Path) -> None:
    from mailgate.cli.man import pages
    from mailgate.errors import BadInput
    from mailgate.phrase import Phrase

    written = 0
    for name, text in pages(ctx.find_root()):
        file = folder / name
        try:
            file.write_text(text, encoding="ascii")
            file.chmod(0o644)  # no secret: whoever reads man pages is another user
        except OSError as error:
            unwritten = Phrase(
                "{file} cannot be written: {why}", file=click.format_filename(file), why=error.strerror or ""
            )
            raise BadInput([unwritten]) from None
        written += 1
    told = _("Wrote {count} man pages; read one with: {command}")
    say(told.format(count=written, command=f"man -l {folder / 'mailgate.1'}"))
