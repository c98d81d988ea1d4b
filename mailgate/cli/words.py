"""Which language the help and click's own messages are in, and where its words are.

Before this stands the command line as it was typed; after it every text that `help_words` and click look up by the
standard gettext, in the text domain "mailgate" (`mailgate/locale/`, made by `make words`). The mails have their own
language and their own texts (`templates/`). No setting is checked here: a configuration that is broken, or is not
there, or may not be read, has no say and does no harm; pydantic is not imported, since `--help` is to be instant.
"""

from __future__ import annotations

import gettext
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mailgate.resources import CONFIGURATIONS

ENGLISH = "en"
LANGUAGES = ("ja", ENGLISH)
DOMAIN = "mailgate"
_NO_DOMAIN = "messages"  # the standard's default, of which there is no catalogue
FOLDER = Path(__file__).resolve().parent.parent / "locale"
PLACES = CONFIGURATIONS
_MOST_BYTES = 1_000_000  # of a configuration; what is longer has no say


def choose(option: str | None, config: str | None, environment: Mapping[str, str]) -> str:
    """The language of this run, "ja" or "en": --lang, MAILGATE_LANG, `service.language` where a configuration has it,
    LC_ALL, LC_MESSAGES or LANG. Japanese that the terminal's encoding has no characters for becomes English.

    `option` and `config` are the values of --lang and --config as typed. Never raises.
    """
    language = _asked(option, config, environment)
    return language if language == ENGLISH or _can_be_shown("あ") else ENGLISH


def speak(language: str) -> None:
    """Lets everything in this process that asks gettext have `language` from now on."""
    if language == ENGLISH:
        gettext.textdomain(_NO_DOMAIN)
        return
    os.environ["LANGUAGE"] = language  # what gettext asks first; the locale, and other programs' English, stay
    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)


def language() -> str:
    """The language that `speak` was called with last; English before."""
    return os.environ.get("LANGUAGE", ENGLISH) if gettext.textdomain() == DOMAIN else ENGLISH


@contextmanager
def untranslated() -> Iterator[None]:
    """While a command is made: what click puts into it for good is English then, whatever is spoken."""
    spoken = gettext.textdomain()
    gettext.textdomain(_NO_DOMAIN)
    try:
        yield
    finally:
        gettext.textdomain(spoken)


def catalogue() -> gettext.NullTranslations:
    """The words of that language; where there are none, they are given back as they are."""
    return gettext.translation(DOMAIN, FOLDER, [language()], fallback=True)


def _asked(option: str | None, config: str | None, environment: Mapping[str, str]) -> str:
    for said in (option, environment.get("MAILGATE_LANG")):
        if said in LANGUAGES:
            return str(said)
    configured = environment.get("MAILGATE_SERVICE__LANGUAGE") or _configured(config, environment)
    return configured if configured in LANGUAGES else _of_locale(environment)


def _configured(option: str | None, environment: Mapping[str, str]) -> str | None:
    named = option or environment.get("MAILGATE_CONFIG")
    try:
        file = Path(named) if named else next((place for place in PLACES if place.is_file()), None)
        if file is None or not file.is_file():  # a pipe is for whoever needs the settings
            return None
        with file.open("rb") as opened:
            text = opened.read(_MOST_BYTES).decode()
    except (OSError, ValueError):
        return None
    end = text.find("\n[", text.find("[service]") + 1)
    return _language_in(text[: end + 1]) or _language_in(text)


def _language_in(toml: str) -> str | None:
    """What stands before a table says the same without it: most files need not be read to their end (20 ms)."""
    import tomllib

    try:
        said = tomllib.loads(toml)["service"]["language"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return said if isinstance(said, str) else None


def _of_locale(environment: Mapping[str, str]) -> str:
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    return "ja" if re.split(r"[_.@]", locale)[0] == "ja" else ENGLISH


def _can_be_shown(text: str) -> bool:
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
