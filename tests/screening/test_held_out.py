"""What the check reaches on the held-out texts, held as floors: a rule that helps one text must not lose ten others.

The figures of the untouched half are the honest ones; see tests/shared/held_out.py for how they are read.
"""

import pytest
from held_out import SETS, Figures, measure, texts

FLOORS = {
    "tuning": {},
    "untouched": {},
}


@pytest.fixture(scope="module", params=sorted(FLOORS))
def reached(request: pytest.FixtureRequest) -> tuple[str, Figures]:
    return request.param, measure(texts(request.param, "consultations"))


def test_what_identifies_is_covered_as_far_as_before(reached: tuple[str, Figures]) -> None:
    half, figures = reached
    covered = {kind: round(figures.cover(kind), 3) for kind in FLOORS[half]}
    assert {kind: share for kind, share in covered.items() if share < FLOORS[half][kind]} == {}


def test_sure_findings_are_seldom_wrong(reached: tuple[str, Figures]) -> None:
    _, figures = reached
    assert figures.false_sure * 1000 / figures.characters < 0.6
    assert figures.false_shown * 1000 / figures.characters < 1.0


@pytest.mark.parametrize("half", sorted(FLOORS))
@pytest.mark.parametrize("name", sorted(set(SETS) - {"consultations"}))
def test_texts_that_name_nobody_stay_as_they_are(half: str, name: str) -> None:
    figures = measure(texts(half, name))
    assert (figures.false_sure, figures.false_shown, figures.notes) == (0, 0, [])
