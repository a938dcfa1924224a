"""What reports have counted, beforehand: summary tables that the worker alone writes.

Nobody adds to a figure: it is counted anew from the base tables. See docs/adr/0031-reports.md.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import C_TEXT, MOMENT, Kind, Retention, Rights, TenantRow, belongs, describe, one_of, tenant_index


class ReportOrigin(Word):
    """Where a figure comes from (asal angka)."""

    REGISTER = "REGISTER", "Register desa di hub", "Village register kept in the hub"
    PROFILE = "PROFILE", "Profil tahunan kecamatan", "Yearly profile of the kecamatan"
    ACTS = "ACTS", "Catatan kegiatan di hub", "Acts recorded in the hub"


class ReportForm(Word):
    """In which form a report was taken (bentuk laporan)."""

    PRINT = "PRINT", "Cetakan", "Print"
    CSV = "CSV", "CSV menurut RFC 4180", "CSV by RFC 4180"
    CSV_EXCEL = "CSV_EXCEL", "CSV untuk Excel Indonesia", "CSV for Excel in Indonesia"
    XLSX = "XLSX", "Buku kerja Excel", "Excel workbook"
    JSON = "JSON", "Berkas JSON", "JSON file"


class ReportCount(TenantRow, table=True):
    """A figure of a report: a numerator, and what it is a part of (null where it is a plain number).

    `village_id` is null for a figure of the kecamatan as such. A dimension without value is ''.
    """

    __tablename__ = "report_count"
    __table_args__ = (
        belongs("village_id", "village"),
        one_of("origin", ReportOrigin),
        CheckConstraint("denominator >= 0", name="denominator_not_negative"),
        UniqueConstraint(
            "tenant_id",
            "report",
            "figure",
            "village_id",
            "dimension_1",
            "dimension_2",
            name="uq_report_count_once",
            postgresql_nulls_not_distinct=True,
        ),
        tenant_index("village_id", "id"),
    )

    report: str = Field(sa_type=C_TEXT)
    figure: str = Field(sa_type=C_TEXT)
    village_id: UUID | None = None
    dimension_1: str = Field(default="", sa_type=C_TEXT)
    dimension_2: str = Field(default="", sa_type=C_TEXT)
    label_1: str | None = Field(default=None, sa_type=Text)
    label_2: str | None = Field(default=None, sa_type=Text)
    numerator: int = Field(sa_type=BigInteger)
    denominator: int | None = Field(default=None, sa_type=BigInteger)
    origin: str = Field(sa_type=C_TEXT)
    as_of: date


class ReportVillage(TenantRow, table=True):
    """Whether a village has anything to count for a report, and when it last sent a file."""

    __tablename__ = "report_village"
    __table_args__ = (
        belongs("village_id", "village"),
        UniqueConstraint("tenant_id", "report", "village_id"),
        tenant_index("village_id", "id"),
    )

    report: str = Field(sa_type=C_TEXT)
    village_id: UUID
    reporting: bool
    synced_at: datetime | None = Field(default=None, sa_type=MOMENT)


class ReportState(TenantRow, table=True):
    """How a report stands: since when it is to be counted anew, when it was, and by which rule of its definition.

    `revision` counts how often its figures changed.
    """

    __tablename__ = "report_state"
    __table_args__ = (UniqueConstraint("tenant_id", "report"),)

    report: str = Field(sa_type=C_TEXT)
    marked_at: datetime | None = Field(default=None, sa_type=MOMENT)
    counted_at: datetime | None = Field(default=None, sa_type=MOMENT)
    changed_at: datetime | None = Field(default=None, sa_type=MOMENT)
    rule: int = 0
    revision: int = 0


class ReportIssue(TenantRow, table=True):
    """A report that was taken away, on paper or as a file: what it said of itself, never its figures.

    `number` names the tenant and is otherwise random: whoever holds the paper asks by it. `narrowed`: it held the
    villages of whoever took it, not all.
    """

    __tablename__ = "report_issue"
    __table_args__ = (
        one_of("form", ReportForm),
        UniqueConstraint("tenant_id", "number"),
        tenant_index("principal_id", "day", "report"),
    )

    number: str = Field(sa_type=C_TEXT)
    report: str = Field(sa_type=C_TEXT)
    report_number: str = Field(sa_type=C_TEXT)
    form: str = Field(sa_type=C_TEXT)
    revision: int
    sha256: str = Field(sa_type=C_TEXT)
    generated_at: datetime = Field(sa_type=MOMENT)
    data_as_of: datetime | None = Field(default=None, sa_type=MOMENT)
    narrowed: bool
    day: date
    principal_id: UUID
    grant_id: UUID


_NOBODY = "Numbers; nobody is named in them."
_COUNTED: Rights = {"hub_api": ("SELECT",), "hub_worker": ("SELECT", "INSERT", "UPDATE", "DELETE")}
for _model in (ReportCount, ReportVillage):
    describe(_model, Kind.PERSON, Retention.REGISTER, nobody=_NOBODY, rights=_COUNTED)
describe(ReportState, Kind.TENANT, Retention.REGISTER, nobody=_NOBODY, rights=_COUNTED)
describe(
    ReportIssue,
    Kind.TENANT,
    Retention.ARCHIVE,
    subject="principal_id",
    rights={"hub_api": ("SELECT", "INSERT"), "hub_worker": ("SELECT",)},
)
