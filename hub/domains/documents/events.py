"""What the journal hears of population documents. All is kept under the person's key, of a family not at all."""

from typing import Any

from hub.domains.documents.model import PopulationDocument
from hub.journal.record import Changes, Event


class PopulationDocumentRecorded(Event):
    """That a document was issued was recorded."""


class PopulationDocumentReplaced(Event):
    """A newer document of the type took its place."""


class PopulationDocumentStatusChanged(Event):
    """A document was lost, damaged, revoked, or holds again."""


class PopulationDocumentTakenBack(Event):
    """A document that was recorded wrongly was taken back."""


def about(row: PopulationDocument, changes: Changes) -> dict[str, Any]:
    """Whom an event is about; its values, where there is a person's key to keep them under."""
    told: dict[str, Any] = {
        "type_name": "PopulationDocument",
        "object_id": row.id,
        "version": row.version,
        "village_id": row.village_id,
        "subject_id": row.citizen_id,
    }
    if row.citizen_id is None:
        return {**told, "changes": dict.fromkeys(changes, (None, None))}
    return {**told, "personal": changes}
