"""What can be changed about commitments. Which step is open when is said in one table: the commitments' policy."""

from typing import Protocol
from uuid import UUID

from hub.domains.commitments import actions, model
from hub.domains.commitments.policy import RULES, CommitmentAction
from hub.domains.commitments.templates import TEMPLATES, CommitmentTemplate, Signer
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel.written import line, paragraph
from hub.schema.commitments import inputs
from hub.schema.commitments.types import Commitment, CommitmentClause, CommitmentEvidence, CommitmentParty
from hub.schema.given import code, present
from hub.store.unit import Unit
from hub.tenants.permissions import Permission


class Step(Protocol):
    """An action that needs nothing but the commitment."""

    async def __call__(self, unit: Unit, key: UUID, *, expected: int | None = None) -> model.Commitment:
        """The commitment after the step."""


async def _step(act: Act, given: inputs.CommitmentStepInput, step: Step) -> Answers:
    made = await step(act.unit, act.key(given.id, "Commitment", "id"), expected=present(given.expected_version))
    return {"commitment": made.id}


def _right(action: CommitmentAction) -> Permission:
    return RULES[action].permission


@mutation(
    "Draft a commitment, with parties, clauses and evidence at once.",
    answers={"commitment": Commitment},
    permission=Permission.WRITE_COMMITMENT,
)
async def create_commitment(act: Act, given: inputs.CreateCommitmentInput) -> Answers:
    """New draft."""
    made = await actions.create(
        act.unit,
        values=inputs.wording(given),
        parties=inputs.parties(act, given.parties),
        clauses=inputs.clauses(given.clauses),
        evidence=inputs.proofs(given.evidence),
    )
    return {"commitment": made.id}


@mutation(
    "Draft the service pledge or the camat's leadership pledge (Sigap Cakap) from its template.",
    answers={"commitment": Commitment},
    permission=Permission.WRITE_COMMITMENT,
)
async def create_commitment_from_template(act: Act, given: inputs.CreateCommitmentFromTemplateInput) -> Answers:
    """New draft of a template."""
    signer = present(given.signer)
    made = await actions.create_from(
        act.unit,
        TEMPLATES[CommitmentTemplate[code(given.template)]],
        signer=None if signer is None else Signer[code(signer)],
        values=inputs.from_template(given),
    )
    return {"commitment": made.id}


@mutation(
    "Change a commitment while it is DRAFT or AGREED.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.UPDATE),
)
async def update_commitment(act: Act, given: inputs.UpdateCommitmentInput) -> Answers:
    """New wording."""
    key = act.key(given.id, "Commitment", "id")
    made = await actions.revise(act.unit, key, expected=given.expected_version, values=inputs.wording(given))
    return {"commitment": made.id}


@mutation(
    "Add a party while the commitment is DRAFT or AGREED.",
    answers={"party": CommitmentParty, "commitment": Commitment},
    permission=_right(CommitmentAction.ADD_PARTY),
)
async def add_party(act: Act, given: inputs.AddPartyInput) -> Answers:
    """One more party."""
    key = act.key(given.commitment, "Commitment", "commitment")
    made = await actions.add_party(act.unit, key, inputs.party(act, given.party, "party"))
    return {"party": made.id, "commitment": made.commitment_id}


@mutation(
    "Take a party out of a DRAFT.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.REMOVE_PARTY),
)
async def remove_party(act: Act, given: inputs.RemovePartyInput) -> Answers:
    """One party less."""
    key = act.key(given.party, "CommitmentParty", "party")
    made = await actions.remove_party(act.unit, key, expected=present(given.expected_version))
    return {"commitment": made.id}


@mutation(
    "Add a clause while the commitment is DRAFT or AGREED.",
    answers={"clause": CommitmentClause, "commitment": Commitment},
    permission=_right(CommitmentAction.ADD_CLAUSE),
)
async def add_clause(act: Act, given: inputs.AddClauseInput) -> Answers:
    """One more clause."""
    key = act.key(given.commitment, "Commitment", "commitment")
    made = await actions.add_clause(act.unit, key, inputs.clause(given.clause, "clause"))
    return {"clause": made.id, "commitment": made.commitment_id}


@mutation(
    "Attach a link to evidence.",
    answers={"evidence": CommitmentEvidence, "commitment": Commitment},
    permission=_right(CommitmentAction.ADD_EVIDENCE),
)
async def add_evidence(act: Act, given: inputs.AddEvidenceInput) -> Answers:
    """One more piece of evidence."""
    key = act.key(given.commitment, "Commitment", "commitment")
    evidence = inputs.proof(given.evidence, "evidence", captured_at=present(given.captured_at))
    made = await actions.add_evidence(act.unit, key, evidence)
    return {"evidence": made.id, "commitment": made.commitment_id}


@mutation(
    "Record that the meeting agreed on the text: DRAFT becomes AGREED.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.RECORD_AGREEMENT),
)
async def record_agreement(act: Act, given: inputs.CommitmentStepInput) -> Answers:
    """Agreed."""
    return await _step(act, given, actions.record_agreement)


@mutation(
    "Send the text out for signing: AGREED becomes AWAITING_SIGNATURES, and the text stays as it is.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.REQUEST_SIGNATURES),
)
async def request_signatures(act: Act, given: inputs.CommitmentStepInput) -> Answers:
    """Sent out."""
    return await _step(act, given, actions.request_signatures)


@mutation(
    "Sign for the village or organization you stand for; the kecamatan's office records signatures from paper, with "
    "name and position. The first signature makes the commitment PARTIALLY_SIGNED, the last required one SIGNED.",
    answers={"party": CommitmentParty, "commitment": Commitment},
    permission=_right(CommitmentAction.SIGN),
)
async def sign_commitment(act: Act, given: inputs.SignCommitmentInput) -> Answers:
    """Signed."""
    made = await actions.sign(
        act.unit,
        act.key(given.party, "CommitmentParty", "party"),
        signatory=inputs.signatory(given),
        signed_on=present(given.signed_on),
        captured_at=present(given.captured_at),
        expected=present(given.expected_version),
    )
    return {"party": made.id, "commitment": made.commitment_id}


@mutation(
    "Decline to sign. The party stays among the missing signatures and may still sign later.",
    answers={"party": CommitmentParty, "commitment": Commitment},
    permission=_right(CommitmentAction.DECLINE),
)
async def decline_commitment(act: Act, given: inputs.DeclineCommitmentInput) -> Answers:
    """Declined."""
    made = await actions.decline(
        act.unit,
        act.key(given.party, "CommitmentParty", "party"),
        reason=paragraph(given.reason, "reason"),
        captured_at=present(given.captured_at),
        expected=present(given.expected_version),
    )
    return {"party": made.id, "commitment": made.commitment_id}


@mutation(
    "Record that the signed text is displayed: SIGNED becomes DISPLAYED.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.DISPLAY),
)
async def display_pledge(act: Act, given: inputs.DisplayPledgeInput) -> Answers:
    """Displayed."""
    made = await actions.display(
        act.unit,
        act.key(given.id, "Commitment", "id"),
        place=line(given.place, "place"),
        displayed_on=present(given.displayed_on),
        evidence=inputs.proofs(given.evidence),
        expected=present(given.expected_version),
    )
    return {"commitment": made.id}


@mutation(
    "Declare that the commitment was kept, with evidence: DISPLAYED becomes FULFILLED.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.FULFIL),
)
async def fulfil_commitment(act: Act, given: inputs.FulfilCommitmentInput) -> Answers:
    """Kept."""
    key, evidence = act.key(given.id, "Commitment", "id"), inputs.proofs(given.evidence)
    made = await actions.fulfil(act.unit, key, evidence=evidence, expected=present(given.expected_version))
    return {"commitment": made.id}


@mutation(
    "Record that the commitment was not kept: DISPLAYED becomes BREACHED.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.RECORD_BREACH),
)
async def record_breach(act: Act, given: inputs.RecordBreachInput) -> Answers:
    """Not kept."""
    key, note = act.key(given.id, "Commitment", "id"), paragraph(given.note, "note")
    made = await actions.record_breach(act.unit, key, note=note, expected=present(given.expected_version))
    return {"commitment": made.id}


@mutation(
    "Revoke a commitment, in whatever state it is.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.REVOKE),
)
async def revoke_commitment(act: Act, given: inputs.RevokeCommitmentInput) -> Answers:
    """Over."""
    key, reason = act.key(given.id, "Commitment", "id"), paragraph(given.reason, "reason")
    made = await actions.revoke(act.unit, key, reason=reason, expected=present(given.expected_version))
    return {"commitment": made.id}


@mutation(
    "Open a commitment to everybody.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.PUBLISH),
)
async def publish_commitment(act: Act, given: inputs.CommitmentStepInput) -> Answers:
    """Open."""
    return await _step(act, given, actions.publish)


@mutation(
    "Close a published commitment to everybody but the kecamatan and the parties.",
    answers={"commitment": Commitment},
    permission=_right(CommitmentAction.UNPUBLISH),
)
async def unpublish_commitment(act: Act, given: inputs.CommitmentStepInput) -> Answers:
    """Closed."""
    return await _step(act, given, actions.unpublish)
