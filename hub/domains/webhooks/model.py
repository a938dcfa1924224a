"""Webhooks: where a tenant wants to be told of its changes, and what became of each message.

The endpoint's own cursor (`seq`) says how far the sealed feed was made into messages. What goes out names objects by
their ids and says nothing of what is in them. See docs/adr/0030-webhooks.md.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from hub.journal.model import Effect
from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    belongs,
    describe,
    one_of,
    some_of,
    tenant_index,
)


class WebhookState(Word):
    """Whether an endpoint is told of changes (keadaan)."""

    ACTIVE = "ACTIVE", "Aktif", "Active"
    PAUSED = "PAUSED", "Dijeda", "Paused"
    DISABLED = "DISABLED", "Dinonaktifkan", "Disabled"


class WebhookStop(Word):
    """Why an endpoint is not told any more."""

    OWNER = "OWNER", "Dihentikan pemiliknya", "Stopped by its owner"
    FAILING = "FAILING", "Gagal berhari-hari", "Failed for days"
    GONE = "GONE", "Penerima menjawab 410", "The receiver answered 410"
    GRANT_OVER = "GRANT_OVER", "Peran pembuatnya berakhir", "The grant it reads under has ended"


class DeliveryState(Word):
    """What became of a message (keadaan kiriman)."""

    WAITING = "WAITING", "Menunggu", "Waiting for its next try"
    DELIVERED = "DELIVERED", "Terkirim", "Delivered"
    DEAD = "DEAD", "Tidak terkirim", "Given up"


class WebhookEndpoint(TenantRow, table=True):
    """A receiver. `version` counts what people change; the worker's own columns move without it.

    `due_at`: when the next message may be tried. `leased_until`: until then one process has it in hand. `slow`: its
    last call failed or took long. `released_epoch`: the life of the database in which it may send.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        one_of("state", WebhookState),
        one_of("stopped_for", WebhookStop),
        some_of("effects", Effect),
        CheckConstraint("(state = 'ACTIVE') = (stopped_for is null)", name="stopped_for_a_reason"),
        CheckConstraint("(former_secret_sealed is null) = (former_until is null)", name="former_whole"),
        CheckConstraint("seq >= 0", name="counts_from_zero"),
        tenant_index("state", "id"),
        tenant_index("due_at", postgresql_where=text("due_at is not null")),
    )

    url: str = Field(sa_type=Text)
    description: str | None = Field(default=None, sa_type=Text)
    types: list[str] = Field(sa_type=ARRAY(Text))
    effects: list[str] = Field(sa_type=ARRAY(Text))
    state: str = Field(default=WebhookState.ACTIVE.value, sa_type=C_TEXT)
    stopped_for: str | None = Field(default=None, sa_type=C_TEXT)
    secret_sealed: bytes = Field(sa_type=LargeBinary)
    former_secret_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    former_until: datetime | None = Field(default=None, sa_type=MOMENT)
    principal_id: UUID
    grant_id: UUID
    seq: int = Field(sa_type=BigInteger)
    released_epoch: int = Field(sa_type=BigInteger)
    due_at: datetime | None = Field(default=None, sa_type=MOMENT)
    leased_until: datetime | None = Field(default=None, sa_type=MOMENT)
    slow: bool = False
    failing_since: datetime | None = Field(default=None, sa_type=MOMENT)
    delivered_at: datetime | None = Field(default=None, sa_type=MOMENT)


class WebhookDelivery(TenantRow, table=True):
    """A message to one endpoint about one sealed change; without a place in the feed it is a test.

    `message_id` follows from endpoint, place and epoch, so that a message made anew is the same message.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        belongs("endpoint_id", "webhook_endpoint"),
        one_of("state", DeliveryState),
        one_of("effect", Effect),
        CheckConstraint("(state = 'WAITING') = (next_at is not null)", name="waiting_has_time"),
        CheckConstraint("(state = 'WAITING') = (settled_at is null)", name="settled_has_time"),
        CheckConstraint("num_nonnulls(seq, type_name, object_id, effect, object_version) in (0, 5)", name="whole"),
        UniqueConstraint("tenant_id", "endpoint_id", "seq"),
        tenant_index("endpoint_id", "id"),
        tenant_index("state", "id"),
        tenant_index("settled_at"),
        Index(
            "ix_webhook_delivery_waiting",
            "tenant_id",
            "endpoint_id",
            "seq",
            postgresql_where=text("next_at is not null"),
        ),
    )

    endpoint_id: UUID
    message_id: str = Field(sa_type=C_TEXT)
    seq: int | None = Field(default=None, sa_type=BigInteger)
    type_name: str | None = Field(default=None, sa_type=C_TEXT)
    object_id: UUID | None = None
    effect: str | None = Field(default=None, sa_type=C_TEXT)
    object_version: int | None = None
    happened_at: datetime = Field(sa_type=MOMENT)
    state: str = Field(default=DeliveryState.WAITING.value, sa_type=C_TEXT)
    attempts: int = 0
    next_at: datetime | None = Field(default=None, sa_type=MOMENT)
    tried_at: datetime | None = Field(default=None, sa_type=MOMENT)
    settled_at: datetime | None = Field(default=None, sa_type=MOMENT)
    last_status: int | None = None
    last_error: str | None = Field(default=None, sa_type=C_TEXT)


describe(
    WebhookEndpoint,
    Kind.TENANT,
    Retention.SECURITY,
    subject="principal_id",
    rights={"hub_worker": ("SELECT", "UPDATE")},
    across=("hub_worker",),
)
describe(
    WebhookDelivery,
    Kind.TENANT,
    Retention.TRANSIENT,
    nobody="names objects by their ids for some weeks, and says nothing of them",
    rights={"hub_worker": ("SELECT", "INSERT", "UPDATE", "DELETE")},
)
