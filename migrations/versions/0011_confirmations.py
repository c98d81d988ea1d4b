"""confirmations: what people say to what the register holds of them; numbers of applications are never used again

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_confirmations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("person_id", name=op.f("uq_confirmations_person_id")),
    )
    op.create_index("ix_confirmations_state_since", "confirmations", ["state", "since"])
    op.create_index(op.f("ix_confirmations_mailed_at"), "confirmations", ["mailed_at"])
    _count_on(never_again=True)


def downgrade() -> None:
    op.drop_table("confirmations")
    _count_on(never_again=False)


def _count_on(*, never_again: bool) -> None:
    """SQLite gives the highest number again after its row went, unless the table says otherwise from its making on.
    PostgreSQL's sequences never do."""
    if op.get_bind().dialect.name == "sqlite":
        kwargs = {"sqlite_autoincrement": never_again}
        with op.batch_alter_table("applications", recreate="always", table_kwargs=kwargs):
            pass
