"""Column types that keep a promise on both databases: instants in UTC, enums as their words."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, cast

from sqlalchemy import DateTime, Dialect, Enum, ForeignKey, Index, LargeBinary, MetaData, String, Table, Text, text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from mailgate.mail.reply_address import MAIN_DESK


class Instant(TypeDecorator[datetime]):
    """A moment. Takes aware datetimes only and gives them back in UTC; SQLite itself would lose the offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """A column of the enum `kind`, stored as its values."""
    return Enum(kind, native_enum=False, length=16, values_callable=lambda one: [word.value for word in one])


class Base(DeclarativeBase):
    """Every table has a primary key `id`; sealed columns are named so in `Transaction.seal`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, str: Text}  # noqa: RUF012 (SQLAlchemy reads it from the class)


def table_of(row: type[Base]) -> Table:
    """The table behind a class, for statements that need no objects."""
    return cast("Table", row.__table__)


def partial_index(name: str, column: str, where: str) -> Index:
    """An index of the rows alone for which `where` holds; a query must say so too."""
    return Index(name, column, sqlite_where=text(where), postgresql_where=text(where))


def case_reference() -> ForeignKey:
    return ForeignKey("cases.id")


Sealed = Annotated[bytes, mapped_column(LargeBinary, default=b"")]
"""Sealed with `Transaction.seal`, opened with `Transaction.unseal`; empty until the row has its id."""

Hash = Annotated[str, mapped_column(String(64))]
"""A keyed hash, in hexadecimal."""

Handle = Annotated[str, mapped_column(String(12), unique=True)]
"""`T-7F3K`: how a person is named where no name may stand."""

DeskId = Annotated[str, mapped_column(String(16), server_default=MAIN_DESK)]
"""The id of a desk, which the configuration may have no more."""

Key = Annotated[int, mapped_column(primary_key=True)]
TextKey = Annotated[str, mapped_column(String(40), primary_key=True)]
