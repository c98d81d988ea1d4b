"""A day on the command line, in any of the ways that an import takes: 2026-04-01, 2026/4/1, 令和8年4月1日."""

from __future__ import annotations

from datetime import date
from gettext import gettext as _

import click

from mailgate.cli.common import told
from mailgate.desk.days import read_day


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return read_day(value)
        except ValueError as error:
            self.fail(_("'{text}' {what}").format(text=value, what=told(error.args[0])), param, ctx)


DAY = _Day()
