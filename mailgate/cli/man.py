"""The man pages, made from the click commands themselves: mailgate.1, and mailgate-NOUN.1 for each noun.

roff as in man(7), in ASCII: other characters as \\[uXXXX], which groff and mandoc both know. click-man reads
`Group.commands` and would miss every command that is imported late (`cli/lazy.py`); hence these lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from gettext import gettext as _

import click

from mailgate import __version__


def pages(root: click.Context) -> Iterator[tuple[str, str]]:
    """The name of each file and what is in it, beginning with that of the program; `root` is its context."""
    nouns = list(_children(root))
    yield "mailgate.1", _page(root, _program(root, nouns))
    for noun in nouns:
        yield f"{_name(noun)}.1", _page(noun, _noun(noun))


def _page(ctx: click.Context, lines: Iterator[str]) -> str:
    head = f'.TH "{_escaped(_name(ctx).upper())}" "1" "" "mailgate {_escaped(__version__)}" "mailgate"'
    name = f"{_escaped(_name(ctx))} \\- {_escaped(_sentence(ctx.command))}"
    return "\n".join([head, _heading(_("NAME")), name, *lines, ""])


def _program(root: click.Context, nouns: list[click.Context]) -> Iterator[str]:
    yield from _synopsis([root])
    yield _heading(_("DESCRIPTION"))
    yield from _prose(root.command)
    yield _heading(_("OPTIONS"))
    yield from _options(root)
    yield _heading(_("COMMANDS"))
    yield from _terms([(f"{_name(one)}(1)", _sentence(one.command)) for one in nouns])
    yield _heading(_("FILES"))
    yield from _terms(
        [("./var/mailgate.toml, /etc/mailgate/mailgate.toml", _("The configuration, where none is named."))]
    )
    yield _heading(_("ENVIRONMENT"))
    yield from _terms(
        [
            ("MAILGATE_CONFIG", _("The configuration file, unless --config names one.")),
            ("MAILGATE_OPERATOR", _("Who acts, unless --as says it.")),
            (
                "MAILGATE_SECTION__KEY",
                _("Overrides a key of the configuration, such as MAILGATE_LISTENER__PORT=2525."),
            ),
        ]
    )
    yield _heading(_("EXIT STATUS"))
    yield from _terms(
        [
            ("0", _("Done.")),
            ("1", _("Refused or failed; the reason is one line on standard error.")),
            ("2", _("Wrong usage.")),
            ("141", _("The reader of standard output went away.")),
        ]
    )


def _noun(noun: click.Context) -> Iterator[str]:
    verbs = list(_children(noun))
    runs_itself = not verbs or (isinstance(noun.command, click.Group) and noun.command.invoke_without_command)
    yield from _synopsis([*([noun] if runs_itself else []), *verbs])
    yield _heading(_("DESCRIPTION"))
    yield from _prose(noun.command)
    if runs_itself:
        yield _heading(_("OPTIONS"))
        yield from _options(noun)
    if verbs:
        yield _heading(_("COMMANDS"))
    for verb in verbs:
        yield f".SS {_escaped(verb.info_name or '')}"
        yield from _prose(verb.command)
        yield from _options(verb)
    yield _heading(_("SEE ALSO"))
    yield ".BR mailgate (1)"


def _children(ctx: click.Context) -> Iterator[click.Context]:
    if not isinstance(ctx.command, click.Group):
        return
    for name in ctx.command.list_commands(ctx):
        found = ctx.command.get_command(ctx, name)
        if found is not None and not found.hidden:
            yield click.Context(found, info_name=name, parent=ctx, help_option_names=["-h", "--help"])


def _synopsis(commands: list[click.Context]) -> Iterator[str]:
    yield _heading(_("SYNOPSIS"))
    for position, one in enumerate(commands):
        if position:
            yield ".br"
        yield f".B {_escaped(_typed(one))}"
        if pieces := " ".join(one.command.collect_usage_pieces(one)):
            yield _escaped(pieces)


def _options(ctx: click.Context) -> Iterator[str]:
    """Each with its help, as click words it."""
    options = (one for one in ctx.command.get_params(ctx) if isinstance(one, click.Option))
    return _terms([record for one in options if (record := one.get_help_record(ctx))])


def _terms(entries: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> Iterator[str]:
    for term, text in entries:
        yield from (".TP", f".B {_escaped(term)}", _escaped(text))


def _heading(words: str) -> str:
    return f".SH {_escaped(words)}"


def _prose(command: click.Command) -> Iterator[str]:
    """The help text: paragraphs filled, those that click leaves as they are (\\b) and the example not."""
    for paragraph in (command.help or "").split("\n\n"):
        lines = paragraph.strip("\n").splitlines()
        if not lines:
            continue
        yield ".PP"
        as_they_are = lines[0].strip() == "\b"
        if as_they_are or lines[0].startswith(("Example: ", _("Example:"))):
            yield from (".nf", *map(_escaped, lines[1:] if as_they_are else lines), ".fi")
        else:
            yield _escaped(" ".join(line.strip() for line in lines))


def _sentence(command: click.Command) -> str:
    """The first sentence of the help."""
    return command.get_short_help_str(limit=500)


def _typed(ctx: click.Context) -> str:
    """The words of the command; click's own path would have the arguments of the groups between them."""
    return f"{_typed(ctx.parent)} {ctx.info_name}" if ctx.parent else "mailgate"


def _name(ctx: click.Context) -> str:
    return _typed(ctx).replace(" ", "-")


def _escaped(text: str) -> str:
    """`text` so that roff prints it: no request at its beginning, no escape in it, ASCII alone."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    plain = "".join(one if one.isascii() else f"\\[u{ord(one):04X}]" for one in plain)
    return f"\\&{plain}" if plain.startswith((".", " ")) else plain
