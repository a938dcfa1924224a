"""Twin cases: somebody here has a number that somebody in another kecamatan has too. Each side has its own half.

Of the other side only the office is told. Both halves bear one id, drawn from the pair, so that a pair is asked about
once. A Disdukcapil over both is shown both sides, in a referral under the same id in its own tenant. See
docs/adr/0021-one-person.md.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
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
    updating,
)
from hub.store.rls import REGION


class TwinState(Word):
    """State of a twin case (keadaan data ganda)."""

    OPEN = "OPEN", "Menunggu keputusan", "Waiting for a decision"
    REFERRED = "REFERRED", "Menunggu putusan Disdukcapil", "Waiting for the Disdukcapil over both kecamatan"
    DECIDED = "DECIDED", "Diputuskan, perlu tindakan", "Decided; something is left to do here"
    SETTLED = "SETTLED", "Selesai", "Settled"
    CLOSED = "CLOSED", "Gugur", "Fell away without a decision"


class TwinDecision(Word):
    """What two records with one NIK are (keputusan data ganda)."""

    SAME_PERSON = "SAME_PERSON", "Orang yang sama", "One person, registered twice"
    TWO_PEOPLE = "TWO_PEOPLE", "Dua orang berbeda", "Two people with one number"
    TYPING_ERROR = "TYPING_ERROR", "Salah ketik NIK", "The NIK was mistyped on one side"


class TwinSide(Word):
    """Which side, seen from here: where the person lives on, or where the NIK was mistyped."""

    HERE = "HERE", "Di sini", "Here"
    THERE = "THERE", "Di sana", "There"


class TwinTask(Word):
    """What an officer here is asked to do."""

    CORRECT_NIK = "CORRECT_NIK", "Perbaiki NIK", "Correct the NIK"
    END_RECORD = "END_RECORD", "Akhiri data", "End the record and name another head"


class TwinReferralState(Word):
    """State of what is referred to a Disdukcapil (keadaan rujukan data ganda)."""

    OPEN = "OPEN", "Menunggu putusan", "Waiting for a ruling"
    RULED = "RULED", "Diputus, sedang diteruskan", "Ruled on; being brought to both kecamatan"
    DONE = "DONE", "Selesai", "Both kecamatan have the ruling"
    LATE = "LATE", "Putusan terlambat", "The ruling came after the case was settled otherwise"
    CLOSED = "CLOSED", "Gugur", "Fell away without a ruling"


_SIDED = "({0} is null or {0} = 'TWO_PEOPLE') = ({1} is null)"


class TwinCase(TenantRow, table=True):
    """This side of a case."""

    __tablename__ = "twin_case"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("citizen_id", "citizen"),
        one_of("state", TwinState),
        one_of("proposal", TwinDecision),
        one_of("proposal_side", TwinSide),
        one_of("decision", TwinDecision),
        one_of("decision_side", TwinSide),
        one_of("task", TwinTask),
        CheckConstraint(_SIDED.format("proposal", "proposal_side"), name="proposal_whole"),
        CheckConstraint(_SIDED.format("decision", "decision_side"), name="decision_whole"),
        CheckConstraint("(state = 'DECIDED') = (task is not null)", name="decided_has_task"),
        CheckConstraint("state <> 'REFERRED' or referred_to is not null", name="referred_to_somebody"),
        CheckConstraint("(referred_to is null) = (referred_code is null)", name="referred_whole"),
        tenant_index("state", "id"),
        tenant_index("village_id", "id"),
        tenant_index("citizen_id", "id"),
    )

    village_id: UUID
    citizen_id: UUID
    other_tenant: int
    other_citizen: UUID
    other_code: str = Field(sa_type=C_TEXT)
    state: str = Field(default=TwinState.OPEN.value, sa_type=C_TEXT)
    proposal: str | None = Field(default=None, sa_type=C_TEXT)
    proposal_side: str | None = Field(default=None, sa_type=C_TEXT)
    decision: str | None = Field(default=None, sa_type=C_TEXT)
    decision_side: str | None = Field(default=None, sa_type=C_TEXT)
    decided_on: date | None = None
    task: str | None = Field(default=None, sa_type=C_TEXT)
    referred_to: int | None = None  # the tenant of the agency that was asked last
    referred_code: str | None = Field(default=None, sa_type=C_TEXT)
    ruling_reason: str | None = Field(default=None, sa_type=Text)


class TwinReferral(TenantRow, table=True):
    """A case before the Disdukcapil, in the agency's own tenant and under the case's id."""

    __tablename__ = "twin_referral"
    __table_args__ = (
        one_of("state", TwinReferralState),
        one_of("decision", TwinDecision),
        CheckConstraint(_SIDED.format("decision", "decision_code"), name="decision_whole"),
        CheckConstraint("(state in ('OPEN', 'CLOSED')) = (decision is null)", name="ruled_has_decision"),
        tenant_index("state", "id"),
    )

    region_code: str = Field(sa_type=C_TEXT)  # the narrowest region that holds both kecamatan
    state: str = Field(default=TwinReferralState.OPEN.value, sa_type=C_TEXT)
    decision: str | None = Field(default=None, sa_type=C_TEXT)
    decision_code: str | None = Field(default=None, sa_type=C_TEXT)  # the kecamatan that is meant
    reason: str | None = Field(default=None, sa_type=Text)
    decided_on: date | None = None
    principal_id: UUID | None = None
    grant_id: UUID | None = None


class TwinReferralSide(TenantRow, table=True):
    """What the Disdukcapil is shown of the person on one side; nothing once the case is over."""

    __tablename__ = "twin_referral_side"
    __table_args__ = (
        belongs("referral_id", "twin_referral"),
        UniqueConstraint("tenant_id", "referral_id", "position"),
    )

    referral_id: UUID
    region_code: str = Field(sa_type=C_TEXT)
    position: int
    home_tenant: int
    citizen_id: UUID  # there, so that the worker finds its way back; no key of ours
    code: str = Field(sa_type=C_TEXT)
    village_name: str | None = Field(default=None, sa_type=Text)
    full_name: str | None = Field(default=None, sa_type=Text)
    sex: str | None = Field(default=None, sa_type=C_TEXT)
    birth_place: str | None = Field(default=None, sa_type=Text)
    birth_date: date | None = None
    nik_prefix: str | None = Field(default=None, sa_type=C_TEXT)


TOLD = ("village_name", "full_name", "sex", "birth_place", "birth_date", "nik_prefix")
RULING = ("state", "decision", "decision_code", "reason", "decided_on", "principal_id", "grant_id")

describe(TwinCase, Kind.PERSON, Retention.REGISTER, subject="citizen_id")
describe(
    TwinReferral,
    Kind.TENANT,
    Retention.REGISTER,
    about=("id<twin_referral_side.referral_id",),
    outside=all_columns(TwinReferral),
    published=REGION,
    rights={"hub_api": ("SELECT",), "hub_outside": updating(*RULING, "version", "updated_at")},
)
describe(
    TwinReferralSide,
    Kind.TENANT,
    Retention.REGISTER,
    subject="citizen_id",
    outside=tuple(name for name in all_columns(TwinReferralSide) if name not in ("home_tenant", "citizen_id")),
    published=REGION,
    rights={"hub_api": ("SELECT",)},
)
