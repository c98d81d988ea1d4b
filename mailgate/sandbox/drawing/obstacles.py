"""What the drawing modules raise when they will not draw a file."""

from __future__ import annotations

from mailgate.mail.drawing import Obstacle


class Undrawable(Exception):
    """For the reason that `obstacle` says."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle
