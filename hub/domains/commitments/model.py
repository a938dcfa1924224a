"""Commitments (komitmen, piagam, maklumat), their parties, clauses and evidence."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Text, UniqueConstraint, Uuid
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    all_columns,
    belongs,
    describe,
    exactly_one,
    one_of,
    tenant_index,
    updating,
)
from hub.store.rls import PARTY


class CommitmentType(Word):
    """Type of a commitment."""

    VILLAGE_HEAD_COMMITMENT = "VILLAGE_HEAD_COMMITMENT", "Komitmen kepala desa", "Village heads' commitment"
    PARTNER_COMMITMENT = "PARTNER_COMMITMENT", "Komitmen organisasi mitra", "Partner organizations' commitment"
    CHARTER = "CHARTER", "Piagam", "Charter"
    SERVICE_PLEDGE = "SERVICE_PLEDGE", "Maklumat pelayanan", "Service pledge"
    LEADERSHIP_PLEDGE = "LEADERSHIP_PLEDGE", "Janji kepemimpinan camat", "Leadership pledge"
    INTERVILLAGE = "INTERVILLAGE", "Kerja sama antardesa", "Cooperation between villages"
    JOINT_RULE = "JOINT_RULE", "Aturan bersama", "Joint rule"


class CommitmentState(Word):
    """State of a commitment as acts have made it; ACTIVE and EXPIRED come with the calendar and are computed."""

    DRAFT = "DRAFT", "Rancangan", "Draft"
    AGREED = "AGREED", "Disepakati", "Agreed"
    AWAITING_SIGNATURES = "AWAITING_SIGNATURES", "Menunggu tanda tangan", "Awaiting signatures"
    PARTIALLY_SIGNED = "PARTIALLY_SIGNED", "Ditandatangani sebagian", "Partially signed"
    SIGNED = "SIGNED", "Ditandatangani", "Signed"
    DISPLAYED = "DISPLAYED", "Dipajang", "Displayed"
    FULFILLED = "FULFILLED", "Dipenuhi", "Fulfilled"
    BREACHED = "BREACHED", "Dilanggar", "Breached"
    REVOKED = "REVOKED", "Dicabut", "Revoked"


class CommitmentStatus(Word):
    """Status of a commitment on a day: its state, or what the calendar makes of it."""

    DRAFT = "DRAFT", "Rancangan", "Draft"
    AGREED = "AGREED", "Disepakati", "Agreed"
    AWAITING_SIGNATURES = "AWAITING_SIGNATURES", "Menunggu tanda tangan", "Awaiting signatures"
    PARTIALLY_SIGNED = "PARTIALLY_SIGNED", "Ditandatangani sebagian", "Partially signed"
    SIGNED = "SIGNED", "Ditandatangani", "Signed"
    DISPLAYED = "DISPLAYED", "Dipajang", "Displayed"
    ACTIVE = "ACTIVE", "Berlaku", "In force"
    FULFILLED = "FULFILLED", "Dipenuhi", "Fulfilled"
    BREACHED = "BREACHED", "Dilanggar", "Breached"
    EXPIRED = "EXPIRED", "Kedaluwarsa", "Expired"
    REVOKED = "REVOKED", "Dicabut", "Revoked"


class PartyRole(Word):
    """Role of a party in a commitment."""

    SIGNATORY = "SIGNATORY", "Penanda tangan", "Signatory"
    WITNESS = "WITNESS", "Saksi", "Witness"
    SUPPORTER = "SUPPORTER", "Pendukung", "Supporter"


class EvidenceKind(Word):
    """Kind of evidence (bukti pendukung)."""

    DOCUMENT = "DOCUMENT", "Naskah", "Document"
    PHOTO = "PHOTO", "Foto", "Photo"
    MINUTES = "MINUTES", "Notulen", "Minutes"
    ATTENDANCE = "ATTENDANCE", "Daftar hadir", "Attendance list"
    DISPLAY = "DISPLAY", "Bukti terpajang", "Proof of display"
    FULFILMENT = "FULFILMENT", "Bukti pemenuhan", "Proof of fulfilment"
    OTHER = "OTHER", "Lainnya", "Other"


class Commitment(TenantRow, table=True):
    """A promise of several parties about one object."""

    __tablename__ = "commitment"
    __table_args__ = (
        one_of("type", CommitmentType),
        one_of("state", CommitmentState),
        CheckConstraint("target_percent between 0 and 100", name="target_is_percent"),
        CheckConstraint("valid_until is null or valid_from is null or valid_from <= valid_until", name="validity"),
        tenant_index("type", "id"),
        tenant_index("state", "id"),
        tenant_index("title", "id"),
        tenant_index("planned_on", "id"),
    )

    type: str = Field(sa_type=C_TEXT)
    title: str = Field(sa_type=C_TEXT)
    object: str = Field(sa_type=Text)
    state: str = Field(default=CommitmentState.DRAFT.value, sa_type=C_TEXT)
    published: bool = Field(default=False)
    planned_on: date
    planned_until: date | None = None
    signed_on: date | None = None
    place: str | None = Field(default=None, sa_type=Text)
    display_place: str | None = Field(default=None, sa_type=Text)
    displayed_on: date | None = None
    target_percent: int = Field(default=100)
    planned_parties: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    monitoring_note: str | None = Field(default=None, sa_type=Text)
    organizations: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))


class CommitmentParty(TenantRow, table=True):
    """One party of a commitment: a village, an organization, an agency, the kecamatan or a person."""

    __tablename__ = "commitment_party"
    __table_args__ = (
        belongs("commitment_id", "commitment"),
        belongs("village_id", "village"),
        belongs("organization_id", "partner_organization"),
        belongs("kecamatan_id", "kecamatan"),
        belongs("citizen_id", "citizen"),
        exactly_one("village_id", "organization_id", "kecamatan_id", "citizen_id", "agency_code"),
        one_of("role", PartyRole),
        CheckConstraint("signed_at is null or declined_at is null", name="not_signed_and_declined"),
        UniqueConstraint(
            "tenant_id",
            "commitment_id",
            "village_id",
            "organization_id",
            "kecamatan_id",
            "citizen_id",
            "agency_code",
            "role",
            name="uq_commitment_party_once",
            postgresql_nulls_not_distinct=True,
        ),
        tenant_index("commitment_id", "position", "id"),
        tenant_index("village_id", "id"),
        tenant_index("organization_id", "id"),
        tenant_index("citizen_id", "id"),
    )

    commitment_id: UUID
    position: int
    village_id: UUID | None = None
    organization_id: UUID | None = None
    kecamatan_id: UUID | None = None
    citizen_id: UUID | None = None
    agency_code: str | None = Field(default=None, sa_type=C_TEXT, foreign_key="agency.code")
    role: str = Field(default=PartyRole.SIGNATORY.value, sa_type=C_TEXT)
    signatory_name: str | None = Field(default=None, sa_type=Text)
    signatory_position: str | None = Field(default=None, sa_type=Text)
    signed_at: datetime | None = Field(default=None, sa_type=MOMENT)
    signed_on: date | None = None
    declined_at: datetime | None = Field(default=None, sa_type=MOMENT)
    declined_reason: str | None = Field(default=None, sa_type=Text)


class CommitmentClause(TenantRow, table=True):
    """One clause of a commitment, with its value, norm, control and penalty where it has one."""

    __tablename__ = "commitment_clause"
    __table_args__ = (
        belongs("commitment_id", "commitment"),
        CheckConstraint("penalty_amount >= 0", name="penalty_not_negative"),
        UniqueConstraint("tenant_id", "commitment_id", "position"),
        tenant_index("commitment_id", "position", "id"),
    )

    commitment_id: UUID
    position: int
    text: str = Field(sa_type=Text)
    value: str | None = Field(default=None, sa_type=Text)
    norm: str | None = Field(default=None, sa_type=Text)
    control: str | None = Field(default=None, sa_type=Text)
    penalty_text: str | None = Field(default=None, sa_type=Text)
    penalty_amount: int | None = Field(default=None, sa_type=BigInteger)


class CommitmentEvidence(TenantRow, table=True):
    """A link to evidence of a commitment: where the paper, photo or minutes can be found."""

    __tablename__ = "commitment_evidence"
    __table_args__ = (
        belongs("commitment_id", "commitment"),
        one_of("kind", EvidenceKind),
        tenant_index("commitment_id", "id"),
    )

    commitment_id: UUID
    kind: str = Field(sa_type=C_TEXT)
    description: str = Field(sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    captured_on: date | None = None


# A commitment is seen outside when it is published, or by an organization that is a party to it. `organizations`
# repeats the parties' ids on the commitment, so that the two policies need not look into each other's tables.
_OWN_OR_PUBLISHED = f"published or {PARTY} = any (organizations)"
_WITH_COMMITMENT = "exists (select from commitment c where c.tenant_id = {0}.tenant_id and c.id = {0}.commitment_id)"

describe(
    Commitment,
    Kind.TENANT,
    Retention.ARCHIVE,
    outside=all_columns(Commitment),
    published=_OWN_OR_PUBLISHED,
    rights={"hub_outside": updating("state", "signed_on", "version", "updated_at")},
)
describe(
    CommitmentParty,
    Kind.TENANT,
    Retention.ARCHIVE,
    subject="citizen_id",
    outside=tuple(name for name in all_columns(CommitmentParty) if name != "citizen_id"),
    published="citizen_id is null and " + _WITH_COMMITMENT.format("commitment_party"),
    rights={
        "hub_api": ("SELECT", "INSERT", "UPDATE", "DELETE"),
        "hub_outside": updating(
            "signed_at",
            "signed_on",
            "signatory_name",
            "signatory_position",
            "declined_at",
            "declined_reason",
            "version",
            "updated_at",
        ),
    },
)
for _model in (CommitmentClause, CommitmentEvidence):
    describe(
        _model,
        Kind.TENANT,
        Retention.ARCHIVE,
        outside=all_columns(_model),
        published=_WITH_COMMITMENT.format(_model.__tablename__),
        rights={"hub_outside": ("INSERT",)} if _model is CommitmentEvidence else None,
    )
