"""desks: which one a case belongs to, and on which days the operators of each had their digest

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is there was of the one desk that there was.
    op.add_column("cases", sa.Column("desk", sa.String(length=16), nullable=False, server_default="main"))
    with op.batch_alter_table("digests") as digests:
        digests.add_column(sa.Column("desk", sa.String(length=16), nullable=False, server_default="main"))
        digests.drop_constraint(op.f("uq_digests_day"), type_="unique")
        digests.create_unique_constraint(op.f("uq_digests_desk_day"), ["desk", "day"])


def downgrade() -> None:
    op.execute("DELETE FROM digests WHERE desk <> 'main'")
    with op.batch_alter_table("digests") as digests:
        digests.drop_constraint(op.f("uq_digests_desk_day"), type_="unique")
        digests.create_unique_constraint(op.f("uq_digests_day"), ["day"])
        digests.drop_column("desk")
    op.drop_column("cases", "desk")
