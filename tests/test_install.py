"""`pip install .` alone gives a working mailgate: the wheel holds what the checkout has beside the package.

The wheel is built from the checkout without an index and installed into an environment that sees the dependencies
of the running one, but not the checkout. That the locked dependencies install on a new machine is shown by
`make fresh`, which CI runs.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
CARRIED = ("templates", "migrations", "config")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("pip", "hatchling")),
        reason="needs pip and hatchling in this environment; `make test` brings both",
    ),
]


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints, from `cwd` and without variables that could show it the checkout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MAILGATE_"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, CHECKOUT, cwd=folder)
    (built,) = folder.glob("mailgate-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment with the wheel in it."""
    home = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", home / "venv", cwd=home)
    python = home / "venv/bin/python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    # A folder that a .pth file names is searched last, and its own .pth files (the checkout's) are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    run(*pip, "install", "--no-deps", "--no-index", "--force-reinstall", wheel, cwd=home)
    return python.parent


@pytest.mark.parametrize("name", CARRIED)
def test_wheel_carries_the_folders_beside_the_package(wheel: Path, name: str) -> None:
    prefix = f"mailgate/data/{name}/"
    with zipfile.ZipFile(wheel) as archive:
        carried = {one.removeprefix(prefix) for one in archive.namelist() if one.startswith(prefix)}
    assert carried == files_below(CHECKOUT / name) != set()


def test_wheel_holds_nothing_else_than_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mailgate"}


def test_wheel_carries_the_words(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if name.startswith("mailgate/locale/")}
    assert carried == {f"mailgate/locale/ja/LC_MESSAGES/mailgate.{kind}" for kind in ("po", "mo")}


def test_installed_program_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    assert "Usage: mailgate" in run(installed / "mailgate", "--lang", "en", "--help", cwd=tmp_path)
    assert "使い方：mailgate" in run(installed / "mailgate", "--lang", "ja", "--help", cwd=tmp_path)


@pytest.mark.parametrize("name", CARRIED)
def test_installed_package_finds_its_folders(installed: Path, tmp_path: Path, name: str) -> None:
    found = run(
        installed / "python", "-c", f"from mailgate.resources import folder; print(folder({name!r}))", cwd=tmp_path
    )
    folder = Path(found.strip())
    assert folder.is_relative_to(installed.parent)
    assert files_below(folder) == files_below(CHECKOUT / name)
