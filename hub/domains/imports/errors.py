"""What an import refuses as a whole."""

from hub.kernel.errors import BadInput, Conflict, NotFound


class ImportRunning(Conflict):
    """Another import into this village is running."""

    code = "IMPORT_RUNNING"
    hint = "Wait until it has finished, then import this file."


class ImportOvertaken(Conflict):
    """This import was continued or ended by another process."""

    code = "IMPORT_OVERTAKEN"
    hint = "Run the import of this file again; nothing is doubled."


class VillageNotHere(NotFound):
    """There is no village {code} in this kecamatan, or it is not yours."""

    code = "VILLAGE_NOT_HERE"
    hint = "Check the code (for example 63.01.01.2009); `hub village list {kecamatan}` shows those of the kecamatan."


class ImportFileNeeded(BadInput):
    """This file is not a workbook that can be opened."""

    code = "IMPORT_FILE_NEEDED"
    hint = "Upload the village's .xlsx workbook to /files/uploads and name the file that came of it."


class NothingToConfirm(BadInput):
    """No change was named that can be confirmed."""

    code = "NOTHING_TO_CONFIRM"
    hint = "Name one or more of NEW, CHANGED, DIED, MOVED, MISSING; `figures { action waiting }` says what waits."


class ImportNotWaiting(Conflict):
    """Nothing of this import waits for confirmation."""

    code = "IMPORT_NOT_WAITING"
    hint = "Read `state`; only an import that is WAITING can be confirmed, and once."


class ImportSuperseded(Conflict):
    """A later file of this village was imported since."""

    code = "IMPORT_SUPERSEDED"
    hint = "Confirm the later import, or start this file anew."


class ImportUndone(Conflict):
    """This import was undone already."""

    code = "IMPORT_UNDONE"
    hint = "Read `undoneAt`; import the right file now."


class ImportNotUndoable(Conflict):
    """There is nothing of this import to undo."""

    code = "IMPORT_NOT_UNDOABLE"
    hint = "An import that still runs is let finish first; one that wrote nothing needs no undoing."


class ImportTooOld(Conflict):
    """An import can be undone within seven days, and these are over."""

    code = "IMPORT_TOO_OLD"
    hint = "Correct single records, or import a corrected file."


class ImportChangedSince(Conflict):
    """Something that this import wrote has been changed since."""

    code = "IMPORT_CHANGED_SINCE"
    hint = "Undo nothing: correct single records, or import a corrected file."


class ImportFollowed(Conflict):
    """A later import has changed what this one wrote."""

    code = "IMPORT_FOLLOWED"
    hint = "Undo the later import first, then this one."


class ProposalClosed(Conflict):
    """Something was said to this proposal already, or a later file took its place."""

    code = "PROPOSAL_CLOSED"
    hint = "Read the open proposals again and send those."


class ProposalsNeeded(BadInput):
    """No proposal was named."""

    code = "PROPOSALS_NEEDED"
    hint = "Name one or more open proposals of one batch, each once."


class EventDayNeeded(BadInput):
    """The file does not say when this happened."""

    code = "EVENT_DAY_NEEDED"
    hint = "Give `occurredOn`; it holds for those of the named proposals whose file says no day."


class AbsenceUnanswered(BadInput):
    """It is not said what became of somebody who is no longer in the file."""

    code = "ABSENCE_UNANSWERED"
    hint = "Give `absentAs`: DEATH or DEPARTURE; decline where the person lives here."
