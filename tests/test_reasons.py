"""Every reason below the command line can be said in Japanese: it is a template with its values, and in the catalogue.

A reason that is put together (an f-string, a sum, a join) is English for good, and no catalogue can find it. What is
looked at is the source: the calls that make an error of `mailgate/errors.py` or a phrase.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import catalogue
import pytest

import mailgate
from mailgate import errors
from mailgate.errors import MailgateError
from mailgate.phrase import Phrase

ROOT = Path(mailgate.__file__).parent
ERRORS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, MailgateError)}
LISTED = {"BadInput", "BadConfiguration"}
FOR_OTHERS = {"demo": "the demo tells its own story, in English, to whoever tries it out"}
"""Folders that are not looked at, and why."""
PUT_TOGETHER: dict[str, str] = {}
"""file: why a reason in it may be put together. Nobody has needed one so far."""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    """Each call that makes an error or a phrase, and where it stands."""
    for file in sorted(ROOT.rglob("*.py")):
        place = file.relative_to(ROOT)
        if place.parts[0] in {"cli", *FOR_OTHERS} or str(place) in PUT_TOGETHER:
            continue
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        calls = (one for one in nodes if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.args)
        for call in calls:
            if ast.unparse(call.func) in ERRORS | {"Phrase"}:
                yield f"mailgate/{place}:{call.lineno}", call


def _reasons() -> Iterator[tuple[str, ast.expr, bool]]:
    """Each reason, where it stands, and whether it is one of several problems."""
    for place, call in _calls():
        assert isinstance(call.func, ast.Name)
        first = call.args[0]
        if call.func.id in LISTED:
            problems = first.elts if isinstance(first, (ast.List, ast.Tuple)) else [first]
            yield from ((place, getattr(one, "elt", one), True) for one in problems)
        else:
            yield place, first, False


def _is_put_together(reason: ast.expr) -> bool:
    if isinstance(reason, ast.IfExp):
        return _is_put_together(reason.body) or _is_put_together(reason.orelse)
    is_method = isinstance(reason, ast.Call) and isinstance(reason.func, ast.Attribute)
    return isinstance(reason, (ast.JoinedStr, ast.BinOp)) or (
        is_method and reason.func.attr in ("join", "format", "format_map", "replace")  # type: ignore[attr-defined]  # seen
    )


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('Refused("case {number} is closed", number=3)', False),
        ("Refused(reason)", False),
        ('Refused(f"case {number} is closed")', True),
        ('Refused("case " + name)', True),
        ('Refused("case %d" % number)', True),
        ('Refused("; ".join(reasons))', True),
        ('Refused("case {}".format(3))', True),
        ('Refused("a" if b else f"{c}")', True),
    ],
)
def test_what_counts_as_put_together(source: str, found: bool) -> None:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)

    assert _is_put_together(call.args[0]) is found


def test_no_reason_is_put_together() -> None:
    looked_at = list(_reasons())

    assert len(looked_at) > 400
    assert [place for place, reason, _ in looked_at if _is_put_together(reason)] == []


def test_each_of_several_problems_is_a_phrase() -> None:
    plain = [place for place, reason, listed in _reasons() if listed and isinstance(reason, ast.Constant)]

    assert plain == []


def test_the_catalogue_finds_every_template() -> None:
    templates = {
        reason.value: place
        for place, reason, _ in _reasons()
        if isinstance(reason, ast.Constant) and isinstance(reason.value, str)
    }
    needed = catalogue.needed()

    assert [f"{place}: {text}" for text, place in templates.items() if text not in needed] == []


def test_every_template_has_its_values() -> None:
    """A template without its value would raise KeyError where somebody only wanted to be told what is wrong."""
    for place, call in _calls():
        template, given = call.args[0], {one.arg for one in call.keywords}
        if isinstance(template, ast.Constant) and isinstance(template.value, str) and given and None not in given:
            values = {name: 1 for name in given if name}
            try:
                Phrase(template.value, **values)
            except KeyError as missing:
                pytest.fail(f"{place}: {missing} has no value in {template.value!r}")
            except ValueError:
                continue  # a format that a number does not have, such as that of a day
            unused = [name for name in values if f"{{{name}" not in template.value]
            assert not unused, f"{place}: {template.value!r} has no place for {unused}"
