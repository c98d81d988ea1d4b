"""The entry: runs the command line, and turns every failure that has a name into one line and exit status 1."""

from __future__ import annotations

import io
import os
import signal
import sys
from gettext import gettext

import click

from mailgate.cli import cli
from mailgate.cli.common import say
from mailgate.cli.output import OutputFailed, give_up, name_failures
from mailgate.errors import BadConfiguration, BadInput, MailgateError
from mailgate.phrase import said
from mailgate.system_words import system_words

_AS_ENDED_BY_SIGPIPE = 128 + signal.SIGPIPE
"""What a shell sees of any program that writes into a pipe without a reader. It is not 1, which has its line on
standard error, nor 0: a script that asks whether all was done is not told so of half of it."""


def main() -> None:
    """Runs `mailgate`; exits with 0 (done), 1 (refused or failed), 2 (wrong usage), or 141 (the reader of standard
    output went away)."""
    os.umask(0o077)  # whatever is written (database, spool, Maildir) is for its owner alone
    name_failures()
    try:
        status = cli.main(prog_name="mailgate", standalone_mode=False)
        sys.stdout.flush()
    except OutputFailed as failure:
        give_up()
        if failure.has_no_reader:
            sys.exit(_AS_ENDED_BY_SIGPIPE)
        why = said(system_words(failure.error), gettext)
        say("mailgate: " + gettext("standard output cannot be written: {why}").format(why=why), error=True)
        sys.exit(1)
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)  # it repeats what was typed
        say(told.getvalue().rstrip("\n"), error=True)
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit("mailgate: " + gettext("stopped"))
    except (BadInput, BadConfiguration) as error:
        for problem in error.problems:
            say(f"mailgate: {said(problem, gettext)}", error=True)
        sys.exit(1)
    except MailgateError as error:
        say(f"mailgate: {said(error.reason, gettext)}", error=True)
        sys.exit(1)
    except UnicodeEncodeError:  # an argument that the terminal did not send as UTF-8
        say("mailgate: " + gettext("something that was typed is not text in UTF-8"), error=True)
        sys.exit(2)
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
