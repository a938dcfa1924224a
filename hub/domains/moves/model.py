"""Moves: a departure in one kecamatan, an arrival in another, and never both in one transaction.

An arrival bears the id of its departure. What crosses lies sealed for the kecamatan of arrival and only as long as it
is needed there. See docs/adr/0021-one-person.md.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import C_TEXT, Kind, Retention, TenantRow, belongs, describe, one_of, tenant_index


class MoveDestination(Word):
    """Where people go."""

    KECAMATAN = "KECAMATAN", "Kecamatan dalam hub", "A kecamatan of the hub"
    OUTSIDE = "OUTSIDE", "Wilayah lain di Indonesia", "Elsewhere in Indonesia, outside the hub"
    ABROAD = "ABROAD", "Luar negeri", "Abroad"


class MoveReason(Word):
    """Why people move (alasan pindah), as on form F-1.03."""

    WORK = "WORK", "Pekerjaan", "Work"
    EDUCATION = "EDUCATION", "Pendidikan", "Education"
    SECURITY = "SECURITY", "Keamanan", "Security"
    HEALTH = "HEALTH", "Kesehatan", "Health"
    HOUSING = "HOUSING", "Perumahan", "Housing"
    FAMILY = "FAMILY", "Keluarga", "Family"
    OTHER = "OTHER", "Lainnya", "Other"
    REGION_SPLIT = "REGION_SPLIT", "Pemekaran wilayah", "The village went to another kecamatan; not for `startMove`"


class DepartureState(Word):
    """State of a departure (keadaan pindah keluar)."""

    SENT = "SENT", "Dikirim", "On its way to the other kecamatan"
    OFFERED = "OFFERED", "Menunggu diterima", "Waiting for the other kecamatan's answer"
    ACCEPTED = "ACCEPTED", "Diterima", "Accepted there"
    REFUSED = "REFUSED", "Ditolak", "Refused there"
    CANCELLING = "CANCELLING", "Sedang dibatalkan", "Being withdrawn"
    CANCELLED = "CANCELLED", "Dibatalkan", "Withdrawn before it was accepted"
    EXPIRED = "EXPIRED", "Kedaluwarsa", "Not answered in time"
    GONE = "GONE", "Keluar", "Gone to where the hub does not reach"
    REOPENED = "REOPENED", "Dibuka kembali", "The people are registered here again"


class ArrivalState(Word):
    """State of an arrival (keadaan pindah datang)."""

    OFFERED = "OFFERED", "Menunggu jawaban", "Waiting for an answer"
    ACCEPTED = "ACCEPTED", "Diterima", "Accepted"
    REJECTED = "REJECTED", "Ditolak", "Rejected"
    WITHDRAWN = "WITHDRAWN", "Ditarik", "Withdrawn by the kecamatan of departure"
    EXPIRED = "EXPIRED", "Kedaluwarsa", "Not answered in time"


class Departure(TenantRow, table=True):
    """People leaving a village together, and what became of it. `to_tenant` and the id are the other side."""

    __tablename__ = "departure"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("household_id", "household"),
        one_of("state", DepartureState),
        one_of("destination", MoveDestination),
        one_of("reason", MoveReason),
        CheckConstraint("(destination = 'KECAMATAN') = (to_tenant is not null)", name="hub_has_tenant"),
        tenant_index("state", "id"),
        tenant_index("departed_on", "id"),
        tenant_index("village_id", "id"),
        tenant_index("household_id", "id"),
    )

    village_id: UUID
    household_id: UUID
    state: str = Field(sa_type=C_TEXT)
    reason: str = Field(sa_type=C_TEXT)
    note: str | None = Field(default=None, sa_type=Text)
    departed_on: date
    destination: str = Field(sa_type=C_TEXT)
    to_tenant: int | None = None
    to_code: str | None = Field(default=None, sa_type=C_TEXT)
    to_village_code: str | None = Field(default=None, sa_type=C_TEXT)
    place: str | None = Field(default=None, sa_type=Text)
    whole: bool
    expires_on: date | None = None
    answer: str | None = Field(default=None, sa_type=Text)


class DeparturePerson(TenantRow, table=True):
    """Somebody who leaves; `arrived_id` is their record in the tenant they came to."""

    __tablename__ = "departure_person"
    __table_args__ = (
        belongs("departure_id", "departure"),
        belongs("citizen_id", "citizen"),
        belongs("village_id", "village"),
        tenant_index("departure_id", "position", "id"),
        tenant_index("citizen_id", "id"),
    )

    departure_id: UUID
    citizen_id: UUID
    village_id: UUID
    position: int
    family_relation: str = Field(sa_type=C_TEXT)  # before leaving
    arrived_id: UUID | None = None


class Arrival(TenantRow, table=True):
    """People coming from elsewhere. Without a village it is the kecamatan's office that finds one."""

    __tablename__ = "arrival"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("household_id", "household"),
        one_of("state", ArrivalState),
        one_of("reason", MoveReason),
        tenant_index("state", "id"),
        tenant_index("departed_on", "id"),
        tenant_index("village_id", "id"),
        tenant_index("household_id", "id"),
    )

    village_id: UUID | None = None
    household_id: UUID | None = None
    state: str = Field(sa_type=C_TEXT)
    reason: str = Field(sa_type=C_TEXT)
    from_tenant: int
    from_code: str = Field(sa_type=C_TEXT)
    departed_on: date
    arrived_on: date | None = None
    expires_on: date
    answer: str | None = Field(default=None, sa_type=Text)
    kk_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)  # where the whole family comes


class ArrivalPerson(TenantRow, table=True):
    """Somebody who comes. Name, birth date and the sealed rest are gone once it is known what became of it."""

    __tablename__ = "arrival_person"
    __table_args__ = (
        belongs("arrival_id", "arrival"),
        belongs("citizen_id", "citizen"),
        belongs("village_id", "village"),
        tenant_index("arrival_id", "position", "id"),
        tenant_index("citizen_id", "id"),
    )

    arrival_id: UUID
    village_id: UUID | None = None
    position: int
    full_name: str | None = Field(default=None, sa_type=Text)
    sex: str = Field(sa_type=C_TEXT)
    birth_date: date | None = None
    family_relation: str = Field(sa_type=C_TEXT)
    told_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    departed_id: UUID  # the record in the tenant of departure
    citizen_id: UUID | None = None


describe(Departure, Kind.PERSON, Retention.REGISTER, about=("id<departure_person.departure_id",))
describe(DeparturePerson, Kind.PERSON, Retention.REGISTER, subject="citizen_id")
describe(Arrival, Kind.PERSON, Retention.REGISTER, about=("id<arrival_person.arrival_id",))
describe(ArrivalPerson, Kind.PERSON, Retention.REGISTER, subject="citizen_id")
