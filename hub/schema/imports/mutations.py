"""Imports that are asked for in the graph. The worker carries them out."""

from hub.domains.imports import confirming, jobs, undoing
from hub.domains.imports.model import RowAction
from hub.graph.mutations import Act, Answers, mutation
from hub.schema.given import codes, present
from hub.schema.imports import inputs
from hub.schema.imports.types import ImportBatch, ImportJob
from hub.tenants.permissions import Permission

IMPORT = Permission.IMPORT_REGISTER


@mutation(
    "Bring an uploaded OpenSID workbook into a village's register. Into an empty village everything new is written; "
    "of a later file everything waits for `confirmImport`.",
    answers={"import_job": ImportJob},
    permission=IMPORT,
    batch=True,
)
async def start_import(act: Act, given: inputs.StartImportInput) -> Answers:
    """Ask for it."""
    made = await jobs.start(
        act.unit,
        village=act.key(given.village, "Village", "village"),
        file=act.key(given.file, "StoredFile", "file"),
        dry_run=bool(present(given.dry_run)),
    )
    return {"import_job": made.id}


@mutation(
    "Write what waits of an import, all changes of the named kinds; the file is compared once more first.",
    answers={"import_job": ImportJob},
    permission=IMPORT,
    batch=True,
)
async def confirm_import(act: Act, given: inputs.ConfirmImportInput) -> Answers:
    """Ask for it."""
    confirmed = await jobs.confirm(
        act.unit,
        act.key(given.import_job, "ImportJob", "importJob"),
        expected=given.expected_version,
        actions=[RowAction[each] for each in codes(given.actions)],
    )
    return {"import_job": confirmed.id}


@mutation(
    "Take back all that a batch of an import has written: who it made is ended, what it changed is as before. Within "
    "seven days, while nothing of it has been changed since; all of it or nothing.",
    answers={"import_batch": ImportBatch},
    permission=IMPORT,
    batch=True,
)
async def undo_import(act: Act, given: inputs.UndoImportInput) -> Answers:
    """Undo it."""
    batch = act.key(given.import_batch, "ImportBatch", "importBatch")
    done = await undoing.undo(act.unit, act.services.keys, batch, expected=given.expected_version)
    return {"import_batch": done.id}


@mutation(
    "Record what a later file lets suppose: births, arrivals, deaths, moves, marriages, divorces, changes of name. "
    "All of the named proposals or none; a refusal names the proposal by its place in the list.",
    answers={"import_batch": ImportBatch},
    permission=Permission.RECORD_EVENT,
    batch=True,
)
async def confirm_proposed_events(act: Act, given: inputs.ConfirmProposedEventsInput) -> Answers:
    """They happened."""
    batch = act.key(given.import_batch, "ImportBatch", "importBatch")
    named, said = inputs.proposals(act, given), inputs.word(given)
    done = await confirming.confirm(act.unit, act.services.keys, batch, named, said)
    return {"import_batch": done.id}


@mutation(
    "Say of proposals that they were no events. The register stays as it is; they are not proposed again while a file "
    "says the same; what is a mere correction is still taken over by `confirmImport`.",
    answers={"import_batch": ImportBatch},
    permission=Permission.RECORD_EVENT,
    batch=True,
)
async def decline_proposed_events(act: Act, given: inputs.DeclineProposedEventsInput) -> Answers:
    """They did not happen."""
    batch = act.key(given.import_batch, "ImportBatch", "importBatch")
    done = await confirming.decline(act.unit, batch, inputs.proposals(act, given))
    return {"import_batch": done.id}
