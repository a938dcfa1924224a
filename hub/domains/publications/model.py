"""Periods that a kecamatan confirms, what it confirmed, and what was published of a region.

A period is a month: villages send a file each month, and the kecamatan's own report on its population is a monthly
one. Quarters and years would be read from the months' figures, not counted anew. See docs/adr/0033-publications.md.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hub.domains.reports.assembling import ReportShown
from hub.domains.reports.model import ReportOrigin
from hub.kernel.ids import new_id
from hub.kernel.words import Word
from hub.store.base import C_TEXT, MOMENT, Kind, Retention, TenantRow, belongs, describe, one_of, tenant_index


class PeriodState(Word):
    """How a period stands in a kecamatan (keadaan periode)."""

    OPEN = "OPEN", "Terbuka", "Open"
    CONFIRMED = "CONFIRMED", "Disahkan kecamatan", "Confirmed by the kecamatan"
    PUBLISHED = "PUBLISHED", "Diterbitkan", "Published"
    REVISED = "REVISED", "Direvisi", "Revised"


class PublicationState(Word):
    """Whether a publication is the first of its period (keadaan terbitan)."""

    PUBLISHED = "PUBLISHED", "Diterbitkan", "Published"
    REVISED = "REVISED", "Direvisi", "Revised"


class ReportLine(Word):
    """What a published figure stands for (jenis baris)."""

    KECAMATAN = "KECAMATAN", "Kecamatan", "Kecamatan"
    VILLAGE = "VILLAGE", "Desa", "Village"
    TOTAL = "TOTAL", "Jumlah tanpa yang belum lengkap", "Total without what is partial"
    TOTAL_WITH_PARTIAL = "TOTAL_WITH_PARTIAL", "Jumlah dengan yang belum lengkap", "Total with what is partial"


class ReportPeriod(TenantRow, table=True):
    """A month of a kecamatan's reports. `confirmations` counts how often it was confirmed."""

    __tablename__ = "report_period"
    __table_args__ = (
        one_of("state", PeriodState),
        CheckConstraint(r"period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="a_month"),
        CheckConstraint("(state = 'OPEN') = (confirmed_at is null)", name="confirmed_is_dated"),
        CheckConstraint("(published_at is null) = (number is null)", name="published_is_numbered"),
        UniqueConstraint("tenant_id", "period"),
        tenant_index("state", "id"),
        tenant_index("period", "id"),
    )

    period: str = Field(sa_type=C_TEXT)
    state: str = Field(default=PeriodState.OPEN.value, sa_type=C_TEXT)
    confirmations: int = 0
    confirmed_at: datetime | None = Field(default=None, sa_type=MOMENT)
    published_at: datetime | None = Field(default=None, sa_type=MOMENT)
    number: str | None = Field(default=None, sa_type=C_TEXT)


class ReportFrozen(TenantRow, table=True):
    """A report as it stood when a period was confirmed. Nothing changes it; a later confirmation adds its own.

    `figures` are those of `report_count`, by the codes of villages; `villages` say code, name, whether it reports and
    when it sent last.
    """

    __tablename__ = "report_frozen"
    __table_args__ = (
        belongs("period_id", "report_period"),
        UniqueConstraint("tenant_id", "period_id", "confirmation", "report", name="uq_report_frozen_once"),
    )

    period_id: UUID
    confirmation: int
    report: str = Field(sa_type=C_TEXT)
    rule: int
    revision: int
    counted_at: datetime | None = Field(default=None, sa_type=MOMENT)
    figures: list[dict[str, Any]] = Field(sa_type=JSONB)
    villages: list[dict[str, Any]] = Field(sa_type=JSONB)


class Publication(SQLModel, table=True):
    """All reports of a region and a period, told outside; a revision is a publication of its own.

    `source` says which confirmations it was made from: what was made once is not made again. `reports` holds for each
    report its digest, its kecamatan and those that are missing.
    """

    __tablename__ = "publication"
    __table_args__ = (
        one_of("state", PublicationState),
        CheckConstraint("revision >= 1", name="revision_from_one"),
        CheckConstraint("(state = 'PUBLISHED') = (revision = 1)", name="first_is_published"),
        UniqueConstraint("region_code", "period", "revision"),
        UniqueConstraint("number"),
        Index(None, "region_code", "published_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(sa_type=C_TEXT)
    region_code: str = Field(sa_type=C_TEXT)
    region_name: str = Field(sa_type=Text)
    period: str = Field(sa_type=C_TEXT)
    revision: int
    state: str = Field(sa_type=C_TEXT)
    published_at: datetime = Field(sa_type=MOMENT)
    data_as_of: datetime | None = Field(default=None, sa_type=MOMENT)
    sha256: str = Field(sa_type=C_TEXT)
    partial: bool
    source: str = Field(sa_type=C_TEXT)
    reports: list[dict[str, Any]] = Field(sa_type=JSONB)


class PublishedFigure(SQLModel, table=True):
    """A figure as it is told outside. Where it is suppressed, what is hidden is null."""

    __tablename__ = "published_figure"
    __table_args__ = (
        ForeignKeyConstraint(["publication_id"], ["publication.id"]),
        one_of("line", ReportLine),
        one_of("shown", ReportShown),
        one_of("origin", ReportOrigin),
        CheckConstraint("shown <> 'NO_DATA' or num_nonnulls(numerator, denominator) = 0", name="no_data_is_null"),
        Index(None, "region_code", "report"),
    )

    publication_id: UUID = Field(primary_key=True)
    report: str = Field(primary_key=True, sa_type=C_TEXT)
    line: str = Field(primary_key=True, sa_type=C_TEXT)
    place_code: str = Field(primary_key=True, sa_type=C_TEXT)
    dimension_1: str = Field(primary_key=True, sa_type=C_TEXT)
    dimension_2: str = Field(primary_key=True, sa_type=C_TEXT)
    figure: str = Field(primary_key=True, sa_type=C_TEXT)
    region_code: str = Field(sa_type=C_TEXT)
    kecamatan_code: str | None = Field(default=None, sa_type=C_TEXT)
    place_name: str = Field(sa_type=Text)
    label_1: str | None = Field(default=None, sa_type=Text)
    label_2: str | None = Field(default=None, sa_type=Text)
    shown: str = Field(sa_type=C_TEXT)
    numerator: int | None = Field(default=None, sa_type=BigInteger)
    denominator: int | None = Field(default=None, sa_type=BigInteger)
    origin: str | None = Field(default=None, sa_type=C_TEXT)
    as_of: date | None = None
    villages_reporting: int | None = None
    villages_total: int | None = None
    oldest_sync: datetime | None = Field(default=None, sa_type=MOMENT)


class FigureShown(SQLModel, table=True):
    """How a figure of a region stood when it was published last; `variable` may be one that is only implied.

    What protects the next publication starts from here. Nobody but the worker reads it: `value` is what was shown, and
    where the figure is hidden now, what was shown before that.
    """

    __tablename__ = "figure_shown"
    __table_args__ = (CheckConstraint("hidden or value is not null", name="shown_is_there"),)

    region_code: str = Field(primary_key=True, sa_type=C_TEXT)
    report: str = Field(primary_key=True, sa_type=C_TEXT)
    variable: str = Field(primary_key=True, sa_type=C_TEXT)
    place_code: str = Field(primary_key=True, sa_type=C_TEXT)
    dimension_1: str = Field(primary_key=True, sa_type=C_TEXT)
    dimension_2: str = Field(primary_key=True, sa_type=C_TEXT)
    hidden: bool
    value: int | None = Field(default=None, sa_type=BigInteger)


_NOBODY = "Numbers; nobody is named in them."
_READ = {"hub_api": (), "hub_report": ("SELECT",), "hub_worker": ("SELECT", "INSERT")}
describe(ReportPeriod, Kind.TENANT, Retention.ARCHIVE, nobody=_NOBODY)
describe(
    ReportFrozen,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody=_NOBODY,
    rights={"hub_api": ("SELECT", "INSERT"), "hub_worker": ("SELECT",)},
)
for _model in (Publication, PublishedFigure):
    describe(_model, Kind.OWN, Retention.ARCHIVE, nobody=_NOBODY, rights=_READ, across=("hub_report", "hub_worker"))
describe(
    FigureShown,
    Kind.OWN,
    Retention.ARCHIVE,
    nobody=_NOBODY,
    rights={"hub_api": (), "hub_worker": ("SELECT", "INSERT", "UPDATE")},
    across=("hub_worker",),
)
