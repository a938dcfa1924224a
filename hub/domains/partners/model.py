"""Partner organizations (organisasi mitra): PKK, KNPI, Pramuka, Karang Taruna and the like."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

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


class PartnerKind(StrEnum):
    """Kind of partner organization."""

    PKK = "PKK"
    KNPI = "KNPI"
    KARANG_TARUNA = "KARANG_TARUNA"
    PRAMUKA = "PRAMUKA"
    LKD = "LKD"
    FARMER_GROUP = "FARMER_GROUP"
    FISHER_GROUP = "FISHER_GROUP"
    CRAFT_GROUP = "CRAFT_GROUP"
    WOMEN_GROUP = "WOMEN_GROUP"
    YOUTH_GROUP = "YOUTH_GROUP"
    POOR_GROUP = "POOR_GROUP"
    CHILD_PROTECTION_GROUP = "CHILD_PROTECTION_GROUP"
    PRODUCTIVE_BUSINESS_GROUP = "PRODUCTIVE_BUSINESS_GROUP"
    NGO = "NGO"
    PRIVATE = "PRIVATE"
    UNIVERSITY = "UNIVERSITY"
    BANK = "BANK"
    RELIGIOUS_COMMUNITY_LEADER = "RELIGIOUS_COMMUNITY_LEADER"
    OTHER = "OTHER"


class PartnerLevel(StrEnum):
    """Level at which a partner organization works."""

    KECAMATAN = "KECAMATAN"
    VILLAGE = "VILLAGE"


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


describe(
    PartnerOrganization,
    Kind.TENANT,
    Retention.ARCHIVE,
    subject="id",
    outside=tuple(name for name in all_columns(PartnerOrganization) if name not in ("contact_name", "phone_sealed")),
    published="true",
)
