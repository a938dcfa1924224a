"""Inputs of commitments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from hub.domains.commitments.actions import NewClause, NewEvidence, NewParty, Signatory
from hub.domains.commitments.errors import ClauseNumberOutOfRange, CountOutOfRange, TargetOutOfRange
from hub.domains.commitments.model import CommitmentType, EvidenceKind, PartyRole
from hub.domains.commitments.templates import CommitmentTemplate, Signer
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date, DateTime, Rupiah
from hub.kernel.written import address, line, paragraph
from hub.schema.given import OneOfNeeded, Parse, TooMany, about, as_it_is, code, present, sent, values_of

MOST_PARTS = 100
MOST_PARTIES = 10_000
TARGET = 100
_ARCS = {
    "village": ("village_id", "Village"),
    "organization": ("organization_id", "PartnerOrganization"),
    "kecamatan": ("kecamatan_id", "Kecamatan"),
    "citizen": ("citizen_id", "Citizen"),
}

_PARTY = (*_ARCS, "agency_code")

for _words in (CommitmentTemplate, CommitmentType, EvidenceKind, PartyRole, Signer):
    exposed(_words)


@strawberry.input(
    description="A party (pihak): give exactly one of village, organization, kecamatan, agencyCode and citizen."
)
class PartyInput:
    """Who takes part, and how."""

    village: strawberry.ID | None = about("Id of a village of this kecamatan.")
    organization: strawberry.ID | None = about("Id of a partner organization.")
    kecamatan: strawberry.ID | None = about("Id of the kecamatan itself.")
    citizen: strawberry.ID | None = about("Id of a person.")
    agency_code: str | None = about("Code of an agency in the directory, such as 63.11/DUKCAPIL.")
    role: PartyRole | None = about("Role (peran); SIGNATORY where left out.")
    signatory_name: str | None = about("Name of the person who is to sign.")
    signatory_position: str | None = about("Position (jabatan) of the person who is to sign.")


@strawberry.input(description="A clause (butir).")
class ClauseInput:
    """One clause."""

    text: str = about("Wording (isi).")
    position: int | None = about("Number of the clause; at the end where left out.")
    value: str | None = about("Value (nilai).")
    norm: str | None = about("Norm (norma).")
    control: str | None = about("Common control (kontrol bersama).")
    penalty_text: str | None = about("Penalty in words (sanksi).")
    penalty_amount: Rupiah | None = about("Penalty in rupiah.")


@strawberry.input(description="A link to evidence (bukti pendukung).")
class EvidenceInput:
    """Where the paper, photo or list can be found."""

    kind: EvidenceKind = about("Kind (jenis).")
    description: str = about("What it shows.")
    url: str | None = about("Web address where it can be found.")
    captured_on: Date | None = about("Day it was made.")


@command
class CreateCommitmentInput:
    """A new commitment, with its parties, clauses and evidence at once."""

    type: CommitmentType = about("Type (jenis).")
    title: str = about("Title (judul).")
    object: str = about("What it is about (objek).")
    planned_on: Date = about("First day planned for signing.")
    planned_until: Date | None = about("Last day planned for signing.")
    place: str | None = about("Place of signing (tempat).")
    target_percent: int | None = about("Target in percent; 100 where left out.")
    planned_parties: int | None = about("Number of signatories the plan names.")
    valid_from: Date | None = about("First day in force.")
    valid_until: Date | None = about("Last day in force.")
    parties: list[PartyInput] | None = about("Parties (para pihak), in their order.")
    clauses: list[ClauseInput] | None = about("Clauses (butir), in their order.")
    evidence: list[EvidenceInput] | None = about("Evidence (bukti pendukung), such as minutes of the meeting.")


@command
class CreateCommitmentFromTemplateInput:
    """A commitment to draft from a template, for the kecamatan's own office."""

    template: CommitmentTemplate = about("Which template.")
    planned_on: Date = about("First day planned for signing.")
    planned_until: Date | None = about("Last day planned for signing.")
    title: str | None = about("Title (judul); the template's where left out.")
    signer: Signer | None = about("Who signs for the office; as the template has it where left out.")
    place: str | None = about("Place of signing (tempat).")
    valid_from: Date | None = about("First day in force.")
    valid_until: Date | None = about("Last day in force.")


@command
class UpdateCommitmentInput:
    """What to change of a commitment whose text has not gone out to its parties; what is left out stays."""

    id: strawberry.ID = about("The commitment.")
    expected_version: int = about("Its version as you read it.")
    type: CommitmentType | None = about("Type (jenis).")
    title: str | None = about("Title (judul).")
    object: str | None = about("What it is about (objek).")
    planned_on: Date | None = about("First day planned for signing.")
    planned_until: Date | None = about("Last day planned for signing; null: none.")
    place: str | None = about("Place of signing (tempat); null: none.")
    target_percent: int | None = about("Target in percent.")
    planned_parties: int | None = about("Number of signatories the plan names; null: none.")
    valid_from: Date | None = about("First day in force; null: none.")
    valid_until: Date | None = about("Last day in force; null: none.")


@command
class AddPartyInput:
    """A party to add to a commitment that has not gone out to its parties."""

    commitment: strawberry.ID = about("The commitment.")
    party: PartyInput = about("The party.")


@command
class RemovePartyInput:
    """A party to take out of a draft."""

    party: strawberry.ID = about("The party, by the id of its CommitmentParty.")
    expected_version: int | None = about("Version of the party as you read it.")


@command
class AddClauseInput:
    """A clause to add to a commitment that has not gone out to its parties."""

    commitment: strawberry.ID = about("The commitment.")
    clause: ClauseInput = about("The clause.")


@command
class AddEvidenceInput:
    """Evidence to attach to a commitment."""

    commitment: strawberry.ID = about("The commitment.")
    evidence: EvidenceInput = about("The evidence.")
    captured_at: DateTime | None = about("When it was noted, where that was before it could be sent.")


@command
class CommitmentStepInput:
    """A step of a commitment that needs nothing but the commitment."""

    id: strawberry.ID = about("The commitment.")
    expected_version: int | None = about("Its version as you read it.")


@command
class SignCommitmentInput:
    """A signature."""

    party: strawberry.ID = about("The party, by the id of its CommitmentParty.")
    signatory_name: str | None = about("Name of the person who signed; needed where the office records paper.")
    signatory_position: str | None = about("Position of the person who signed; needed where the office records paper.")
    signed_on: Date | None = about("Day of the signature; today where left out.")
    captured_at: DateTime | None = about("When it was noted, where that was before it could be sent.")
    expected_version: int | None = about("Version of the party as you read it.")


@command
class DeclineCommitmentInput:
    """A party's refusal to sign."""

    party: strawberry.ID = about("The party, by the id of its CommitmentParty.")
    reason: str = about("Why it declines.")
    captured_at: DateTime | None = about("When it was noted, where that was before it could be sent.")
    expected_version: int | None = about("Version of the party as you read it.")


@command
class DisplayPledgeInput:
    """Where and since when the signed text is displayed."""

    id: strawberry.ID = about("The commitment.")
    place: str = about("Where it is displayed (terpajang).")
    displayed_on: Date | None = about("Since when; today where left out.")
    evidence: list[EvidenceInput] = about("At least one photo or other proof.")
    expected_version: int | None = about("Its version as you read it.")


@command
class FulfilCommitmentInput:
    """That the commitment was kept."""

    id: strawberry.ID = about("The commitment.")
    evidence: list[EvidenceInput] = about("At least one proof; none is needed where something is linked to it.")
    expected_version: int | None = about("Its version as you read it.")


@command
class RecordBreachInput:
    """That the commitment was not kept."""

    id: strawberry.ID = about("The commitment.")
    note: str = about("What monitoring found (catatan pemantauan).")
    expected_version: int | None = about("Its version as you read it.")


@command
class RevokeCommitmentInput:
    """That the commitment is over."""

    id: strawberry.ID = about("The commitment.")
    reason: str = about("Why it is revoked.")
    expected_version: int | None = about("Its version as you read it.")


def wording(given: CreateCommitmentInput | UpdateCommitmentInput) -> dict[str, Any]:
    """The columns of a commitment that were sent."""
    return values_of(given, _COLUMNS, required=("type", "title", "object", "planned_on", "target_percent"))


def from_template(given: CreateCommitmentFromTemplateInput) -> dict[str, Any]:
    """The columns that were sent beside a template."""
    wanted = ("title", "planned_on", "planned_until", "place", "valid_from", "valid_until")
    return values_of(given, {name: _COLUMNS[name] for name in wanted}, required=("title", "planned_on"))


def party(act: Act, given: PartyInput, *path: str) -> NewParty:
    """A party to add; its key belongs to this tenant, and whether it is there the database says."""
    named = {name: found for name in _PARTY if (found := present(getattr(given, name))) is not None}
    if len(named) != 1:
        raise OneOfNeeded(path=path, fields="village, organization, kecamatan, citizen, agencyCode")
    ((name, value),) = named.items()
    here = (*path, "agencyCode" if name == "agency_code" else name)
    column, type_name = _ARCS.get(name, (name, ""))
    key: UUID | str = act.key(value, type_name, *here) if type_name else line(value, *here)
    return NewParty(
        arc=column,
        key=key,
        role=PartyRole[code(present(given.role) or PartyRole.SIGNATORY)],
        path=here,
        **values_of(given, {"signatory_name": line, "signatory_position": line}, path=path),
    )


def parties(act: Act, given: Sequence[PartyInput] | None) -> list[NewParty]:
    """All parties of a new commitment."""
    return [party(act, each, "parties", str(index)) for index, each in enumerate(_few(given, "parties"))]


def clause(given: ClauseInput, *path: str) -> NewClause:
    """A clause to add."""
    position = present(given.position)
    if position is not None and not 1 <= position <= MOST_PARTS:
        raise ClauseNumberOutOfRange(path=(*path, "position"), most=MOST_PARTS)
    more = values_of(given, _CLAUSE, path=path)
    return NewClause(text=paragraph(given.text, *path, "text"), position=position, more=more, path=path)


def clauses(given: Sequence[ClauseInput] | None) -> list[NewClause]:
    """All clauses of a new commitment."""
    return [clause(each, "clauses", str(index)) for index, each in enumerate(_few(given, "clauses"))]


def proof(given: EvidenceInput, *path: str, captured_at: Any = None) -> NewEvidence:
    """Evidence to attach."""
    url = present(given.url)
    return NewEvidence(
        kind=code(given.kind),
        description=paragraph(given.description, *path, "description"),
        url=None if url is None else address(url, *path, "url"),
        captured_on=present(given.captured_on),
        captured_at=captured_at,
    )


def proofs(given: Sequence[EvidenceInput] | None) -> list[NewEvidence]:
    """All evidence of an act."""
    return [proof(each, "evidence", str(index)) for index, each in enumerate(_few(given, "evidence"))]


def signatory(given: SignCommitmentInput) -> Signatory:
    """Who signed."""
    name, position = present(given.signatory_name), present(given.signatory_position)
    return Signatory(
        name=None if name is None else line(name, "signatoryName"),
        position=None if position is None else line(position, "signatoryPosition"),
    )


def _few(given: Any, name: str) -> Sequence[Any]:
    found: Sequence[Any] = given if sent(given) and given is not None else ()
    if len(found) > MOST_PARTS:
        raise TooMany(path=(name,), most=MOST_PARTS)
    return found


def _percent(value: int, *path: str) -> int:
    if not 0 <= value <= TARGET:
        raise TargetOutOfRange(path=path)
    return value


def _count(value: int, *path: str) -> int:
    if not 1 <= value <= MOST_PARTIES:
        raise CountOutOfRange(path=path, most=MOST_PARTIES)
    return value


_COLUMNS: dict[str, Parse] = {
    "type": code,
    "title": line,
    "object": paragraph,
    "planned_on": as_it_is,
    "planned_until": as_it_is,
    "place": line,
    "target_percent": _percent,
    "planned_parties": _count,
    "valid_from": as_it_is,
    "valid_until": as_it_is,
}
_CLAUSE: dict[str, Parse] = {
    "value": paragraph,
    "norm": paragraph,
    "control": paragraph,
    "penalty_text": paragraph,
    "penalty_amount": as_it_is,
}
