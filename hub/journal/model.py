"""What happened, as tables: entries, their sealed chain, idempotency keys, and the epoch of the database."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hub.kernel.ids import new_id
from hub.store.base import C_TEXT, MOMENT


class Entry(SQLModel, table=True):
    """One thing that happened. Inserted by `record` in the transaction of the change; sealed later by the worker."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("tenant_id", "seq"),
        Index("ix_journal_entry_unsealed", "tenant_id", "id", postgresql_where="seq IS NULL"),
        CheckConstraint("(seq IS NULL) = (hash IS NULL)", name="sealed_whole"),
    )

    tenant_id: int = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(sa_type=C_TEXT)
    type_name: str = Field(sa_type=C_TEXT)
    object_id: UUID
    village_id: UUID | None = None
    organizations: list[UUID] = Field(default_factory=list, sa_type=JSONB)
    personal: bool = Field(default=False)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    sealed_payload: bytes | None = Field(default=None, sa_type=LargeBinary)
    principal_id: UUID | None = None
    grant_id: UUID | None = None
    role: str = Field(sa_type=C_TEXT)
    request_id: str = Field(sa_type=Text)
    channel: str = Field(default="API", sa_type=C_TEXT)
    happened_at: datetime = Field(sa_type=MOMENT)
    captured_at: datetime | None = Field(default=None, sa_type=MOMENT)
    seq: int | None = None
    hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    sealed_at: datetime | None = Field(default=None, sa_type=MOMENT)
