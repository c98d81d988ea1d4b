"""The data model, on one page, top to bottom: the register, the cases, the mail that comes and goes, the audit log.

Names, addresses and texts are sealed (`Sealed`); what is looked up by them stands beside as a keyed hash. A table
with a `case_id` belongs to the case: its rows are sealed under the key of that case, all others under that of the
desk, but a mail on its way to its case under a day key. Only
`store/` sees these classes: everything above gets frozen values. Longer than other files, because the tables refer to
one another and are read together.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mailgate.desk.application_form import Wish
from mailgate.desk.attributes import Side
from mailgate.desk.lifecycle import (
    ApplicationState,
    AttachmentState,
    CaseState,
    CommentState,
    ConfirmationState,
    ConsentState,
    InvitationState,
    OutboxState,
    SpoolState,
)
from mailgate.desk.people import MemberKind, MemberStatus, Plan
from mailgate.store.columns import (
    Base,
    DeskId,
    Handle,
    Hash,
    Key,
    Sealed,
    TextKey,
    case_reference,
    partial_index,
    words,
)

# --- the register ---------------------------------------------------------------------------------------------------


class SchoolRow(Base):
    __tablename__ = "schools"
    id: Mapped[Key]
    handle: Mapped[Handle]
    name: Mapped[str] = mapped_column(unique=True)
    municipality: Mapped[str]


class SchoolAliasRow(Base):
    __tablename__ = "school_aliases"
    __table_args__ = (UniqueConstraint("school_id", "alias"),)
    id: Mapped[Key]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    alias: Mapped[str]


class SchoolDomainRow(Base):
    __tablename__ = "school_domains"
    __table_args__ = (UniqueConstraint("school_id", "domain"),)
    id: Mapped[Key]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    domain: Mapped[str]


class ContractRow(Base):
    __tablename__ = "contracts"
    __table_args__ = (UniqueConstraint("school_id", "starts_on"),)
    id: Mapped[Key]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class PersonRow(Base):
    """A human being; the same one may be teacher and member."""

    __tablename__ = "persons"
    id: Mapped[Key]
    name: Mapped[Sealed]
    kana: Mapped[Sealed]
    age_band: Mapped[str]
    gender: Mapped[str]
    erased_at: Mapped[datetime | None]
    """Since then this is the tombstone of somebody: nothing of them is left, but what refers to them holds."""


class PersonAddressRow(Base):
    """`position` 0 is where mail goes. One address belongs to one person."""

    __tablename__ = "person_addresses"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    position: Mapped[int]
    address_hash: Mapped[Hash] = mapped_column(unique=True)
    address: Mapped[Sealed]
    undeliverable_at: Mapped[datetime | None]


class TeacherRow(Base):
    __tablename__ = "teachers"
    id: Mapped[Key]
    handle: Mapped[Handle]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    role: Mapped[str]
    years: Mapped[int | None]
    school_type: Mapped[str]
    plan: Mapped[Plan] = mapped_column(words(Plan))


class MemberRow(Base):
    """`topics` are joined by line ends."""

    __tablename__ = "members"
    id: Mapped[Key]
    handle: Mapped[Handle]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    kind: Mapped[MemberKind] = mapped_column(words(MemberKind))
    years: Mapped[int | None]
    credential: Mapped[Sealed]
    topics: Mapped[str]
    monthly_limit: Mapped[int | None]
    status: Mapped[MemberStatus] = mapped_column(words(MemberStatus), index=True)
    retired_at: Mapped[datetime | None]
    paused_until: Mapped[date | None]
    """The last day of a pause."""


class AffiliationRow(Base):
    __tablename__ = "affiliations"
    id: Mapped[Key]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    name: Mapped[Sealed]
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    from_year: Mapped[int | None]
    to_year: Mapped[int | None]


class ApplicationRow(Base):
    """A form that somebody sent to join@: one row for one applicant and one wish, until an operator decides."""

    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_address_hash_state", "address_hash", "state"),
        {"sqlite_autoincrement": True},  # a number that was told to somebody means nobody else after a purge
    )
    id: Mapped[Key]
    wish: Mapped[Wish] = mapped_column(words(Wish))
    state: Mapped[ApplicationState] = mapped_column(words(ApplicationState))
    address_hash: Mapped[Hash]
    address: Mapped[Sealed]
    cells: Mapped[Sealed]
    """What was filled in, as a JSON object by column."""
    spool_id: Mapped[str] = mapped_column(ForeignKey("spool.id"))
    """The newest mail of it."""
    received_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    handle: Mapped[str] = mapped_column(default="")
    """Of the teacher or member that it became."""


class ConfirmationRow(Base):
    """How far one person has confirmed what is held of them; there from when the scheduler first saw them."""

    __tablename__ = "confirmations"
    __table_args__ = (Index("ix_confirmations_state_since", "state", "since"),)
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    state: Mapped[ConfirmationState] = mapped_column(words(ConfirmationState))
    since: Mapped[datetime]
    """Of the state."""
    mailed_at: Mapped[datetime | None] = mapped_column(index=True)
    """When they were last asked or reminded."""
    confirmed_at: Mapped[datetime | None]
    """When they, or an operator for them, last said that it is right."""


class LevelRow(Base):
    """How coarsely the people of one side are told of in one quarter: counts, and no persons. Written once."""

    __tablename__ = "levels"
    __table_args__ = (UniqueConstraint("side", "quarter"),)
    id: Mapped[Key]
    side: Mapped[Side] = mapped_column(words(Side))
    quarter: Mapped[str] = mapped_column(String(8))
    level: Mapped[int]
    k: Mapped[int]
    people: Mapped[int]
    content: Mapped[str]
    """Bands and the count of each cell, as JSON."""
    frozen_at: Mapped[datetime]


class RelationRow(Base):
    """Declared by an operator: this member is never to be asked about this teacher, or (the other one) this school."""

    __tablename__ = "relations"
    id: Mapped[Key]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))


# --- the cases ------------------------------------------------------------------------------------------------------


class CaseRow(Base):
    """`id` is the case number. `sender_*` is who wrote first, also where the register does not know them."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_state_id", "state", "id"),)
    id: Mapped[Key]
    version: Mapped[int] = mapped_column()
    state: Mapped[CaseState] = mapped_column(words(CaseState))
    held_reason: Mapped[str] = mapped_column(default="")
    round: Mapped[int] = mapped_column(default=1)
    desk: Mapped[DeskId]
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id"), index=True)
    sender_hash: Mapped[Hash] = mapped_column(index=True)
    sender: Mapped[Sealed]
    subject: Mapped[Sealed]
    assignee: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    mail_date: Mapped[datetime]
    """The day that decides about the contract."""
    due_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    key_id: Mapped[str | None]
    """In the key store: what everything of this case is sealed under. None for one that was opened before there were
    such keys and has had nothing sealed since; and once the case is destroyed."""
    destroyed_at: Mapped[datetime | None]
    """Since then only numbers are left of it (store/destruction.py)."""
    key_destroyed_at: Mapped[datetime | None]
    """Since then its texts cannot be opened in old backups either."""
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class RoundRow(Base):
    """One question and its answer. What was approved is kept with its digest: only exactly that leaves."""

    __tablename__ = "rounds"
    __table_args__ = (UniqueConstraint("case_id", "number"),)
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference())
    number: Mapped[int]
    screened_at: Mapped[datetime | None] = mapped_column(index=True)
    approved: Mapped[Sealed]
    approved_digest: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    satisfaction: Mapped[int | None]
    """The digit that the teacher sent back, 1 to 5."""


class EntryRow(Base):
    """What the teacher wrote in a round, as received; `text` is the newly written part that counts."""

    __tablename__ = "entries"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference(), index=True)
    round: Mapped[int]
    spool_id: Mapped[str] = mapped_column(ForeignKey("spool.id"))
    received_at: Mapped[datetime]
    text: Mapped[Sealed]
    signature: Mapped[Sealed]
    body: Mapped[Sealed]
    attachments: Mapped[int]


class FindingRow(Base):
    """One passage that may identify; of a round or of a comment. `decision` is None, "redact" or "keep"."""

    __tablename__ = "findings"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference())
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    start: Mapped[int]
    end: Mapped[int]
    text: Mapped[Sealed]
    label: Mapped[str]
    tier: Mapped[str]
    reason: Mapped[str]
    decision: Mapped[str | None]
    decided_by: Mapped[str] = mapped_column(default="")


class ConsentRow(Base):
    """What became of asking the teacher whether the text with this digest may go to members, or of not asking."""

    __tablename__ = "consents"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference(), index=True)
    round: Mapped[int]
    digest: Mapped[str]
    state: Mapped[ConsentState] = mapped_column(words(ConsentState))
    outbox_id: Mapped[str | None] = mapped_column(ForeignKey("outbox.id"))
    """The mail that asked; None when nobody was asked."""
    asked_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    operator: Mapped[str]
    """Who asked, or who did without."""
    reason: Mapped[Sealed]
    """Why nobody was asked."""


class NoteRow(Base):
    __tablename__ = "notes"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference(), index=True)
    author: Mapped[str]
    written_at: Mapped[datetime]
    text: Mapped[Sealed]


class TagRow(Base):
    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("case_id", "tag"),)
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference())
    tag: Mapped[str]


class InvitationRow(Base):
    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("case_id", "round", "member_id"),
        Index("ix_invitations_state_due", "state", "due_at"),
    )
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference())
    round: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    state: Mapped[InvitationState] = mapped_column(words(InvitationState))
    invited_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]


class CommentRow(Base):
    """What one member wrote for one invitation; the words stand in `comment_versions`, the newest counts."""

    __tablename__ = "comments"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference(), index=True)
    round: Mapped[int]
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), index=True)
    state: Mapped[CommentState] = mapped_column(words(CommentState), index=True)
    late: Mapped[bool]
    held_reason: Mapped[str] = mapped_column(default="")
    screened_at: Mapped[datetime | None] = mapped_column(index=True)
    approved: Mapped[Sealed]
    approved_digest: Mapped[str | None]
    """None where nothing is approved, or was before there were digests."""
    answered_at: Mapped[datetime | None]
    """When it went to the teacher."""
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    """A held one that was released as a version of this other comment; it counts no more by itself."""


class CommentVersionRow(Base):
    __tablename__ = "comment_versions"
    __table_args__ = (UniqueConstraint("comment_id", "number"),)
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference())
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    number: Mapped[int]
    spool_id: Mapped[str] = mapped_column(ForeignKey("spool.id"))
    received_at: Mapped[datetime]
    written: Mapped[Sealed]
    signature: Mapped[Sealed]
    body: Mapped[Sealed]
    attachments: Mapped[int] = mapped_column(default=0, server_default="0")


class AttachmentRow(Base):
    """What an operator decided about one attachment; without a row it is withheld. `octets` is the file as it was
    drawn afresh, never as it came: only exactly that leaves."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("spool_id", "position"),)
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference(), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    """Of a member's comment, and so for the teacher; without one it is the teacher's, for the members."""
    spool_id: Mapped[str] = mapped_column(ForeignKey("spool.id"))
    position: Mapped[int]
    """In its mail, counted from 1."""
    state: Mapped[AttachmentState] = mapped_column(words(AttachmentState))
    media_type: Mapped[str] = mapped_column(default="")
    pages: Mapped[int] = mapped_column(default=0)
    octets: Mapped[Sealed]
    octets_digest: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]


class DraftRow(Base):
    """What an operator has half written: a new wording of a round's text, or of a comment. Nothing leaves from here."""

    __tablename__ = "drafts"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(case_reference(), index=True)
    round: Mapped[int]
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    operator: Mapped[str]
    text: Mapped[Sealed]
    of_digest: Mapped[str]
    """Of the text that it rewrites, as that was."""
    saved_at: Mapped[datetime]


class ReplyTokenRow(Base):
    """A reply address: of one invitation, or (without one) of the teacher of the case. The hash finds it."""

    __tablename__ = "reply_tokens"
    id: Mapped[Key]
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    token: Mapped[Sealed]
    case_id: Mapped[int] = mapped_column(case_reference(), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), unique=True)
    revoked_at: Mapped[datetime | None]


class ConfirmedSenderRow(Base):
    """An address that an operator confirmed for one reply address, beside the registered ones."""

    __tablename__ = "confirmed_senders"
    __table_args__ = (UniqueConstraint("reply_token_id", "address_hash"),)
    id: Mapped[Key]
    reply_token_id: Mapped[int] = mapped_column(ForeignKey("reply_tokens.id"))
    address_hash: Mapped[Hash]
    confirmed_by: Mapped[str]


# --- mail that comes and goes ---------------------------------------------------------------------------------------


class RawMailRow(Base):
    """The octets as they came, once for all recipients. `id` is the queue id that the sender was told."""

    __tablename__ = "raw_mails"
    id: Mapped[TextKey]
    received_at: Mapped[datetime]
    reverse_path: Mapped[Sealed]
    peer: Mapped[Sealed]
    helo: Mapped[Sealed]
    size_bytes: Mapped[int]
    octets: Mapped[Sealed]


class SpoolRow(Base):
    """One accepted mail for one recipient: the unit of work. Its id is the queue id, with ".2" for the second, …"""

    __tablename__ = "spool"
    __table_args__ = (
        Index("ix_spool_state_next", "state", "next_try_at"),
        # Of the few rows only that have it: each index more costs every mail a page at its commit.
        partial_index("ix_spool_sender_in_hand", "sender_hash", "lease IS NOT NULL"),
        partial_index("ix_spool_case_in_hand", "case_id", "lease IS NOT NULL"),
        partial_index("ix_spool_case", "case_id", "case_id IS NOT NULL"),
        partial_index("ix_spool_whole", "whole_hash", "whole_hash IS NOT NULL"),
        partial_index("ix_spool_message_id", "message_id_hash", "message_id_hash IS NOT NULL"),
        partial_index("ix_spool_text", "text_hash", "text_hash IS NOT NULL"),
    )
    id: Mapped[TextKey]
    raw_id: Mapped[str] = mapped_column(String(40), ForeignKey("raw_mails.id"), index=True)
    forward_path: Mapped[Sealed]
    sender_hash: Mapped[Hash | None]
    """Of the reverse-path: what one author sends is handled in the order in which it came."""
    state: Mapped[SpoolState] = mapped_column(words(SpoolState))
    received_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    """Not before this moment; while a worker has it, the end of its lease."""
    lease: Mapped[str | None] = mapped_column(String(40))
    """The mark of the worker that has it in hand."""
    reason: Mapped[str] = mapped_column(default="")
    case_id: Mapped[int | None] = mapped_column(case_reference())
    """Known from the start where the recipient's token names the case."""
    whole_hash: Mapped[Hash | None]
    """Of Message-ID, date and content: the same mail coming twice has the same one."""
    message_id_hash: Mapped[Hash | None]
    text_hash: Mapped[Hash | None]
    confirmed_by: Mapped[str] = mapped_column(default="")
    """The operator who vouched for the sender with `mail release`."""
    authentication: Mapped[str | None]
    """How far the author is believed and why, one reason a line; names no domain and no address."""


class OutboxRow(Base):
    """One composed mail to one person; the octets and the Message-ID never change between tries."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_next", "state", "next_try_at"),)
    id: Mapped[TextKey]
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(case_reference(), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    handle: Mapped[str]
    recipient_hash: Mapped[Hash] = mapped_column(index=True)
    domain_hash: Mapped[Hash]
    """Of the recipient's domain: how many mails go to one domain at a time is limited."""
    recipient: Mapped[Sealed]
    octets: Mapped[Sealed]
    letter: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed: what was put into the template. None where an earlier version composed the mail."""
    message_id: Mapped[str] = mapped_column(unique=True)
    bounce_hash: Mapped[Hash] = mapped_column(unique=True)
    bounce_token: Mapped[Sealed]
    state: Mapped[OutboxState] = mapped_column(words(OutboxState))
    created_at: Mapped[datetime]
    """The moment that the mail bears as its date: when it was composed, or the slot that it waits for."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    lease: Mapped[str | None] = mapped_column(String(40))
    sent_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")


class OverrideRow(Base):
    """One operator's word that a stopped mail may leave, for exactly the octets with this digest. It takes two."""

    __tablename__ = "overrides"
    id: Mapped[Key]
    case_id: Mapped[int | None] = mapped_column(case_reference())
    outbox_id: Mapped[str] = mapped_column(ForeignKey("outbox.id"), index=True)
    digest: Mapped[Hash]
    operator: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[Sealed]


class IntakeKeyRow(Base):
    """The public half of a day key, with which mail is sealed when it is taken; the private half has the key store,
    under the same id."""

    __tablename__ = "intake_keys"
    id: Mapped[TextKey]
    public: Mapped[str] = mapped_column(String(64))
    """In hexadecimal."""
    starts_on: Mapped[date] = mapped_column(unique=True)
    """In UTC."""


class RevisionRow(Base):
    """A mark that changes with every change of something that processes keep in memory; `id` says of what."""

    __tablename__ = "revisions"
    id: Mapped[TextKey]
    mark: Mapped[str] = mapped_column(String(40))


class DigestRow(Base):
    """A day on which the operators of a desk had their digest, or on which there was nothing to tell."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("desk", "day"),)
    id: Mapped[Key]
    desk: Mapped[DeskId]
    day: Mapped[date]
    made_at: Mapped[datetime]


# --- who did what ---------------------------------------------------------------------------------------------------


class AuditRow(Base):
    """Append-only, by triggers too. No personal data: people stand here as handles, texts not at all."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_sequence", "sequence", unique=True),
        partial_index("ix_audit_unchained", "id", "sequence IS NULL"),
    )
    id: Mapped[Key]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(case_reference(), index=True)
    subject: Mapped[str]
    detail: Mapped[str]
    sequence: Mapped[int | None]
    """Its place in the chain, from 1 on; None until the chainer has come by (store/audit_chain.py)."""
    mac: Mapped[Hash | None]
    """Of the row and the `mac` of the one before."""


class AuditMarkRow(Base):
    """Where the chain of the audit log begins ("anchor": the last line that was purged) and where it ends ("head")."""

    __tablename__ = "audit_marks"
    id: Mapped[TextKey]
    sequence: Mapped[int]
    mac: Mapped[Hash]
    proof: Mapped[Hash]
    """A keyed hash of all three: nobody but mailgate can have written them."""


class LastRunRow(Base):
    """When a work that is done once a day was begun last; `id` says which."""

    __tablename__ = "last_runs"
    id: Mapped[TextKey]
    at: Mapped[datetime]
