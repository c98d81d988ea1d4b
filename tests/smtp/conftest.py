"""A certificate for 127.0.0.1, made for one test run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from certificates import made_in


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The files of the chain and its key."""
    return made_in(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def make_certificate() -> Callable[[Path], tuple[Path, Path]]:
    return made_in
