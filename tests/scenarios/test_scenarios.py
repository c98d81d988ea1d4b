"""Each folder `NN-name/` is a story that is played through the real service, on SQLite and on PostgreSQL.

Real SMTP comes in, the real handlers work in this very thread after each mail (nothing sleeps or polls), the real
command line is used, real mails go out into a Maildir. What a line of a story means: `scenario_player/__init__.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_player.desk import Desk
from scenario_player.player import Player
from scenario_player.story import Mismatch, read_story

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("[0-9][0-9]-*/story.txt"))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.parent.name)
def test_scenario(
    story: Path, migrated_url: str, tmp_path: Path, samples: Path, recording: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = story.parent / "settings.toml"
    more = settings.read_text("utf-8") if settings.exists() else ""
    problem = ""
    with Desk(tmp_path / "desk", migrated_url, monkeypatch, more) as desk, pytest.MonkeyPatch.context() as mend:
        player = Player(desk, story.parent, samples, recording, mend)
        try:
            player.play(read_story(story))
            player.finish()
        except Mismatch as mismatch:
            problem = str(mismatch)
    if problem:  # the line of the story says it all; the player's own lines would only hide it
        pytest.fail(problem, pytrace=False)


def test_every_expected_mail_is_used_by_its_story() -> None:
    """A file in `out/` that no story compares would promise something that nobody checks."""
    unused = [
        str(file.relative_to(HERE))
        for story in STORIES
        for file in sorted(story.parent.glob("out/*.txt"))
        if f"as {file.stem}" not in {" ".join(line.split()[-2:]) for line in story.read_text("utf-8").splitlines()}
    ]
    assert unused == []
