"""What happened to commitments. Texts of people (notes, reasons, names) are told as changed, never with their words."""

from typing import Any, TypeVar

from hub.domains.commitments.model import Commitment, CommitmentClause, CommitmentEvidence, CommitmentParty
from hub.journal.model import Effect
from hub.journal.record import Event, LeftScope
from hub.journal.telling import told

E = TypeVar("E", bound=Event)

WORDLESS = frozenset({"monitoring_note", "signatory_name", "signatory_position", "declined_reason", "citizen_id"})


class CommitmentCreated(Event):
    """A draft was made."""


class CommitmentUpdated(Event):
    """A draft or agreed text was changed."""


class CommitmentAgreed(Event):
    """The meeting's agreement was recorded."""


class SignaturesRequested(Event):
    """The text went out to the parties."""


class CommitmentPartiallySigned(Event):
    """The first party signed."""


class CommitmentSigned(Event):
    """The last required signature is there."""


class CommitmentDisplayed(Event):
    """It hangs where people see it."""


class CommitmentFulfilled(Event):
    """It was kept."""


class CommitmentBreached(Event):
    """It was not kept."""


class CommitmentRevoked(Event):
    """It is over."""


class CommitmentPublished(Event):
    """It is open to everybody."""


class CommitmentUnpublished(Event):
    """It is no longer open to everybody."""


class PartyAdded(Event):
    """A party takes part."""


class PartyRemoved(Event):
    """A party left a draft."""


class PartySigned(Event):
    """A party signed."""


class PartyDeclined(Event):
    """A party will not sign."""


class ClauseAdded(Event):
    """A clause was added."""


class EvidenceAdded(Event):
    """Evidence was attached."""


def of(kind: type[E], commitment: Commitment, before: Commitment | None = None, **more: Any) -> E:
    """An event about the commitment itself, told with what changed since `before`."""
    return kind(
        type_name="Commitment",
        object_id=commitment.id,
        version=commitment.version,
        parties=tuple(commitment.organizations),
        changes=told(commitment, before, wordless=WORDLESS),
        **{"published": commitment.published, **more},
    )


def of_part(
    kind: type[E],
    commitment: Commitment,
    part: CommitmentParty | CommitmentClause | CommitmentEvidence,
    before: CommitmentParty | None = None,
    **more: Any,
) -> E:
    """An event about a party, clause or piece of evidence of a commitment."""
    village = part.village_id if isinstance(part, CommitmentParty) else None
    return kind(
        type_name=type(part).__name__,
        object_id=part.id,
        version=part.version,
        village_id=village,
        parties=tuple(commitment.organizations),
        published=commitment.published,
        changes=told(part, before, wordless=WORDLESS),
        **more,
    )


def left(commitment: Commitment, party: CommitmentParty) -> LeftScope | None:
    """What an organization that is no longer a party hears; None where the party was none."""
    if party.organization_id is None:
        return None
    return LeftScope(
        type_name="Commitment",
        object_id=commitment.id,
        version=commitment.version,
        effect=Effect.LEFT,
        parties=(party.organization_id,),
    )
