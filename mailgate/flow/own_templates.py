"""What is wrong with the folder of templates that a desk has for itself; asked once, at the start.

Such a folder is built like `templates/` and has any of its files. A name that no mail has would never be read, a
variable that a letter does not have would break its mail only when one is written: both stop the start instead. Only
files that end in .txt are looked at. Whether the words are any good is seen by whoever reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, TemplateError, meta

from mailgate.flow.letters import Letter
from mailgate.flow.render import PARTS

_LETTERS: dict[str, Any] = {letter.template: letter for letter in get_args(Letter)}
_EXPECTED = "expected LANGUAGE/MAIL/subject.txt and body.txt as in templates/"


def problems(folder: Path, languages: tuple[str, ...], environment: Environment) -> Iterator[str]:
    """One line for each thing that is wrong; nothing is rendered."""
    if not folder.is_dir():
        yield f"{folder} is no folder ({_EXPECTED})"
        return
    files = sorted(folder.rglob("*.txt"))
    if not files:
        yield f"{folder} has no templates ({_EXPECTED})"
    for file in files:
        place = file.relative_to(folder)
        if not _is_known(place.parts, languages):
            yield f"{place} is no part of a mail ({_EXPECTED})"
        elif wrong := _wrong(file, _LETTERS[place.parts[1]], environment):
            yield f"{place}: {wrong}"


def _is_known(parts: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    match parts:
        case (language, mail, part):
            return language in languages and mail in _LETTERS and part in PARTS
    return False


def _wrong(file: Path, letter: Any, environment: Environment) -> str:
    """ "" for a template that can be filled in."""
    try:
        source = file.read_text(encoding="utf-8")
        environment.compile(source)
        named = meta.find_undeclared_variables(environment.parse(source))
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        return "is not UTF-8"
    except TemplateError as error:
        return f"{type(error).__name__} ({error.message})"
    known = {field.name for field in fields(letter)} | {"service_name"}
    strange = sorted(named - known)
    return f"names {', '.join(strange)} (expected only {', '.join(sorted(known))})" if strange else ""
