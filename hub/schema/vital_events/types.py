"""Vital and population events in the graph."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, String, case, literal_column, select

from hub.domains.vital_events.model import (
    ChangedField,
    EventLimit,
    SubjectPart,
    Timeliness,
    VitalEventState,
    VitalEventType,
)
from hub.domains.vital_events.model import VitalEvent as Model
from hub.domains.vital_events.model import VitalEventEffect as EffectModel
from hub.domains.vital_events.model import VitalEventSubject as SubjectModel
from hub.graph.binds import Binds
from hub.graph.declare import Connection, DataClass, column, computed, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime
from hub.schema.citizens.types import Citizen, Household
from hub.schema.villages.types import Village
from hub.schema.vital_events.population import POPULATION, PopulationCount
from hub.store.base import table
from hub.tenants.permissions import Permission

REGISTER, IDENTITY, GENERAL = Permission.READ_REGISTER, Permission.SEE_IDENTITY, DataClass.GENERAL
_LIMITS = table(EventLimit)

for _words in (VitalEventType, VitalEventState, SubjectPart, Timeliness, ChangedField):
    exposed(_words)


def _word(word: Timeliness) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{word.value}'", String)
    return found


def _timeliness(c: Any, _binds: Binds) -> ColumnElement[str]:
    """A counter-event has no limit: it is late by nature."""
    days = select(_LIMITS.c.days).where(_LIMITS.c.type == c.type).correlate(c.type.table).scalar_subquery()
    took = c.reported_on - c.occurred_on
    return case(
        (c.corrects_id.is_not(None), _word(Timeliness.NO_LIMIT)),
        (took > days, _word(Timeliness.LATE)),
        (took <= days, _word(Timeliness.ON_TIME)),
        else_=_word(Timeliness.NO_LIMIT),
    )


@node(EventLimit, name="EventLimit", key="type", orders={"TYPE": ("type",)})
class Limit:
    """Within how many days a type of event is to be reported (batas waktu pelaporan)."""

    type: VitalEventType = column("Type of event (jenis peristiwa).")
    days: int = column("Days from the event to the report.")
    legal_basis: str = column("Where the law says so (dasar hukum).")


@node(
    Model,
    filters=("type", "state", "occurred_on", "reported_on", "village", "citizen", "household"),
    orders={"OCCURRED_ON": ("occurred_on",), "REPORTED_ON": ("reported_on",)},
    groups=("type", "state"),
)
class VitalEvent:
    """A vital or population event (peristiwa penting, peristiwa kependudukan). Count those whose state is RECORDED."""

    version: int = column("Version, for `expectedVersion` of `correctEvent`.")
    type: VitalEventType = column("Type (jenis peristiwa).")
    state: VitalEventState = column("State (keadaan): in force, taken back, or a counter-event.")
    occurred_on: Date = column("Day it happened (tanggal peristiwa).", data=GENERAL)
    reported_on: Date = column("Day it was reported (tanggal pelaporan).", data=GENERAL)
    timeliness: Timeliness = computed("Whether it was reported within the legal limit (ketepatan waktu).", _timeliness)
    limit: Limit | None = one("The legal limit of its type; null where there is none.", Model.type)
    place: str | None = column("Where it happened (tempat).", guard=IDENTITY, data=GENERAL)
    note: str | None = column("Note, such as a decree's number; of a counter-event the reason.", guard=IDENTITY)
    channel: str = column("By which way it was recorded.")
    captured_at: DateTime | None = column("When it was noted, where that was before it could be sent.")
    recorded_at: DateTime = column("When it was recorded.", Model.created_at)
    village: Village = one("The village.", Model.village_id)
    citizen: Citizen = one("Whom it is about first.", Model.citizen_id)
    household: Household = one("The household in which it happened.", Model.household_id)


@node(SubjectModel, orders={"POSITION": ("event_id", "position")})
class VitalEventSubject:
    """A person's part in an event."""

    part: SubjectPart = column("Part (peran).")
    citizen: Citizen = one("The person.", SubjectModel.citizen_id)


@node(EffectModel, orders={"POSITION": ("event_id", "position")})
class VitalEventEffect:
    """A field of the register that an event changed (akibat peristiwa)."""

    field: ChangedField = column("What changed.")
    before: str | None = column("What it was; a reference is an id.", guard=IDENTITY, data=GENERAL)
    after: str | None = column("What it is by the event.", guard=IDENTITY, data=GENERAL)
    citizen: Citizen | None = one("The person whose field it is.", EffectModel.citizen_id)
    household: Household | None = one("The household whose field it is.", EffectModel.household_id)
    event: VitalEvent | None = one("The event.", EffectModel.event_id)


@extend(VitalEvent)
class EventParts:
    """What hangs on an event."""

    corrects: VitalEvent | None = one("The event that this counter-event takes back.", Model.corrects_id)
    corrected_by: VitalEvent | None = one("The counter-event that took this one back.", Model.corrected_by_id)
    subjects: Connection[VitalEventSubject] = many("Who took part.", SubjectModel.event_id)
    effects: Connection[VitalEventEffect] = many("What it changed in the register.", EffectModel.event_id)


@extend(Citizen)
class CitizenEvents:
    """What happened to a person."""

    events: Connection[VitalEvent] = many(
        "Events in which the person took part.", through=(SubjectModel.citizen_id, SubjectModel.event_id)
    )
    former_names: Connection[VitalEventEffect] = many(
        "Changes of the name, with the names before (nama sebelumnya).",
        EffectModel.citizen_id,
        where=lambda c, _b: c.field == literal_column("'FULL_NAME'", String),
    )


@extend(Household)
class HouseholdEvents:
    """What happened in a household."""

    events: Connection[VitalEvent] = many("Events of the household.", Model.household_id)


@extend(Village)
class VillageEvents:
    """What happened in a village."""

    vital_events: Connection[VitalEvent] | None = many("Events of the village.", Model.village_id, guard=REGISTER)


@queries
class VitalEventQueries:
    """Root fields."""

    vital_events: Connection[VitalEvent] | None = roots("Events within your scope.", guard=REGISTER)
    vital_event: VitalEvent | None = root_one("An event by id.", {"id": strawberry.ID}, guard=REGISTER)
    event_limits: Connection[Limit] | None = roots("Within how many days events are to be reported, by law.")
    population_at: list[PopulationCount] | None = POPULATION
