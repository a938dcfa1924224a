"""What the journal says of the demo's rows: the events that the domains' own actions record.

The rows are written at once and in the state in which their sources tell them (signed, displayed), which the actions
would take many steps to reach.
"""

from collections.abc import Iterable, Iterator, Mapping

from sqlmodel import SQLModel

from hub.domains.commitments import events as commitments
from hub.domains.commitments.model import Commitment, CommitmentClause, CommitmentParty
from hub.domains.kecamatan.events import KecamatanAdded, KecamatanProfileSet, ServiceHoursSet
from hub.domains.kecamatan.model import Kecamatan, KecamatanProfile, ServiceHours
from hub.domains.partners.events import PartnerRegistered
from hub.domains.partners.model import PartnerOrganization
from hub.domains.plans import events as plans
from hub.domains.plans.model import ActionPlan, ActionPlanItem, PlanItemStakeholder
from hub.domains.villages.events import OfficialAppointed, SubVillageAdded, VillageAdded
from hub.domains.villages.model import SubVillage, Village, VillageOfficial
from hub.journal.model import Effect
from hub.journal.record import Event
from hub.journal.telling import told
from hub.store.base import TenantRow

_KINDS: Mapping[type[SQLModel], type[Event]] = {
    Kecamatan: KecamatanAdded,
    KecamatanProfile: KecamatanProfileSet,
    ServiceHours: ServiceHoursSet,
    Village: VillageAdded,
    SubVillage: SubVillageAdded,
    VillageOfficial: OfficialAppointed,
    PartnerOrganization: PartnerRegistered,
    CommitmentParty: commitments.PartyAdded,
    CommitmentClause: commitments.ClauseAdded,
}


def events_of(rows: Iterable[SQLModel]) -> Iterator[Event]:
    """One event for each row, in their order; a commitment or plan stands before its parts."""
    whole: dict[object, Commitment] = {}
    plan: ActionPlan | None = None
    for row in rows:
        match row:
            case Commitment():
                whole[row.id] = row
                yield commitments.of(commitments.CommitmentCreated, row, effect=Effect.CREATED)
            case CommitmentParty() | CommitmentClause():
                yield commitments.of_part(_KINDS[type(row)], whole[row.commitment_id], row, effect=Effect.CREATED)
            case ActionPlan():
                plan = row
                yield plans.of(plans.PlanDrafted, plan, effect=Effect.CREATED)
            case ActionPlanItem() | PlanItemStakeholder() if plan is not None:
                kind = plans.PlanItemAdded if isinstance(row, ActionPlanItem) else plans.StakeholderAdded
                yield plans.of_part(kind, plan, row, effect=Effect.CREATED)
            case VillageOfficial():
                yield _official(row)
            case TenantRow():
                yield _plain(row)


def _official(row: VillageOfficial) -> Event:
    return OfficialAppointed(
        type_name="VillageOfficial",
        object_id=row.id,
        effect=Effect.CREATED,
        village_id=row.village_id,
        published=True,
        changes=told(row, wordless=("name",)),
        subject_id=row.id,
        personal={"name": (None, row.name)},
    )


def _plain(row: TenantRow) -> Event:
    village = row.id if isinstance(row, Village) else getattr(row, "village_id", None)
    return _KINDS[type(row)](
        type_name=type(row).__name__,
        object_id=row.id,
        effect=Effect.CREATED,
        village_id=village,
        parties=(row.id,) if isinstance(row, PartnerOrganization) else (),
        published=True,
        changes=told(row),
    )
