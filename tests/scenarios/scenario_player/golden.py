"""Expected texts: compared with the files in `out/`, or written there with --record."""

from __future__ import annotations

import difflib
from pathlib import Path

from scenario_player.story import Mismatch


class Golden:
    def __init__(self, folder: Path, recording: bool) -> None:
        self._folder, self._recording = folder, recording

    def compare(self, name: str, text: str) -> None:
        """Raises Mismatch with the difference; writes the file instead while recording."""
        file = self._folder / f"{name}.txt"
        text = text.rstrip("\n") + "\n"
        if self._recording:
            self._folder.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            return
        expected = file.read_text("utf-8") if file.exists() else ""
        if text != expected:
            lines = difflib.unified_diff(expected.splitlines(), text.splitlines(), "expected", "came", lineterm="")
            raise Mismatch(f"out/{name}.txt is another text:\n" + "\n".join(lines))

    def words(self, name: str) -> list[str]:
        """Subject and body of an expected mail, without what belongs to its reader."""
        header, _, body = (self._folder / f"{name}.txt").read_text("utf-8").partition("\n\n")
        return [*(line for line in header.splitlines() if line.startswith("Subject: ")), *body.splitlines()]
