"""Who the service runs as: root for as long as a port below 1024 asks for it, and then a user without rights.

Before: `serve` has taken its address. After: it opens keys, database and mail as that user, and cannot go back. Under
systemd this has nothing to do: the units start as their own user.
"""

from __future__ import annotations

import os
import pwd
import shlex
import sys
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

from mailgate.errors import Refused
from mailgate.system_words import system_words


def is_root() -> bool:
    return os.geteuid() == 0


def account(name: str) -> pwd.struct_passwd | None:
    """Whom to become; None: to stay as it is. Raises Refused for a name that is nobody's, or cannot be become."""
    if not name:
        return None
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        raise Refused("service.user: there is no user {name} on this machine", name=name) from None
    if found.pw_uid == os.geteuid():
        return None
    if not is_root():
        raise Refused(
            "service.user is {name}: only root can become another user; start serve as root or as {name}", name=name
        )
    return found


def refuse_root(user: str, host: str) -> None:
    """Raises Refused when root would read the mail of strangers, and nobody has said that it shall."""
    if is_root() and not user and not _is_loopback(host):
        raise Refused(
            "serve is root and listens on {host}: name a user without rights in service.user, or start it as one",
            host=host,
        )


def become(who: pwd.struct_passwd, reads: Iterable[Path], writes: Iterable[Path]) -> None:
    """From now on this process is `who`, with their groups and no way back.

    Raises Refused when that fails, or when one of these places, as far as they exist, is not theirs to read or write.
    """
    reads, writes = ([one for one in places if one.exists()] for places in (reads, writes))
    try:
        os.setgroups(os.getgrouplist(who.pw_name, who.pw_gid))
        os.setresgid(who.pw_gid, who.pw_gid, who.pw_gid)
        os.setresuid(who.pw_uid, who.pw_uid, who.pw_uid)
    except OSError as error:
        raise Refused("serve cannot become {pw_name}: {why}", pw_name=who.pw_name, why=system_words(error)) from None
    # Libraries look for files at home (libpq for certificates), and must not meet those of root.
    os.environ.update(HOME=who.pw_dir, USER=who.pw_name, LOGNAME=who.pw_name)
    for part in (sys.executable, os.__file__, __file__):
        if not os.access(part, os.R_OK):
            raise Refused(
                "{pw_name} cannot read the program ({part}): install it in a place such as /opt/mailgate",
                pw_name=who.pw_name,
                part=part,
            )
    for place, mode in [*((one, os.R_OK) for one in reads), *((one, os.R_OK | os.W_OK) for one in writes)]:
        if not os.access(place, mode | (os.X_OK if place.is_dir() else 0)):
            raise Refused(
                "{place} is not for {pw_name}: chown -R {pw_name}: {quoted}",
                place=place,
                pw_name=who.pw_name,
                quoted=shlex.quote(str(place)),
            )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
