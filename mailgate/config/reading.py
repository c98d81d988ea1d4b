"""From a file and the environment to a `Config`, or to all that is wrong with them at once.

Before it: the command line, with `--config` or without. After it: `settings.Config`, complete, with absolute paths.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mailgate.config.environment import overrides
from mailgate.config.problems import SEVERAL, line_of, shown, suggest
from mailgate.config.sections import Section
from mailgate.config.settings import SECTIONS, Config
from mailgate.errors import BadConfiguration
from mailgate.phrase import Phrase, all_of
from mailgate.resources import CONFIGURATIONS
from mailgate.system_words import system_words

_PLACES = CONFIGURATIONS
_SECRET = {("database", "url"), ("keys", "store")}  # may hold a password


def find_config(option: Path | None, environment: Mapping[str, str]) -> Path:
    """The file to read: `option` (--config), MAILGATE_CONFIG, ./var/mailgate.toml, /etc/mailgate/mailgate.toml.

    A file that was named is not looked for: `load` tells why it cannot be read. Raises BadConfiguration when none was
    named and none is in its place.
    """
    if option is not None:
        return plain(option)
    if named := environment.get("MAILGATE_CONFIG"):
        return plain(Path(named))
    for place in _PLACES:
        if _is_there(place):
            return place
    looked = all_of([f"./{place}" if not place.is_absolute() else f"{place}" for place in _PLACES])
    raise BadConfiguration(
        [
            Phrase(
                "no configuration: looked for {looked}; make one with `mailgate init var` or name one with "
                "--config FILE",
                looked=looked,
            )
        ]
    )


def load(path: Path) -> Config:
    """The settings of the TOML file `path`, overridden by the environment (MAILGATE_SECTION__KEY).

    Relative paths, in the file or the environment, are relative to the folder of the file. Raises BadConfiguration
    with one line for each problem: "section.key: what is wrong (expected …)".
    """
    given = _toml(path)
    variables = overrides(os.environ)
    problems = _unknown_sections(given, variables)
    try:
        config = Config(**{name: value for name, value in given.items() if name in Config.model_fields})
    except ValidationError as error:
        problems += [line for one in error.errors(include_url=False) for line in _lines(one, variables)]
    if problems:
        raise BadConfiguration(list(dict.fromkeys(problems)))
    config = _anchored(config, plain(path.absolute()).parent)
    if _same_database(config.key_store_url(), config.database.url):
        raise BadConfiguration(
            [Phrase("keys.store: names the database itself (expected another one: see README, Keys)")]
        )
    return config


def plain(path: Path) -> Path:
    """The same place without .. in its name, to be read by a person; as it is where a symbolic link before the ..
    makes that another place."""
    if ".." not in path.parts:
        return path
    short = Path(os.path.normpath(path))
    return short if os.path.realpath(short) == os.path.realpath(path) else path


def passwords_in_file(config: Config, environment: Mapping[str, str]) -> list[str]:
    """The settings of `config` ("section.key") that hold a password and came from its file."""
    variables = overrides(environment)
    urls = {("database", "url"): config.database.url, ("keys", "store"): config.keys.store}
    return [".".join(key) for key, url in urls.items() if urlsplit(url).password and key not in variables]


def _same_database(one: str, other: str) -> bool:
    """As far as the two URLs tell."""
    if one.startswith("sqlite") or other.startswith("sqlite"):
        return one == other
    return _target(one) == _target(other)


def _target(url: str) -> tuple[str, ...]:
    """Host, database and options; who logs in makes no difference."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower().removesuffix(":5432"), parts.path.strip("/"), parts.query


def _is_there(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError:  # a folder that we may not enter: `load` says so
        return True


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadConfiguration([Phrase("{path}: cannot be read: {why}", path=path, why=system_words(error))]) from error
    except UnicodeDecodeError as error:
        raise BadConfiguration(
            [Phrase("{path}: byte {place} is not UTF-8 (expected a TOML file)", path=path, place=error.start + 1)]
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadConfiguration([_where_broken(path, str(error))]) from error


def _where_broken(path: Path, what: str) -> str:
    """What is no TOML in `path`; of what the parser says of it in English, the place."""
    if place := re.search(r"\(at line (\d+), column (\d+)\)$", what):
        return Phrase(
            "{path}: not TOML: line {line}, column {column} cannot be read, or repeats what stands above",
            path=path,
            line=int(place[1]),
            column=int(place[2]),
        )
    if what.endswith("(at end of document)"):
        return Phrase("{path}: not TOML: something that begins in it does not end", path=path)
    return Phrase("{path}: not TOML: nested too deeply", path=path)


def _unknown_sections(given: Mapping[str, object], variables: Mapping[tuple[str, str], str]) -> list[str]:
    named = {name: name for name in given} | {section: name for (section, _), name in variables.items()}
    unknown: list[str] = [
        Phrase("{name}: unknown section {suggestion}", name=name, suggestion=suggest(section, Config.model_fields))
        for section, name in named.items()
        if section not in Config.model_fields
    ]
    of_desks = [name for (section, _), name in variables.items() if section in Config.model_fields.keys() - SECTIONS]
    return unknown + [
        Phrase("{name}: is in a list of tables (expected in the file: no variable sets it)", name=name)
        for name in of_desks
    ]


def _lines(error: ErrorDetails, variables: Mapping[tuple[str, str], str]) -> list[str]:
    if error["type"] == SEVERAL:
        return list(error["ctx"]["lines"])
    section, *rest = (str(part) for part in error["loc"])
    if not rest:
        given = shown(error["input"])
        what = Phrase("{given} is no section (expected [{section}] and its keys below)", section=section, given=given)
        return [Phrase("{name}: {what}", name=section, what=what)]
    key = rest[0]
    variable = variables.get((section, key))
    name = f"{section}.{key} ({variable})" if variable else f"{section}.{key}"
    return [line_of(name, key, SECTIONS[section], error, secret=(section, key) in _SECRET)]


def _anchored(config: Config, folder: Path) -> Config:
    """Every relative path below `folder`, so that it does not matter where the command is started."""
    sections = {name: _anchored_section(getattr(config, name), folder) for name in SECTIONS}
    desks = tuple(_anchored_section(one, folder) for one in config.desks)
    database = config.database.model_copy(update={"url": _anchored_url("database.url", config.database.url, folder)})
    keys = sections["keys"].model_copy(update={"store": _anchored_url("keys.store", config.keys.store, folder)})
    return config.model_copy(update=sections | {"database": database, "keys": keys, "desks": desks})


def _anchored_section(section: Section, folder: Path) -> Section:
    return section.model_copy(update={key: plain(folder / value) for key, value in section if isinstance(value, Path)})


def _anchored_url(key: str, url: str, folder: Path) -> str:
    file = url.removeprefix("sqlite:///")
    if file == url:
        return url
    if "?" in str(folder):
        raise BadConfiguration(
            [Phrase('{key}: SQLite cannot work in "{folder}" (expected a folder without "?")', key=key, folder=folder)]
        )
    return f"sqlite:///{plain(folder / file)}"
