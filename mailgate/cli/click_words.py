"""What click builds of pieces as English does (a full stop behind a name, a range as a formula), said in words that
the catalogue has as a whole.

Before: the types of options and arguments; `lazy.Program`, for what was not typed. The rest of click's words the
catalogue has as they are.
"""

from __future__ import annotations

from gettext import gettext

import click


class WholeNumber(click.IntRange):
    """A whole number from `min` on, as far as `max` where there is one."""

    def _describe_range(self) -> str:
        text = gettext("{least} or more") if self.max is None else gettext("{least} to {most}")
        return text.format(least=self.min, most=self.max)


def in_our_words(error: click.MissingParameter) -> click.UsageError:
    """The same failure, as it is to be shown."""
    assert error.param is not None, "click names it"
    is_argument = error.param.param_type_name == "argument"
    missing = gettext("Missing argument") if is_argument else gettext("Missing option")
    more = error.param.type.get_missing_message(error.param, error.ctx)
    text = gettext("{missing} {name}.{more}")
    name = error.param.get_error_hint(error.ctx)
    return click.UsageError(text.format(missing=missing, name=name, more=f" {more}" if more else ""), error.ctx)
