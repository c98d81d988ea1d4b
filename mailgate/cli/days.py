"""A day or a month on the command line, in any of the ways that an import takes: 2026-04-01, 令和8年4月1日, 2026/4."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from gettext import gettext as _

import click

from mailgate.cli.common import told
from mailgate.desk.days import NoDay, read_day, read_month


class _Written(click.ParamType[date]):
    """What `read` makes a day of; it raises NoDay."""

    def __init__(self, name: str, read: Callable[[str], date]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return self._read(value)
        except NoDay as error:
            self.fail(_("'{text}' {what}").format(text=value, what=told(error.what)), param, ctx)


DAY, MONTH = _Written("date", read_day), _Written("month", read_month)
"""A month is its first day."""
