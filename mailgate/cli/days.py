"""A day or a month on the command line, in any of the ways that an import takes: 2026-04-01, 令和8年4月1日, 2026/4."""

from __future__ import annotations

from datetime import date
from gettext import gettext as _

import click

from mailgate.cli.common import told
from mailgate.desk.days import read_day, read_month


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return read_day(value)
        except ValueError as error:
            self.fail(_("'{text}' {what}").format(text=value, what=told(error.args[0])), param, ctx)


class _Month(click.ParamType[date]):
    """Gives its first day."""

    name = "month"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return read_month(value)
        except ValueError as error:
            self.fail(_("'{text}' {what}").format(text=value, what=told(error.args[0])), param, ctx)


DAY, MONTH = _Day(), _Month()
