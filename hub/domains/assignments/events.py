"""What an agency's journal hears of its assignments and acts: kinds, states and days, never what people wrote."""

from hub.domains.assignments.model import AgencyAct, AgencyAssignment
from hub.journal.model import Effect
from hub.journal.record import Event
from hub.journal.telling import told

WORDLESS = frozenset(
    {"subject", "body", "instruction", "place", "village_names", "text", "number", "new_target", "refusal_sentence"}
)


class AssignmentReceived(Event):
    """Something was handed to the agency."""


class AssignmentChanged(Event):
    """It stands otherwise in the kecamatan."""


class AgencyActSent(Event):
    """The agency acknowledged, returned, answered or reviewed."""


class AgencyActSettled(Event):
    """The kecamatan has it, or refused it."""


def of(after: AgencyAssignment, before: AgencyAssignment | None = None) -> Event:
    """An assignment is new, or has changed."""
    kind, effect = (AssignmentReceived, Effect.CREATED) if before is None else (AssignmentChanged, Effect.CHANGED)
    return kind(
        type_name="AgencyAssignment",
        object_id=after.id,
        version=after.version,
        effect=effect,
        changes=told(after, before, wordless=WORDLESS),
    )


def of_act(after: AgencyAct, before: AgencyAct | None = None) -> Event:
    """An act was sent, or settled."""
    kind, effect = (AgencyActSent, Effect.CREATED) if before is None else (AgencyActSettled, Effect.CHANGED)
    return kind(
        type_name="AgencyAct",
        object_id=after.id,
        version=after.version,
        effect=effect,
        changes=told(after, before, wordless=WORDLESS),
    )
