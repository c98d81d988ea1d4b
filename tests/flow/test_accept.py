from __future__ import annotations

import os
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import StoreUnavailable
from mailgate.flow.accept import Acceptance
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import reply_tokens, sending
from mailgate.store.tables import RawMailRow, SpoolRow

TO_DESK = Envelope(Address("haruka", "minami.example"), (Address("soudan", "mado.example"),))


def _is_ours(desk: Any, local: str, domain: str = "mado.example") -> bool:
    return Acceptance(desk.office, lambda: None).recipient(Address(local, domain))


def _bounce_token(desk: Any) -> str:
    with desk.office.write() as ctx:
        mail = sending.claim(ctx.tx, ctx.now)
        assert mail is not None
        return sending.load(ctx.tx, mail.id).bounce_token


def test_the_plain_addresses_are_ours_in_any_case_and_nothing_else_is(quick_desk: Any) -> None:
    assert {
        local: _is_ours(quick_desk, local) for local in ("soudan", "SOUDAN", "join", "Join", "reply", "bounce")
    } == {
        "soudan": True,
        "SOUDAN": True,
        "join": True,
        "Join": True,
        "reply": False,
        "bounce": False,
    }
    strange = ("root", "postmaster", "", "soudan+x", "reply+" + "a" * 24, "bounce+" + "a" * 24)
    assert not any(_is_ours(quick_desk, local) for local in strange)
    assert not _is_ours(quick_desk, "soudan", "other.example")


def test_a_living_token_is_ours_in_any_case_and_in_our_domain_only(desk: Any) -> None:
    number = desk.open_case()
    for local in (desk.reply_address(case=number).partition("@")[0], f"bounce+{_bounce_token(desk)}"):
        assert _is_ours(desk, local)
        assert _is_ours(desk, local.upper())
        assert not _is_ours(desk, local, "other.example")
        assert not _is_ours(desk, local[:-1] + ("a" if local[-1] != "a" else "b"))


def test_a_token_of_one_kind_is_none_of_the_other(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    of_reply = quick_desk.reply_address(case=number).partition("@")[0].removeprefix("reply+")
    assert not _is_ours(quick_desk, f"bounce+{of_reply}")
    assert not _is_ours(quick_desk, f"reply+{_bounce_token(quick_desk)}")


def test_a_revoked_token_is_no_address_of_ours(desk: Any) -> None:
    (invited,) = desk.invite(desk.open_case())
    local = desk.reply_address(invited.invitation).partition("@")[0]
    assert _is_ours(desk, local)
    desk.run(lambda ctx: reply_tokens.revoke(ctx.tx, invited.invitation, ctx.now))
    assert not _is_ours(desk, local)


def test_an_accepted_mail_is_committed_before_the_worker_is_woken(desk: Any) -> None:
    seen: list[SpoolState] = []

    def wake() -> None:
        with desk.office.read() as ctx:
            seen.extend(ctx.tx.session.scalars(select(SpoolRow.state)))

    queue_id = Acceptance(desk.office, wake).accept(TO_DESK, b"\xff\x00 any octets")
    assert seen == [SpoolState.RECEIVED]
    assert desk.spooled(queue_id).size_bytes == 13


def test_a_full_disk_is_told_as_later_and_nothing_is_stored_until_there_is_room(own_desk: Any) -> None:
    """The limit is SQLite's own: a full disk ends with the same SQLITE_FULL."""
    engine, limit = own_desk.office.database.engine, [2**30]
    engine.dispose()

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={limit[0]}")

    with own_desk.office.read() as ctx:
        limit[0] = ctx.tx.session.scalar(text("PRAGMA page_count")) + 4
    woken: list[bool] = []
    acceptance = Acceptance(own_desk.office, lambda: woken.append(True))
    raw = os.urandom(100_000)
    with pytest.raises(StoreUnavailable, match="full"):
        acceptance.accept(TO_DESK, raw)
    with own_desk.office.read() as ctx:
        for table in (RawMailRow, SpoolRow):
            assert ctx.tx.session.scalar(select(func.count()).select_from(table)) == 0
    assert woken == []
    limit[0] = 2**30
    queue_id = acceptance.accept(TO_DESK, raw)
    assert (own_desk.spooled(queue_id).size_bytes, woken) == (100_000, [True])
