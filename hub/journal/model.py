"""What happened, as tables.

`journal_entry` is written by requests and never again by anybody. `journal_change` is what the sealer makes of it: the
same events in one gapless order per tenant, with the little that a feed tells, chained by hashes. `journal_pending`
names the entries that are not sealed yet. See docs/adr/0004-journal.md.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from hub.store.base import C_TEXT, MOMENT, Kind, Retention, describe, one_of, tenant_index, updating
from hub.store.rls import PARTY

HASH_BYTES = 32
KEY_LENGTH = 255


class Effect(StrEnum):
    """What an event means to someone who keeps a copy: put, put, remove, remove."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    ENDED = "ENDED"  # a tombstone: the object is over
    LEFT = "LEFT"  # the object lives on, outside the scope of the village or the parties named here


class JournalEntry(SQLModel, table=True):
    """One thing that happened, inserted in the transaction of the change. Nobody may update it."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        one_of("effect", Effect),
        CheckConstraint("personal IS NULL OR subject_id IS NOT NULL", name="personal_has_subject"),
        tenant_index("object_id", "id"),
        tenant_index("subject_id", "id"),
    )

    tenant_id: int = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=C_TEXT)
    effect: str = Field(sa_type=C_TEXT)
    type_name: str = Field(sa_type=C_TEXT)
    object_id: UUID
    version: int
    village_id: UUID | None = None
    subject_id: UUID | None = None
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    published: bool
    fields: list[str] = Field(sa_type=ARRAY(Text))
    payload: str = Field(sa_type=JSON)  # json, not jsonb: the hash covers this very text
    personal: bytes | None = Field(default=None, sa_type=LargeBinary)
    principal_id: UUID | None = None
    grant_id: UUID | None = None
    role: str = Field(sa_type=C_TEXT)
    purpose: str | None = Field(default=None, sa_type=Text)
    request_id: str = Field(sa_type=Text)
    channel: str = Field(sa_type=C_TEXT)
    happened_at: datetime = Field(sa_type=MOMENT)
    captured_at: datetime | None = Field(default=None, sa_type=MOMENT)


class Pending(SQLModel, table=True):
    """An entry that waits for the sealer. Inserted with the entry, deleted in the transaction that seals it."""

    __tablename__ = "journal_pending"

    tenant_id: int = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    happened_at: datetime = Field(sa_type=MOMENT)


class Change(SQLModel, table=True):
    """A sealed entry: its place in the tenant's one order, what the feed tells of it, and the chain's hash."""

    __tablename__ = "journal_change"
    __table_args__ = (
        UniqueConstraint("tenant_id", "entry_id"),
        one_of("effect", Effect),
        CheckConstraint("seq > 0", name="counts_from_one"),
        CheckConstraint(f"octet_length(hash) = {HASH_BYTES}", name="whole_hash"),
    )

    tenant_id: int = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    entry_id: UUID
    kind: str = Field(sa_type=C_TEXT)
    effect: str = Field(sa_type=C_TEXT)
    type_name: str = Field(sa_type=C_TEXT)
    object_id: UUID
    version: int
    village_id: UUID | None = None
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    published: bool
    fields: list[str] = Field(sa_type=ARRAY(Text))
    happened_at: datetime = Field(sa_type=MOMENT)
    sealed_at: datetime = Field(sa_type=MOMENT)
    hash: bytes = Field(sa_type=LargeBinary)


class ChainHead(SQLModel, table=True):
    """The last sealed place of a tenant. Its row is the lock of the one sealer."""

    __tablename__ = "chain_head"

    tenant_id: int = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)


class Anchor(SQLModel, table=True):
    """A day's head, signed. The copy that counts lies outside the database."""

    __tablename__ = "journal_anchor"

    tenant_id: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    epoch: int = Field(primary_key=True, sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)


class SubjectKey(SQLModel, table=True):
    """The key under which a person's before and after values are written. Without it they are noise."""

    __tablename__ = "subject_key"
    __table_args__ = (CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed_or_held"),)

    tenant_id: int = Field(primary_key=True)
    subject_id: UUID = Field(primary_key=True)
    wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=MOMENT)
    destroyed_at: datetime | None = Field(default=None, sa_type=MOMENT)


class Epoch(SQLModel, table=True):
    """Which life of the database this is; one row. A restore raises it."""

    __tablename__ = "epoch"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    number: int = Field(sa_type=BigInteger)
    raised_at: datetime = Field(sa_type=MOMENT)
    reason: str = Field(sa_type=Text)


class Idempotency(SQLModel, table=True):
    """A mutation that was carried out under a key: what it was asked, and what came of it as ids and codes."""

    __tablename__ = "idempotency"
    __table_args__ = (
        CheckConstraint(f"char_length(key) BETWEEN 1 AND {KEY_LENGTH}", name="key_length"),
        CheckConstraint(f"octet_length(input_sha256) = {HASH_BYTES}", name="whole_digest"),
        tenant_index("expires_at"),
    )

    tenant_id: int = Field(primary_key=True)
    principal_id: UUID = Field(primary_key=True)
    field: str = Field(primary_key=True, sa_type=C_TEXT)
    key: str = Field(primary_key=True, sa_type=C_TEXT)
    input_sha256: bytes = Field(sa_type=LargeBinary)
    outcome: dict[str, Any] | None = Field(default=None, sa_type=JSONB)  # JSON: ids, codes and versions
    created_at: datetime = Field(sa_type=MOMENT)
    expires_at: datetime = Field(sa_type=MOMENT)


class FeedMark(SQLModel, table=True):
    """How far a consumer in the worker has read a tenant's sealed changes. The platform's own: no office sees it."""

    __tablename__ = "feed_mark"

    consumer: str = Field(primary_key=True, sa_type=C_TEXT)
    home_tenant: int = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)


class Errand(SQLModel, table=True):
    """Something of a tenant that the worker has to see to, again until it is settled. The platform's own."""

    __tablename__ = "errand"
    __table_args__ = (Index(None, "due_at"),)

    kind: str = Field(primary_key=True, sa_type=C_TEXT)
    home_tenant: int = Field(primary_key=True)
    object_id: UUID = Field(primary_key=True)
    asked: int = Field(default=1)  # how often; whoever settles an errand settles what had been asked by then
    due_at: datetime = Field(sa_type=MOMENT)


_SAYS, _READS_AND_SAYS = ("INSERT",), ("SELECT", "INSERT")

describe(
    JournalEntry,
    Kind.PERSON,
    Retention.SECURITY,
    subject="subject_id",
    rights={"hub_api": _READS_AND_SAYS, "hub_outside": _SAYS, "hub_worker": _READS_AND_SAYS},
)
describe(
    Pending,
    Kind.TENANT,
    Retention.TRANSIENT,
    rights={
        "hub_api": ("INSERT", "SELECT(tenant_id)", "SELECT(happened_at)"),
        "hub_outside": ("INSERT", "SELECT(tenant_id)", "SELECT(happened_at)"),
        "hub_worker": ("SELECT", "INSERT", "DELETE"),
    },
    across=("hub_worker",),
)
describe(
    Change,
    Kind.TENANT,
    Retention.SECURITY,
    outside=(
        "tenant_id",
        "seq",
        "entry_id",
        "kind",
        "effect",
        "type_name",
        "object_id",
        "version",
        "village_id",
        "fields",
        "published",
        "parties",
        "happened_at",
        "sealed_at",
    ),
    published=f"published OR {PARTY} = ANY (parties)",
    rights={"hub_api": ("SELECT",), "hub_worker": _READS_AND_SAYS},
)
describe(
    ChainHead,
    Kind.TENANT,
    Retention.SECURITY,
    outside=("tenant_id", "seq"),
    published="true",
    rights={"hub_api": ("SELECT",)},
)
describe(
    Anchor,
    Kind.TENANT,
    Retention.SECURITY,
    rights={"hub_api": ("SELECT",), "hub_worker": _READS_AND_SAYS},
)
describe(
    SubjectKey,
    Kind.PERSON,
    Retention.SECURITY,
    subject="subject_id",
    rights={
        "hub_api": _READS_AND_SAYS,
        "hub_outside": _READS_AND_SAYS,
        "hub_worker": (*_READS_AND_SAYS, *updating("wrapped", "destroyed_at")),
    },
)
describe(Epoch, Kind.OWN, Retention.SECURITY, outside=("id", "number"), rights={"hub_report": ("SELECT",)})
describe(
    Idempotency,
    Kind.TENANT,
    Retention.TRANSIENT,
    subject="principal_id",
    rights={"hub_outside": ("SELECT", "INSERT", "UPDATE"), "hub_worker": ("SELECT", "INSERT", "UPDATE", "DELETE")},
)
WORKERS_OWN = {"hub_api": (), "hub_worker": ("SELECT", "INSERT", "UPDATE", "DELETE")}  # rights of what only it touches
for _model in (FeedMark, Errand):
    describe(_model, Kind.OWN, Retention.TRANSIENT, rights=WORKERS_OWN)
