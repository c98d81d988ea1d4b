"""Which language a text for the operator is in: what --lang says, else the desk's own, else that of the locale."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from mailgate.errors import MailgateError

LANGUAGES = ("ja", "en")
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which the locale is found (POSIX, 8.2); one that is empty says nothing."""


def language_of(ctx: click.Context) -> str:
    """ "ja" or "en"; a configuration that is missing or wrong is passed over: help is needed then most of all."""
    root = ctx.find_root()
    if chosen := root.params.get("lang"):
        return str(chosen)
    from mailgate.config import find_config, load

    try:
        return load(find_config(root.params.get("config"), os.environ)).service.language
    except MailgateError:
        return language_of_locale(os.environ)


def language_of_locale(environment: Mapping[str, str]) -> str:
    """ "ja" for ja_JP.UTF-8 and the like, "en" for all else."""
    said = next((value for name in _VARIABLES if (value := environment.get(name))), "")
    return "ja" if said.lower().partition("_")[0].partition(".")[0] in ("ja", "japanese") else "en"
