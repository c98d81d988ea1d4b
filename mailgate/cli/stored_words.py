"""Reasons that stand in the database as English text, for whoever reads another language.

A mail's result, why something is held or stopped, which rule saw a passage: what was a sentence with values when it was
made is plain text when it is read back. It is known again here by the templates that it was made of. Before: the flows,
which write it; a test reads their source, and finds whichever is missing here. After: `common.told`. What relays,
signatures and the DNS say stays in the words of their standards, and what nobody knows is shown as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from mailgate.cli.value_words import LETTER, STORED, in_context, of
from mailgate.desk.lifecycle import CaseState
from mailgate.mail.message import Kind
from mailgate.phrase import pattern_of

TEMPLATES = (
    *("comment", "amendment", "late comment", "declined", "consent", "satisfaction", "withdrawn", "discarded"),
    *("new case", "consent was given already", "withdrawn already", "the same mail came before"),
    *("bounced {code}", "bounced"),
    *("bounce of {letter}", "delivery report for an unknown mail", "delivery report: not delivered yet"),
    *("held case: {reason}", "held comment: {reason}", "recorded: {reason}", "follow-up in round {round}"),
    *("{handle} pauses", "{handle} pauses until {until}", "{handle} is asked again", "a pause: nothing new"),
    *("asked {handle} until when they pause", "the end of a pause: nothing new"),
    *("application {number}", "application {number}: nothing new", "application {number}, to correct {handle}"),
    *("sent the form for registration", "{handle} confirms what the register holds"),
    *("unknown sender", "no valid contract", "the sender is not authenticated", "nothing was newly written"),
    *("the domain of the sender disowns the mail", "the mail names no single author"),
    *("the sender is not the invited member", "the sender is not the teacher of the case"),
    *("the reply address is no longer valid", "application for the register, and {reason}"),
    "consent to a text that is not asked about any more",
    "about what the register holds of its sender, without a change",
    *("follow-up to a case that is {state}", "withdrawal of a case that is {state}"),
    "the address was one of ours when the mail came, and is no more",
    *("a member's word about a pause, {reason}", "with more to read", "who is {status}", "whom an operator paused"),
    *("to the address for registration, without a form", "from an address of the desk itself"),
    *("{kind} at a bounce address", "auto-reply", "bounce", "receipt", "list", "bulk"),
    *("conflict of interest", "conflict of interest: {reason}", "the teacher personally", "declared relation"),
    *("has the same name as the teacher", "same school (present or past affiliation)"),
    *("same school (an address at its domain)", "same municipality or board of education (present affiliation)"),
    *(
        "has not the form of a letter of ours",
        "is not what was approved",
        "names somebody",
        "names somebody: {handles}",
    ),
    *("taken back: what it told of is undone", "given up after {hours} hours", "given up after {hours} hours {reply}"),
    "What case {number} says is part of this case, in round {round}.",
    "What this case says is part of case {number} now.",
    "Mail {mail} has the same Message-ID and another text as mail {other} (case {case}).",
    "Mail {mail} has the same Message-ID and another text as mail {other}.",
    "Mail {mail} has the same text and another Message-ID as mail {other} (case {case}).",
    "Mail {mail} has the same text and another Message-ID as mail {other}.",
    "Mail {mail} was sent to the desk {desk} and answers a mail of this case: it is here, not there.",
    "The mail of this case was sent to the desk {desk}, too: case {number}.",
    *(
        '{reason}, but authentication.policy is "{policy}"',
        "the check broke on this text ({error}): read every word of it",
    ),
    *("written to the Maildir", "the member has retired"),
    "an operator vouched for the sender of this mail",
    *("nothing could be checked", "the From field names no single author for certain"),
    "an operator approved this address for this reply address before",
    *("name in the register", "mail address in the register", "school in the register", "place in the register"),
    *("telephone number", "name in kana", "whole name in kana", "surname and name in kana", "reading of a name"),
    *(
        "reading of a name mentioned elsewhere",
        "name with its reading",
        "in a row of names",
        "in a row of schools",
        "name mentioned elsewhere",
    ),
    *("school behind its founder", "university", "name and what is taught there", "could be a school"),
    *("school mentioned elsewhere", "name in brackets behind its kind", "name before an age"),
    *(
        "public centre",
        "name of a place of care",
        "could be a place",
        "street address",
        "signature",
        "looks like a Japanese name",
    ),
    *("name before くん or ちゃん", "name before という", "unknown name before さん", "surname and rare name"),
    *("English name of a school", "name with {word}", "bank account", "name of an account", "handle"),
    *("mail address", "URL", "domain name", "telephone number in words", "postal code", "number like a postal code"),
    *("class and number", "school class", "number of a pupil", "date of birth", "number plate", "twelve digits"),
    *("number of a document", "surname and given name", "surname that is a firm's too", "name in the dictionary"),
    *("could be a name", "could be a surname", "the writer's own name", "field for a name", "name alone on a line"),
    *("surname after a role", "surname after {word}の", "given name after {word}の", "parts of a foreign name"),
    *("surname that was read as another word", "name that was cut in two", "written like a given name"),
    *("name after a title", "name before a title", "name below a closing", "name before {word}"),
    *("name in katakana or Latin letters", "name behind a school year", "does what persons do"),
    *("name like an account's", "name of an account in quotation marks", "field for the name of an account"),
    *("secret of an account", "postal code before a place", "telephone number without its area code"),
    *(
        "date and age",
        "date that may be of a birth",
        "date of an age",
        "month of birth",
        "year of birth",
        "date in a table",
    ),
)


def said_again(text: str) -> str:
    """`text` in the language of this run where one of the templates made it, and else as it is."""
    for template in TEMPLATES:
        if found := _pattern(template).fullmatch(text):
            values = {name: _VALUES.get(name, said_again)(value) for name, value in found.groupdict().items()}
            return in_context(STORED, template).format(**values)
    return text


def is_known(text: str) -> bool:
    """Whether there is a template for it."""
    return any(_pattern(template).fullmatch(text) for template in TEMPLATES)


_pattern = cache(pattern_of)
_VALUES: dict[str, Callable[[str], str]] = {
    "state": of(CaseState),
    "letter": of(LETTER),
    "kind": of(Kind),
    **dict.fromkeys(("handle", "number", "round", "word", "mail", "other", "case", "desk"), str),
    **dict.fromkeys(("policy", "error", "hours", "reply", "code"), str),
}
