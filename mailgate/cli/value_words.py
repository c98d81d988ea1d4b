"""Words for what is a code to programs: states, kinds, labels, yes and no, and the columns that they stand in.

A command has a document for scripts, whose keys and values never change; after this a person reads its cells and
pages: in English the codes themselves, in Japanese a word of the office. The catalogue has them under the name of
their enum, since what is "asked" of a teacher is not what is "asked" of an applicant. A value that is not known (of a
newer version) is shown as it is. Weakness: `kinds` has to name every enum that is shown; a test holds it to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache, partial
from gettext import NullTranslations
from typing import Any

import click

from mailgate.cli import words

Kind = type[StrEnum] | type[bool] | str
"""An enum, yes or no; LETTER, DECISION, RECIPIENT or ACTOR."""
Shown = Callable[[Any], str]
"""A value of a document to what a person reads."""
Cells = Mapping[str, Shown]
"""By column; where there is none, a value stands as it is."""

LETTER, DECISION, RECIPIENT, ACTOR = "letter", "decision", "recipient", "actor"
"""Of a mail that we compose; of a finding; of a mail to somebody whom the register does not know; of a note, but for
operators, who are named."""
COLUMN, STORED = "column", "stored"
"""Contexts in the catalogue: the names of columns, and what `stored_words` knows again."""
COLUMNS_OF = {
    "cases": ("to_review",),
    "schools": ("name",),
    "contracts": ("name", "from", "to", "cases", "renewed"),
    "members": ("kind",),
    "lines": ("subject",),
}
"""Columns that are called otherwise in some lists, by the list's key in JSON."""
COLUMNS = (
    *("id", "number", "case", "desk", "round", "state", "status", "kind", "subject", "reason", "mail", "name", "at"),
    *("received_at", "due_at", "mail_date", "teacher", "member", "assignee", "findings_open", "to_review", "tags"),
    *("held_reason", "late", "coverage", "trust", "reasons", "attachments", "addresses", "versions", "merged_into"),
    *("label", "tier", "decision", "text", "tries", "size_bytes", "next_try_at", "to", "what", "sha256", "defects"),
    *("next", "handle", "school", "plan", "role", "years", "school_type", "age_band", "gender", "confirmation"),
    *(
        "confirmed_at",
        "verified_at",
        "municipality",
        "aliases",
        "domains",
        "contracts",
        "from",
        "days_left",
        "renewed",
        "cases",
    ),
    *("topics", "monthly_limit", "paused_until", "relations", "kana", "credential", "affiliations", "contract_from"),
    *("contract_to", "invited_at", "actor", "action", "detail", "field", "value", "row", "change", "columns"),
    *("wish", "missing", "unclear", "filled_in", "registered_as", "became", "decided_by", "sequence", "language"),
    *("words", "problem", "level", "in small groups", "tells", "topic", "title"),
    *("reminders", "expired", "closed", "digests", "confirmations", "purged received mails", "purged sent mails"),
    *("purged cases", "purged keys", "purged members", "purged applications", "purged audit lines"),
    *("sender", "message_id", "bounce"),
)


def label(column: str, of: str = "") -> str:
    """The name of a column, as the head line of a table (`of` some things) and the head of a page have it."""
    if column in COLUMNS_OF.get(of, ()):
        return in_context(f"{COLUMN} of {of}", column)
    return in_context(COLUMN, column)


def word(kind: Kind, value: object) -> str:
    """The word for `value`, one of `kind` or the text of one; empty for None."""
    context = kind if isinstance(kind, str) else kind.__name__
    return "" if value is None else in_context(context, str(value))


def in_context(context: str, text: str) -> str:
    """What the catalogue has for `text` in a context, in the language of this run; else the text."""
    return _catalogue(words.language()).pgettext(context, text)


def of(kind: Kind) -> Shown:
    """`word` for one kind."""
    return partial(word, kind)


class StateChoice(click.Choice[str]):
    """An option that takes the values of an enum as they stand; the help in Japanese says what each is called."""

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__([one.value for one in kind])
        self.kind = kind

    def named(self) -> str:
        """`held=保留中、new=対応待ち`."""
        return "、".join(f"{value}={word(self.kind, value)}" for value in self.choices)


def known() -> Iterator[tuple[str, str]]:
    """Each context and text that the catalogue must have for this module."""
    yield from ((COLUMN, column) for column in COLUMNS)
    yield from ((f"{COLUMN} of {of}", column) for of, columns in COLUMNS_OF.items() for column in columns)
    yield from ((bool.__name__, str(value)) for value in (True, False))
    yield from ((kind.__name__, value.value) for kind in kinds() for value in kind)
    yield from ((DECISION, value) for value in ("redact", "keep"))
    from mailgate.cli.stored_words import TEMPLATES
    from mailgate.flow.context import SYSTEM
    from mailgate.flow.own_templates import LETTERS
    from mailgate.flow.post import STRANGER

    yield from ((LETTER, name) for name in LETTERS)
    yield RECIPIENT, STRANGER
    yield from ((ACTOR, name) for name in ("teacher", SYSTEM))
    yield from ((STORED, template) for template in TEMPLATES)


def kinds() -> tuple[type[StrEnum], ...]:
    """Every enum whose values stand in what a person reads. Imported only here: who asks for a word has its enum."""
    from mailgate.desk import application_form, contracts, eligibility, lifecycle, people, routing, trust
    from mailgate.flow import import_rows
    from mailgate.mail import content, message
    from mailgate.screening import finding

    return (
        *(lifecycle.CaseState, lifecycle.InvitationState, lifecycle.CommentState, lifecycle.ConsentState),
        *(lifecycle.ApplicationState, lifecycle.ConfirmationState, lifecycle.AttachmentState),
        *(lifecycle.SpoolState, lifecycle.OutboxState, routing.HeldReason),
        *(people.MemberStatus, people.Plan, eligibility.Coverage, contracts.Standing, application_form.Wish),
        *(trust.Trust, finding.Label, finding.Tier, import_rows.Effect),
        *(message.Kind, content.Content),
    )


@cache
def _catalogue(language: str) -> NullTranslations:
    """Asked for each cell of a long list: gettext would look for the file each time."""
    assert language == words.language()
    return words.catalogue()
