"""The option that writes the expected mails anew, and the place of the player.

`pytest tests/scenarios --record` replaces every `out/*.txt`; a person then reads the diff. The helpers are found by
their name because test folders are no packages here (importmode=importlib).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write the expected mails of the scenarios anew")


@pytest.fixture
def recording(request: pytest.FixtureRequest) -> bool:
    """Whether expected texts are written instead of compared."""
    return bool(request.config.getoption("--record", default=False))
