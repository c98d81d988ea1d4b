"""The units in `config/systemd/`, as systemd itself reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailgate.service import PARTS

FOLDER = Path(__file__).resolve().parent.parent / "config" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
MOST_EXPOSURE = 15
"""Tenths, in the words of systemd-analyze: 1.5 of 10."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze (Debian's systemd)"
)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units as in /etc/systemd/system, with a program that is here."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    for file in tmp_path.glob("*.service"):
        text = file.read_text(encoding="utf-8").replace("/opt/mailgate/.venv/bin/mailgate", sys.executable)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def _analysed(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr if done.returncode == 0 else done.stdout + done.stderr


def _instance(file: Path) -> str:
    return str(file).replace("@.service", "@1.service")


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_installation_on_the_page_lays_down_what_the_units_name(page: str) -> None:
    text = (FOLDER.parents[1] / page).read_text(encoding="utf-8")
    (block,) = (one for one in re.findall(r"```sh\n(.*?)```", text, re.S) if "systemctl enable" in one)
    lines = block.splitlines()
    copied = [line.split()[-2:] for line in lines if line.startswith(("install -o", "cp -r"))]
    sources = [source.removeprefix("/opt/mailgate/").rstrip("*") for source, _ in copied]
    assert [(FOLDER.parents[1] / one).exists() for one in sources] == [True, True]
    assert [target for _, target in copied] == ["/etc/mailgate/mailgate.toml", "/etc/systemd/system/"]
    assert lines[:2] == ["git clone ADDRESS /opt/mailgate", "make -C /opt/mailgate install"]
    common = (FOLDER / "mailgate-.service.d/common.conf").read_text(encoding="utf-8")
    assert f"Environment=MAILGATE_CONFIG={copied[0][1]}\n" in common
    assert {re.findall(r"^ExecStart=(\S+)", unit.read_text(encoding="utf-8"), re.M)[0] for unit in UNITS} == {
        "/opt/mailgate/.venv/bin/mailgate"
    }


def test_there_is_a_unit_for_each_part_and_one_for_all() -> None:
    texts = [file.read_text(encoding="utf-8") for file in UNITS]
    started = [
        found[1] for text in texts if (found := re.search(r"^ExecStart=\S+ serve(?: --only (\w+))?$", text, re.M))
    ]
    assert sorted(started, key=str) == sorted([None, *PARTS], key=str)
    assert [file.name for file in UNITS] == [
        "mailgate-all.service",
        *(f"mailgate-{part}@.service" for part in sorted(PARTS)),
    ]


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_systemd_understands_every_line(unit: Path, installed: Path) -> None:
    assert _analysed("verify", "--man=no", _instance(installed / unit.name)) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_a_unit_is_shut_in(unit: Path, installed: Path) -> None:
    path = _instance(installed / unit.name)
    if path != str(installed / unit.name):
        shutil.copy(installed / unit.name, path)
    assert _analysed("security", "--offline=true", f"--threshold={MOST_EXPOSURE}", path) == (0, "")
