"""Villages (desa, kelurahan), their sub-villages and officials."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, LargeBinary, Numeric, Text, UniqueConstraint
from sqlmodel import Field

from hub.domains.kecamatan.model import Topography
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
    some_of,
    tenant_index,
)


class VillageKind(Word):
    """Kind of village: rural (desa) or urban (kelurahan)."""

    DESA = "DESA", "Desa", "Rural village"
    KELURAHAN = "KELURAHAN", "Kelurahan", "Urban ward"


class Connectivity(Word):
    """Internet coverage (jaringan internet) of a village."""

    GOOD = "GOOD", "Baik", "Good"
    WEAK = "WEAK", "Lemah", "Weak"
    NONE = "NONE", "Tidak ada", "None"


class VillagePosition(Word):
    """Position of a village official (jabatan perangkat desa)."""

    HEAD = "HEAD", "Kepala desa/lurah", "Village head"
    SECRETARY = "SECRETARY", "Sekretaris desa", "Village secretary"
    AFFAIRS_HEAD = "AFFAIRS_HEAD", "Kepala urusan", "Head of affairs"
    SECTION_HEAD = "SECTION_HEAD", "Kepala seksi", "Section head"
    HAMLET_HEAD = "HAMLET_HEAD", "Kepala dusun", "Hamlet head"
    BPD_MEMBER = "BPD_MEMBER", "Anggota BPD", "Village council member"
    PAUD_TEACHER = "PAUD_TEACHER", "Guru PAUD", "Pre-school teacher"
    POSYANDU_CADRE = "POSYANDU_CADRE", "Kader posyandu", "Health post cadre"
    EMPOWERMENT_CADRE = "EMPOWERMENT_CADRE", "Kader pemberdayaan", "Empowerment cadre"


class Village(TenantRow, table=True):
    """A village of the kecamatan."""

    __tablename__ = "village"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        one_of("kind", VillageKind),
        one_of("connectivity", Connectivity),
        some_of("terrain", Topography),
        CheckConstraint("distance_km >= 0 and travel_hours >= 0", name="distance_not_negative"),
        tenant_index("name", "id"),
        tenant_index("kind", "id"),
        tenant_index("connectivity", "id"),
    )

    code: str = Field(sa_type=C_TEXT, foreign_key="region.code")
    name: str = Field(sa_type=C_TEXT)
    kind: str = Field(sa_type=C_TEXT)
    aliases: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    connectivity: str | None = Field(default=None, sa_type=C_TEXT)
    terrain: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    distance_km: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    travel_hours: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))


class SubVillage(TenantRow, table=True):
    """A hamlet or off-shoot settlement (dusun, anak desa) of a village."""

    __tablename__ = "sub_village"
    __table_args__ = (
        belongs("village_id", "village"),
        UniqueConstraint("tenant_id", "village_id", "name"),
        tenant_index("village_id", "name", "id"),
    )

    village_id: UUID
    name: str = Field(sa_type=C_TEXT)
    delivery_point: bool = Field(default=False)


class VillageOfficial(TenantRow, table=True):
    """A person in office in a village (perangkat desa)."""

    __tablename__ = "village_official"
    __table_args__ = (
        belongs("village_id", "village"),
        one_of("position", VillagePosition),
        CheckConstraint("ended_on is null or started_on is null or started_on <= ended_on", name="term_in_order"),
        tenant_index("village_id", "position", "id"),
    )

    village_id: UUID
    position: str = Field(sa_type=C_TEXT)
    name: str = Field(sa_type=Text)
    phone_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    started_on: date | None = None
    ended_on: date | None = None


describe(Village, Kind.TENANT, Retention.ARCHIVE, outside=all_columns(Village), published="true")
describe(SubVillage, Kind.TENANT, Retention.ARCHIVE, outside=all_columns(SubVillage), published="true")
describe(
    VillageOfficial,
    Kind.TENANT,
    Retention.ARCHIVE,
    subject="id",
    outside=tuple(name for name in all_columns(VillageOfficial) if name != "phone_sealed"),
    published="true",
)
