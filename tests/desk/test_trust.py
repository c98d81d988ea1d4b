"""How far an author is believed, and what that allows: both tables of the module, row by row."""

from __future__ import annotations

import pytest

from mailgate.desk.trust import AuthenticationPolicy, Right, Trust, believed, may, trust_in
from mailgate.mail.authentication import Verdict, Wish

TRUSTED, PLAUSIBLE, DOUBTFUL, FORGED = Trust


def verdict(passed: bool, wish: Wish = Wish.NOTHING) -> Verdict:
    return Verdict(passed, wish, undecided=False, reasons=())


@pytest.mark.parametrize(
    ("found", "author_is_clear", "approved", "expected"),
    [
        (verdict(True), True, False, TRUSTED),
        (verdict(True, Wish.REJECT), True, False, TRUSTED),
        (verdict(True, Wish.UNKNOWN), True, False, TRUSTED),
        (verdict(False), True, False, DOUBTFUL),
        (verdict(False), True, True, PLAUSIBLE),
        (verdict(False, Wish.UNKNOWN), True, False, DOUBTFUL),
        (verdict(False, Wish.UNKNOWN), True, True, DOUBTFUL),
        (verdict(False, Wish.QUARANTINE), True, False, FORGED),
        (verdict(False, Wish.REJECT), True, False, FORGED),
        (verdict(False, Wish.REJECT), True, True, FORGED),
        (None, True, False, DOUBTFUL),
        (None, True, True, DOUBTFUL),
        (verdict(True), False, False, FORGED),
        (None, False, True, FORGED),
    ],
)
def test_the_trust_in_an_author(found: Verdict | None, author_is_clear: bool, approved: bool, expected: Trust) -> None:
    assert trust_in(found, author_is_clear, approved) is expected


@pytest.mark.parametrize(
    ("right", "who"),
    [
        (Right.OPEN_A_CASE, {TRUSTED}),
        (Right.WRITE, {TRUSTED, PLAUSIBLE}),
        (Right.CHANGE, {TRUSTED}),
        (Right.BE_ANSWERED, {TRUSTED}),
        (Right.WAIT_IN_ITS_THREAD, {TRUSTED, PLAUSIBLE, DOUBTFUL}),
    ],
)
def test_who_may_do_what(right: Right, who: set[Trust]) -> None:
    assert {trust for trust in Trust if may(trust, right)} == who


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (AuthenticationPolicy.ENFORCE, [TRUSTED, PLAUSIBLE, DOUBTFUL, FORGED]),
        (AuthenticationPolicy.OBSERVE, [TRUSTED, TRUSTED, TRUSTED, FORGED]),
        (AuthenticationPolicy.OFF, [TRUSTED, TRUSTED, TRUSTED, TRUSTED]),
    ],
)
def test_what_a_policy_acts_on(policy: AuthenticationPolicy, expected: list[Trust]) -> None:
    assert [believed(policy, trust) for trust in Trust] == expected
