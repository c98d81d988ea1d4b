"""`make audit` never says that all is well when nobody looked."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FILE = Path(__file__).resolve().parent.parent / ".ci" / "audit.py"
GOOD = {"name": "good", "version": "1", "vulns": []}
BAD = {"name": "bad", "version": "2", "vulns": [{"id": "CVE-0000-1", "fix_versions": ["3"]}]}
MISSED = {"name": "missed", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "status", "lines"),
    [
        ([GOOD, GOOD], 0, ["audit of x.lock: no known vulnerability in 2 packages"]),
        ([GOOD, MISSED], 0, ["audit of x.lock: no known vulnerability in 1 packages; NOT looked at: missed"]),
        ([MISSED], 0, ["audit of x.lock SKIPPED: the service knows none of the 1 packages"]),
        (
            [GOOD, BAD],
            1,
            ["bad 2: CVE-0000-1 (mended in 3)", "audit of x.lock: 1 known vulnerabilities in 2 packages"],
        ),
        (None, 0, ["audit of x.lock SKIPPED: pip-audit reaches no service (no route)"]),
    ],
)
def test_an_audit_says_what_was_looked_at(
    dependencies: list[Any] | None,
    status: int,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spec = importlib.util.spec_from_file_location("audit", FILE)
    assert spec is not None
    assert spec.loader is not None
    audit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(audit)
    said = "" if dependencies is None else json.dumps({"dependencies": dependencies})
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=said, stderr="trace\nno route\n"))
    monkeypatch.setattr(sys, "argv", ["audit.py", "x.lock"])
    assert audit.main() == status
    assert capsys.readouterr().out.splitlines() == lines
