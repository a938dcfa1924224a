"""Vulnerabilities in the graph. Rows are there for those only who may see them; details are told one at a time."""

from typing import Any

import strawberry
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    Text,
    and_,
    case,
    exists,
    false,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from hub.domains.citizens.model import Citizen as CitizenModel
from hub.domains.citizens.model import Household as HouseholdModel
from hub.domains.vulnerabilities import need
from hub.domains.vulnerabilities.model import Vulnerability as Model
from hub.domains.vulnerabilities.model import (
    VulnerabilityClass,
    VulnerabilityState,
    VulnerabilityStatus,
    VulnerableGroup,
)
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
from hub.graph.scalars import Date, DateTime
from hub.schema.citizens.types import Citizen, Household
from hub.schema.villages.types import Village
from hub.schema.vulnerabilities.counts import WITHOUT_KTP, VulnerableWithoutKtp
from hub.store.base import table
from hub.tenants.permissions import Permission

READ, SPECIFIC = Permission.READ_VULNERABLE, DataClass.SPECIFIC
_CITIZENS, _HOUSEHOLDS = table(CitizenModel), table(HouseholdModel)

for _words in (VulnerabilityClass, VulnerableGroup, VulnerabilityState, VulnerabilityStatus):
    exposed(_words)


def _visible(_c: Any, binds: Binds) -> ColumnElement[bool]:
    return true() if binds.may(READ) else false()


def _word(word: str) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{word}'", String)
    return found


def _status(c: Any, binds: Binds) -> ColumnElement[str]:
    """The kept state, unless the verification holds no longer."""
    lapsed = and_(c.state == _word(VulnerabilityState.VERIFIED.value), c.verified_until < binds.today(c.tenant_id))
    return case((lapsed, _word(VulnerabilityStatus.EXPIRED.value)), else_=c.state)


def _in_status(c: Any, binds: Binds, given: Any) -> ColumnElement[bool]:
    """The kept states first: an index serves them."""
    kept = binds.value(given, ARRAY(Text()), lambda found, _request: [_kept(each) for each in found])
    wanted = binds.value(given, ARRAY(Text()), lambda found, _request: [_text(each) for each in found])
    return and_(c.state == kept.any_(), _status(c, binds) == wanted.any_())


def _text(status: Any) -> str:
    return str(getattr(status, "value", status))


def _kept(status: Any) -> str:
    found = _text(status)
    return VulnerabilityState.VERIFIED.value if found == VulnerabilityStatus.EXPIRED.value else found


def _goes_on(c: Any, _binds: Binds) -> ColumnElement[bool]:
    """Not of people who have died or left, nor of families that ended."""
    gone = [
        exists(
            select(literal_column("1"))
            .where(own.c.tenant_id == c.tenant_id, own.c.id == key, own.c.ended_at.is_not(None))
            .correlate(c.id.table)
        )
        for own, key in ((_CITIZENS, c.citizen_id), (_HOUSEHOLDS, c.household_id))
    ]
    return not_(or_(*gone))


@node(
    Model,
    visible=_visible,
    filters=("group", "group_class", "state", "verified_until", "village", "citizen", "household"),
    orders={"ID": (), "VILLAGE": ("village_id",)},
    groups=("group", "group_class", "state"),
)
class Vulnerability:
    """That a person or a family belongs to a vulnerable group (kerentanan). `vulnerabilityDetail` tells the detail."""

    version: int = column("Version, for `expectedVersion` of updates.")
    group: VulnerableGroup = column("Group (kelompok rentan).", Model.vulnerable_group, data=SPECIFIC)
    group_class: VulnerabilityClass = column("Class of the group (golongan).", data=SPECIFIC)
    state: VulnerabilityState = column("State as kept (keadaan).")
    status: VulnerabilityStatus = computed("State as of today: a verification holds for a year (status).", _status)
    since: Date = column("Since when (sejak).", data=SPECIFIC)
    until: Date | None = column("Until when, as foreseen or as ended (sampai).", data=SPECIFIC)
    has_detail: bool = computed("Whether a detail is kept.", lambda c, _b: c.detail_sealed.is_not(None))
    proposed_role: str = column("Role of who proposed it.")
    proposed_at: DateTime = column("When it was proposed.", Model.created_at)
    verified_role: str | None = column("Role of who verified it last; the journal has the person.")
    verified_at: DateTime | None = column("When it was verified last.")
    verified_on: Date | None = column("Day of the last verification.")
    verified_until: Date | None = column("Until when the verification holds; to be verified again after it.")
    end_reason: str | None = column("Why it ended.", guard=Permission.SEE_SENSITIVE, data=SPECIFIC)
    village: Village = one("The village.", Model.village_id)
    citizen: Citizen | None = one("The person; null where it is a family's.", Model.citizen_id)
    household: Household | None = one("The family; null where it is a person's.", Model.household_id)


@extend(Citizen)
class OfCitizen:
    """What makes a person come first."""

    vulnerable: bool | None = computed(
        "Whether person or family is in a vulnerable group that was verified: to be served first. Not which group.",
        lambda c, _b: need.is_vulnerable(c),
        guard=Permission.SEE_IDENTITY,
        data=SPECIFIC,
    )
    vulnerabilities: Connection[Vulnerability] | None = many(
        "The person's own vulnerabilities; those of the family hang on the household.", Model.citizen_id, guard=READ
    )


@extend(Household)
class OfHousehold:
    """What makes a family come first."""

    vulnerabilities: Connection[Vulnerability] | None = many(
        "The family's vulnerabilities; those of its members hang on them.", Model.household_id, guard=READ
    )


@extend(Village)
class OfVillage:
    """The vulnerable of a village."""

    vulnerabilities: Connection[Vulnerability] | None = many(
        "Vulnerabilities in the village.", Model.village_id, guard=READ, where=_goes_on
    )


@queries
class VulnerabilityQueries:
    """Root fields."""

    vulnerabilities: Connection[Vulnerability] | None = roots(
        "Vulnerabilities within your scope, of people and families that are there.",
        guard=READ,
        where=_goes_on,
        arguments={
            "status": Argument(
                type=list[VulnerabilityStatus],
                description="Only in one of these states as of today.",
                condition=_in_status,
            )
        },
    )
    vulnerability: Vulnerability | None = root_one("A vulnerability by id.", {"id": strawberry.ID}, guard=READ)
    pick_up_candidates: Connection[Citizen] | None = roots(
        "Vulnerable residents for whom a KTP-el is due and who are known to have none: whom to fetch for recording "
        "(jemput bola).",
        guard=READ,
        where=lambda c, b: need.waits_for_ktp(c, b.today(c.tenant_id)),
    )
    elderly_candidates: Connection[Citizen] | None = roots(
        "Residents of 60 and over whom nobody has proposed as elderly yet.",
        guard=READ,
        where=lambda c, b: need.elderly_unproposed(c, b.today(c.tenant_id)),
    )
    vulnerable_without_ktp: list[VulnerableWithoutKtp] | None = WITHOUT_KTP
