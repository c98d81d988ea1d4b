"""The templates that a desk has for itself: what is wrong with them, and that a wrong one is never sent.

Such a folder is built like `templates/` and has any of its files; only those that end in .txt are looked at. A mail
whose own words do not fit is sent in the common ones, whole: a name that no mail has, a variable that the letter does
not have, or one that every reader needs and that is not there. That is told to the log, by `doctor` and by
`template check`; it stops nothing. Whether the words are any good is seen by whoever reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

import structlog
from jinja2 import BaseLoader, Environment, FileSystemLoader, TemplateError, meta

from mailgate.events import Event
from mailgate.flow.letters import Letter
from mailgate.flow.render import PARTS
from mailgate.phrase import Phrase
from mailgate.system_words import system_words

LETTERS: dict[str, Any] = {letter.template: letter for letter in get_args(Letter)}
"""What each mail is told, by the name of its template."""
_EXPECTED = Phrase("expected LANGUAGE/MAIL/subject.txt and body.txt as in templates/")
_CAN_BE_LEFT_OUT = ("bool", "int", "date", "date | None", "Wish | None", "tuple[Wish, ...]")
"""Types of variables without which a mail still says what it is for: numbers, days, and what only chooses words."""
_log = structlog.get_logger("templates")


class OwnFirst(BaseLoader):
    """Gives the own file of a mail where that mail is well, and else the common one. Both folders are of one language.

    Looks at a mail when it is first needed, and keeps what it found.
    """

    def __init__(self, own: Path, common: Path) -> None:
        self._own, self._common = own, common
        self._fit: dict[str, bool] = {}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        mail = template.partition("/")[0]
        is_own = (self._own / template).is_file() and self._is_fit(environment, mail)
        return FileSystemLoader(self._own if is_own else self._common).get_source(environment, template)

    def _is_fit(self, environment: Environment, mail: str) -> bool:
        if mail not in self._fit:
            wrong = list(_of_mail(self._own, self._common, mail, environment))
            for one in wrong:
                _log.error(Event.TEMPLATE_UNFIT, template=str(self._own / mail), reason=one)
            self._fit[mail] = not wrong
        return self._fit[mail]


def problems(folder: Path, common: Path, languages: tuple[str, ...], environment: Environment) -> Iterator[str]:
    """One line for each thing that is wrong with a folder; nothing is rendered. `common` is that of all desks."""
    if not folder.is_dir():
        yield Phrase("{folder} is no folder ({expected})", folder=folder, expected=_EXPECTED)
        return
    places = [file.relative_to(folder) for file in sorted(folder.rglob("*.txt"))]
    if not places:
        yield Phrase("{folder} has no templates ({expected})", folder=folder, expected=_EXPECTED)
    known = [place for place in places if _is_known(place.parts, languages)]
    for place in places:
        if place not in known:
            yield Phrase("{place} is no part of a mail ({expected})", place=place, expected=_EXPECTED)
    for language, mail in dict.fromkeys(place.parts[:2] for place in known):
        for one in _of_mail(folder / language, common / language, mail, environment):
            yield Phrase("{language}/{what}", language=language, what=one)


def _is_known(parts: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    match parts:
        case (language, mail, part):
            return language in languages and mail in LETTERS and part in PARTS
    return False


def _of_mail(own: Path, common: Path, mail: str, environment: Environment) -> Iterator[str]:
    """What is wrong with the own words of a mail, a part that is not there taken from the common ones."""
    letter, named, whole = LETTERS[mail], set[str](), True
    for part in PARTS:
        file = own / mail / part
        wrong, names = _read(file if file.is_file() else common / mail / part, letter, environment)
        named |= names
        if wrong:
            whole = False
            yield Phrase("{file}: {what}", file=f"{mail}/{part}", what=wrong)
    missing = sorted(_needed(letter) - named)
    if whole and missing:
        what = Phrase("names no {missing} (expected in the subject or the body)", missing=missing)
        yield Phrase("{file}: {what}", file=mail, what=what)


def _read(file: Path, letter: Any, environment: Environment) -> tuple[str, set[str]]:
    """("" for a template that can be filled in, the variables that it names)."""
    try:
        source = file.read_text(encoding="utf-8")
        environment.compile(source)
        named = meta.find_undeclared_variables(environment.parse(source))
    except OSError as error:
        return Phrase("cannot be read: {why}", why=system_words(error)), set()
    except UnicodeDecodeError:
        return Phrase("is not UTF-8"), set()
    except TemplateError as error:
        return f"{type(error).__name__} ({error.message})", set()
    known = {field.name for field in fields(letter)} | {"service_name"}
    strange = sorted(named - known)
    if strange:
        return Phrase("names {strange} (expected only {known})", strange=strange, known=sorted(known)), named
    return "", named


def _needed(letter: Any) -> set[str]:
    """What its reader cannot do without: the texts and addresses that are told in every such mail."""
    told = (field for field in fields(letter) if field.default is MISSING)
    return {field.name for field in told if field.type not in _CAN_BE_LEFT_OUT}
