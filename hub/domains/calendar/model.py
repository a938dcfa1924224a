"""A tenant's own days off (hari libur daerah), beside those of the whole country."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from hub.store.base import MOMENT, Kind, Retention, TenantRow, all_columns, describe, tenant_index


class TenantDayOff(TenantRow, table=True):
    """A day on which the office is closed. One that was entered by mistake is ended, not deleted."""

    __tablename__ = "tenant_day_off"
    __table_args__ = (
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="ended_for_a_reason"),
        Index("uq_tenant_day_off_day", "tenant_id", "day", unique=True, postgresql_where=text("ended_at IS NULL")),
        tenant_index("day", "id"),
    )

    day: date
    name: str = Field(sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=Text)


describe(
    TenantDayOff,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody="days of an office",
    outside=all_columns(TenantDayOff),
    published="ended_at is null",
)
