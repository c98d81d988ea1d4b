"""Settings from environment variables: MAILGATE_LISTENER__PORT=2525 stands for `[listener] port = 2525`.

A source of pydantic-settings, stronger than the file. It reads texts into the type of their key and judges nothing:
a text that does not fit stays a text and is refused with all other problems. MAILGATE_CONFIG and MAILGATE_OPERATOR
have no double underscore and are no settings.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

_VARIABLE = re.compile(r"MAILGATE_([A-Z0-9_]*?)__([A-Z0-9_]+)")
_WORDS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_FRACTION = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")


def overrides(environment: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """(section, key) in lower case -> name of the variable that sets it, known or not."""
    return {(found[1].lower(), found[2].lower()): name for name in environment if (found := _VARIABLE.fullmatch(name))}


class EnvironmentSource(PydanticBaseSettingsSource):
    def __call__(self) -> dict[str, Any]:
        """{section: {key: value}} for each variable whose section there is. `[[desks]]` is no section."""
        values: dict[str, dict[str, Any]] = {}
        for (section, key), name in overrides(os.environ).items():
            if fields := _fields(self.settings_cls.model_fields.get(section)):
                field = fields.get(key)
                values.setdefault(section, {})[key] = _read(os.environ[name], field)
        return values

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Abstract in the base class and asked by nobody: a section is never set as a whole."""
        return field.get_default(), field_name, False


def _fields(section: FieldInfo | None) -> dict[str, FieldInfo]:
    model = section.annotation if section is not None else None
    return model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}


def _read(text: str, field: FieldInfo | None) -> object:
    if field is None:
        return text
    if field.annotation is int and _NUMBER.fullmatch(text.strip()):
        return int(text)
    if field.annotation is float and _FRACTION.fullmatch(text.strip()):
        return float(text)
    if field.annotation is bool and (word := text.strip().lower()) in _WORDS:
        return _WORDS[word]
    return _list(text) if get_origin(field.annotation) is tuple else text


def _list(text: str) -> object:
    """'["a", "b"]' as JSON, or 'a, b'; an empty text is the empty list. "[::1]:53" is no JSON and one item."""
    if text.lstrip().startswith("["):
        with suppress(ValueError, RecursionError):
            return json.loads(text)
    return [part.strip() for part in text.split(",")] if text.strip() else []
