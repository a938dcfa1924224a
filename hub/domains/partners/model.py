"""Partner organizations (organisasi mitra): PKK, KNPI, Pramuka, Karang Taruna and the like."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    Kind,
    Retention,
    TenantRow,
    all_columns,
    belongs,
    describe,
    one_of,
    tenant_index,
)


class PartnerKind(Word):
    """Kind of partner organization."""

    PKK = "PKK", "PKK", "Family welfare movement (PKK)"
    KNPI = "KNPI", "KNPI", "National youth committee (KNPI)"
    KARANG_TARUNA = "KARANG_TARUNA", "Karang Taruna", "Village youth organization"
    PRAMUKA = "PRAMUKA", "Pramuka", "Scouts"
    LKD = "LKD", "Lembaga kemasyarakatan desa", "Village community institution"
    FARMER_GROUP = "FARMER_GROUP", "Kelompok tani", "Farmers' group"
    FISHER_GROUP = "FISHER_GROUP", "Kelompok nelayan", "Fishers' group"
    CRAFT_GROUP = "CRAFT_GROUP", "Kelompok pengrajin", "Craft group"
    WOMEN_GROUP = "WOMEN_GROUP", "Kelompok perempuan", "Women's group"
    YOUTH_GROUP = "YOUTH_GROUP", "Kelompok pemuda", "Youth group"
    POOR_GROUP = "POOR_GROUP", "Kelompok masyarakat miskin", "Group of poor residents"
    CHILD_PROTECTION_GROUP = "CHILD_PROTECTION_GROUP", "Kelompok perlindungan anak", "Child protection group"
    PRODUCTIVE_BUSINESS_GROUP = "PRODUCTIVE_BUSINESS_GROUP", "Kelompok usaha produktif", "Productive business group"
    NGO = "NGO", "Lembaga swadaya masyarakat", "Non-governmental organization"
    PRIVATE = "PRIVATE", "Swasta", "Private company"
    UNIVERSITY = "UNIVERSITY", "Perguruan tinggi", "University"
    BANK = "BANK", "Bank", "Bank"
    RELIGIOUS_COMMUNITY_LEADER = "RELIGIOUS_COMMUNITY_LEADER", "Tokoh agama/masyarakat", "Religious or community leader"
    OTHER = "OTHER", "Lainnya", "Other"


class PartnerLevel(Word):
    """Level at which a partner organization works."""

    KECAMATAN = "KECAMATAN", "Tingkat kecamatan", "Sub-district level"
    VILLAGE = "VILLAGE", "Tingkat desa", "Village level"


class PartnerOrganization(TenantRow, table=True):
    """An organization that works with the kecamatan."""

    __tablename__ = "partner_organization"
    __table_args__ = (
        belongs("village_id", "village"),
        one_of("kind", PartnerKind),
        one_of("level", PartnerLevel),
        CheckConstraint("(level = 'VILLAGE') = (village_id is not null)", name="village_level_has_village"),
        UniqueConstraint("tenant_id", "name"),
        tenant_index("name", "id"),
        tenant_index("kind", "id"),
        tenant_index("village_id", "name", "id"),
    )

    name: str = Field(sa_type=C_TEXT)
    kind: str = Field(sa_type=C_TEXT)
    level: str = Field(sa_type=C_TEXT)
    village_id: UUID | None = None
    unit_name: str | None = Field(default=None, sa_type=Text)
    contact_name: str | None = Field(default=None, sa_type=Text)
    phone_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    information_partner: bool = Field(default=False)
    ended_on: date | None = None
    end_reason: str | None = Field(default=None, sa_type=Text)


class PartnerMember(TenantRow, table=True):
    """A resident who is a member of an organization, with the function held there."""

    __tablename__ = "partner_member"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("organization_id", "partner_organization"),
        belongs("citizen_id", "citizen"),
        CheckConstraint("until is null or until >= since", name="until_after_since"),
        Index(
            "uq_partner_member_once",
            "tenant_id",
            "organization_id",
            "citizen_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        tenant_index("village_id", "id"),
        tenant_index("organization_id", "id"),
        tenant_index("citizen_id", "id"),
    )

    village_id: UUID  # of the member, when entered
    organization_id: UUID
    citizen_id: UUID
    function: str | None = Field(default=None, sa_type=Text)
    since: date
    until: date | None = None


describe(
    PartnerOrganization,
    Kind.TENANT,
    Retention.ARCHIVE,
    subject="id",
    outside=tuple(
        name for name in all_columns(PartnerOrganization) if name not in ("contact_name", "phone_sealed", "end_reason")
    ),
    published="true",
)
describe(PartnerMember, Kind.PERSON, Retention.REGISTER, subject="citizen_id")
