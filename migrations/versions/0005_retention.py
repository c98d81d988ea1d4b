"""retention: what was destroyed and erased, the chain of the audit log, and triggers by which that log only grows

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A line may be given its place in the chain, once, and go when the anchor says that the chain begins behind it. Whoever
# rebuilds this table later (a batch operation of Alembic on SQLite) has to make the triggers anew.
_CONTENT = ("id", "at", "actor", "action", "case_id", "subject", "detail")
_GROWS = "the audit log only grows"
_CHANGED = " OR ".join(f"NEW.{one} IS DISTINCT FROM OLD.{one}" for one in _CONTENT)
_CHAINED = "OLD.sequence IS NOT NULL OR OLD.mac IS NOT NULL"
_KEPT = "OLD.sequence IS NULL OR OLD.sequence > coalesce((SELECT sequence FROM audit_marks WHERE id = 'anchor'), 0)"


def upgrade() -> None:
    op.add_column("persons", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("members", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("key_destroyed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("audit", sa.Column("sequence", sa.Integer(), nullable=True))
    op.add_column("audit", sa.Column("mac", sa.String(length=64), nullable=True))
    op.create_index("ix_audit_sequence", "audit", ["sequence"], unique=True)
    unchained = sa.text("sequence IS NULL")
    op.create_index("ix_audit_unchained", "audit", ["id"], sqlite_where=unchained, postgresql_where=unchained)
    op.create_table(
        "audit_marks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_marks")),
    )
    op.create_table(
        "last_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_last_runs")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    # "IS NOT" is what "IS DISTINCT FROM" is called by SQLite before 3.39.
    changed = _CHANGED.replace("IS DISTINCT FROM", "IS NOT")
    for event, when in (("UPDATE", f"{_CHAINED} OR {changed}"), ("DELETE", _KEPT)):
        op.execute(
            f"CREATE TRIGGER audit_{event.lower()} BEFORE {event} ON audit WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{_GROWS}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF NOT ({_CHAINED} OR {_CHANGED}) THEN RETURN NEW; END IF; "
        f"ELSIF TG_OP = 'DELETE' THEN IF NOT ({_KEPT}) THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{_GROWS}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard()"
    )
    op.execute("CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_guard()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_truncate ON audit")
        op.execute("DROP TRIGGER audit_change ON audit")
        op.execute("DROP FUNCTION audit_guard()")
    else:
        op.execute("DROP TRIGGER audit_update")
        op.execute("DROP TRIGGER audit_delete")
    op.drop_table("last_runs")
    op.drop_table("audit_marks")
    op.drop_index("ix_audit_unchained", "audit")
    op.drop_index("ix_audit_sequence", "audit")
    for table, column in (
        ("audit", "mac"),
        ("audit", "sequence"),
        ("cases", "key_destroyed_at"),
        ("cases", "destroyed_at"),
        ("members", "retired_at"),
        ("persons", "erased_at"),
    ):
        op.drop_column(table, column)
