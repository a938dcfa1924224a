"""What is to be done later, as a table: asked for by requests, carried out by the worker. See docs/adr/0020-jobs.md.

The row is the truth: it is there until the job is done. The queue (`hub.jobs.queue`) only says who does it and when; a
queue that was lost is filled again from these rows.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import C_TEXT, MOMENT, Kind, Retention, TenantRow, describe, one_of


class JobState(Word):
    """How far a job is."""

    ASKED = "ASKED", "Diminta", "Asked for"
    QUEUED = "QUEUED", "Menunggu", "Waiting"
    RUNNING = "RUNNING", "Berjalan", "Running"
    PARKED = "PARKED", "Diparkir", "Parked"


class Job(TenantRow, table=True):
    """One thing to do for one object. It holds ids only; what has to be known stands in the object's own row.

    `due_at`: not before then. `reason`: the code of what the last try failed with.
    """

    __tablename__ = "job"
    __table_args__ = (one_of("state", JobState),)

    kind: str = Field(sa_type=C_TEXT)
    object_id: UUID
    state: str = Field(default=JobState.ASKED.value, sa_type=C_TEXT)
    attempts: int = 0
    due_at: datetime = Field(sa_type=MOMENT)
    reason: str | None = Field(default=None, sa_type=C_TEXT)


describe(
    Job,
    Kind.TENANT,
    Retention.TRANSIENT,
    rights={"hub_api": ("INSERT", "SELECT(tenant_id)"), "hub_worker": ("SELECT", "UPDATE", "DELETE")},
    across=("hub_worker",),
)
