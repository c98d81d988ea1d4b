from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.desk.lifecycle import CommentState
from mailgate.errors import NotFound
from mailgate.store import answers, comments
from mailgate.store.comments import NewVersion
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture
def version(spool_id: str) -> NewVersion:
    return NewVersion(spool_id, NOW, "記録を残してください。", "戸田", "記録を残してください。\n> 引用")


@pytest.fixture
def comment(tx: Transaction, case: int, invitation: int, version: NewVersion) -> int:
    return comments.add(tx, case, 1, invitation, version, state=CommentState.PENDING, late=False)


def _amendment(version: NewVersion, words: str = "やはり話し合いを。") -> NewVersion:
    return replace(version, written=words, received_at=NOW + timedelta(hours=1))


def test_a_comment_comes_back_with_its_words(tx: Transaction, comment: int, case: int, invitation: int) -> None:
    found = comments.get(tx, comment)
    assert (found.case, found.round, found.invitation, found.state, found.late) == (
        case,
        1,
        invitation,
        CommentState.PENDING,
        False,
    )
    assert (found.written, found.body) == ("記録を残してください。", "記録を残してください。\n> 引用")
    assert (found.versions, found.screened, found.approved, found.answered_at) == (1, False, "", None)
    assert comments.of_case(tx, case) == comments.of_case(tx, case, 1) == [found]
    assert comments.of_case(tx, case, 2) == []


def test_the_newest_version_counts_and_voids_what_was_approved(
    tx: Transaction, comment: int, version: NewVersion
) -> None:
    comments.set_screened(tx, comment, NOW)
    comments.approve(tx, comment, "記録を。")
    comments.amend(tx, comment, _amendment(version))
    comments.amend(tx, comment, _amendment(version, "三度目"))
    found = comments.get(tx, comment)
    assert (found.written, found.versions, found.received_at) == ("三度目", 3, NOW + timedelta(hours=1))
    assert (found.state, found.screened, found.approved) == (CommentState.PENDING, False, "")


def test_deciding_the_findings_does_not_let_a_comment_through(tx: Transaction, comment: int) -> None:
    comments.set_redacted(tx, comment, "記録を。")
    found = comments.get(tx, comment)
    assert (found.state, found.approved, found.written) == (CommentState.PENDING, "記録を。", "記録を残してください。")


def test_deciding_again_takes_an_approval_back(tx: Transaction, comment: int) -> None:
    comments.approve(tx, comment, "記録を。")
    comments.set_redacted(tx, comment, "別の案")
    assert comments.get(tx, comment).state is CommentState.PENDING


def test_a_further_mail_amends_what_is_neither_held_nor_late_nor_sent(
    tx: Transaction, comment: int, case: int, invitation: int, version: NewVersion
) -> None:
    for late, state in ((True, CommentState.PENDING), (False, CommentState.HELD)):
        comments.add(tx, case, 1, invitation, version, state=state, late=late, held_reason="why")
    current = comments.current_of(tx, invitation)
    assert current is not None
    assert current.id == comment
    answers.set_answered(tx, comment, NOW)
    tx.session.flush()
    assert comments.current_of(tx, invitation) is None


def test_a_comment_that_is_held_no_more_forgets_why(
    tx: Transaction, case: int, invitation: int, version: NewVersion
) -> None:
    held = comments.add(tx, case, 1, invitation, version, state=CommentState.HELD, late=False, held_reason="why")
    assert comments.get(tx, held).held_reason == "why"
    comments.set_state(tx, held, CommentState.PENDING)
    comments.set_late(tx, held, True)
    assert (comments.get(tx, held).held_reason, comments.get(tx, held).late) == ("", True)


def test_the_list_is_narrowed_by_state(tx: Transaction, comment: int) -> None:
    assert [one.id for one in comments.listing(tx, [])] == [comment]
    assert [one.id for one in comments.listing(tx, [CommentState.PENDING])] == [comment]
    assert comments.listing(tx, [CommentState.HELD]) == []


def test_what_waits_for_the_check(tx: Transaction, comment: int) -> None:
    assert comments.unscreened(tx) == comment
    comments.set_screened(tx, comment, NOW)
    tx.session.flush()
    assert comments.unscreened(tx) is None


def test_an_unknown_comment_is_not_found(tx: Transaction) -> None:
    with pytest.raises(NotFound, match="no comment 99"):
        comments.get(tx, 99)
