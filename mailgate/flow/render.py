"""From a letter to the words that its reader sees: subject and body, from `templates/<language>/<mail>/`, or from a
folder of the desk's own that is built like it and whose files go before.

A flow makes a `Letter` (`flow/letters.py`) and hands it in; what comes out goes to `mail/compose.py`, which makes
the message (RFC 5322) of it. Nothing here knows who the reader is. Text of a mail is only ever a value: it is put
into a template and never read as one. This module and the one that looks over a desk's own templates
(`own_templates.py`) are the only ones for mails that import Jinja.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mailgate import resources
from mailgate.desk.desks import DeskPolicy
from mailgate.errors import BadConfiguration, BadLetter
from mailgate.phrase import Phrase
from mailgate.store.digest import digest_of

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from mailgate.flow.letters import Letter

PARTS = ("subject.txt", "body.txt")
"""The files of a mail."""
_NOT_IN_A_LINE = ("Cc", "Zl", "Zp")
"""Unicode categories: controls, line and paragraph separators. The full-width space is welcome."""


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    """One line, not encoded."""
    body: str
    """Lines with `\\n` ends and no blanks before them; the last line has its end, and no empty line follows."""


class Renderer:
    """The letters of one desk in one language; it holds compiled templates and may be shared by threads."""

    def __init__(
        self, language: str, service_name: str, folder: Path | None = None, own_folder: Path | None = None
    ) -> None:
        """`language` is "ja" or "en" (else `BadConfiguration`); `folder` is the place of `<language>/<mail>/`,
        `own_folder` that of files that go before those.

        Templates are read when they are first needed and kept: a running service sends one and the same wording.
        """
        if language not in _DAYS:
            raise BadConfiguration(
                [
                    Phrase(
                        "service.language: there are no mails in {language!r}, only in {days}",
                        language=language,
                        days=[*_DAYS],
                    )
                ]
            )
        self._service_name = service_name
        self._own_folder = own_folder
        self._language = language
        self._wordings: dict[str, str] = {}
        self._folder = folder or resources.folder("templates")

    @cached_property
    def _templates(self) -> SandboxedEnvironment:
        """Made for the first letter: most commands write none."""
        from jinja2 import BaseLoader, FileSystemLoader, StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        common = self._folder / self._language
        loader: BaseLoader = FileSystemLoader(common)
        if self._own_folder is not None:
            from mailgate.flow.own_templates import OwnFirst

            loader = OwnFirst(self._own_folder / self._language, common)
        templates = SandboxedEnvironment(
            loader=loader,
            undefined=StrictUndefined,
            # Plain text, never HTML: an escaped & would reach the reader as &amp;.
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        templates.filters["day"] = _DAYS[self._language]
        templates.filters["whole_day"] = _WHOLE_DAYS[self._language]
        return templates

    def render(self, letter: Letter) -> Rendered:
        """The text of `letter`. Raises `BadLetter` for a template that is missing, cannot be read as one, or names
        what the letter does not have, and for a subject that is not one line of text.
        """
        subject = self._fill(letter, "subject.txt")
        if not subject.strip() or any(unicodedata.category(sign) in _NOT_IN_A_LINE for sign in subject):
            raise BadLetter(
                "{template}/subject.txt: a subject is one line of text without control characters",
                template=letter.template,
            )
        return Rendered(subject.strip(), _tidy(self._fill(letter, "body.txt")))

    def wording(self, template: str) -> str:
        """A mark of the words of a template under this name of the service: equal marks render equal letters."""
        if template not in self._wordings:
            assert self._templates.loader is not None, "given above"
            parts = (f"{template}/{part}" for part in PARTS)
            words = [self._templates.loader.get_source(self._templates, part)[0] for part in parts]
            self._wordings[template] = digest_of("\0".join((self._service_name, self._language, *words)))
        return self._wordings[template]

    def problems(self) -> list[str]:
        """What is wrong with the folder of the desk's own templates; nothing where it has none."""
        if self._own_folder is None:
            return []
        from mailgate.flow import own_templates

        return list(own_templates.problems(self._own_folder, self._folder, tuple(_DAYS), self._templates))

    def _fill(self, letter: Letter, part: str) -> str:
        from jinja2 import TemplateError

        name = f"{letter.template}/{part}"
        values = {field.name: getattr(letter, field.name) for field in fields(letter)}
        try:
            return self._templates.get_template(name).render(values, service_name=self._service_name)
        except TemplateError as problem:
            # Jinja's message names variables, types and files; it has no values of the letter.
            kind, message = type(problem).__name__, str(problem.message)
            raise BadLetter("template {name}: {kind} ({message})", name=name, kind=kind, message=message) from problem
        except UnicodeDecodeError as problem:
            raise BadLetter("template {name}: the file is not UTF-8", name=name) from problem
        except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
            # What a template of the operator's calculates; the message may hold a value of the letter.
            raise BadLetter("template {name}: {kind}", name=name, kind=type(problem).__name__) from problem


class Renderers:
    """The renderer of each desk, made when it is first needed and kept."""

    def __init__(self) -> None:
        self._made: dict[DeskPolicy, Renderer] = {}

    def of(self, desk: DeskPolicy) -> Renderer:
        if desk not in self._made:
            self._made[desk] = Renderer(desk.language, desk.name, own_folder=desk.templates)
        return self._made[desk]


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


# No locale module: it belongs to the whole process, and the machine may not have the language.


def _japanese_day(day: date) -> str:
    return f"{day.month}月{day.day}日({'月火水木金土日'[day.weekday()]})"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _english_day(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]}"


_DAYS: dict[str, Callable[[date], str]] = {"ja": _japanese_day, "en": _english_day}
_WHOLE_DAYS: dict[str, Callable[[date], str]] = {
    "ja": lambda day: f"{day.year}年{_japanese_day(day)}",
    "en": lambda day: f"{_english_day(day)} {day.year}",
}
"""For days that may be of another year."""
