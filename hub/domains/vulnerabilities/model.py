"""Vulnerabilities (kerentanan): why a person or a family comes first. Specific personal data.

A row belongs to a person or to a family. That it must be looked at again is computed (`verified_until`), never stored.
Membership of an ethnic or religious minority is not kept. See docs/adr/0019-vulnerability.md.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, text
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


class VulnerabilityClass(Word):
    """Class of vulnerability (golongan kerentanan)."""

    CHRONIC_POVERTY = "CHRONIC_POVERTY", "Kemiskinan kronis", "Chronic poverty"
    ECONOMIC = "ECONOMIC", "Rentan ekonomi", "Economically vulnerable"
    SOCIAL_EXCLUSION = "SOCIAL_EXCLUSION", "Terpinggirkan atau rawan kekerasan", "Excluded or subject to violence"
    SERVICE_PRIORITY = "SERVICE_PRIORITY", "Diutamakan dalam pelayanan", "First in services"


class VulnerableGroup(Word):
    """Vulnerable group (kelompok rentan). Minority groups are counted by village at most, never kept of a person."""

    UNABLE_TO_WORK = "UNABLE_TO_WORK", "Tidak mampu bekerja", "Unable to work"
    MINORITY_NO_FORMAL_WORK = (
        "MINORITY_NO_FORMAL_WORK",
        "Minoritas tanpa pekerjaan formal",
        "Minority without formal work",
    )
    LANDLESS_FARMER = "LANDLESS_FARMER", "Petani tak bertanah atau buruh tani", "Farmer without land"
    FISHER_WITHOUT_BOAT = (
        "FISHER_WITHOUT_BOAT",
        "Nelayan tanpa perahu dan alat tangkap",
        "Fisher without boat and gear",
    )
    OTHER_CHRONIC = "OTHER_CHRONIC", "Kemiskinan kronis lainnya", "Other chronic poverty"
    SMALLHOLDER_SUBSISTENCE = "SMALLHOLDER_SUBSISTENCE", "Petani berlahan sempit", "Smallholder at subsistence"
    LOW_INCOME_INFORMAL = "LOW_INCOME_INFORMAL", "Pekerja informal berupah rendah", "Low income, informal work"
    WIDOW_HEAD = "WIDOW_HEAD", "Janda kepala keluarga", "Widow who heads a family"
    ORPHAN = "ORPHAN", "Anak yatim piatu", "Orphan"
    ETHNIC_MINORITY = "ETHNIC_MINORITY", "Minoritas etnis", "Ethnic minority"
    RELIGIOUS_MINORITY = "RELIGIOUS_MINORITY", "Minoritas agama", "Religious minority"
    DISABLED = "DISABLED", "Penyandang disabilitas", "Disabled"
    WOMEN_EXCLUDED = "WOMEN_EXCLUDED", "Perempuan yang terpinggirkan", "Excluded woman"
    OTHER_EXCLUDED = "OTHER_EXCLUDED", "Terpinggirkan lainnya", "Otherwise excluded"
    ELDERLY = "ELDERLY", "Lansia", "Elderly"
    PREGNANT = "PREGNANT", "Ibu hamil", "Pregnant"
    CHILD = "CHILD", "Anak", "Child"
    INFANT = "INFANT", "Bayi baru lahir", "Infant"
    TODDLER = "TODDLER", "Balita", "Toddler"
    POOR = "POOR", "Miskin", "Poor"


class VulnerabilityState(Word):
    """State as kept (keadaan)."""

    PROPOSED = "PROPOSED", "Diusulkan", "Proposed"
    VERIFIED = "VERIFIED", "Terverifikasi", "Verified"
    ENDED = "ENDED", "Berakhir", "Ended"


class VulnerabilityStatus(Word):
    """State as of today (status): a verification holds for a year, or until the day foreseen as its end."""

    PROPOSED = "PROPOSED", "Diusulkan", "Proposed, not yet verified"
    VERIFIED = "VERIFIED", "Terverifikasi", "Verified"
    EXPIRED = "EXPIRED", "Perlu verifikasi ulang", "To be verified again"
    ENDED = "ENDED", "Berakhir", "Ended"


_G, _C = VulnerableGroup, VulnerabilityClass
MINORITIES = frozenset({_G.MINORITY_NO_FORMAL_WORK, _G.ETHNIC_MINORITY, _G.RELIGIOUS_MINORITY})
CLASSES: Mapping[VulnerableGroup, VulnerabilityClass] = MappingProxyType(
    {
        _G.UNABLE_TO_WORK: _C.CHRONIC_POVERTY,
        _G.MINORITY_NO_FORMAL_WORK: _C.CHRONIC_POVERTY,
        _G.LANDLESS_FARMER: _C.CHRONIC_POVERTY,
        _G.FISHER_WITHOUT_BOAT: _C.CHRONIC_POVERTY,
        _G.OTHER_CHRONIC: _C.CHRONIC_POVERTY,
        _G.SMALLHOLDER_SUBSISTENCE: _C.ECONOMIC,
        _G.LOW_INCOME_INFORMAL: _C.ECONOMIC,
        _G.WIDOW_HEAD: _C.ECONOMIC,
        _G.ORPHAN: _C.ECONOMIC,
        _G.ETHNIC_MINORITY: _C.SOCIAL_EXCLUSION,
        _G.RELIGIOUS_MINORITY: _C.SOCIAL_EXCLUSION,
        _G.DISABLED: _C.SOCIAL_EXCLUSION,
        _G.WOMEN_EXCLUDED: _C.SOCIAL_EXCLUSION,
        _G.OTHER_EXCLUDED: _C.SOCIAL_EXCLUSION,
        _G.ELDERLY: _C.SERVICE_PRIORITY,
        _G.PREGNANT: _C.SERVICE_PRIORITY,
        _G.CHILD: _C.SERVICE_PRIORITY,
        _G.INFANT: _C.SERVICE_PRIORITY,
        _G.TODDLER: _C.SERVICE_PRIORITY,
        _G.POOR: _C.SERVICE_PRIORITY,
    }
)


def _kept(group_class: VulnerabilityClass) -> str:
    """That the groups of a class stand with it; those of minorities with none."""
    names = ", ".join(f"'{each}'" for each in _G if CLASSES[each] is group_class and each not in MINORITIES)
    return f"(group_class = '{group_class}' AND vulnerable_group IN ({names}))"


class Vulnerability(TenantRow, table=True):
    """That a person or a family belongs to a vulnerable group. `detail` is ciphertext."""

    __tablename__ = "vulnerability"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("citizen_id", "citizen"),
        belongs("household_id", "household"),
        exactly_one("citizen_id", "household_id"),
        one_of("state", VulnerabilityState),
        CheckConstraint(" OR ".join(_kept(each) for each in VulnerabilityClass), name="group_kept"),
        CheckConstraint("until is null or until >= since", name="until_after_since"),
        CheckConstraint("(verified_on is null) = (verified_until is null)", name="verified_whole"),
        CheckConstraint("state <> 'VERIFIED' or verified_on is not null", name="verified_is_dated"),
        CheckConstraint("(state = 'ENDED') = (end_reason is not null)", name="ended_for_a_reason"),
        Index(
            "uq_vulnerability_of_citizen",
            "tenant_id",
            "citizen_id",
            "vulnerable_group",
            unique=True,
            postgresql_where=text("state <> 'ENDED' AND citizen_id IS NOT NULL"),
        ),
        Index(
            "uq_vulnerability_of_household",
            "tenant_id",
            "household_id",
            "vulnerable_group",
            unique=True,
            postgresql_where=text("state <> 'ENDED' AND household_id IS NOT NULL"),
        ),
        tenant_index("village_id", "id"),
        tenant_index("citizen_id", "id"),
        tenant_index("household_id", "id"),
        tenant_index("vulnerable_group", "id"),
        tenant_index("group_class", "id"),
        tenant_index("state", "id"),
        tenant_index("verified_until", "id"),
    )

    village_id: UUID
    citizen_id: UUID | None = None
    household_id: UUID | None = None
    vulnerable_group: str = Field(sa_type=C_TEXT)
    group_class: str = Field(sa_type=C_TEXT)
    state: str = Field(default=VulnerabilityState.PROPOSED.value, sa_type=C_TEXT)
    since: date
    until: date | None = None
    detail_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    proposed_by_id: UUID | None = None
    proposed_role: str = Field(sa_type=C_TEXT)
    verified_by_id: UUID | None = None
    verified_role: str | None = Field(default=None, sa_type=C_TEXT)
    verified_at: datetime | None = Field(default=None, sa_type=MOMENT)
    verified_on: date | None = None
    verified_until: date | None = None
    end_reason: str | None = Field(default=None, sa_type=Text)


describe(
    Vulnerability,
    Kind.PERSON,
    Retention.REGISTER,
    subject="citizen_id",
    about=("household_id<citizen.household_id",),
)
