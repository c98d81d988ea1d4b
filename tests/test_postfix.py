"""The lines in `config/postfix/`, as Postfix itself reads them; and a real Postfix before a real mailgate.

Both halves need Debian's postfix, the second one root too (Postfix starts as nobody else); each says so when it is
skipped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from free_port import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "config" / "postfix"
EXAMPLE = ROOT / "config" / "examples" / "behind-postfix.toml"
PROGRAMS = f"{os.environ.get('PATH', '')}:/usr/sbin"
DESK = "soudan@desk.example.jp"
TEACHER = "kondo@school.example.org"
WITHIN_SECONDS = 120.0
FORGED = (
    "Authentication-Results: mx.example.jp; dmarc=pass header.from=school.example.org\r\n",
    "authentication-results : (all is well) mx.example.jp;\r\n dmarc=pass header.from=school.example.org\r\n",
)

needs_postfix = pytest.mark.skipif(
    shutil.which("postfix", path=PROGRAMS) is None, reason="no postfix (Debian's postfix)"
)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start Postfix")

_SERVICES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def until(ready: Callable[[], Any]) -> Any:
    give_up = time.monotonic() + WITHIN_SECONDS
    while not (found := ready()):
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.1)
    return found


def said(*command: object) -> tuple[int, str, str]:
    program = shutil.which(str(command[0]), path=PROGRAMS)
    done = subprocess.run([str(program), *map(str, command[1:])], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the services of Postfix, which are other users, may enter: pytest's own is closed to them."""
    with TemporaryDirectory(prefix="mailgate-postfix-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def configured(place: Path) -> Path:
    """The lines as in /etc/postfix, but for the folder."""
    folder = place / "etc"
    folder.mkdir()
    for name in ("main.cf", "master.cf", "mailgate_header_checks"):
        text = (FOLDER / name).read_text(encoding="utf-8").replace("/etc/postfix/", f"{folder}/")
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@needs_postfix
def test_postfix_knows_every_parameter_and_service(configured: Path) -> None:
    keys = re.findall(r"^(\w+) =", (configured / "main.cf").read_text(encoding="utf-8"), re.M)
    status, given, remarks = said("postconf", "-c", configured, "-n")
    assert (status, remarks) == (0, "")
    assert sorted({line.split(" =")[0] for line in given.splitlines()} - {"config_directory"}) == sorted(keys)
    assert len(keys) >= 12
    status, services, remarks = said("postconf", "-c", configured, "-M")
    assert (status, remarks) == (0, "")
    assert [line.split()[0] for line in services.splitlines()] == ["mailgate-lmtp", "mailgate-smtp"]


@needs_postfix
@pytest.mark.parametrize("field", [*(one.rstrip().replace("\r", "") for one in FORGED), "Authentication-Results:"])
def test_a_verdict_from_outside_is_taken_out(configured: Path, field: str) -> None:
    query = ("postmap", "-c", configured, "-q")
    table = f"regexp:{configured}/mailgate_header_checks"
    assert said(*query, field, table) == (0, "IGNORE\n", "")
    assert said(*query, "X-Authentication-Results: none", table) == (1, "", "")


@dataclass(frozen=True)
class Site:
    """mailgate with the example's configuration, and Postfix before it."""

    config: Path
    environment: dict[str, str]
    port: int

    def json(self, *arguments: str, stdin: bytes = b"") -> Any:
        command = [
            sys.executable,
            "-m",
            "mailgate",
            "--config",
            str(self.config),
            "--as",
            "tester",
            *arguments,
            "--json",
        ]
        done = subprocess.run(command, env=self.environment, input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def recipient(self, address: str) -> tuple[int, bytes]:
        """The reply to RCPT."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=WITHIN_SECONDS) as client:
            client.ehlo("mail.school.example.org")
            client.mail(TEACHER)
            return client.rcpt(address)

    def send(self, raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=WITHIN_SECONDS) as client:
            assert client.sendmail(TEACHER, [DESK], raw) == {}

    def outcomes(self) -> list[str]:
        """What became of the mails that are handled, oldest first."""
        mails = self.json("mail", "list")["mails"]
        return [one["reason"] for one in reversed(mails) if one["state"] == "done"]


@pytest.fixture(params=["lmtp", "smtp"])
def site(configured: Path, place: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    folder = place / "var"
    folder.mkdir()
    config, behind, before = folder / "mailgate.toml", free_port(), free_port()
    shutil.copy(EXAMPLE, config)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "MAILGATE_DATABASE__URL": f"sqlite:///{folder}/mailgate.db",
        "MAILGATE_KEYS__DIRECTORY": str(folder / "keys"),
        "MAILGATE_LISTENER__PORT": str(behind),
        "MAILGATE_LISTENER__PROTOCOL": request.param,
    }
    mailgate = [sys.executable, "-m", "mailgate", "--config", str(config)]
    subprocess.run([*mailgate, "init"], env=environment, check=True, capture_output=True)
    serve = subprocess.Popen([*mailgate, "serve", "--only", "listener,worker"], env=environment, stdout=subprocess.PIPE)
    try:
        _start_postfix(configured, place, str(request.param), behind, before)
        until(lambda: _connects(behind) and _connects(before))
        yield Site(config, environment, before)
    finally:
        said("postfix", "-c", configured, "stop")
        serve.terminate()
        serve.communicate(timeout=WITHIN_SECONDS)


def _connects(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _start_postfix(configured: Path, folder: Path, protocol: str, behind: int, port: int) -> None:
    """A Postfix of our own beside any other: its queue, its port, its log; all else as the example says."""
    queue, data = folder / "queue", folder / "data"
    queue.mkdir()
    data.mkdir()
    shutil.chown(data, "postfix", "postfix")
    transport = {"lmtp": f"mailgate-lmtp:inet:127.0.0.1:{behind}", "smtp": f"mailgate-smtp:[127.0.0.1]:{behind}"}
    ours = {
        "virtual_transport": transport[protocol],
        "queue_directory": queue,
        "data_directory": data,
        "maillog_file": folder / "postfix.log",
        "maillog_file_prefixes": folder,
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "mydestination": "",
        "alias_maps": "",
        "alias_database": "",
        "mynetworks": "192.0.2.0/24",  # whoever connects here is a stranger
        "smtpd_tls_security_level": "none",  # there may be no certificate here
        "compatibility_level": "3.6",
    }
    for key, value in ours.items():
        assert said("postconf", "-c", configured, "-e", f"{key}={value}")[0] == 0
    smtp = f"127.0.0.1:{port} inet n - n - - smtpd\n"
    with (configured / "master.cf").open("a", encoding="utf-8") as master:
        master.write(smtp + _SERVICES)
    status = said("postfix", "-c", configured, "start")[0]
    log = folder / "postfix.log"
    assert status == 0, log.read_text() if log.exists() else "no log"


def letter(number: int, fields: str = "") -> bytes:
    return (
        f"{fields}From: {TEACHER}\r\nTo: {DESK}\r\nSubject: consultation {number}\r\n"
        f"Message-ID: <{number}@school.example.org>\r\nDate: Tue, 10 Feb 2026 18:30:00 +0900\r\n\r\nHow?\r\n"
    ).encode()


@needs_postfix
@needs_root
def test_postfix_refuses_what_mailgate_refuses_and_hands_on_the_rest_without_forged_verdicts(site: Site) -> None:
    assert site.recipient(DESK)[0] == 250
    for unknown in ("nobody@desk.example.jp", f"reply+{'a' * 26}@desk.example.jp"):
        code, words = site.recipient(unknown)
        assert (code, b"5.1.1" in words) == (550, True), words
    assert site.recipient("somebody@elsewhere.example")[0] in (454, 554)  # no open relay

    for number, field in enumerate(FORGED, start=1):
        site.send(letter(number, field))
    through_postfix = ["held case: the sender is not authenticated"] * len(FORGED)
    until(lambda: site.outcomes() == through_postfix)
    # The control: the same mail, had Postfix let the field pass.
    site.json("mail", "ingest", "--envelope-from", TEACHER, "--envelope-to", DESK, stdin=letter(9, FORGED[0]))
    until(lambda: site.outcomes() == [*through_postfix, "held case: unknown sender"])
