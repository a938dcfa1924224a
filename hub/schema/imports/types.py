"""Imports in the graph: those that somebody asks for, and how the villages' own sending goes."""

from collections.abc import Callable
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, case, select

from hub.domains.imports import model, policy
from hub.domains.imports.model import BatchState, ImportState, ProposedKind, ProposedState, RowAction, SyncState
from hub.domains.imports.policy import BatchAction, ProposalAction, Situation
from hub.domains.villages.model import Village as VillageModel
from hub.graph.binds import Binds
from hub.graph.declare import (
    Connection,
    DataClass,
    column,
    computed,
    derived,
    extend,
    many,
    node,
    one,
    queries,
    root_one,
    roots,
)
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime
from hub.kernel.steps import Step
from hub.schema.citizens.types import Citizen
from hub.schema.files.types import StoredFile
from hub.schema.moves.types import Departure
from hub.schema.villages.types import Village
from hub.schema.vital_events.types import VitalEvent
from hub.store.base import table
from hub.tenants.permissions import Permission

for _words in (
    BatchAction,
    BatchState,
    ImportState,
    ProposalAction,
    ProposedKind,
    ProposedState,
    RowAction,
    SyncState,
):
    exposed(_words)
REGISTER, IDENTITY, GENERAL = Permission.READ_REGISTER, Permission.SEE_IDENTITY, DataClass.GENERAL
_BATCH = table(model.ImportBatch)


def _of_batch(name: str) -> Callable[[Any, Binds], ColumnElement[int]]:
    """A figure of the batch that is being written, or was last."""

    def read(c: Any, _binds: Binds) -> ColumnElement[int]:
        same = (_BATCH.c.tenant_id == c.tenant_id) & (_BATCH.c.id == c.batch_id)
        found: ColumnElement[int] = select(_BATCH.c[name]).where(same).correlate(c.batch_id.table).scalar_subquery()
        return found

    return read


@strawberry.type(description="A step that may be taken with a batch, or why it may not be taken now.")
class BatchAllowedAction:
    """What a front-end shows as a button."""

    action: BatchAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _situation(c: Any, binds: Binds) -> ColumnElement[str]:
    """The same as `policy.situation`, told by the database."""
    found: ColumnElement[str] = case(
        (c.state == BatchState.UNDONE.value, Situation.UNDONE.value),
        (c.undoable_until.is_(None), Situation.NOTHING.value),
        (c.undoable_until < binds.now, Situation.LATE.value),
        else_=Situation.OPEN.value,
    )
    return found


def _steps(found: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(found, binds.permissions, binds.lang)


@node(model.ImportBatch, filters=("state", "village"), orders={"ID": (), "STATE": ("state",)}, groups=("state",))
class ImportBatch:
    """What was written of one file in one go (gelombang impor): the first comparison, or a confirmation. It can be
    undone whole for seven days, while nothing of it has changed since."""

    version: int = column("Version, for `expectedVersion` of `undoImport`.")
    state: BatchState = column("State (keadaan).")
    allowed_actions: list[BatchAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia). Whether a row was changed since is seen on "
        "undoing.",
        _situation,
        Situation,
        _steps,
    )
    to_do: int = column("Rows that were to be written.")
    done: int = column("How many of them were.")
    begun_at: DateTime = column("When the file was begun.", model.ImportBatch.created_at)
    finished_at: DateTime | None = column("When it was written.")
    undoable_until: DateTime | None = column("Until when it can be undone; null where nothing was written.")
    undone_at: DateTime | None = column("When it was undone.")
    village: Village = one("The village.", model.ImportBatch.village_id)


@strawberry.type(description="A word that may be said on a proposal, or why it may not be said now.")
class ProposalAllowedAction:
    """What a front-end shows as a button."""

    action: ProposalAction = strawberry.field(description="The word (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _proposed(c: Any, _binds: Binds) -> ColumnElement[str]:
    kept: ColumnElement[str] = c.state
    return kept


def _answers(state: str, binds: Binds) -> list[Step]:
    return policy.allowed_answers(state, binds.permissions, binds.lang)


@node(
    model.ProposedEvent,
    filters=("state", "kind", "village"),
    orders={"ID": (), "KIND": ("kind",)},
    groups=("state", "kind"),
)
class ProposedEvent:
    """Something that a later file lets suppose (usulan peristiwa), until an officer says what it was. Name and birth
    date are gone once something was said; the next file that is compared takes the place of what is open."""

    version: int = column("Version.")
    kind: ProposedKind = column("What may have happened.", data=GENERAL)
    state: ProposedState = column("What was said to it.")
    allowed_actions: list[ProposalAllowedAction] = derived(
        "What the caller may say to it now (tindakan yang tersedia).", _proposed, ProposedState, _answers
    )
    occurred_on: Date | None = column("The day, where the file tells it (tanggal peristiwa).", data=GENERAL)
    full_name: str | None = column(
        "Name by the file, of somebody new or called otherwise.", guard=REGISTER, data=GENERAL
    )
    birth_date: Date | None = column("Birth date by the file, of somebody new.", guard=IDENTITY, data=GENERAL)
    citizen: Citizen | None = one("Whom it is about; of somebody new, once confirmed.", model.ProposedEvent.citizen_id)
    event: VitalEvent | None = one("The event that was recorded.", model.ProposedEvent.vital_event_id)
    departure: Departure | None = one("The move that was recorded.", model.ProposedEvent.departure_id)
    village: Village = one("The village.", model.ProposedEvent.village_id)
    batch: ImportBatch = one("The batch that proposed it.", model.ProposedEvent.batch_id)


@extend(ImportBatch)
class BatchProposals:
    """What a file lets suppose."""

    proposed_events: Connection[ProposedEvent] = many(
        "Births, deaths, moves and the like that the file lets suppose, for `confirmProposedEvents`.",
        model.ProposedEvent.batch_id,
    )


@node(model.ImportJob, filters=("state", "village"), orders={"STATE": ("state",)}, groups=("state",))
class ImportJob:
    """An uploaded workbook that is brought into a village's register (impor data penduduk). Ask again until it is
    neither QUEUED nor RUNNING."""

    version: int = column("Version, for `expectedVersion` of `confirmImport`.")
    state: ImportState = column("State (keadaan).")
    dry_run: bool = column("Whether it was begun as a dry run (uji coba): nothing is written before `confirmImport`.")
    confirmed: list[RowAction] = column("What has been confirmed (disetujui).", model.ImportJob.actions)
    to_do: int | None = computed("Rows that are to be written now; null before the file is read.", _of_batch("to_do"))
    done: int | None = computed("How many of them are written.", _of_batch("done"))
    rows: int = column("Rows of the file; 0 until it is settled.")
    resumed: int = column("Rows that an interrupted try had left, written first.")
    warned: int = column("Rows that are doubtful (diragukan); the returned workbook says why.")
    problem: str | None = column("Code of what refused the whole file, or of why it failed.")
    asked_at: DateTime = column("When it was asked for.", model.ImportJob.created_at)
    started_at: DateTime | None = column("When the file was begun, the last time.")
    finished_at: DateTime | None = column("When it was settled.")
    village: Village = one("The village.", model.ImportJob.village_id)
    file: StoredFile = one("The uploaded workbook.", model.ImportJob.file_id)
    batch: ImportBatch | None = one(
        "What was written of it last, for `undoImport`; null before the file is read.", model.ImportJob.batch_id
    )
    returned: StoredFile | None = one(
        "The workbook with STATUS and KETERANGAN filled, for `fileLink`; null where no row is refused or doubtful.",
        model.ImportJob.returned_id,
    )


@node(model.ImportFigure, orders={"ACTION": ("job_id", "action")})
class ImportFigure:
    """How many rows of a file mean the same for the register."""

    action: RowAction = column("What the row, or its absence, means.")
    found: int = column("Rows of this kind.")
    written: int = column("How many of them were written.")
    waiting: int = column("How many wait for `confirmImport`.")


@node(model.ImportProblem, orders={"POSITION": ("job_id", "position")})
class ImportProblem:
    """A faulty cell of a refused row, masked (sel bermasalah)."""

    sheet: str = column("Sheet (lembar).")
    row: int = column("Row of the sheet (baris).", model.ImportProblem.row_number)
    heading: str = column("Name of the column, as in the workbook's own header.")
    code: str = column("Code of the problem.")
    shown: str = column("What stands there, masked.")
    reason: str = column("What is wrong, in Indonesian.")
    remedy: str = column("What to do about it, in Indonesian.")


@extend(ImportJob)
class ImportOutcome:
    """What an import has found."""

    figures: Connection[ImportFigure] = many("Figures by what rows mean.", model.ImportFigure.job_id)
    problems: Connection[ImportProblem] = many(
        "Faulty cells, in the order of the file, up to a thousand.", model.ImportProblem.job_id
    )


@extend(Village)
class VillageImports:
    """The imports of a village."""

    imports: Connection[ImportJob] | None = many(
        "Workbooks that were imported into it.", model.ImportJob.village_id, guard=REGISTER
    )
    import_batches: Connection[ImportBatch] | None = many(
        "What was written of files, however they came: uploaded, sent by the village, brought by the operator.",
        model.ImportBatch.village_id,
        guard=REGISTER,
    )
    proposed_events: Connection[ProposedEvent] | None = many(
        "What its files let suppose, of all times.", model.ProposedEvent.village_id, guard=REGISTER
    )


@queries
class ImportQueries:
    """Root fields."""

    import_jobs: Connection[ImportJob] | None = roots("Imports within your scope.", guard=REGISTER)
    import_job: ImportJob | None = root_one("An import by id.", {"id": strawberry.ID}, guard=REGISTER)
    import_batches: Connection[ImportBatch] | None = roots(
        "What was written of files within your scope.", guard=REGISTER
    )
    proposed_events: Connection[ProposedEvent] | None = roots(
        "What villages' files let suppose, within your scope.", guard=REGISTER
    )
    import_batch: ImportBatch | None = root_one("A batch by id.", {"id": strawberry.ID}, guard=REGISTER)


@node(model.VillageSync)
class VillageSync:
    """How the sending of a village's data by its own application (OpenSID) goes."""

    last_received_at: DateTime | None = column(
        "When the last whole file came; null before the first.", model.VillageSync.received_at
    )
    state: SyncState | None = column("What became of that file; null before the first.")
    rows: int = column("Rows of that file.")
    applied: int = column("Rows of it that were written.")
    waiting: int = column("Changes of it that wait for the office, people who no longer stand in it included.")
    refused: int = column("Rows of it that were refused.")
    removals: int = column("People in the village's own list of deleted ones; none is deleted by it.")
    problem: str | None = column("Code of what refused the whole file.")
    website: str | None = column("Web site that the village has told.")
    updated_at: DateTime = column("When anything here last changed.")


@extend(Village)
class Sending:
    """The sending of a village."""

    sync: VillageSync | None = one(
        "How its own application sends its data; null where it never did.",
        VillageModel.id,
        guard=Permission.READ_REGISTER,
    )
