"""Inputs of imports."""

from uuid import UUID

import strawberry

from hub.domains.imports.confirming import Word
from hub.domains.imports.model import AbsentAs, RowAction
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date
from hub.kernel.written import line
from hub.schema.given import about, code, each_of, present

MOST = 200  # proposals answered at once: a screen's worth

for _words in (AbsentAs, RowAction):
    exposed(_words)


@command
class StartImportInput:
    """A workbook that is to be brought into a village's register."""

    village: strawberry.ID = about("The village.")
    file: strawberry.ID = about("The workbook, as the upload's end has told it (`Hub-File`).")
    dry_run: bool | None = about(
        "Only compare (uji coba): everything waits for `confirmImport`, also what is new in an empty village."
    )


@command
class ConfirmImportInput:
    """What is to be written of an import that waits."""

    import_job: strawberry.ID = about("The import.")
    expected_version: int = about("Its version as you read it.")
    actions: list[RowAction] = about("Which kinds of changes: NEW, CHANGED, DIED, MOVED, MISSING.")


@command
class UndoImportInput:
    """A batch of an import that is to be taken back whole."""

    import_batch: strawberry.ID = about("The batch, as `ImportJob.batch` or `Village.importBatches` shows it.")
    expected_version: int = about("Its version as you read it.")


@command
class ConfirmProposedEventsInput:
    """Proposals that happened, all of one batch; all are recorded or none."""

    import_batch: strawberry.ID = about("The batch that proposed them.")
    proposals: list[strawberry.ID] = about("Which; up to 200, each once.")
    occurred_on: Date | None = about("The day, for those whose file says none (tanggal peristiwa).")
    absent_as: AbsentAs | None = about("What became of those who are no longer in the file; needed where one is named.")
    place: str | None = about("Where those went who left, as far as it is known.")
    note: str | None = about("Note for the events (catatan).")


@command
class DeclineProposedEventsInput:
    """Proposals that were no events, all of one batch. The register stays as it is."""

    import_batch: strawberry.ID = about("The batch that proposed them.")
    proposals: list[strawberry.ID] = about("Which; up to 200, each once.")


def proposals(act: Act, given: ConfirmProposedEventsInput | DeclineProposedEventsInput) -> list[UUID]:
    """The ids of the proposals."""
    found: list[UUID] = each_of(lambda one, *path: act.key(one, "ProposedEvent", *path), most=MOST)(
        given.proposals, "proposals"
    )
    return found


def word(given: ConfirmProposedEventsInput) -> Word:
    """What is said besides."""
    absent, place, note = present(given.absent_as), present(given.place), present(given.note)
    return Word(
        occurred_on=present(given.occurred_on),
        absent_as=None if absent is None else AbsentAs[code(absent)],
        place=None if place is None else line(place, "place"),
        note=None if note is None else line(note, "note"),
    )
