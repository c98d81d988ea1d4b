"""Run by Alembic for `mailgate/store/migrate.py`: on the connection and in the transaction it hands over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from mailgate.store.columns import Instant
from mailgate.store.tables import Base


def plain_types(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Revisions name plain SQL types: what mailgate's own types do in Python may change, a revision may not."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=plain_types,
)
context.run_migrations()
