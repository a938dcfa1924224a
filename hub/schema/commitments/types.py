"""Commitments in the graph."""

from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, String, and_, case, exists, literal_column, or_, select

from hub.domains.commitments import policy
from hub.domains.commitments.model import Commitment as Model
from hub.domains.commitments.model import CommitmentClause as ClauseModel
from hub.domains.commitments.model import CommitmentEvidence as EvidenceModel
from hub.domains.commitments.model import CommitmentParty as PartyModel
from hub.domains.commitments.model import CommitmentState, CommitmentStatus, CommitmentType, EvidenceKind, PartyRole
from hub.domains.commitments.policy import CommitmentAction
from hub.graph.binds import Binds
from hub.graph.declare import (
    Connection,
    arc,
    column,
    computed,
    derived,
    extend,
    many,
    node,
    one,
    queries,
    root_one,
    roots,
)
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime, Rupiah
from hub.kernel.steps import Step
from hub.schema.agencies.types import Agency
from hub.schema.citizens.types import Citizen
from hub.schema.kecamatan.types import Kecamatan
from hub.schema.partners.types import PartnerOrganization
from hub.schema.villages.types import Village
from hub.store.base import table

_COMMITMENTS = table(Model)
_SIGNABLE = tuple(sorted(each.value for each in policy.SIGNABLE))

Party = Annotated[
    Village | PartnerOrganization | Kecamatan | Citizen | Agency,
    strawberry.union(
        "Party",
        description="Who can be a party: a village, a partner organization, the kecamatan, an agency or a person.",
    ),
]


def _status(c: Any, binds: Binds) -> ColumnElement[str]:
    """The state, or what the calendar makes of it."""
    today = binds.today(c.tenant_id)
    kept = c.state
    running = (kept == CommitmentState.SIGNED.value) | (kept == CommitmentState.DISPLAYED.value)
    return case(
        (and_(running, c.valid_until < today), literal_column("'EXPIRED'", String)),
        (and_(kept == CommitmentState.DISPLAYED.value, c.valid_from <= today), literal_column("'ACTIVE'", String)),
        else_=kept,
    )


def _asked(c: Any, _binds: Binds) -> ColumnElement[bool]:
    """A signature that is missing while signatures are asked for."""
    of = _COMMITMENTS.c
    open_now = exists(
        select(literal_column("1"))
        .where(of.tenant_id == c.tenant_id, of.id == c.commitment_id, or_(*(of.state == each for each in _SIGNABLE)))
        .correlate(c.id.table)
    )
    return and_(c.role == PartyRole.SIGNATORY.value, c.signed_at.is_(None), open_now)


for _words in (
    CommitmentAction,
    CommitmentType,
    CommitmentState,
    CommitmentStatus,
    PartyRole,
    EvidenceKind,
):
    exposed(_words)


@strawberry.type(description="A step that may be taken with a commitment, or why it may not be taken now.")
class AllowedAction:
    """What a front-end shows as a button."""

    action: CommitmentAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _allowed(status: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(status, binds.permissions, binds.lang, office=not binds.narrowed)


@node(
    Model,
    filters=("type", "state", "title", "planned_on"),
    orders={"PLANNED_ON": ("planned_on",), "TITLE": ("title",)},
    groups=("type", "state"),
)
class Commitment:
    """A promise of several parties about one object (komitmen, piagam, maklumat)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    type: CommitmentType = column("Type (jenis).")
    title: str = column("Title (judul).")
    object: str = column("What it is about (objek).")
    state: CommitmentState = column("CommitmentState as acts have made it.")
    status: CommitmentStatus = computed("Status today: the state, or what the calendar makes of it.", _status)
    allowed_actions: list[AllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        _status,
        CommitmentStatus,
        _allowed,
    )
    published: bool = column("Whether it is open to everybody.")
    planned_on: Date = column("First day planned for signing.")
    planned_until: Date | None = column("Last day planned for signing.")
    signed_on: Date | None = column("Day of the last required signature.")
    place: str | None = column("Place of signing (tempat).")
    display_place: str | None = column("Where it is displayed (terpajang).")
    displayed_on: Date | None = column("Day of display.")
    target_percent: int = column("Target in percent.")
    planned_parties: int | None = column("Number of signatories the plan names.")
    valid_from: Date | None = column("First day in force.")
    valid_until: Date | None = column("Last day in force.")
    monitoring_note: str | None = column("Note of monitoring (catatan pemantauan).")
    updated_at: DateTime = column("When it was last changed.")


@node(
    PartyModel,
    filters=("village", "organization"),
    orders={"POSITION": ("commitment_id", "position")},
)
class CommitmentParty:
    """One party of a commitment, with its signature or refusal."""

    version: int = column("Version, for `expectedVersion` of updates.")
    position: int = column("Place in the list.")
    role: PartyRole = column("Role (peran).")
    signatory_name: str | None = column("Name of the person who signs.")
    signatory_position: str | None = column("Position of the person who signs.")
    signed_on: Date | None = column("Day of the signature.")
    declined_at: DateTime | None = column("When it declined.")
    declined_reason: str | None = column("Why it declined.")
    missing: bool = computed(
        "Whether its signature is still missing (belum menandatangani).",
        lambda c, _b: and_(c.role == "SIGNATORY", c.signed_at.is_(None)),
    )
    commitment: Commitment = one("The commitment.", PartyModel.commitment_id)
    village: Village | None = one("The party, where it is a village.", PartyModel.village_id)
    organization: PartnerOrganization | None = one(
        "The party, where it is an organization.", PartyModel.organization_id
    )
    party: Party | None = arc(
        "The party itself.",
        {
            PartyModel.village_id: "Village",
            PartyModel.organization_id: "PartnerOrganization",
            PartyModel.kecamatan_id: "Kecamatan",
            PartyModel.citizen_id: "Citizen",
            PartyModel.agency_code: "Agency",
        },
    )


@node(ClauseModel, orders={"POSITION": ("commitment_id", "position")}, sums=("penalty_amount",))
class CommitmentClause:
    """One clause of a commitment (butir)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    position: int = column("Number of the clause.")
    text: str = column("Wording (isi).")
    value: str | None = column("Value (nilai).")
    norm: str | None = column("Norm (norma).")
    control: str | None = column("Common control (kontrol bersama).")
    penalty_text: str | None = column("Penalty in words (sanksi).")
    penalty_amount: Rupiah | None = column("Penalty in rupiah.")


@node(EvidenceModel, orders={"ID": ()})
class CommitmentEvidence:
    """A link to evidence (bukti pendukung)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    kind: EvidenceKind = column("Kind (jenis).")
    description: str = column("What it shows.")
    url: str | None = column("Where it can be found.")
    captured_on: Date | None = column("Day it was made.")


@extend(Commitment)
class CommitmentParts:
    """What hangs on a commitment."""

    parties: Connection[CommitmentParty] = many("Parties (para pihak).", PartyModel.commitment_id)
    missing_signatures: Connection[CommitmentParty] = many(
        "Signatories that have not signed: the gap (kesenjangan).",
        PartyModel.commitment_id,
        where=lambda c, _b: and_(c.role == "SIGNATORY", c.signed_at.is_(None)),
    )
    clauses: Connection[CommitmentClause] = many("Clauses (butir).", ClauseModel.commitment_id)
    evidence: Connection[CommitmentEvidence] = many("Evidence (bukti pendukung).", EvidenceModel.commitment_id)


@extend(Village)
class VillageCommitments:
    """Commitments of a village."""

    commitments: Connection[Commitment] = many(
        "Commitments the village is a party to.", through=(PartyModel.village_id, PartyModel.commitment_id)
    )


@extend(PartnerOrganization)
class OrganizationCommitments:
    """Commitments of an organization."""

    commitments: Connection[Commitment] = many(
        "Commitments the organization is a party to.",
        through=(PartyModel.organization_id, PartyModel.commitment_id),
    )


@queries
class CommitmentQueries:
    """Root fields."""

    commitments: Connection[Commitment] | None = roots("Commitments within your scope.")
    commitment: Commitment | None = root_one("A commitment by id.", {"id": strawberry.ID})
    commitment_gaps: Connection[CommitmentParty] | None = roots(
        "Parties that were asked to sign and have not, or declined, of all commitments in your scope (kesenjangan).",
        where=_asked,
    )
