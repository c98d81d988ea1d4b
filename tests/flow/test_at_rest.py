"""Nothing that identifies somebody, and no text, stands in the database in the clear: canaries go through all flows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custody import KEYS, open_keys, write_keys
from sqlalchemy import LargeBinary, event, select, update

from mailgate.desk.entries import MemberEntry, PersonEntry
from mailgate.desk.people import Affiliation, MemberKind, MemberStatus
from mailgate.flow import compilation, invite, review, triage
from mailgate.flow.review import Decisions
from mailgate.mail.address import Address
from mailgate.mail.parse import parse
from mailgate.store import members, sending
from mailgate.store.columns import Base
from mailgate.store.custody import sealed_columns, sealed_tables
from mailgate.store.key_store import KeyStore

IN_THE_CLEAR = "森野市立南小学校"
SEALED = (
    *("水原", "遥香", "みずはら", "haruka@minami.example", "haruka@home.example"),
    *("雉子谷", "kijitani@members.example", "弁護士登録九九九", "白樺高等学校"),
    *("件名かなりあ", "本文かなりあ", "追記かなりあ", "署名かなりあ", "意見かなりあ", "修正かなりあ", "覚書かなりあ"),
    *(
        "質問かなりあ",
        "見知らぬかなりあ",
        "stranger@canary.example",
        "private@canary.example",
        "envelope@canary.example",
    ),
    *("承認かなりあ", "090-1234-5678", "添付かなりあ"),
    "Auto-Submitted: auto-generated",  # of every letter of ours; its text is in base64
)


def _play(desk: Any) -> None:
    """Every flow that keeps something of what somebody wrote."""
    person = PersonEntry("雉子谷 環", "きじたに", (Address("kijitani", "members.example"),))
    affiliations = (Affiliation("白樺高等学校", None, None, None),)
    entry = MemberEntry(person, MemberKind.LAWYER, None, "弁護士登録九九九", affiliations, (), None)
    with desk.office.write() as ctx:
        member = members.save_member(ctx.tx, None, entry)
        members.set_member_status(ctx.tx, member.id, MemberStatus.ACTIVE)
    desk.members.append(member)
    body = "本文かなりあ。水原です。電話は090-1234-5678。\n\n--\n署名かなりあ"
    number = desk.receive(desk.mail(body=body, subject="件名かなりあ"), reverse_path="envelope@canary.example").case
    desk.write(body="追記かなりあ", to=desk.reply_address(case=number))
    desk.run(triage.note, number, "覚書かなりあ")
    desk.run(triage.clarify, number, "質問かなりあ")
    (invited,) = desk.invite(number, len(desk.members) - 1)
    desk.run(review.check_round, number, Decisions(text="承認かなりあ"))
    desk.run(invite.remind, number, [])
    desk.comment(invited, "意見かなりあ\n\n-- \n雉子谷 環")
    desk.comment(invited, "修正かなりあ")
    desk.write("private@canary.example", "添付かなりあ", to=desk.reply_address(invited.invitation))
    desk.release_comment(desk.comments(number)[-1].id)
    desk.approve_comments(number)
    desk.run(compilation.answer, number, desk.case(number).version)
    desk.write("stranger@canary.example", "見知らぬかなりあ")
    with desk.office.write() as ctx:
        while (mail := sending.claim(ctx.tx, ctx.now)) is not None:
            sending.mark_sent(ctx.tx, mail.id, ctx.now, "250")


def _forms(words: tuple[str, ...]) -> dict[str, bytes]:
    return {word: word.encode() for word in words}


def test_no_canary_stands_in_any_column(desk: Any) -> None:
    _play(desk)
    dumped = bytearray()
    with desk.office.read() as ctx:
        for table in Base.metadata.sorted_tables:
            for row in ctx.tx.session.execute(select(table)):
                dumped += b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in row) + b"\n"
    assert IN_THE_CLEAR.encode() in dumped
    assert [word for word, form in _forms(SEALED).items() if form in dumped] == []


def test_no_canary_stands_in_the_files_of_sqlite(own_desk: Any, tmp_path: Path) -> None:
    @event.listens_for(own_desk.office.database.engine, "checkin")
    def checkin(connection: Any, _: object) -> None:
        """So that the log of all writes is still there to be searched."""
        connection.execute("PRAGMA wal_autocheckpoint=0")

    _play(own_desk)
    files = {path.name: path.read_bytes() for path in tmp_path.glob("mailgate.db*")}
    assert files["mailgate.db-wal"]
    octets = b"".join(files.values())
    assert IN_THE_CLEAR.encode() in octets
    assert [word for word, form in _forms(SEALED).items() if form in octets] == []


def test_the_canaries_were_there_to_be_found(quick_desk: Any) -> None:
    """Opened with the keys, the same rows have every one of them."""
    _play(quick_desk)
    opened = bytearray()
    with quick_desk.office.read() as ctx:
        for mapper in Base.registry.mappers:
            sealed = [column.key for column in mapper.columns if isinstance(column.type, LargeBinary)]
            for row in ctx.tx.session.scalars(select(mapper.class_)):
                for column in sealed:
                    plain = ctx.tx.unseal_bytes(row, column)
                    opened += plain + b"\n" + (parse(plain).body.encode() if column == "octets" else b"")
    assert [word for word, form in _forms(SEALED).items() if form not in opened] == []


def _store_octets(store: KeyStore) -> bytes:
    """The files of a key store, its log included."""
    assert store.file is not None
    return b"".join(file.read_bytes() for file in store.file.parent.glob(f"{store.file.name}*"))


def test_no_key_stands_in_the_clear_in_the_key_store_or_the_database(own_desk: Any, tmp_path: Path) -> None:
    """Nor any text in the key store; what is wrapped is there to be found."""
    keys = open_keys(write_keys(tmp_path / "keys"))
    seen: list[bytes] = []
    ring = keys.ring
    unwrapped = ring._unwrapped

    def told(key: Any) -> bytes:
        seen.append(unwrapped(key))
        return seen[-1]

    own_desk.office.database.keys = keys
    with own_desk.office.database.write() as tx:  # the register, which was sealed with other keys
        for table in sealed_tables():
            for row in tx.connection.execute(select(table)).all():
                plain = {
                    name: KEYS.unseal(f"{table.name}.{name}.{row.id}", getattr(row, name))
                    for name in sealed_columns(table)
                    if getattr(row, name)
                }
                anew = {name: keys.seal(f"{table.name}.{name}.{row.id}", one) for name, one in plain.items()}
                if anew:
                    tx.connection.execute(update(table).where(table.c.id == row.id).values(anew))
    _play(own_desk)
    ring.forget()
    ring._unwrapped = told  # type: ignore[method-assign]  # to hear every key of the store
    assert all(ring.opens(one) for one in ring.store.all())
    stored = _store_octets(ring.store)
    octets = stored + b"".join(path.read_bytes() for path in tmp_path.glob("mailgate.db*"))
    assert len(seen) > 5
    assert [one for one in ring.store.all() if one.wrapped not in stored] == []
    secrets = [*seen, ring.roots.key(1), keys.index.address_key, keys.index.token_key]
    assert [one for one in secrets if one in octets or one.hex().encode() in octets] == []
    assert [word for word, form in _forms(SEALED).items() if form in stored] == []
