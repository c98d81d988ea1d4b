"""The power fails at each point of the path: nothing that heard 250 is lost, nothing happens twice."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_site import CrashSite, until
from kills import rounds

pytestmark = pytest.mark.slow

_POINTS = {
    "before the spool commits": 3,
    "committed, 250 not said": 3,
    "mails claimed": 2,
    "mail parsed": 2,
    "case made, not committed": 2,
    "handled, not committed": 2,
    "handled and committed": 2,
    "letter claimed": 2,
    "letter delivered, not marked": 2,
    "letter marked, not committed": 2,
}
"""Each named point of `faulty.py`, and at which time of passing it the process dies."""
_MAILS_A_POINT = 4


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[CrashSite]:
    site = CrashSite(tmp_path / "var", None if database_url.startswith("sqlite") else database_url)
    yield site
    site.kill()
    site.engine.dispose()


def test_the_power_fails(site: CrashSite) -> None:
    """One story for each database: starting an installation takes longer than all of its deaths."""
    _at_each_point(site)
    _in_a_command(site)
    assert rounds(site, 3, random.Random(1), first=1000) == []
    assert max(site.acknowledged) >= 1000


def _at_each_point(site: CrashSite) -> None:
    numbers = list(range(1, len(_POINTS) * _MAILS_A_POINT + 1))
    left = iter(numbers)
    for point, times in _POINTS.items():
        port = site.start(point, times)
        if port:
            site.send(port, (next(left) for _ in range(_MAILS_A_POINT)))
        until(site.is_dead)
        assert site.process is not None
        assert (point, site.process.returncode) == (point, -signal.SIGKILL)
    port = site.start()
    site.send(port, [number for number in numbers if number not in site.acknowledged])
    site.settle()
    assert site.problems() == []
    assert site.acknowledged == set(numbers)
    assert site.stop() == 0


def _in_a_command(site: CrashSite) -> None:
    number = str(site.json("case", "list")["cases"][0]["number"])
    died = site.run("case", "check", number, "--redact-all", point="text approved, not committed")
    assert died.returncode == -signal.SIGKILL
    assert site.json("case", "show", number)["approved_text"] is None
    assert site.run("case", "check", number, "--redact-all").returncode == 0
    assert "どうすればよいでしょうか" in site.json("case", "show", number)["approved_text"]
