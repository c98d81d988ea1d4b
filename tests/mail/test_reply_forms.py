"""Every form of reply that clients write, in every language of reply_forms.toml: only the newly written is left.

The table holds the words of the clients; here they are put together with the positions of an answer (above, below,
between) and the ways in which a quote is shown (marked, unmarked, indented, under a header block). Each reply says
exactly what must be left.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from mailgate.mail.quoting import newly_written

FORMS: dict[str, dict[str, list[str]]] = tomllib.loads((Path(__file__).parent / "reply_forms.toml").read_text("utf-8"))
NAMES = {"ja": "相談窓口", "zh": "咨询处", "ko": "상담 창구"}
ADDRESS = "reply+k2m4pq7a@desk.example.jp"
LONG_NAME = "The Desk of the Teachers of Kawabe and Yamabe"


class Reply(NamedTuple):
    form: str
    body: str
    text: str


def filled(form: str, name: str) -> str:
    return form.replace("NAME", name).replace("ADDR", ADDRESS)


def wrapped(line: str, columns: int) -> str:
    """As Gmail wraps: at blanks, and behind the bracket of an address."""
    return "\n".join(textwrap.wrap(line.replace(f"<{ADDRESS}", f"< {ADDRESS}"), columns, break_on_hyphens=False))


def with_attribution(code: str, form: str) -> Iterator[Reply]:
    language = FORMS[code]
    name = NAMES.get(code, "Anna Berg")
    answer, asked, line = language["answer"], language["asked"], filled(form, name)
    marked = "\n".join(f"> {one}" for one in asked)
    both = "\n".join(answer)
    yield Reply("above", f"{both}\n\n{line}\n\n{marked}\n", both)
    yield Reply("above, no blank lines", f"{both}\n{line}\n{marked}", both)
    yield Reply("below", f"{line}\n{marked}\n\n{both}\n", both)
    between = f"{line}\n\n> {asked[0]}\n{answer[0]}\n> {asked[1]}\n>\n> {asked[2]}\n\n{answer[1]}"
    yield Reply("between", between, f"{answer[0]}\n\n{answer[1]}")
    yield Reply("around", f"{answer[0]}\n\n{line}\n\n{marked}\n\n{answer[1]}", f"{answer[0]}\n\n{answer[1]}")
    yield Reply("two marks deep", f"{both}\n\n{line}\n\n> {line}\n>\n>> {asked[0]}\n> {asked[1]}\n", both)
    if " " in line:
        for columns in (78, 60):
            long = wrapped(filled(form, LONG_NAME), columns)
            yield Reply(f"wrapped at {columns}", f"{both}\n\n{long}\n\n{marked}", both)


def with_unmarked_quote(code: str, form: str) -> Iterator[Reply]:
    language = FORMS[code]
    line = filled(form, NAMES.get(code, "Anna Berg"))
    answer, asked = "\n".join(language["answer"]), language["asked"]
    yield Reply("unmarked", f"{answer}\n\n{line}\n\n" + "\n".join(asked), answer)
    yield Reply("unmarked, no blank lines", f"{answer}\n{line}\n" + "\n".join(asked), answer)
    yield Reply("indented", f"{answer}\n\n{line}\n\n" + "\n".join(f"    {one}" for one in asked), answer)
    if " " in line:
        long = wrapped(filled(form, LONG_NAME), 76)
        yield Reply("unmarked, wrapped", f"{answer}\n\n{long}\n\n" + "\n\n".join(asked), answer)


def blocks(code: str) -> Iterator[tuple[str, str]]:
    sender, sent, to, subject = FORMS[code]["labels"]
    name = NAMES.get(code, "Anna Berg")
    values = ((sender, f"{name} <{ADDRESS}>"), (sent, "01.02.2025 10:05"), (to, "Takanashi Toru"), (subject, "40"))
    for style, colon in (("colon", ": "), ("spaced colon", " : "), ("wide colon", "："), ("colon and tab", ":\t")):
        yield style, "\n".join(f"{label}{colon}{value}" for label, value in values)
    yield "bold", "\n".join(f"*{label}:* {value}" for label, value in values)
    yield "indented", "\n".join(f"    {label}: {value}" for label, value in values)
    yield "no address", "\n".join(f"{label}: {value.split(' <')[0]}" for label, value in values)
    yield (
        "phone's order",
        "\n".join(f"{label}: {value}" for label, value in (values[0], values[1], values[3], values[2])),
    )
    wrapped_values = [f"{label}: {value}" for label, value in values]
    wrapped_values[2] += ";\n Anna Berg <anna@example.org>"
    yield "wrapped addressees", "\n".join(wrapped_values)


def with_header_block(code: str) -> Iterator[Reply]:
    language = FORMS[code]
    answer, asked = "\n".join(language["answer"]), "\n".join(language["asked"])
    rules = {"bare": "", "rule": "_" * 32 + "\n", "spaced rule": "_" * 32 + "\n\n", "hyphens": "-" * 30 + "\n"}
    for style, block in blocks(code):
        for rule, above in rules.items():
            yield Reply(f"{style}, {rule}", f"{answer}\n\n{above}{block}\n\n{asked}\n", answer)
        for marker in language["markers"]:
            yield Reply(f"{style}, {marker}", f"{answer}\n\n{marker}\n{block}\n\n{asked}\n", answer)
        for footer in language["footers"]:
            yield Reply(f"{style}, {footer}", f"{answer}\n\n{footer}\n{'_' * 32}\n{block}\n\n{asked}", answer)
    marked = "\n".join(f"> {one}" if one else ">" for one in f"{block}\n\n{asked}".split("\n"))
    for marker in language["markers"]:
        yield Reply(f"marked, {marker}", f"{answer}\n\n{marker}\n{marked}", answer)
        yield Reply(f"no block, {marker}", f"{answer}\n\n{marker}\n\n{asked}", answer)
        yield Reply(f"marked, no block, {marker}", f"{marker}\n> {language['asked'][0]}\n\n{answer}", answer)
    for footer in language["footers"]:
        yield Reply(f"{footer} alone", f"{answer}\n\n{footer}\n", answer)


def replies(code: str) -> Iterator[Reply]:
    language = FORMS[code]
    for form in [*language["attributions"], *language["plain"]]:
        yield from (reply._replace(form=f"{form} / {reply.form}") for reply in with_attribution(code, form))
    for form in language["attributions"]:
        yield from (reply._replace(form=f"{form} / {reply.form}") for reply in with_unmarked_quote(code, form))
    yield from with_header_block(code)


@pytest.mark.parametrize("code", FORMS)
def test_only_the_answer_is_left(code: str) -> None:
    wrong = [reply for reply in replies(code) if newly_written(reply.body, is_reply=True).text != reply.text]
    assert wrong == []
