"""What can be done about population documents in the graph."""

from hub.domains.documents import actions
from hub.domains.documents.model import PopulationDocumentStatus
from hub.domains.documents.policy import RECORD
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel import written
from hub.schema.documents import inputs
from hub.schema.documents.types import PopulationDocument
from hub.schema.given import code

ANSWERS = {"document": PopulationDocument}


@mutation(
    "Record a population document that was issued. It takes the place of the one of its type that is in force: that "
    "one is `replaced`. One that is older than another of its type is recorded as replaced itself.",
    answers={**ANSWERS, "replaced": PopulationDocument},
    permission=RECORD,
)
async def record_population_document(act: Act, given: inputs.RecordPopulationDocumentInput) -> Answers:
    """Record."""
    made, replaced = await actions.record_document(act.unit, act.services.keys, inputs.issue(act, given))
    return {"document": made.id, "replaced": None if replaced is None else replaced.id}


@mutation(
    "Say what became of a population document: lost, damaged, revoked, or in force again.",
    answers=ANSWERS,
    permission=RECORD,
)
async def update_population_document_status(act: Act, given: inputs.UpdatePopulationDocumentStatusInput) -> Answers:
    """Take the step."""
    changed = await actions.update_status(
        act.unit,
        act.services.keys,
        act.key(given.document, "PopulationDocument", "document"),
        expected=given.expected_version,
        to=PopulationDocumentStatus[code(given.status)],
        reason=written.line(given.reason, "reason"),
    )
    return {"document": changed.id}


@mutation("Take back a population document that was recorded wrongly.", answers=ANSWERS, permission=RECORD)
async def take_back_population_document(act: Act, given: inputs.TakeBackPopulationDocumentInput) -> Answers:
    """Take it back."""
    taken = await actions.take_back(
        act.unit,
        act.services.keys,
        act.key(given.document, "PopulationDocument", "document"),
        expected=given.expected_version,
        reason=written.line(given.reason, "reason"),
    )
    return {"document": taken.id}
