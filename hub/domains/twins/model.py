"""Twin cases: somebody here has a number that somebody in another kecamatan has too. Each side has its own half.

Of the other side only the office is told. Both halves bear one id, drawn from the pair, so that a pair is asked about
once. See docs/adr/0021-one-person.md.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import C_TEXT, Kind, Retention, TenantRow, belongs, describe, one_of, tenant_index


class TwinState(Word):
    """State of a twin case (keadaan data ganda)."""

    OPEN = "OPEN", "Menunggu keputusan", "Waiting for a decision"
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


describe(TwinCase, Kind.PERSON, Retention.REGISTER, subject="citizen_id")
