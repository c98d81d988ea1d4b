"""The entry: runs the command line, and turns every failure that has a name into one line and exit status 1."""

from __future__ import annotations

import io
import os
import sys
from gettext import gettext

import click

from mailgate.cli import cli
from mailgate.cli.common import say
from mailgate.errors import BadConfiguration, BadInput, MailgateError
from mailgate.phrase import said


def main() -> None:
    """Runs `mailgate`; exits with 0 (done), 1 (refused or failed) or 2 (wrong usage)."""
    os.umask(0o077)  # whatever is written (database, spool, Maildir) is for its owner alone
    try:
        status = cli.main(prog_name="mailgate", standalone_mode=False)
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
