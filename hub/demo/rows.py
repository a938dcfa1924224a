"""The demo's facts as rows of the tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from hub.demo import facts
from hub.demo.village_facts import VillageFact, village_facts
from hub.domains.commitments.model import Commitment, CommitmentClause, CommitmentParty
from hub.domains.kecamatan.model import Kecamatan, KecamatanProfile, ServiceHours, Weekday
from hub.domains.partners.model import PartnerLevel, PartnerOrganization
from hub.domains.plans.model import ActionPlan, ActionPlanItem, PlanItemStakeholder, PlanState
from hub.domains.villages.model import SubVillage, Village, VillageOfficial
from hub.kernel.ids import new_id
from hub.kernel.scope import TenantRef

_WEEKDAYS = tuple(Weekday)
_SIGNED_AT = time(10)  # the sources tell the day only


@dataclass(frozen=True, slots=True)
class Office:
    """The rows of one kecamatan that others point at."""

    kecamatan: Kecamatan
    villages: dict[str, Village]
    partners: dict[str, PartnerOrganization]


def rows_of(tenant: TenantRef, profile: facts.KecamatanProfile) -> list[SQLModel]:
    """Everything civic of one kecamatan, in an order that its keys allow."""
    told = [each for each in village_facts() if each.code.startswith(f"{profile.code}.")]
    office = Office(
        _kecamatan(tenant, profile),
        {each.code: _village(tenant, each) for each in told},
        {each.key: _partner(tenant, each) for each in facts.partners() if each.kecamatan == profile.code},
    )
    return [
        office.kecamatan,
        _profile(tenant, office.kecamatan.id, profile),
        *_hours(tenant, office.kecamatan.id, profile),
        *office.villages.values(),
        *(row for each in told for row in _parts(tenant, office.villages[each.code].id, each)),
        *office.partners.values(),
        *(row for each in facts.commitments() if each.kecamatan == profile.code for row in _made(tenant, office, each)),
        *(row for each in facts.action_plans() if each.kecamatan == profile.code for row in _plan(office, each)),
    ]


def _kecamatan(tenant: TenantRef, profile: facts.KecamatanProfile) -> Kecamatan:
    return Kecamatan(
        tenant_id=tenant.id,
        code=profile.code,
        name=profile.name,
        slug=profile.slug,
        time_zone=profile.timezone,
        website=profile.website,
        public_feedback=True,
    )


def _profile(tenant: TenantRef, kecamatan: UUID, profile: facts.KecamatanProfile) -> KecamatanProfile:
    return KecamatanProfile(
        tenant_id=tenant.id,
        kecamatan_id=kecamatan,
        year=profile.year,
        area_km2=_decimal(profile.area_km2, places=2),
        village_count=profile.village_count,
        kelurahan_count=profile.kelurahan_count,
        farthest_village_km=_decimal(profile.farthest_village_km, places=2),
        topography=list(profile.topography),
        population=profile.population,
        household_count=profile.household_count,
        house_count=profile.house_count,
        houses_with_permit=profile.houses_with_permit,
        civil_servant_count=profile.civil_servant_count,
        new_village_heads=profile.new_village_heads,
        motorcycles=profile.motorcycles,
        cars=profile.cars,
        source=profile.note.id if profile.note else None,
    )


def _hours(tenant: TenantRef, kecamatan: UUID, profile: facts.KecamatanProfile) -> Iterator[ServiceHours]:
    for each in profile.service_hours:
        yield ServiceHours(
            tenant_id=tenant.id,
            kecamatan_id=kecamatan,
            channel=each.channel,
            weekdays=[_WEEKDAYS[number - 1].value for number in each.weekdays],
            opens_at=each.opens,
            closes_at=each.closes,
        )


def _village(tenant: TenantRef, fact: VillageFact) -> Village:
    return Village(
        tenant_id=tenant.id,
        code=fact.code,
        name=fact.name,
        kind=fact.kind,
        aliases=list(fact.aliases),
        connectivity=fact.connectivity,
        terrain=list(fact.terrain),
        distance_km=_decimal(fact.distance_km, places=2),
        travel_hours=_decimal(fact.travel_hours, places=2),
    )


def _parts(tenant: TenantRef, village: UUID, fact: VillageFact) -> Iterator[SQLModel]:
    for hamlet in fact.hamlets:
        yield SubVillage(tenant_id=tenant.id, village_id=village, name=hamlet.name)
    for official in fact.officials:
        yield VillageOfficial(
            tenant_id=tenant.id,
            village_id=village,
            position=official.position,
            name=official.name,
            started_on=official.since,
        )


def _partner(tenant: TenantRef, partner: facts.Partner) -> PartnerOrganization:
    return PartnerOrganization(
        tenant_id=tenant.id,
        name=partner.name,
        kind=partner.kind,
        level=PartnerLevel.KECAMATAN.value,
        unit_name=partner.unit_name,
        information_partner=partner.is_information_partner,
    )


def _made(tenant: TenantRef, office: Office, told: facts.Commitment) -> Iterator[SQLModel]:
    key = new_id()
    parties = [_party(tenant, office, key, each, position) for position, each in enumerate(told.parties, start=1)]
    yield Commitment(
        tenant_id=tenant.id,
        id=key,
        type=told.type,
        title=told.title.id,
        object=told.object.id,
        state=told.status,
        published=True,
        planned_on=told.planned_from,
        planned_until=told.planned_until,
        signed_on=told.signed_on,
        place=told.place.id,
        displayed_on=told.displayed_on,
        planned_parties=told.planned_signatories,
        monitoring_note=told.note.id if told.note else None,
        organizations=[each.organization_id for each in parties if each.organization_id],
    )
    yield from parties
    for position, clause in enumerate(told.clauses, start=1):
        yield CommitmentClause(tenant_id=tenant.id, commitment_id=key, position=position, text=clause.id)


def _party(tenant: TenantRef, office: Office, commitment: UUID, told: facts.Party, position: int) -> CommitmentParty:
    village = office.villages[told.ref].id if told.kind == "VILLAGE_GOVERNMENT" else None
    organization = office.partners[told.ref].id if told.kind == "PARTNER_ORG" else None
    return CommitmentParty(
        tenant_id=tenant.id,
        commitment_id=commitment,
        position=position,
        role=told.role,
        village_id=village,
        organization_id=organization,
        kecamatan_id=office.kecamatan.id if told.kind == "KECAMATAN" else None,
        signatory_position=told.position.id,
        signed_on=told.signed_on,
        signed_at=_moment(told.signed_on, tenant) if told.signed_on else None,
    )


def _plan(office: Office, told: facts.ActionPlan) -> Iterator[SQLModel]:
    tenant, partners = office.kecamatan.tenant_id, office.partners
    plan = ActionPlan(
        tenant_id=tenant,
        kecamatan_id=office.kecamatan.id,
        title=told.title.id,
        year=told.year,
        background_why=told.why.id,
        background_what=told.what.id,
        background_how=told.how.id,
        goals_benefits=told.aims.id,
        state=PlanState.FORWARDED.value,
        published=True,
        signed_on=told.signed_on,
        signed_place=office.kecamatan.name,
        signatory_position="Camat",
        forwarded_on=told.forwarded_on,
        forwarded_to=told.forwarded_to,
        organizations=list({partners[key].id: None for each in told.items for key in each.partners}),
    )
    yield plan
    for position, each in enumerate(told.items, start=1):
        item = ActionPlanItem(
            tenant_id=tenant,
            plan_id=plan.id,
            position=position,
            activity=each.activity.id,
            starts_on=each.starts_on,
            ends_on=each.ends_on,
            output=each.output.id,
            responsible=each.responsible.id,
            target=Decimal(each.target),
            unit=each.unit,
        )
        yield item
        for code in each.villages:
            yield PlanItemStakeholder(tenant_id=tenant, item_id=item.id, village_id=office.villages[code].id)
        for key in each.partners:
            yield PlanItemStakeholder(tenant_id=tenant, item_id=item.id, organization_id=partners[key].id)


def _moment(day: date, tenant: TenantRef) -> datetime:
    return datetime.combine(day, _SIGNED_AT, ZoneInfo(tenant.zone.value))


def _decimal(number: float | None, *, places: int) -> Decimal | None:
    return None if number is None else Decimal(f"{number:.{places}f}")


def tables(rows: Sequence[SQLModel]) -> Iterator[list[SQLModel]]:
    """Rows in runs of one table, their order kept: what a unit can add at once."""
    run: list[SQLModel] = []
    for row in rows:
        if run and type(run[-1]) is not type(row):
            yield run
            run = []
        run.append(row)
    if run:
        yield run
