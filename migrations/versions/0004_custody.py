"""custody: each case has a key of its own, its rows say whose they are, and mail is sealed with day keys

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OF_COMMENT = "(SELECT case_id FROM comments WHERE comments.id = {table}.comment_id)"
_OF_ROUND = "(SELECT case_id FROM rounds WHERE rounds.id = findings.round_id)"
_OF_MAIL = "(SELECT case_id FROM outbox WHERE outbox.id = overrides.outbox_id)"


def upgrade() -> None:
    op.add_column("cases", sa.Column("key_id", sa.Text(), nullable=True))
    op.create_table(
        "intake_keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_keys")),
        sa.UniqueConstraint("starts_on", name=op.f("uq_intake_keys_starts_on")),
    )
    of_findings = f"coalesce({_OF_ROUND}, {_OF_COMMENT.format(table='findings')})"
    _add_case("findings", of_findings, nullable=False)
    _add_case("comment_versions", _OF_COMMENT.format(table="comment_versions"), nullable=False)
    _add_case("overrides", _OF_MAIL, nullable=True)


def _add_case(table: str, value: str, *, nullable: bool) -> None:
    op.add_column(table, sa.Column("case_id", sa.Integer(), nullable=True))
    op.execute(f"UPDATE {table} SET case_id = {value}")  # noqa: S608 (words of this file)
    with op.batch_alter_table(table) as batch:
        batch.alter_column("case_id", existing_type=sa.Integer(), nullable=nullable)
        batch.create_foreign_key(op.f(f"fk_{table}_case_id"), "cases", ["case_id"], ["id"])


def downgrade() -> None:
    for table in ("overrides", "comment_versions", "findings"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_case_id"), type_="foreignkey")
            batch.drop_column("case_id")
    op.drop_table("intake_keys")
    op.drop_column("cases", "key_id")
