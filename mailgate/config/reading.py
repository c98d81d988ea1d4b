"""From a file and the environment to a `Config`, or to all that is wrong with them at once.

Before it: the command line, with `--config` or without. After it: `sections.Config`, complete, with absolute paths.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mailgate.config.environment import overrides
from mailgate.config.sections import CLASH, Config, Section
from mailgate.errors import BadConfiguration

_PLACES = (Path("var/mailgate.toml"), Path("/etc/mailgate/mailgate.toml"))
_LONGEST_SHOWN = 60
_SECRET = {("database", "url"), ("keys", "store")}  # may hold a password


def find_config(option: Path | None, environment: Mapping[str, str]) -> Path:
    """The file to read: `option` (--config), MAILGATE_CONFIG, ./var/mailgate.toml, /etc/mailgate/mailgate.toml.

    A file that was named is not looked for: `load` tells why it cannot be read. Raises BadConfiguration when none was
    named and none is in its place.
    """
    if option is not None:
        return option
    if named := environment.get("MAILGATE_CONFIG"):
        return Path(named)
    for place in _PLACES:
        if _is_there(place):
            return place
    looked = " and ".join(f"./{place}" if not place.is_absolute() else f"{place}" for place in _PLACES)
    raise BadConfiguration(
        [f"no configuration: looked for {looked}; make one with `mailgate init var` or name one with --config FILE"]
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
        problems += [_problem(one, variables) for one in error.errors(include_url=False)]
    if problems:
        raise BadConfiguration(list(dict.fromkeys(problems)))
    config = _anchored(config, path.absolute().parent)
    if _same_database(config.key_store_url(), config.database.url):
        raise BadConfiguration(["keys.store: names the database itself (expected another one: see README, Keys)"])
    return config


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
        raise BadConfiguration([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise BadConfiguration([f"{path}: byte {error.start + 1} is not UTF-8 (expected a TOML file)"]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadConfiguration([f"{path}: not TOML: {error}"]) from error


def _unknown_sections(given: Mapping[str, object], variables: Mapping[tuple[str, str], str]) -> list[str]:
    named = {name: name for name in given} | {section: name for (section, _), name in variables.items()}
    return [
        f"{name}: unknown section {_suggest(section, Config.model_fields)}"
        for section, name in named.items()
        if section not in Config.model_fields
    ]


def _problem(error: ErrorDetails, variables: Mapping[tuple[str, str], str]) -> str:
    section, *rest = (str(part) for part in error["loc"])
    if not rest:
        return f"{section}: {_shown(error['input'])} is no section (expected [{section}] and its keys below)"
    key = rest[0]
    variable = variables.get((section, key))
    name = f"{section}.{key} ({variable})" if variable else f"{section}.{key}"
    fields = _section(section).model_fields
    if key not in fields:
        return f"{name}: unknown key {_suggest(key, fields)}"
    if error["type"] == CLASH:
        return f"{name}: {error['msg']}"
    shown = "this text" if (section, key) in _SECRET else _shown(error["input"])
    return f"{name}: {shown} does not fit (expected {fields[key].description})"


def _section(name: str) -> type[Section]:
    section: type[Section] = type(Config.model_fields[name].default)
    return section


def _suggest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f'(did you mean "{near[0]}"?)' if near else f"(expected one of {', '.join(known)})"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _anchored(config: Config, folder: Path) -> Config:
    """Every relative path below `folder`, so that it does not matter where the command is started."""
    sections = {name: _anchored_section(getattr(config, name), folder) for name in Config.model_fields}
    database = config.database.model_copy(update={"url": _anchored_url("database.url", config.database.url, folder)})
    keys = sections["keys"].model_copy(update={"store": _anchored_url("keys.store", config.keys.store, folder)})
    return config.model_copy(update=sections | {"database": database, "keys": keys})


def _anchored_section(section: Section, folder: Path) -> Section:
    return section.model_copy(update={key: folder / value for key, value in section if isinstance(value, Path)})


def _anchored_url(key: str, url: str, folder: Path) -> str:
    file = url.removeprefix("sqlite:///")
    if file == url:
        return url
    if "?" in str(folder):
        raise BadConfiguration([f'{key}: SQLite cannot work in "{folder}" (expected a folder without "?")'])
    return f"sqlite:///{folder / file}"
