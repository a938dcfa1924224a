"""Moves between kecamatan in the graph: each side sees its own half."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement

from hub.domains.moves import policy
from hub.domains.moves.model import Arrival as ArrivalModel
from hub.domains.moves.model import ArrivalPerson as ArrivalPersonModel
from hub.domains.moves.model import ArrivalState, DepartureState, MoveDestination, MoveReason
from hub.domains.moves.model import Departure as DepartureModel
from hub.domains.moves.model import DeparturePerson as DeparturePersonModel
from hub.domains.moves.policy import OF_ARRIVALS, OF_DEPARTURES, MoveAction
from hub.graph.binds import Binds
from hub.graph.declare import Connection, DataClass, column, derived, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime, RegionCode
from hub.kernel.steps import Step
from hub.schema.citizens.types import Citizen, Household
from hub.schema.citizens.words import FamilyRelation, Sex
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

REGISTER, IDENTITY, GENERAL = Permission.READ_REGISTER, Permission.SEE_IDENTITY, DataClass.GENERAL

for _words in (MoveAction, MoveDestination, MoveReason, DepartureState, ArrivalState):
    exposed(_words)


@strawberry.type(description="A step that may be taken with a move, or why it may not be taken now.")
class MoveAllowedAction:
    """What a front-end shows as a button."""

    action: MoveAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _state(c: Any, _binds: Binds) -> ColumnElement[str]:
    kept: ColumnElement[str] = c.state
    return kept


def _of_departure(state: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(state, binds.permissions, binds.lang, among=OF_DEPARTURES)


def _of_arrival(state: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(state, binds.permissions, binds.lang, among=OF_ARRIVALS)


@node(
    DepartureModel,
    filters=("state", "departed_on", "village", "household"),
    orders={"ID": (), "DEPARTED_ON": ("departed_on",)},
    groups=("state",),
)
class Departure:
    """People who moved away together (pindah keluar), and what became of it."""

    version: int = column("Version, for `expectedVersion`.")
    state: DepartureState = column("State (keadaan).")
    allowed_actions: list[MoveAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        _state,
        DepartureState,
        _of_departure,
    )
    reason: MoveReason = column("Why they move (alasan pindah).", data=GENERAL)
    note: str | None = column("Note (catatan).", guard=IDENTITY)
    departed_on: Date = column("Day of departure (tanggal pindah).", data=GENERAL)
    destination: MoveDestination = column("What kind of place they go to.", data=GENERAL)
    to_code: RegionCode | None = column("Code of the kecamatan they go to, where it works with the hub.", data=GENERAL)
    to_village_code: RegionCode | None = column("Code of the village they go to, where it is known.", data=GENERAL)
    place: str | None = column("Where they go outside the hub.", guard=IDENTITY, data=GENERAL)
    whole: bool = column("Whether the whole family goes (seluruh anggota keluarga).")
    expires_on: Date | None = column("Last day on which the other kecamatan may answer.")
    answer: str | None = column("Why the other kecamatan refused.")
    started_at: DateTime = column("When it was recorded.", DepartureModel.created_at)
    village: Village = one("The village they leave.", DepartureModel.village_id)
    household: Household = one("The family they leave.", DepartureModel.household_id)


@node(DeparturePersonModel, orders={"POSITION": ("departure_id", "position")})
class DeparturePerson:
    """Somebody who moved away."""

    position: int = column("Place in the list.")
    family_relation: FamilyRelation = column("Relation to the head before leaving (SHDK).", data=GENERAL)
    citizen: Citizen = one("The record here, which has ended.", DeparturePersonModel.citizen_id)


@node(
    ArrivalModel,
    filters=("state", "departed_on", "village", "household"),
    orders={"ID": (), "DEPARTED_ON": ("departed_on",)},
    groups=("state",),
)
class Arrival:
    """People who come together from another kecamatan of the hub (pindah datang)."""

    version: int = column("Version, for `expectedVersion`.")
    state: ArrivalState = column("State (keadaan).")
    allowed_actions: list[MoveAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        _state,
        ArrivalState,
        _of_arrival,
    )
    reason: MoveReason = column("Why they move (alasan pindah).", data=GENERAL)
    from_code: RegionCode = column("Code of the kecamatan they come from.", data=GENERAL)
    departed_on: Date = column("Day of departure (tanggal pindah).", data=GENERAL)
    arrived_on: Date | None = column("Day of arrival, once accepted (tanggal datang).", data=GENERAL)
    expires_on: Date = column("Last day on which it may be answered.")
    answer: str | None = column("Why it was rejected.")
    offered_at: DateTime = column("When it came.", ArrivalModel.created_at)
    village: Village | None = one("The village they go to; null where it was not told.", ArrivalModel.village_id)
    household: Household | None = one("The family they were taken into.", ArrivalModel.household_id)


@node(ArrivalPersonModel, orders={"POSITION": ("arrival_id", "position")})
class ArrivalPerson:
    """Somebody who comes. What is told of them is gone when the arrival was rejected, withdrawn or not answered."""

    position: int = column("Place in the list.")
    full_name: str | None = column("Full name (nama lengkap).", guard=REGISTER, data=GENERAL)
    sex: Sex = column("Sex (jenis kelamin).", data=GENERAL)
    birth_date: Date | None = column("Date of birth (tanggal lahir).", guard=IDENTITY, data=GENERAL)
    family_relation: FamilyRelation = column("Relation to the head before leaving (SHDK).", data=GENERAL)
    citizen: Citizen | None = one("The new record here, once accepted.", ArrivalPersonModel.citizen_id)


@extend(Departure)
class DepartureParts:
    """Who leaves."""

    people: Connection[DeparturePerson] = many("Who leaves.", DeparturePersonModel.departure_id)


@extend(Arrival)
class ArrivalParts:
    """Who comes."""

    people: Connection[ArrivalPerson] = many("Who comes.", ArrivalPersonModel.arrival_id)


@queries
class MoveQueries:
    """Root fields."""

    departures: Connection[Departure] | None = roots("Departures within your scope.", guard=REGISTER)
    departure: Departure | None = root_one("A departure by id.", {"id": strawberry.ID}, guard=REGISTER)
    arrivals: Connection[Arrival] | None = roots("Arrivals within your scope.", guard=REGISTER)
    arrival: Arrival | None = root_one("An arrival by id.", {"id": strawberry.ID}, guard=REGISTER)
