"""Inputs of imports."""

import strawberry

from hub.domains.imports.model import RowAction
from hub.graph.enums import exposed
from hub.graph.mutations import command
from hub.schema.given import about

exposed(RowAction)


@command
class StartImportInput:
    """A workbook that is to be brought into a village's register."""

    village: strawberry.ID = about("The village.")
    file: strawberry.ID = about("The workbook, as the upload's end has told it (`Hub-File`).")


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
