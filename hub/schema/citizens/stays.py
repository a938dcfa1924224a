"""Where people lived on which day: `stays(at:)`, and the stays of a person and of a household."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Date, String, and_, literal_column, or_

from hub.domains.citizens.model import Stay as StayModel
from hub.domains.citizens.model import StayBeginning, StayState
from hub.graph.binds import Binds
from hub.graph.declare import (
    Argument,
    Connection,
    DataClass,
    column,
    computed,
    extend,
    many,
    node,
    one,
    queries,
    root_one,
    roots,
)
from hub.graph.enums import exposed
from hub.graph.scalars import Date as GraphDate
from hub.schema.citizens.types import Citizen, Household
from hub.schema.citizens.words import EndReason, FamilyRelation, MaritalStatus, Sex
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

REGISTER, GENERAL = Permission.READ_REGISTER, DataClass.GENERAL
exposed(StayBeginning)


def _word(word: str) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{word}'", String)
    return found


def _holds(c: Any, _binds: Binds) -> ColumnElement[bool]:
    """Not what another took the place of, nor what an invalid record said."""
    held: ColumnElement[bool] = c.state == _word(StayState.HELD.value)
    return held


def _at(c: Any, binds: Binds, given: Any) -> ColumnElement[bool]:
    day = binds.value(given, Date())
    return and_(c.from_on <= day, or_(c.until_on.is_(None), c.until_on > day))


@node(
    StayModel,
    filters=("citizen", "household", "village", "family_relation"),
    orders={"FROM_ON": ("from_on",), "ID": ()},
    groups=("sex", "family_relation", "marital_status"),
)
class Stay:
    """From which day until which a person lived in a household, as what and under which name (riwayat tinggal)."""

    full_name: str | None = column("Full name as it was then (nama lengkap).", guard=REGISTER, data=GENERAL)
    sex: Sex = column("Sex as it was known then (jenis kelamin).", data=GENERAL)
    family_relation: FamilyRelation = column("Relation to the head of then (SHDK).", data=GENERAL)
    is_head: bool = computed(
        "Whether the person headed the family (kepala keluarga).",
        lambda c, _b: c.family_relation == _word(FamilyRelation.HEAD.value),
        data=GENERAL,
    )
    marital_status: MaritalStatus | None = column("Marital status of then (status perkawinan).", data=GENERAL)
    from_on: GraphDate = column("First day.", data=GENERAL)
    until_on: GraphDate | None = column("First day on which it was no longer so; null while it goes on.", data=GENERAL)
    beginning: StayBeginning = column(
        "What is known of the first day: RECORDED ones may be older than the register knows."
    )
    end_reason: EndReason | None = column(
        "Why the person was in the register no longer; null where another stay followed or this one goes on.",
        data=GENERAL,
    )
    citizen: Citizen = one("The person, as in the register now.", StayModel.citizen_id)
    household: Household = one("The household, as in the register now.", StayModel.household_id)
    village: Village = one("The village.", StayModel.village_id)


@extend(Citizen)
class OfCitizen:
    """Where a person lived."""

    stays: Connection[Stay] | None = many(
        "Where the person lived and as what, the first stay first; `stays(at:)` has that of one day.",
        StayModel.citizen_id,
        guard=REGISTER,
        where=_holds,
    )


@extend(Household)
class OfHousehold:
    """Who lived in a household."""

    stays: Connection[Stay] | None = many(
        "Who ever lived in the household; `stays(at:)` has those of one day.",
        StayModel.household_id,
        guard=REGISTER,
        where=_holds,
    )


@queries
class StayQueries:
    """Root fields."""

    stays: Connection[Stay] | None = roots(
        "Who lived where at the end of a day, as the register knows it today: filter by household for the family of "
        "then, by citizen for where a person lived. Nobody is there before the register knew of them; `populationAt` "
        "counts people from their birth on instead.",
        guard=REGISTER,
        where=_holds,
        arguments={
            "at": Argument(
                type=GraphDate,
                description="Only what held at the end of this day; without it, the whole history.",
                condition=_at,
            )
        },
    )
    stay: Stay | None = root_one("A stay by id.", {"id": strawberry.ID}, guard=REGISTER)
