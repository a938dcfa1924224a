"""Region splits (pemekaran): villages that go from one kecamatan to another, and how far the worker has brought them.

The platform's own: a split concerns two tenants, so neither may hold it. No person is in it. See docs/adr/0026.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.journal.model import WORKERS_OWN
from hub.store.base import C_TEXT, MOMENT, Kind, Retention, describe


class RegionSplit(SQLModel, table=True):
    """Villages leaving a kecamatan for another under a decree, on a day."""

    __tablename__ = "region_split"
    __table_args__ = (
        UniqueConstraint("from_code", "to_code", "starts_on", name="uq_region_split_once"),
        ForeignKeyConstraint(["from_tenant"], ["tenant.id"]),
        ForeignKeyConstraint(["to_tenant"], ["tenant.id"]),
    )

    id: UUID = Field(primary_key=True)
    from_tenant: int
    to_tenant: int
    from_code: str = Field(sa_type=C_TEXT)
    to_code: str = Field(sa_type=C_TEXT)
    starts_on: date
    decree: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=MOMENT)
    finished_at: datetime | None = Field(default=None, sa_type=MOMENT)


class SplitVillage(SQLModel, table=True):
    """A village of a split: its record and code before, and after."""

    __tablename__ = "split_village"
    __table_args__ = (ForeignKeyConstraint(["split_id"], ["region_split.id"]),)

    split_id: UUID = Field(primary_key=True)
    from_village: UUID = Field(primary_key=True)
    to_village: UUID
    from_code: str = Field(sa_type=C_TEXT)
    to_code: str = Field(sa_type=C_TEXT)
    moved_at: datetime | None = Field(default=None, sa_type=MOMENT)


for _model in (RegionSplit, SplitVillage):
    describe(_model, Kind.OWN, Retention.ARCHIVE, rights=WORKERS_OWN, nobody="villages and codes, no person")
