"""A terminal gets lines of its own width, a file the lines as they are. Where they break: tests/mail/test_folding."""

from __future__ import annotations

import pytest

from mailgate.cli import wrapping


def test_without_a_terminal_no_line_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "in_terminal", lambda: False)
    assert list(wrapping.wrapped(["あ" * 200 + "\nい"], "  ")) == ["  " + "あ" * 200, "  い"]


def test_in_a_terminal_lines_are_cut_to_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "in_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    assert list(wrapping.wrapped(["あ" * 38 + "\nい"], "  ")) == ["  " + "あ" * 19, "  " + "あ" * 19, "  い"]
