"""Who is asked about an author, how long the silence of the DNS is waited for, and what is kept with the mail."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, CommentState, SpoolState
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.errors import ChangedMeanwhile
from mailgate.flow import spooled
from mailgate.flow.process import process_next
from mailgate.mail.authentication import Verdict, Wish
from mailgate.mail.envelope import Envelope
from mailgate.store import reply_tokens, spool

PASSED = Verdict(True, Wish.REJECT, undecided=False, reasons=("DKIM: pass for the author's domain",))
NOTHING = Verdict(False, Wish.NOTHING, undecided=False, reasons=("DKIM: no signature",))
DISOWNED = Verdict(False, Wish.REJECT, undecided=False, reasons=("DMARC: reject",))
SILENT = Verdict(False, Wish.UNKNOWN, undecided=True, reasons=("DMARC: the DNS gives no answer",))


@dataclass
class Says:
    """A verifier that always says the same."""

    verdict: Verdict
    asked: list[str] = field(default_factory=list)
    patience: list[bool] = field(default_factory=list)

    def verify(self, envelope: Envelope, raw: bytes, author: str, received_at: datetime, *, patient: bool) -> Verdict:
        self.patience.append(patient)
        self.asked.append(author)
        return self.verdict


def desk_that_hears(desk: Any, verdict: Verdict, **policy: Any) -> tuple[Any, Says]:
    verifier = Says(verdict)
    settings = {"authentication": AuthenticationPolicy.ENFORCE, "trusted_authserv_ids": frozenset(), **policy}
    desk = desk.with_policy(**settings)
    return replace(desk, office=replace(desk.office, verifier=verifier)), verifier


@pytest.mark.parametrize(
    ("verdict", "state", "kinds"),
    [
        (PASSED, CaseState.NEW, ["acknowledgement"]),
        (NOTHING, CaseState.HELD, []),
        (DISOWNED, CaseState.HELD, []),
    ],
)
def test_only_a_trusted_consultation_goes_into_the_queue(
    desk: Any, verdict: Verdict, state: CaseState, kinds: list[str]
) -> None:
    strict, verifier = desk_that_hears(desk, verdict)
    entry = strict.write()
    assert (strict.case(entry.case).state, strict.kinds(), verifier.asked) == (state, kinds, ["minami.example"])


def test_a_stranger_is_told_how_to_register_only_when_it_is_the_stranger(quick_desk: Any) -> None:
    for verdict, kinds in ((NOTHING, []), (DISOWNED, []), (PASSED, ["registration-needed"])):
        strict, _ = desk_that_hears(quick_desk, verdict)
        strict.write("somebody@else.example", message_id=f"<{verdict.wish}-{verdict.passed}@else.example>")
        assert strict.kinds() == kinds


def test_the_word_of_a_mail_server_before_us_is_the_only_one(quick_desk: Any) -> None:
    strict, verifier = desk_that_hears(quick_desk, PASSED, trusted_authserv_ids=frozenset({"mx.mado.example"}))
    assert strict.case(strict.write().case).state is CaseState.HELD
    field = "Authentication-Results: mx.mado.example; dmarc=pass header.from=minami.example"
    assert strict.case(strict.write(headers=[field]).case).state is CaseState.NEW
    assert verifier.asked == []


def test_without_such_servers_the_field_is_anybodys(quick_desk: Any) -> None:
    strict, _ = desk_that_hears(quick_desk, NOTHING)
    field = "Authentication-Results: mx.mado.example; dmarc=pass header.from=minami.example"
    assert strict.case(strict.write(headers=[field]).case).state is CaseState.HELD


def test_what_was_found_is_kept_with_the_mail(desk: Any) -> None:
    strict, _ = desk_that_hears(desk, NOTHING)
    assert strict.write().authentication == "doubtful\nDKIM: no signature"


def test_off_asks_nobody_and_keeps_nothing(quick_desk: Any) -> None:
    mild, verifier = desk_that_hears(quick_desk, DISOWNED, authentication=AuthenticationPolicy.OFF)
    entry = mild.write()
    assert (mild.case(entry.case).state, entry.authentication, verifier.asked) == (CaseState.NEW, None, [])


def test_observe_believes_whom_nothing_vouches_for_and_says_so(quick_desk: Any) -> None:
    mild, _ = desk_that_hears(quick_desk, NOTHING, authentication=AuthenticationPolicy.OBSERVE)
    entry = mild.write()
    assert mild.case(entry.case).state is CaseState.NEW
    assert entry.authentication.splitlines() == [
        "trusted",
        "DKIM: no signature",
        'doubtful, but authentication.policy is "observe"',
    ]


def test_observe_does_not_answer_what_is_known_to_be_forged(quick_desk: Any) -> None:
    mild, _ = desk_that_hears(quick_desk, DISOWNED, authentication=AuthenticationPolicy.OBSERVE)
    entry = mild.write()
    assert (mild.case(entry.case).state, mild.kinds()) == (CaseState.HELD, [])


def test_observe_does_not_wait_for_the_dns(quick_desk: Any) -> None:
    mild, _ = desk_that_hears(quick_desk, SILENT, authentication=AuthenticationPolicy.OBSERVE)
    assert mild.case(mild.write().case).state is CaseState.NEW


def test_silence_of_the_dns_means_later(desk: Any) -> None:
    strict, verifier = desk_that_hears(desk, SILENT)
    entry = strict.write()
    assert (entry.state, entry.reason, entry.case) == (
        SpoolState.WAITING,
        "the DNS gives no answer about the sender",
        None,
    )
    verifier.verdict = PASSED
    assert strict.process() == 0
    strict.clock.advance(seconds=20)
    strict.process()
    assert strict.case(strict.spooled(entry.id).case).state is CaseState.NEW
    assert verifier.patience == [False, True]


def test_silence_is_waited_for_with_growing_pauses_and_then_counts_for_nobody(quick_desk: Any) -> None:
    strict, verifier = desk_that_hears(quick_desk, SILENT)
    received, entry = strict.clock.now, strict.write()
    asked_after = []
    while strict.spooled(entry.id).state is SpoolState.WAITING:
        strict.clock.advance(seconds=10)
        if strict.process():
            asked_after.append(round((strict.clock.now - received) / timedelta(seconds=1)))
    pauses = [later - earlier for earlier, later in pairwise([0, *asked_after])]
    assert (pauses == sorted(pauses), pauses[0], pauses[-1] <= 910) == (True, 10, True)
    assert 3600 <= asked_after[-1] <= 4500
    assert len(verifier.asked) == len(asked_after) + 1 <= 13
    assert strict.case(strict.spooled(entry.id).case).held_reason == "the sender is not authenticated"
    assert strict.kinds() == []


def test_a_mail_that_waits_holds_nobody_up(quick_desk: Any) -> None:
    strict, verifier = desk_that_hears(quick_desk, SILENT)
    waiting = strict.write()
    verifier.verdict = PASSED
    assert strict.case(strict.write().case).state is CaseState.NEW
    assert strict.spooled(waiting.id).state is SpoolState.WAITING


@pytest.mark.parametrize(
    ("decides", "state"), [(spooled.release, CaseState.NEW), (spooled.retry, CaseState.NEW), (spooled.discard, None)]
)
def test_an_operator_need_not_wait_for_the_dns(quick_desk: Any, decides: Any, state: CaseState | None) -> None:
    strict, verifier = desk_that_hears(quick_desk, SILENT)
    waiting = strict.write()
    if decides is spooled.retry:
        verifier.verdict = PASSED
    strict.run(decides, waiting.id)
    strict.clock.advance(minutes=5)
    strict.process()
    case = strict.spooled(waiting.id).case
    assert (strict.case(case).state if case else None) is state


def test_what_an_operator_decides_undoes_the_work_in_hand(quick_desk: Any) -> None:
    strict, _ = desk_that_hears(quick_desk, SILENT)
    waiting = strict.write()
    strict.clock.advance(minutes=5)
    with strict.office.write() as ctx:
        (claimed,) = spool.claim(ctx.tx, ctx.now, line=SpoolState.WAITING)
    strict.run(spooled.discard, waiting.id)
    with pytest.raises(ChangedMeanwhile), strict.office.write() as ctx:
        spool.finish(ctx.tx, claimed, SpoolState.DONE, "by the slow worker")
    assert strict.spooled(waiting.id).state is SpoolState.DISCARDED


def test_silent_domains_hold_no_other_mail_up(desk: Any) -> None:
    """Seven mails of silent domains, then a teacher's: its look does not begin after theirs have ended."""
    last_comes = threading.Event()

    class Waits:
        def verify(
            self, envelope: Envelope, raw: bytes, author: str, received_at: datetime, *, patient: bool
        ) -> Verdict:
            assert not patient
            if author == "minami.example":
                last_comes.set()
                return PASSED
            assert last_comes.wait(10)
            return SILENT

    strict, _ = desk_that_hears(desk, SILENT)
    strict = replace(strict, office=replace(strict.office, verifier=Waits()))
    silent = [
        strict.accept(strict.mail(sender=f"x@s{one}.example"), reverse_path=f"x@s{one}.example") for one in range(7)
    ]
    good = strict.accept(strict.mail())
    assert process_next(strict.office, 16) == 8
    assert {strict.spooled(one).state for one in silent} == {SpoolState.WAITING}
    assert strict.case(strict.spooled(good).case).state is CaseState.NEW


def test_a_forged_mail_waits_apart_from_its_case(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    before = desk.kinds()
    strict, _ = desk_that_hears(desk, DISOWNED)
    for words in ("コメントです。", "辞退"):
        entry = strict.comment(invited, words)
        assert (entry.state, entry.reason) == (SpoolState.HELD, "the domain of the sender disowns the mail")
    entry = strict.write(body="取り下げ", to=strict.reply_address(case=number))
    assert (entry.state, entry.reason) == (SpoolState.HELD, "the domain of the sender disowns the mail")
    assert (strict.comments(number), strict.kinds()) == ([], before)
    assert strict.case(number).state is CaseState.OPEN


def test_a_mail_without_a_clear_author_waits_apart_as_well(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    strict, _ = desk_that_hears(quick_desk, PASSED)
    to = strict.reply_address(invited.invitation)
    entry = strict.receive(strict.mail("toda@law.example, haruka@minami.example"), to)
    assert (entry.state, entry.reason) == (SpoolState.HELD, "the mail names no single author")
    assert strict.comments(number) == []


def approve(desk: Any, invitation: int, address: str) -> None:
    """What `comment release` does for the sender of a held comment."""
    with desk.office.write() as ctx:
        token = reply_tokens.of_invitation(ctx.tx, invitation)
        assert token is not None
        sender = next(one.person.addresses[0] for one in desk.members if str(one.person.addresses[0]) == address)
        reply_tokens.confirm_sender(ctx.tx, token, sender, "operator:yui")


def test_whom_an_operator_approved_may_write_but_not_decide_and_is_not_answered(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    strict, _ = desk_that_hears(desk, NOTHING)
    strict.comment(invited, "最初のコメントです。")
    approve(strict, invited.invitation, strict.address_of(invited.handle))
    before = strict.kinds()
    entry = strict.comment(invited, "次のコメントです。")
    assert entry.reason == "comment"
    assert entry.authentication.splitlines()[0] == "plausible"
    entry = strict.comment(invited, "辞退")
    assert entry.reason == "held comment: the sender is not authenticated"
    assert [one.state for one in strict.comments(number)] == [
        CommentState.HELD,
        CommentState.PENDING,
        CommentState.HELD,
    ]
    assert strict.kinds() == before


def test_an_approval_does_not_outweigh_the_word_of_the_domain(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    strict, _ = desk_that_hears(quick_desk, DISOWNED)
    approve(strict, invited.invitation, strict.address_of(invited.handle))
    assert strict.comment(invited).state is SpoolState.HELD
    assert strict.comments(number) == []


def test_an_author_whose_domain_cannot_be_asked_about_is_not_clear(quick_desk: Any) -> None:
    strict, verifier = desk_that_hears(quick_desk, PASSED)
    entry = strict.write("haruka@localhost")
    assert (strict.case(entry.case).state, verifier.asked) == (CaseState.HELD, [])
    assert entry.authentication.splitlines()[0] == "forged"


def test_a_copy_that_nobody_believes_does_not_stop_the_true_one(desk: Any) -> None:
    strict, verifier = desk_that_hears(desk, DISOWNED)
    raw = strict.mail()
    copy = strict.receive(raw)
    verifier.verdict = PASSED
    true = strict.receive(raw)
    assert [strict.case(one.case).state for one in (copy, true)] == [CaseState.HELD, CaseState.NEW]
    assert strict.kinds() == ["acknowledgement"]
    for verdict in (PASSED, DISOWNED, NOTHING):
        verifier.verdict = verdict
        assert strict.receive(raw).reason == "the same mail came before"


def test_neither_does_one_at_a_reply_address(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    strict, verifier = desk_that_hears(quick_desk, NOTHING)
    raw, to = strict.mail("toda@law.example", "コメントです。"), strict.reply_address(invited.invitation)
    strict.receive(raw, to)
    verifier.verdict = PASSED
    assert [strict.receive(raw, to).reason for _ in range(2)] == ["comment", "the same mail came before"]
    assert [one.state for one in strict.comments(number)] == [CommentState.HELD, CommentState.PENDING]
