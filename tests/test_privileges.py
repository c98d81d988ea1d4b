"""Root only to take the port: `serve` as root starts it, seen from outside; and what it refuses to begin with."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import smtplib
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from mailgate import privileges
from mailgate.errors import Refused

CHECKOUT = Path(__file__).resolve().parent.parent
NOBODY = pwd.getpwnam("nobody")
DESK = "soudan@desk.example.jp"
LETTER = b"From: kondo@school.example.org\r\nTo: soudan@desk.example.jp\r\nSubject: x\r\n\r\ntext\r\n"
STARTS_WITHIN = 30.0

PATH = os.pathsep.join([str(CHECKOUT), sysconfig.get_path("purelib")])


@cache
def python_of_everybody() -> str | None:
    """A Python of this version that does not lie in somebody's home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (sys.executable, f"/usr/bin/{version}"):
        asked = [found, "-c", "import os, mailgate, sqlalchemy"]
        with suppress(OSError):
            if subprocess.run(
                asked, user="nobody", group=NOBODY.pw_gid, extra_groups=[], env={"PYTHONPATH": PATH}, cwd="/",
                stderr=subprocess.DEVNULL, check=False,
            ).returncode == 0:  # fmt: skip
                return found
    return None


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


class Site:
    """An installation that `nobody` can reach; pytest's own folders are for their owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: dict[str, str] = {}
        self.python = sys.executable

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        chosen = {f"MAILGATE_{key}": value for key, value in self.settings.items()}
        command = [self.python, "-m", "mailgate", "--config", str(self.folder / "mailgate.toml"), *arguments]
        return command, os.environ | {"PYTHONPATH": PATH, "PYTHONUNBUFFERED": "1"} | chosen

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command, environment = self.command(*arguments)
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
        )

    def refusal(self) -> str:
        """The one line with which `serve` does not start."""
        done = self.run("serve")
        assert (done.returncode, done.stdout) == (1, ""), done
        return done.stderr.removeprefix("mailgate: ").rstrip("\n")


@pytest.fixture
def of_nobody(site: Site) -> Site:
    """The same when all that it has belongs to `nobody`, who can run it, too."""
    python = python_of_everybody()
    if python is None:
        pytest.skip("no Python here that nobody can read")
    site.python = python
    site.settings = {"SERVICE__USER": "nobody", "LISTENER__PORT": "0"}
    for path in [site.folder, *site.folder.rglob("*")]:
        os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
    return site


@pytest.fixture
def site() -> Iterator[Site]:
    above = Path(tempfile.mkdtemp(prefix="mailgate-"))
    above.chmod(0o755)
    site = Site(above / "var")
    assert site.run("init").returncode == 0
    yield site
    shutil.rmtree(above)


def free_low_port() -> int:
    """One that only root may take."""
    for port in range(1023, 600, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port below 1024 is free")


def accept_one(port: int, process: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + STARTS_WITHIN
    while True:
        assert process.poll() is None, process.communicate()
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
                client.sendmail("kondo@school.example.org", [DESK], LETTER)
            return
        except ConnectionRefusedError:
            assert time.monotonic() < give_up
            time.sleep(0.05)


def ids_of(process: int) -> dict[str, set[str]]:
    status = Path(f"/proc/{process}/status").read_text()
    return {name: set(re.search(rf"^{name}:\s*(.*)$", status, re.M)[1].split()) for name in ("Uid", "Gid", "Groups")}  # type: ignore[index]


def children_of(process: int) -> list[int]:
    found = (re.match(r"(\d+) \(.*\) \S (\d+) ", one.read_text()) for one in Path("/proc").glob("[0-9]*/stat"))
    return [int(one[1]) for one in found if one is not None and int(one[2]) == process]


@as_root
@pytest.mark.slow
def test_root_takes_a_low_port_and_is_nobody_before_it_hears_a_client(of_nobody: Site) -> None:
    site, port = of_nobody, free_low_port()
    site.settings |= {"LISTENER__PORT": str(port), "LISTENER__HOST": "0.0.0.0"}
    command, environment = site.command("serve")
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        umask=0,
    )  # fmt: skip
    try:
        accept_one(port, process)
        give_up = time.monotonic() + STARTS_WITHIN
        while not list((site.folder / "sent" / "new").glob("*")) and time.monotonic() < give_up:
            time.sleep(0.05)
        alone = {
            "Uid": {str(NOBODY.pw_uid)},
            "Gid": {str(NOBODY.pw_gid)},
            "Groups": set(map(str, os.getgrouplist("nobody", NOBODY.pw_gid))),
        }
        family = [process.pid, *children_of(process.pid)]
        assert len(family) > 1  # the reader of mails is there too
        assert [ids_of(one) for one in family] == [alone] * len(family)
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in errors, "runs as root" in errors) == (0, False, False)
    made = [path for path in site.folder.rglob("*") if path.name != "mailgate.toml"]
    assert {path.stat().st_uid for path in made} == {NOBODY.pw_uid}
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in made}
    assert modes == {(True, 0o700), (False, 0o600)}
    assert any(path.parent.name == "new" for path in made)


@as_root
@pytest.mark.slow
@pytest.mark.parametrize("place", ["keys", "keys/seal.key", "mailgate.db"])
def test_what_still_belongs_to_root_is_told_with_what_to_type(of_nobody: Site, place: str) -> None:
    path = of_nobody.folder / place
    os.chown(path, 0, 0)
    assert of_nobody.refusal() == f"{path} is not for nobody: chown -R nobody: {path}"


@as_root
@pytest.mark.slow
def test_root_does_not_read_the_mail_of_strangers(site: Site) -> None:
    site.settings = {"LISTENER__HOST": "0.0.0.0", "LISTENER__PORT": "0"}
    assert site.refusal() == (
        "serve is root and listens on 0.0.0.0: name a user without rights in service.user, or start it as one"
    )


def test_a_user_that_there_is_none_of_is_told() -> None:
    with pytest.raises(Refused, match=r"service\.user: there is no user no-such-user"):
        privileges.account("no-such-user")


def test_who_is_that_user_already_and_who_is_named_none_stays() -> None:
    assert privileges.account("") is None
    assert privileges.account(pwd.getpwuid(os.geteuid()).pw_name) is None


def test_only_root_becomes_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY.pw_uid)
    with pytest.raises(Refused, match=r"service\.user is root: only root can become another user"):
        privileges.account("root")


@pytest.mark.parametrize(
    ("host", "user", "refused"),
    [
        ("127.0.0.1", "", False),
        ("127.5.5.5", "", False),
        ("::1", "", False),
        ("localhost", "", False),
        ("0.0.0.0", "", True),
        ("::", "", True),
        ("192.0.2.1", "", True),
        ("mail.example", "", True),
        ("0.0.0.0", "root", False),
    ],
)
def test_root_listens_on_loopback_or_where_it_was_told_to(
    host: str, user: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    if refused:
        with pytest.raises(Refused):
            privileges.refuse_root(user, host)
    else:
        privileges.refuse_root(user, host)
