"""Twin cases in the graph: one's own half, and of the other side the office alone; to the Disdukcapil both sides."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, false, true

from hub.domains.twins import policy
from hub.domains.twins.model import TwinCase as Model
from hub.domains.twins.model import TwinDecision, TwinReferralState, TwinSide, TwinState, TwinTask
from hub.domains.twins.model import TwinReferral as ReferralModel
from hub.domains.twins.model import TwinReferralSide as SideModel
from hub.domains.twins.policy import TwinAction
from hub.graph.binds import Binds
from hub.graph.declare import (
    Connection,
    DataClass,
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
from hub.graph.scalars import Date, DateTime, MaskedNumber, RegionCode
from hub.kernel.steps import Step
from hub.schema.citizens.types import Citizen, masked
from hub.schema.citizens.words import Sex
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

REGISTER, DECIDE, GENERAL = Permission.READ_REGISTER, Permission.DECIDE_TWINS, DataClass.GENERAL

for _words in (TwinAction, TwinDecision, TwinReferralState, TwinSide, TwinState, TwinTask):
    exposed(_words)


@strawberry.type(description="A step that may be taken with a twin case, or why it may not be taken now.")
class TwinAllowedAction:
    """What a front-end shows as a button."""

    action: TwinAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _decides(_c: Any, binds: Binds) -> ColumnElement[bool]:
    """An agency's other officers, who read in the same tenant, are not shown what lies before its Disdukcapil."""
    return true() if binds.may(DECIDE) else false()


def _state(c: Any, _binds: Binds) -> ColumnElement[str]:
    kept: ColumnElement[str] = c.state
    return kept


def _allowed(state: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(state, binds.permissions, binds.lang)


def _allowed_rulings(state: str, binds: Binds) -> list[Step]:
    return policy.allowed_rulings(state, binds.permissions, binds.lang)


@node(Model, filters=("state", "village", "citizen"), orders={"ID": ()}, groups=("state",))
class TwinCase:
    """Another kecamatan has somebody with the NIK of a person here (data ganda). Nothing is told of who it is."""

    version: int = column("Version, for `expectedVersion`.")
    state: TwinState = column("State (keadaan).")
    allowed_actions: list[TwinAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutation.",
        _state,
        TwinState,
        _allowed,
    )
    other_code: RegionCode = column("Code of the other kecamatan.")
    proposal: TwinDecision | None = column("What this office says it is (usulan).")
    proposal_side: TwinSide | None = column("Which side this office means, seen from here.")
    decision: TwinDecision | None = column(
        "What was decided: by the Disdukcapil over both, else once both offices said the same (keputusan)."
    )
    decision_side: TwinSide | None = column("Which side is meant, seen from here.")
    decided_on: Date | None = column("Day of the decision.")
    task: TwinTask | None = column("What an officer here is asked to do; null where nothing is left.")
    referred_code: str | None = column("Code of the agency that was asked last (Disdukcapil), such as 63/DUKCAPIL.")
    ruling_reason: str | None = column("Why the Disdukcapil decided so; null where the offices did.", guard=REGISTER)
    opened_at: DateTime = column("When it was noticed.", Model.created_at)
    village: Village = one("The village of the person here.", Model.village_id)
    citizen: Citizen = one("The person here.", Model.citizen_id)


@node(ReferralModel, visible=_decides, filters=("state",), orders={"ID": ()}, groups=("state",))
class TwinReferral:
    """A case of one NIK in two kecamatan, before the Disdukcapil whose region holds both (rujukan data ganda)."""

    version: int = column("Version, for `expectedVersion`.")
    state: TwinReferralState = column("State (keadaan).")
    allowed_actions: list[TwinAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutation.",
        _state,
        TwinReferralState,
        _allowed_rulings,
    )
    decision: TwinDecision | None = column("What was ruled (putusan).")
    decision_code: RegionCode | None = column(
        "The kecamatan where the person lives on, or where the NIK was mistyped; null for two people."
    )
    reason: str | None = column("Why (alasan); both kecamatan read it.")
    decided_on: Date | None = column("Day of the ruling.")
    opened_at: DateTime = column("When it was referred.", ReferralModel.created_at)


@node(SideModel, visible=_decides, orders={"POSITION": ("referral_id", "position")})
class TwinReferralSide:
    """The person on one side of a referral. Nothing is told any more once the case is over."""

    position: int = column("Place in the list.")
    code: RegionCode = column("Code of the kecamatan.")
    village_name: str | None = column("Name of the village (desa/kelurahan).", data=GENERAL)
    full_name: str | None = column("Full name (nama lengkap).", guard=DECIDE, data=GENERAL)
    sex: Sex | None = column("Sex (jenis kelamin).", data=GENERAL)
    birth_place: str | None = column("Place of birth (tempat lahir).", guard=DECIDE, data=GENERAL)
    birth_date: Date | None = column("Date of birth (tanggal lahir).", guard=DECIDE, data=GENERAL)
    nik: MaskedNumber | None = computed(
        "The number both sides have, masked.", lambda c, _b: masked(c.nik_prefix), guard=DECIDE, data=GENERAL
    )


@extend(TwinReferral)
class TwinReferralAnd:
    """Who it is about."""

    sides: Connection[TwinReferralSide] | None = many(
        "The person in either kecamatan.", SideModel.referral_id, order="POSITION", guard=DECIDE
    )


@queries
class TwinQueries:
    """Root fields."""

    twin_referrals: Connection[TwinReferral] | None = roots(
        "What is referred to your Disdukcapil within your region.", guard=DECIDE
    )
    twin_referral: TwinReferral | None = root_one("A referral by id.", {"id": strawberry.ID}, guard=DECIDE)

    twin_cases: Connection[TwinCase] | None = roots("Twin cases within your scope.", guard=REGISTER)
    twin_case: TwinCase | None = root_one("A twin case by id.", {"id": strawberry.ID}, guard=REGISTER)
