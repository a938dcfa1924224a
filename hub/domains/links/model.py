"""Links: what fulfils or proves a commitment or an item of a plan, as exclusive arcs with real keys on both sides.

See docs/adr/0028-plans-and-links.md.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    belongs,
    describe,
    exactly_one,
    one_of,
    tenant_index,
)


class LinkRelation(Word):
    """What the far end of a link is to the near one."""

    FULFILLED_BY = "FULFILLED_BY", "Dipenuhi oleh", "Fulfilled by"
    EVIDENCED_BY = "EVIDENCED_BY", "Dibuktikan oleh", "Evidenced by"


ENDS = ("permit_id", "event_id", "file_id", "to_commitment_id", "to_item_id")
# The closed list: which relation leads from which kind of thing to which. What is not here cannot be linked.
RELATIONS: Mapping[tuple[str, str], LinkRelation] = MappingProxyType(
    {
        (start, end): LinkRelation.EVIDENCED_BY if end == "file_id" else LinkRelation.FULFILLED_BY
        for start in ("commitment_id", "item_id")
        for end in ENDS
    }
)


class Link(TenantRow, table=True):
    """From a commitment or an item of a plan to what fulfils or proves it."""

    __tablename__ = "link"
    __table_args__ = (
        belongs("commitment_id", "commitment"),
        belongs("item_id", "action_plan_item"),
        belongs("permit_id", "building_permit"),
        belongs("event_id", "vital_event"),
        belongs("file_id", "stored_file"),
        belongs("to_commitment_id", "commitment"),
        belongs("to_item_id", "action_plan_item"),
        one_of("relation", LinkRelation),
        CheckConstraint("num_nonnulls(commitment_id, item_id) = 1", name="start"),
        exactly_one(*ENDS),
        CheckConstraint("(relation = 'EVIDENCED_BY') = (file_id is not null)", name="relation_fits"),
        CheckConstraint(
            "to_commitment_id is distinct from commitment_id or to_commitment_id is null", name="not_to_itself"
        ),
        CheckConstraint("to_item_id is distinct from item_id or to_item_id is null", name="item_not_to_itself"),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="ended_for_a_reason"),
        Index(
            "uq_link_once",
            "tenant_id",
            "commitment_id",
            "item_id",
            *ENDS,
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        tenant_index("commitment_id", "id"),
        tenant_index("item_id", "id"),
        tenant_index("permit_id", "id"),
        tenant_index("event_id", "id"),
        tenant_index("file_id", "id"),
        tenant_index("to_commitment_id", "id"),
        tenant_index("to_item_id", "id"),
    )

    relation: str = Field(sa_type=C_TEXT)
    commitment_id: UUID | None = None
    item_id: UUID | None = None
    permit_id: UUID | None = None
    event_id: UUID | None = None
    file_id: UUID | None = None
    to_commitment_id: UUID | None = None
    to_item_id: UUID | None = None
    note: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=Text)


# From outside only links between civic things are seen, with the thing they start from; permits, events and files
# hang on persons and are read by offices alone.
_OUTSIDE = (
    "tenant_id",
    "id",
    "version",
    "relation",
    "commitment_id",
    "item_id",
    "to_commitment_id",
    "to_item_id",
    "ended_at",
)
_SEEN = (
    "(to_commitment_id is not null or to_item_id is not null) and ("
    "exists (select from commitment c where c.tenant_id = link.tenant_id and c.id = link.commitment_id) or "
    "exists (select from action_plan_item i where i.tenant_id = link.tenant_id and i.id = link.item_id))"
)

describe(
    Link,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody="it holds keys of records that are told with their own tables",
    outside=_OUTSIDE,
    published=_SEEN,
)
