"""What the TAB key offers behind a command: numbers with their states, handles of members, never a name or a text.

click asks the type of an argument (`cli/completion.py` has the scripts for the shells). Whatever is in the way (no
configuration, no database, tables of another version) there is no suggestion, no word and no file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from mailgate.cli.click_words import WholeNumber
from mailgate.cli.value_words import Kind, Shown, of

if TYPE_CHECKING:
    from mailgate.store.suggestions import Suggestion

_PATIENCE_SECONDS = "2"
"""For a PostgreSQL server that is away: libpq's shortest."""
_ASKED_ALREADY = ("remind", "revoke")
"""The verbs of a case that take only members who are invited to it."""


class Number(WholeNumber):
    """The number of a case, a comment or an application, as the noun of the command says."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Those in hand, or all that begin with what was typed; not those that stand on the line already."""
        noun = "case" if "--case" in param.opts else ctx.parent.info_name if ctx.parent else None
        if noun is None or param.name == "attachment":
            return []

        def ask(url: str) -> Iterable[Suggestion]:
            from mailgate.store import suggestions

            return suggestions.numbers(url, noun, incomplete)

        return _suggested(ctx, param, ask, _state_of(noun))


class MemberHandle(click.types.StringParamType):
    """The handle of a member, which the flows look up."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Members that are not retired; for a reminder or a revocation those who are asked in that case."""

        case = ctx.params.get("number")
        asked_already = ctx.info_name in _ASKED_ALREADY and isinstance(case, int)

        def ask(url: str) -> Iterable[Suggestion]:
            from mailgate.store import suggestions

            if asked_already and isinstance(case, int):
                return suggestions.invited_handles(url, case, incomplete)
            return suggestions.member_handles(url, incomplete)

        return _suggested(ctx, param, ask, _state_of("invitation" if asked_already else "member"))


def _state_of(noun: str) -> Shown:
    """What a person reads for a state of such a thing."""
    from mailgate.desk import lifecycle, people

    kinds: dict[str, Kind] = {
        "case": lifecycle.CaseState,
        "comment": lifecycle.CommentState,
        "application": lifecycle.ApplicationState,
        "invitation": lifecycle.InvitationState,
        "member": people.MemberStatus,
    }
    return of(kinds[noun]) if noun in kinds else str


def _suggested(
    ctx: click.Context, param: click.Parameter, ask: Callable[[str], Iterable[Suggestion]], state_of: Shown
) -> list[CompletionItem]:
    """What `ask` finds in the configured database, but for what was typed before."""
    typed = ctx.params.get(param.name or "")
    taken = {str(one).upper() for one in typed} if isinstance(typed, (list, tuple)) else set()
    try:
        from mailgate.config import find_config, load

        os.environ.setdefault("PGCONNECT_TIMEOUT", _PATIENCE_SECONDS)
        config = load(find_config(ctx.find_root().params.get("config"), os.environ))
        found = list(ask(config.database.url))
    except Exception:  # noqa: BLE001 - a line that is being typed is no place for an error: there is no suggestion
        return []
    return [CompletionItem(value, help=state_of(state)) for value, state in found if value not in taken]
