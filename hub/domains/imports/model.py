"""Imports of population files: a batch per file and village, and the rows that wait in it.

A staged row holds what it will write, as one ciphertext; it is deleted in the transaction that writes it, so what is
still staged is what is still to do. Refused rows keep only masked values.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    belongs,
    describe,
    one_of,
    some_of,
    tenant_index,
)


class BatchState(Word):
    """How far an import has come."""

    READING = "READING", "Sedang dibaca", "Being read"
    APPLYING = "APPLYING", "Sedang diterapkan", "Being applied"
    WAITING = "WAITING", "Menunggu persetujuan", "Waiting for confirmation"
    DONE = "DONE", "Selesai", "Done"
    REFUSED = "REFUSED", "Ditolak", "Refused"
    ABANDONED = "ABANDONED", "Ditinggalkan", "Abandoned"
    UNDONE = "UNDONE", "Dibatalkan", "Undone"


class RowAction(Word):
    """What a row of the file, or its absence, means for the register."""

    NEW = "NEW", "Baru", "New"
    CHANGED = "CHANGED", "Berubah", "Changed"
    SAME = "SAME", "Sama", "Same"
    MISSING = "MISSING", "Tidak ada di berkas", "Missing from the file"
    MOVED = "MOVED", "Pindah atau pergi", "Moved away"
    DIED = "DIED", "Meninggal", "Died"
    REJECTED = "REJECTED", "Ditolak", "Rejected"


class ImportState(Word):
    """How far an import is that somebody asked the hub for."""

    QUEUED = "QUEUED", "Menunggu giliran", "Waiting for its turn"
    RUNNING = "RUNNING", "Sedang diproses", "Being processed"
    WAITING = "WAITING", "Menunggu persetujuan", "Waiting for confirmation"
    DONE = "DONE", "Selesai", "Done"
    REFUSED = "REFUSED", "Ditolak", "Refused"
    FAILED = "FAILED", "Gagal", "Failed"


class SyncState(Word):
    """What became of the last file that a village sent by itself."""

    RUNNING = "RUNNING", "Sedang diproses", "Being processed"
    DONE = "DONE", "Diterima", "Taken over"
    WAITING = "WAITING", "Menunggu persetujuan", "Waiting for confirmation"
    REFUSED = "REFUSED", "Ditolak", "Refused"
    FAILED = "FAILED", "Gagal", "Failed"


class ProposedKind(Word):
    """What may have happened, by a later file. Of who is absent or missing it is asked what became of them."""

    BIRTH = "BIRTH", "Kelahiran", "Birth"
    ARRIVAL = "ARRIVAL", "Pindah datang", "Arrival"
    DEATH = "DEATH", "Kematian", "Death"
    DEPARTURE = "DEPARTURE", "Pindah keluar", "Departure"
    ABSENCE = "ABSENCE", "Tidak ada lagi: meninggal atau pindah?", "No longer there: died or moved?"
    MARRIAGE = "MARRIAGE", "Perkawinan", "Marriage"
    DIVORCE = "DIVORCE", "Perceraian", "Divorce"
    NAME_CHANGE = "NAME_CHANGE", "Perubahan nama", "Change of name"


class AbsentAs(Word):
    """What became of somebody who is no longer in the file."""

    DEATH = "DEATH", "Meninggal", "Died"
    DEPARTURE = "DEPARTURE", "Pindah", "Moved away"


class ProposedState(Word):
    """What was said to a proposal."""

    OPEN = "OPEN", "Menunggu keputusan", "Waiting for a word"
    CONFIRMED = "CONFIRMED", "Dicatat sebagai peristiwa", "Recorded as an event"
    DECLINED = "DECLINED", "Bukan peristiwa", "Not an event"


_PROBLEMS = JSON(none_as_null=True)  # code, column, masked value, figures; see ProblemCode
RUNNING = "state IN ('READING', 'APPLYING')"
UNSETTLED = "state IN ('QUEUED', 'RUNNING')"


class ImportBatch(TenantRow, table=True):
    """One file imported into one village. `done` of `to_do` rows are written: the resume mark.

    `undoable_until` is set where rows were written and nothing more of this batch will be.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        belongs("village_id", "village"),
        one_of("state", BatchState),
        CheckConstraint("done between 0 and to_do", name="done_within"),
        Index("uq_import_batch_running", "tenant_id", "village_id", unique=True, postgresql_where=text(RUNNING)),
        tenant_index("village_id", "id"),
        tenant_index("state"),
    )

    village_id: UUID
    source: str = Field(default="OPENSID", sa_type=C_TEXT)
    file_sha256: bytes = Field(sa_type=LargeBinary)
    state: str = Field(default=BatchState.READING.value, sa_type=C_TEXT)
    to_do: int = 0
    done: int = 0
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    finished_at: datetime | None = Field(default=None, sa_type=MOMENT)
    undoable_until: datetime | None = Field(default=None, sa_type=MOMENT)
    undone_at: datetime | None = Field(default=None, sa_type=MOMENT)


class BeforeImport(SQLModel, table=True):
    """A person or a family that a batch has written, as it was before; `id` is theirs, `version` the one written.

    `fresh`: the batch has made it. `sealed` holds the fields that differ, as one ciphertext: personal ones of a person,
    numbers in the clear within. It is kept for as long as the batch can be undone.
    """

    __tablename__ = "before_import"
    __table_args__ = (
        belongs("batch_id", "import_batch"),
        belongs("village_id", "village"),
        CheckConstraint("not fresh or sealed is null", name="fresh_has_no_past"),
        tenant_index("id"),
        tenant_index("citizen_id"),
        tenant_index("village_id"),
    )

    tenant_id: int = Field(primary_key=True)
    batch_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    village_id: UUID
    citizen_id: UUID | None = None  # the same where it is a person
    version: int
    fresh: bool
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)  # a person's row digest, as it was
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class ImportRow(SQLModel, table=True):
    """A row of a batch. `family` and `former_family` are blind indexes of KK numbers."""

    __tablename__ = "import_row"
    __table_args__ = (
        belongs("batch_id", "import_batch"),
        belongs("village_id", "village"),
        one_of("action", RowAction),
        CheckConstraint("sealed is null or (pending and citizen_id is not null)", name="sealed_is_pending"),
        tenant_index("village_id"),
    )

    tenant_id: int = Field(primary_key=True)
    batch_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    village_id: UUID
    row_number: int | None = None
    action: str = Field(sa_type=C_TEXT)
    pending: bool
    citizen_id: UUID | None = None
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    family: bytes | None = Field(default=None, sa_type=LargeBinary)
    former_family: bytes | None = Field(default=None, sa_type=LargeBinary)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    problems: list[dict[str, Any]] | None = Field(default=None, sa_type=_PROBLEMS)


class ProposedEvent(TenantRow, table=True):
    """Something that a later file lets suppose, until an officer says what it was.

    `citizen_id`: whom it is about; of who is new, only once confirmed. `sealed`: what the file says of them. Name,
    birth date and the sealed rest are gone once something was said; a declined one stays: it is not asked again.
    """

    __tablename__ = "proposed_event"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("batch_id", "import_batch"),
        belongs("citizen_id", "citizen"),
        belongs("vital_event_id", "vital_event"),
        belongs("departure_id", "departure"),
        one_of("kind", ProposedKind),
        one_of("state", ProposedState),
        tenant_index("batch_id", "id"),
        tenant_index("village_id", "id"),
        tenant_index("kind", "id"),
        tenant_index("state", "id"),
        tenant_index("citizen_id"),
    )

    village_id: UUID
    batch_id: UUID
    citizen_id: UUID | None = None
    kind: str = Field(sa_type=C_TEXT)
    state: str = Field(default=ProposedState.OPEN.value, sa_type=C_TEXT)
    occurred_on: date | None = None  # where the file tells it
    full_name: str | None = Field(default=None, sa_type=Text)
    birth_date: date | None = None
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    vital_event_id: UUID | None = None
    departure_id: UUID | None = None


class VillageSync(TenantRow, table=True):
    """How a village's own sending of its data goes; the row has the village's id. Figures are of the last file."""

    __tablename__ = "village_sync"
    __table_args__ = (
        belongs("village_id", "village"),
        one_of("state", SyncState),
        CheckConstraint("id = village_id", name="of_its_village"),
        tenant_index("village_id"),
    )

    village_id: UUID
    state: str | None = Field(default=None, sa_type=C_TEXT)
    received_at: datetime | None = Field(default=None, sa_type=MOMENT)
    rows: int = 0
    applied: int = 0
    waiting: int = 0
    refused: int = 0
    removals: int = 0  # ids in the village's own list of deleted people, which it repeats whole
    problem: str | None = Field(default=None, sa_type=C_TEXT)  # the code of what refused the file
    message: str | None = Field(default=None, sa_type=Text)  # what the village is told, in Indonesian
    told: bool = True  # whether the village has asked for it
    website: str | None = Field(default=None, sa_type=Text)
    term: str | None = Field(default=None, sa_type=Text)  # what the village calls itself: desa, nagari


class VillageSyncFile(TenantRow, table=True):
    """The last file that waits for a word: a workbook without specific personal data, as one ciphertext."""

    __tablename__ = "village_sync_file"
    __table_args__ = (
        belongs("village_id", "village"),
        CheckConstraint("id = village_id", name="of_its_village"),
        tenant_index("village_id"),
    )

    village_id: UUID
    sealed: bytes = Field(sa_type=LargeBinary)


class ImportJob(TenantRow, table=True):
    """An uploaded workbook that somebody wants in the register: what was asked, and what became of it.

    The worker carries it out under the grant that asked, as it is then. `batch_id`: the last batch made of it.
    """

    __tablename__ = "import_job"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("file_id", "stored_file"),
        belongs("batch_id", "import_batch"),
        belongs("returned_id", "stored_file"),
        one_of("state", ImportState),
        some_of("actions", RowAction),
        Index("uq_import_job_unsettled", "tenant_id", "village_id", unique=True, postgresql_where=text(UNSETTLED)),
        tenant_index("village_id", "id"),
        tenant_index("state"),
    )

    village_id: UUID
    file_id: UUID
    dry_run: bool = Field(default=False)  # nothing is written that no person has confirmed
    state: str = Field(default=ImportState.QUEUED.value, sa_type=C_TEXT)
    actions: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))  # those that a person has confirmed
    principal_id: UUID
    grant_id: UUID
    lang: str = Field(default="id", sa_type=C_TEXT)
    batch_id: UUID | None = None
    returned_id: UUID | None = None
    rows: int = 0
    resumed: int = 0
    warned: int = 0
    problem: str | None = Field(default=None, sa_type=C_TEXT)  # the code of what refused the whole, or of why it failed
    started_at: datetime | None = Field(default=None, sa_type=MOMENT)
    finished_at: datetime | None = Field(default=None, sa_type=MOMENT)


class ImportFigure(TenantRow, table=True):
    """How many rows of an import mean one thing for the register, how many were written and how many wait."""

    __tablename__ = "import_figure"
    __table_args__ = (
        belongs("job_id", "import_job"),
        belongs("village_id", "village"),
        one_of("action", RowAction),
        tenant_index("job_id", "action"),
    )

    job_id: UUID
    village_id: UUID
    action: str = Field(sa_type=C_TEXT)
    found: int
    written: int
    waiting: int


class ImportProblem(TenantRow, table=True):
    """A faulty cell of a refused row, masked; reason and remedy as they stand in the returned workbook."""

    __tablename__ = "import_problem"
    __table_args__ = (
        belongs("job_id", "import_job"),
        belongs("village_id", "village"),
        tenant_index("job_id", "position"),
    )

    job_id: UUID
    village_id: UUID
    position: int
    sheet: str = Field(sa_type=Text)
    row_number: int
    heading: str = Field(sa_type=C_TEXT)
    code: str = Field(sa_type=C_TEXT)
    shown: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    remedy: str = Field(sa_type=Text)


_REPLACED = dict.fromkeys(("hub_api", "hub_worker"), ("SELECT", "INSERT", "UPDATE", "DELETE"))
describe(ImportJob, Kind.PERSON, Retention.SECURITY, subject="principal_id")
describe(ImportFigure, Kind.PERSON, Retention.SECURITY, rights=_REPLACED, nobody="figures of a file")
describe(ImportProblem, Kind.PERSON, Retention.SECURITY, rights=_REPLACED, nobody="masked cells of refused rows")
describe(VillageSync, Kind.PERSON, Retention.SECURITY, nobody="figures of a village's last file")
describe(
    VillageSyncFile,
    Kind.PERSON,
    Retention.TRANSIENT,
    nobody="a whole file in one value; whoever tells a person what is held of them opens it and looks for their NIK",
    rights=dict.fromkeys(("hub_api", "hub_worker"), ("SELECT", "INSERT", "UPDATE", "DELETE")),
)
describe(ImportBatch, Kind.PERSON, Retention.SECURITY, nobody="figures of a file")
describe(
    BeforeImport,
    Kind.PERSON,
    Retention.TRANSIENT,
    subject="citizen_id",
    about=("id<citizen.household_id",),
    rights=_REPLACED,
)
describe(ProposedEvent, Kind.PERSON, Retention.REGISTER, subject="citizen_id", rights=_REPLACED)
describe(
    ImportRow,
    Kind.PERSON,
    Retention.TRANSIENT,
    subject="citizen_id",
    rights=dict.fromkeys(("hub_api", "hub_worker"), ("SELECT", "INSERT", "UPDATE", "DELETE")),
)
