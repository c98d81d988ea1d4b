from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mailgate.errors import StoreUnavailable
from mailgate.flow.pressure import Pressure, SpoolLimits
from mailgate.watch.health import ill_parts, trouble_around


@dataclass
class Part:
    name: str
    is_alive: bool = True
    seconds_in_hand: float = 0


def test_a_part_that_ended_or_hangs_is_ill() -> None:
    parts = [Part("worker"), Part("delivery 1", seconds_in_hand=901), Part("screening", is_alive=False)]
    assert ill_parts(parts) == ["delivery 1 hangs: 901 s in one piece", "screening has ended"]


def test_a_full_line_is_trouble_for_the_listener_alone(quick_desk: Any) -> None:
    quick_desk.accept(quick_desk.mail("相談です。"))
    door = Pressure(quick_desk.office, SpoolLimits(max_backlog=1))
    assert trouble_around(quick_desk.office, door) == ["too many mails wait to be handled (spool.max_backlog)"]
    assert trouble_around(quick_desk.office, None) == []


def test_a_database_that_is_away_is_trouble_for_all(quick_desk: Any, monkeypatch: Any) -> None:
    def away(_: object) -> None:
        raise StoreUnavailable("the database does not answer: away")

    monkeypatch.setattr(type(quick_desk.office), "read", away)
    assert trouble_around(quick_desk.office, None) == ["the database does not answer: away"]
    door = Pressure(quick_desk.office, SpoolLimits())
    assert trouble_around(quick_desk.office, door) == ["the database does not answer"]
