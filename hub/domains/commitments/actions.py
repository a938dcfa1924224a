"""What can be done with commitments. Every act locks the commitment first, so that acts on one come one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, literal

from hub.domains.agencies.naming import known
from hub.domains.commitments import events, policy, queries
from hub.domains.commitments.errors import (
    AlreadyDeclined,
    AlreadyPublished,
    AlreadySigned,
    ClauseNumberTaken,
    EvidenceNeeded,
    NoSignatory,
    NotPublished,
    NotYourCommitment,
    NotYourParty,
    OfficeDecides,
    PartyExists,
    PlanOutOfOrder,
    SignatoryNeeded,
    TargetOutOfRange,
    ValidityOutOfOrder,
)
from hub.domains.commitments.model import (
    Commitment,
    CommitmentClause,
    CommitmentEvidence,
    CommitmentParty,
    CommitmentState,
    PartyRole,
)
from hub.domains.commitments.policy import CommitmentAction
from hub.domains.commitments.templates import Signer, Template, roles
from hub.domains.kecamatan.model import Kecamatan
from hub.journal.model import Effect
from hub.journal.record import Event, record
from hub.kernel.errors import DateInFuture, NotFound
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit

_PARTY = table(CommitmentParty)
CONSTRAINTS = {
    "ck_commitment_validity": ValidityOutOfOrder,
    "ck_commitment_target_is_percent": TargetOutOfRange,
    "uq_commitment_party_once": PartyExists,
    "uq_commitment_clause_tenant_id_commitment_id_position": ClauseNumberTaken,
    "fk_commitment_party_tenant_id_village_id": NotFound,
    "fk_commitment_party_tenant_id_organization_id": NotFound,
    "fk_commitment_party_tenant_id_kecamatan_id": NotFound,
    "fk_commitment_party_tenant_id_citizen_id": NotFound,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """A party to add: one key of the arc, by its column; `path` names the input field that gave it."""

    arc: str
    key: UUID | str
    role: PartyRole = PartyRole.SIGNATORY
    signatory_name: str | None = None
    signatory_position: str | None = None
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClause:
    """A clause to add; without a position it comes last."""

    text: str
    position: int | None = None
    more: dict[str, Any] = field(default_factory=dict)
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """A link to evidence."""

    kind: str
    description: str
    url: str | None = None
    captured_on: date | None = None
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signed, as it stands on the paper."""

    name: str | None = None
    position: str | None = None


# Making and wording


async def create(
    unit: Unit,
    *,
    values: dict[str, Any],
    parties: Sequence[NewParty],
    clauses: Sequence[NewClause],
    evidence: Sequence[NewEvidence],
) -> Commitment:
    """A draft with all its parts. A village makes only what it is a party to."""
    villages = {each.key for each in parties if each.arc == "village_id"}
    if unit.scope.villages and villages.isdisjoint(unit.scope.villages):
        raise NotYourCommitment(path=("parties",))
    made = Commitment(tenant_id=unit.tenant.id, organizations=_organizations(parties), **values)
    _plan_in_order(made)
    with translating(CONSTRAINTS):
        await unit.add(made)

    await record(unit, events.of(events.CommitmentCreated, made, effect=Effect.CREATED))
    for position, party in enumerate(parties, 1):
        await _place(unit, made, party, position)
    for position, clause in enumerate(clauses, 1):
        await _word(unit, made, clause, clause.position or position)
    await _attach(unit, made, evidence)
    return made


async def create_from(unit: Unit, template: Template, *, signer: Signer | None, values: dict[str, Any]) -> Commitment:
    """A draft of a template's wording, to be signed by the kecamatan's own office."""
    office = await unit.first(unit.own(Kecamatan), Kecamatan)
    if office is None:
        raise NotFound
    if not policy.for_the_office(unit.scope):
        raise OfficeDecides
    return await create(
        unit,
        values={"type": template.type.value, "title": template.title, "object": template.object, **values},
        parties=[
            NewParty(arc="kecamatan_id", key=office.id, role=role, signatory_position=position)
            for role, position in roles(template, signer)
        ],
        clauses=[NewClause(text=text, more={"value": value} if value else {}) for value, text in template.clauses],
        evidence=[],
    )


async def revise(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> Commitment:
    """Change a text that has not gone out to its parties."""
    commitment = await _taking(unit, key, CommitmentAction.UPDATE)
    after = commitment.model_copy(update=values)
    _plan_in_order(after)
    return await _moved(unit, commitment, events.CommitmentUpdated, expected=expected, **values)


async def add_party(unit: Unit, key: UUID, party: NewParty) -> CommitmentParty:
    """One more party; PartyExists where it takes part already."""
    commitment = await _taking(unit, key, CommitmentAction.ADD_PARTY, path=("commitment",))
    if party.arc == "organization_id" and isinstance(party.key, UUID) and party.key not in commitment.organizations:
        commitment = await unit.change(commitment, organizations=[*commitment.organizations, party.key])
    position = await queries.next_position(unit, commitment.id, CommitmentParty)
    return await _place(unit, commitment, party, position)


async def remove_party(unit: Unit, key: UUID, *, expected: int | None = None) -> Commitment:
    """Take a party out of a draft."""
    party = await unit.see(CommitmentParty, key, path=("party",))
    commitment = await _taking(unit, party.commitment_id, CommitmentAction.REMOVE_PARTY)
    party = await _still(unit, key, expected)

    await unit.rows(
        delete(_PARTY).where(_PARTY.c.tenant_id == unit.tenant.id, _PARTY.c.id == key).returning(literal(1))
    )
    if party.organization_id is not None:
        rest = [each for each in commitment.organizations if each != party.organization_id]
        commitment = await unit.change(commitment, organizations=rest)

    await record(unit, events.of_part(events.PartyRemoved, commitment, party, party, effect=Effect.ENDED))
    gone = events.left(commitment, party)
    if gone is not None:
        await record(unit, gone)
    return commitment


async def add_clause(unit: Unit, key: UUID, clause: NewClause) -> CommitmentClause:
    """One more clause, at the end or at a free number."""
    commitment = await _taking(unit, key, CommitmentAction.ADD_CLAUSE, path=("commitment",))
    position = clause.position or await queries.next_position(unit, commitment.id, CommitmentClause)
    return await _word(unit, commitment, clause, position)


async def add_evidence(unit: Unit, key: UUID, evidence: NewEvidence) -> CommitmentEvidence:
    """Evidence from the office, a village or an organization that is a party."""
    commitment = await _taking(unit, key, CommitmentAction.ADD_EVIDENCE, path=("commitment",))
    made = await _attach(unit, commitment, [evidence])
    return made[0]


# From draft to signature


async def record_agreement(unit: Unit, key: UUID, *, expected: int | None = None) -> Commitment:
    """The meeting agreed on the text."""
    commitment = await _taking(unit, key, CommitmentAction.RECORD_AGREEMENT)
    return await _moved(
        unit, commitment, events.CommitmentAgreed, expected=expected, state=CommitmentState.AGREED.value
    )


async def request_signatures(unit: Unit, key: UUID, *, expected: int | None = None) -> Commitment:
    """The text goes out to the parties; from now on it stays as it is."""
    commitment = await _taking(unit, key, CommitmentAction.REQUEST_SIGNATURES)
    if (await queries.signatures(unit, commitment.id)).missing == 0:
        raise NoSignatory
    state = CommitmentState.AWAITING_SIGNATURES.value
    return await _moved(unit, commitment, events.SignaturesRequested, expected=expected, state=state)


async def sign(
    unit: Unit,
    key: UUID,
    *,
    signatory: Signatory,
    signed_on: date | None = None,
    captured_at: datetime | None = None,
    expected: int | None = None,
) -> CommitmentParty:
    """A party signs for itself, or the office records its signature from paper, with name and position.

    The commitment is SIGNED when no signatory is missing. A party that declined counts as missing, and may still sign.
    """
    commitment, party = await _at_the_table(unit, key, expected)
    if party.signed_at is not None:
        raise AlreadySigned
    _require(unit, commitment, CommitmentAction.SIGN)
    name, position = signatory.name or party.signatory_name, signatory.position or party.signatory_position
    if policy.for_the_office(unit.scope) and not (name and position):
        raise SignatoryNeeded(path=("signatoryName",))
    day = _not_later(unit, signed_on, path=("signedOn",))

    signed = await unit.change(
        party,
        signed_at=unit.now.instant,
        signed_on=day,
        signatory_name=name,
        signatory_position=position,
        declined_at=None,
        declined_reason=None,
    )
    await record(unit, events.of_part(events.PartySigned, commitment, signed, party, captured_at=captured_at))
    await _count(unit, commitment)
    return signed


async def decline(
    unit: Unit, key: UUID, *, reason: str, captured_at: datetime | None = None, expected: int | None = None
) -> CommitmentParty:
    """A party will not sign: it stays in the gap, and the commitment never becomes SIGNED without it."""
    commitment, party = await _at_the_table(unit, key, expected)
    if party.signed_at is not None:
        raise AlreadySigned
    if party.declined_at is not None:
        raise AlreadyDeclined
    _require(unit, commitment, CommitmentAction.DECLINE)

    declined = await unit.change(party, declined_at=unit.now.instant, declined_reason=reason)
    await record(unit, events.of_part(events.PartyDeclined, commitment, declined, party, captured_at=captured_at))
    return declined


# After the signatures


async def display(
    unit: Unit,
    key: UUID,
    *,
    place: str,
    displayed_on: date | None,
    evidence: Sequence[NewEvidence],
    expected: int | None = None,
) -> Commitment:
    """The signed text hangs where people see it; a photo shows it."""
    commitment = await _taking(unit, key, CommitmentAction.DISPLAY)
    _shown(evidence)
    moved = await _moved(
        unit,
        commitment,
        events.CommitmentDisplayed,
        expected=expected,
        state=CommitmentState.DISPLAYED.value,
        display_place=place,
        displayed_on=_not_later(unit, displayed_on, path=("displayedOn",)),
    )
    await _attach(unit, moved, evidence)
    return moved


async def fulfil(unit: Unit, key: UUID, *, evidence: Sequence[NewEvidence], expected: int | None = None) -> Commitment:
    """The target is reached, and evidence or what is linked to it shows that."""
    commitment = await _taking(unit, key, CommitmentAction.FULFIL)
    if not await queries.linked(unit, commitment.id):
        _shown(evidence)
    state = CommitmentState.FULFILLED.value
    moved = await _moved(unit, commitment, events.CommitmentFulfilled, expected=expected, state=state)
    await _attach(unit, moved, evidence)
    return moved


async def record_breach(unit: Unit, key: UUID, *, note: str, expected: int | None = None) -> Commitment:
    """Monitoring found that it is not kept."""
    commitment = await _taking(unit, key, CommitmentAction.RECORD_BREACH)
    state = CommitmentState.BREACHED.value
    return await _moved(
        unit, commitment, events.CommitmentBreached, expected=expected, state=state, monitoring_note=note
    )


async def revoke(unit: Unit, key: UUID, *, reason: str, expected: int | None = None) -> Commitment:
    """The camat ends it, in whatever state it is."""
    commitment = await _taking(unit, key, CommitmentAction.REVOKE)
    state = CommitmentState.REVOKED.value
    return await _moved(
        unit, commitment, events.CommitmentRevoked, expected=expected, state=state, monitoring_note=reason
    )


async def publish(unit: Unit, key: UUID, *, expected: int | None = None) -> Commitment:
    """Open it to everybody, with its parties, clauses and evidence."""
    commitment = await _taking(unit, key, CommitmentAction.PUBLISH)
    if commitment.published:
        raise AlreadyPublished
    return await _moved(unit, commitment, events.CommitmentPublished, expected=expected, published=True)


async def unpublish(unit: Unit, key: UUID, *, expected: int | None = None) -> Commitment:
    """Close it again; the public feed is told."""
    commitment = await _taking(unit, key, CommitmentAction.UNPUBLISH)
    if not commitment.published:
        raise NotPublished
    moved = await unit.change(commitment, expected=expected, published=False)
    await record(unit, events.of(events.CommitmentUnpublished, moved, commitment, published=True))
    return moved


# Pieces


async def _taking(unit: Unit, key: UUID, action: CommitmentAction, *, path: tuple[str, ...] = ("id",)) -> Commitment:
    """The commitment, locked, when it may take this step by this actor."""
    commitment = await queries.locked(unit, key, path=path)
    await _own_matter(unit, commitment)
    _require(unit, commitment, action)
    return commitment


async def _own_matter(unit: Unit, commitment: Commitment) -> None:
    """A village acts only on what it is a party to; row security says so for organizations but for published ones."""
    if policy.for_the_office(unit.scope):
        return
    taking_part = await queries.parties(unit, commitment.id)
    if not any(policy.stands_for(unit.scope, each) for each in taking_part):
        raise NotYourCommitment


async def _at_the_table(unit: Unit, key: UUID, expected: int | None) -> tuple[Commitment, CommitmentParty]:
    """A party that the actor stands for, as it is once its commitment is locked."""
    seen = await unit.see(CommitmentParty, key, path=("party",))
    if not policy.stands_for(unit.scope, seen):
        raise NotYourParty(path=("party",))
    commitment = await queries.locked(unit, seen.commitment_id)
    return commitment, await _still(unit, key, expected)


async def _still(unit: Unit, key: UUID, expected: int | None) -> CommitmentParty:
    party = await unit.see(CommitmentParty, key)
    if expected is not None and expected != party.version:
        raise StaleVersion(current=party.version, path=("expectedVersion",))
    return party


async def _moved(
    unit: Unit, before: Commitment, kind: type[Event], *, expected: int | None = None, **values: Any
) -> Commitment:
    with translating(CONSTRAINTS):
        after = await unit.change(before, expected=expected, **values)
    await record(unit, events.of(kind, after, before))
    return after


async def _count(unit: Unit, commitment: Commitment) -> None:
    """Move on to PARTIALLY_SIGNED with the first signature, to SIGNED with the last that was required."""
    missing, last_on = await queries.signatures(unit, commitment.id)
    if missing == 0:
        await _moved(unit, commitment, events.CommitmentSigned, state=CommitmentState.SIGNED.value, signed_on=last_on)
    elif commitment.state != CommitmentState.PARTIALLY_SIGNED:
        state = CommitmentState.PARTIALLY_SIGNED.value
        await _moved(unit, commitment, events.CommitmentPartiallySigned, state=state)


async def _place(unit: Unit, commitment: Commitment, party: NewParty, position: int) -> CommitmentParty:
    made = CommitmentParty(
        tenant_id=unit.tenant.id,
        commitment_id=commitment.id,
        position=position,
        role=party.role.value,
        signatory_name=party.signatory_name,
        signatory_position=party.signatory_position,
    )
    if party.arc == "agency_code":
        await known(unit, str(party.key), path=party.path)
    setattr(made, party.arc, party.key)
    with translating(CONSTRAINTS, path=party.path):
        await unit.add(made)
    await record(unit, events.of_part(events.PartyAdded, commitment, made, effect=Effect.CREATED))
    return made


async def _word(unit: Unit, commitment: Commitment, clause: NewClause, position: int) -> CommitmentClause:
    made = CommitmentClause(
        tenant_id=unit.tenant.id, commitment_id=commitment.id, position=position, text=clause.text, **clause.more
    )
    with translating(CONSTRAINTS, path=clause.path):
        await unit.add(made)
    await record(unit, events.of_part(events.ClauseAdded, commitment, made, effect=Effect.CREATED))
    return made


async def _attach(unit: Unit, commitment: Commitment, evidence: Sequence[NewEvidence]) -> list[CommitmentEvidence]:
    found = []
    for each in evidence:
        made = CommitmentEvidence(
            tenant_id=unit.tenant.id,
            commitment_id=commitment.id,
            kind=each.kind,
            description=each.description,
            url=each.url,
            captured_on=each.captured_on,
        )
        await unit.add(made)
        added = events.of_part(
            events.EvidenceAdded, commitment, made, effect=Effect.CREATED, captured_at=each.captured_at
        )
        await record(unit, added)
        found.append(made)
    return found


def _require(unit: Unit, commitment: Commitment, action: CommitmentAction) -> None:
    policy.require(unit.scope, commitment, action, today=_today(unit))


def _today(unit: Unit) -> date:
    return unit.now.today(unit.tenant.zone)


def _not_later(unit: Unit, day: date | None, *, path: tuple[str, ...]) -> date:
    """The day it happened, today where none is given."""
    if day is not None and day > _today(unit):
        raise DateInFuture(path=path)
    return day or _today(unit)


def _shown(evidence: Sequence[NewEvidence]) -> None:
    if not evidence:
        raise EvidenceNeeded(path=("evidence",))


def _plan_in_order(commitment: Commitment) -> None:
    until = commitment.planned_until
    if until is not None and until < commitment.planned_on:
        raise PlanOutOfOrder(path=("plannedUntil",))


def _organizations(parties: Sequence[NewParty]) -> list[UUID]:
    found = (each.key for each in parties if each.arc == "organization_id")
    return list(dict.fromkeys(key for key in found if isinstance(key, UUID)))
