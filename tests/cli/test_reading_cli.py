"""Many files in one call of `mail parse`: read by several processes, printed as if by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailgate.cli import reading
from mailgate.errors import BadInput


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Ninety mails, and processes for every thirty of them."""
    monkeypatch.setattr(reading, "_FILES_WORTH_A_PROCESS", 30)
    monkeypatch.setattr(reading.os, "cpu_count", lambda: 4)
    paths = [tmp_path / f"{number}.eml" for number in range(90)]
    for number, path in enumerate(paths):
        path.write_bytes(f"From: a@b.example\nSubject: {number}\n\nx".encode())
    return paths


def test_lines_come_in_the_order_of_the_files(files: list[Path]) -> None:
    documents = [json.loads(line) for line in reading.lines_of(files)]
    assert [(one["file"], one["subject"]) for one in documents] == [(str(file), file.stem) for file in files]


def test_lines_before_a_missing_file_are_printed(files: list[Path]) -> None:
    files[47].unlink()
    lines = reading.lines_of(files)
    assert [json.loads(next(lines))["subject"] for _ in range(47)] == [str(number) for number in range(47)]
    with pytest.raises(BadInput, match=r"47\.eml cannot be read"):
        next(lines)
