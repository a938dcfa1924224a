"""A third kecamatan, awkward on purpose: ties, nulls, empty lists, long and foreign texts, every kind of party.

Its rows are for tests that compare the two ways to read; nothing in it is tidy. Read it only.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Date, DateTime, Integer, Numeric, Text
from sqlmodel import SQLModel

from hub.demo.agencies import agencies
from hub.domains.agencies import directory
from hub.domains.citizens.model import Citizen, Household
from hub.domains.commitments.model import Commitment
from hub.domains.documents.model import OF_FAMILIES, PopulationDocumentType
from hub.domains.feedback.model import Feedback
from hub.domains.files.model import StoredFile
from hub.domains.houses.model import BuildingPermit
from hub.domains.kecamatan.model import Kecamatan, ServiceHours
from hub.domains.partners.model import PartnerOrganization
from hub.domains.plans.model import ActionPlanItem
from hub.domains.villages.model import Village
from hub.domains.vital_events.model import VitalEvent, VitalEventType
from hub.domains.vulnerabilities.model import MINORITIES, VulnerableGroup
from hub.graph.declare import NODES, Column
from hub.graph.filters import bare
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.wiring import Hub
from tests.world import make
from tests.world.build import TYPES, Place, periods, webhooks

CODE = "32.01.06"
VILLAGES = tuple(f"{CODE}.{number}" for number in range(2001, 2007))
LONG = "Panjang " * 40 + "selesai"
MULTIBYTE = "村" * 120 + "é😀" * 60
ODD = 'a"b\\c/\b\f\n\r\t\x01\x1e\x7f\u2028\u2029</script>%s%%{{x}}:name$1'
LONGEST = "".join(f"{ODD}{MULTIBYTE}{number}" for number in range(50))  # in columns that no index holds
NAMES = (
    "Siti Aminah",
    "Siti Aminah",
    "Siti Aminah",
    "O'Neil \"Ali\" \\ 'x'",
    "Ünïcödé 😀 村",
    LONG,
    "Abdurrahman",
    "e\u0301",
    "é",
)
MOMENTS = (
    datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2024, 1, 1, tzinfo=UTC),
    datetime(2024, 1, 1, 0, 0, 0, 120000, tzinfo=UTC),
)
VALUES: dict[Any, Any] = {
    Text: ODD,
    Date: date(2024, 2, 29),
    DateTime: MOMENTS[0],
    Numeric: Decimal("1.50"),
    Integer: 7,
}
# One row of each type has a value in every column; not what ends a row or contradicts another column.
COMPLETE = {
    "Citizen": 1,
    "CitizenSensitive": 1,
    "Household": 1,
    "Kecamatan": 0,
    "KecamatanProfile": 1,
    "Commitment": 2,
    "CommitmentParty": 2,
    "CommitmentClause": 2,
    "CommitmentEvidence": 0,
    "Announcement": 4,
    "SurveyResponse": 1,
    "ActionPlan": 1,
    "ActionPlanItem": 0,
}
NEVER_TOGETHER = {"ended_at", "ended_on", "end_reason", "declined_at", "declined_reason"}
NOBODY_HOME = 3  # index of the village without a register


async def build_rich(hub: Hub, owner_dsn: str) -> Place:
    """Make it."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        for each in agencies():
            await directory.enter(owner, each)
        tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=CODE, name="Kaya", zone=Zone.WIB)
        for each in agencies():
            await directory.enter(owner, each)
    finally:
        await owner.close()
    office = make.office(tenant, 'Kaya\'s "office"')
    villages = _villages(tenant)
    partners = _partners(tenant, villages)
    rows: list[SQLModel] = [office, *_office_parts(tenant, office), *villages, *partners]
    for index, village in enumerate(villages[:3]):
        rows += [make.sub_village(tenant, village, name) for name in (LONG, "Dusun", "Düsun", "", "dusun")[: 5 - index]]
        rows += _officials(tenant, village)
        rows += _sending(tenant, village, index)
        rows += _families(hub, tenant, village, 4 if index == 0 else 1)
        rows += _houses(tenant, village, [row for row in rows if isinstance(row, Household | Citizen)], index)
        rows += [make.stored_file(tenant, name, village_id=village.id) for name in (ODD, MULTIBYTE)]
        rows += _imports(tenant, village)
    people = [row for row in rows if isinstance(row, Citizen)]
    rows += [
        make.stored_file(tenant, LONG, kind=None, state="REFUSED", refusal="FILE_KIND_UNKNOWN", size=2**31 - 1),
        make.stored_file(tenant, "", kind="CSV", ended_at=MOMENTS[2], end_reason=ODD),
    ]
    rows += [*periods(tenant), *webhooks(hub, tenant)]
    rows += [make.webhook(hub, tenant, url=f"https://receiver.example/{ODD}", description=MULTIBYTE)]
    rows += _stays(people)
    rows += _events(tenant, people)
    rows += _vulnerable(hub, people, [row for row in rows if isinstance(row, Household)])
    rows += _documents(people, [row for row in rows if isinstance(row, Household)])
    rows += [make.alarm(tenant, kind=kind, grant_id=None) for kind in ("REVEALED", "MISSED", "OFFICE")]
    rows += _moves(hub, tenant, people)
    rows += _commitments(tenant, office, villages, partners, people)
    rows += [*_announcements(tenant, villages, partners), *_surveys(tenant)]
    rows += _feedback(tenant, villages, partners, people)
    rows += _plans(office, villages, partners, rows)
    for whole, number in COMPLETE.items():
        complete([row for row in rows if TYPES.get(str(row.__tablename__)) == whole][number], whole)
    async with make.unit(hub, tenant) as unit:
        for row in rows:
            await unit.add(row)
        for number, home in [(number, row) for number, row in enumerate(rows) if isinstance(row, Household)][:2]:
            head = next(each for each in people if each.household_id == home.id)
            rows[number] = await unit.change(home, head_id=head.id)
        await _correct(unit, rows)
    referred = [*_referrals(tenant), *_assignments(tenant)]
    async with make.unit(hub, tenant, Reader.WORKER) as unit:
        for row in referred:
            await unit.add(row)
    made = Place(tenant, office, villages, partners)
    for row in [*rows, *referred]:
        if found := TYPES.get(str(row.__tablename__)):
            made.rows.setdefault(found, []).append(row)
    return made


def _imports(tenant: TenantRef, village: Village) -> list[SQLModel]:
    """An import that nobody has begun yet, and one with everything that can be told of it, and what it lets suppose."""
    batches = [
        make.import_batch(tenant, village.id, to_do=2**31 - 1, done=2**31 - 1, counts={"NEW": 1}),
        make.import_batch(tenant, village.id, state="UNDONE", finished_at=MOMENTS[0], undone_at=MOMENTS[1]),
        make.import_batch(tenant, village.id, finished_at=MOMENTS[0], undoable_until=MOMENTS[2]),
    ]
    supposed = [
        make.proposed(batches[0], "BIRTH", full_name=MULTIBYTE, birth_date=date(2024, 2, 29)),
        make.proposed(batches[0], "BIRTH", full_name="", occurred_on=date(2024, 2, 29), state="DECLINED"),
        make.proposed(batches[0], "ARRIVAL", full_name=LONG),
        make.proposed(batches[2], "BIRTH", full_name=ODD),
    ]
    file = make.stored_file(tenant, f"{ODD}.xlsx", kind="XLSX", village_id=village.id)
    asked = make.import_job(tenant, file, village.id, state="QUEUED", actions=[], rows=0)
    told = make.import_job(
        tenant,
        file,
        village.id,
        state="DONE",
        actions=["NEW", "DIED"],
        returned_id=file.id,
        batch_id=batches[0].id,
        problem="FILE_DAMAGED",
        started_at=MOMENTS[0],
        finished_at=MOMENTS[1],
    )
    figures = [make.import_figure(told, action, found=2**31 - 1) for action in ("NEW", "CHANGED", "SAME")]
    problems = [make.import_problem(told, number, shown=text) for number, text in enumerate(("", ODD, MULTIBYTE))]
    return [*batches, *supposed, file, asked, told, *figures, *problems]


async def _correct(unit: Unit, rows: list[SQLModel]) -> None:
    """The first event is taken back by the second."""
    first, counter = [number for number, row in enumerate(rows) if isinstance(row, VitalEvent)][:2]
    taken, back = rows[first], rows[counter]
    assert isinstance(taken, VitalEvent)
    assert isinstance(back, VitalEvent)
    rows[counter] = await unit.change(back, state="CORRECTION", corrects_id=taken.id)
    rows[first] = await unit.change(taken, state="CORRECTED", corrected_by_id=back.id)


def complete(row: SQLModel, type_name: str) -> None:
    """Set every column of a row that may be null and is shown by the graph."""
    for source in NODES[type_name].fields.values():
        if not isinstance(source, Column):
            continue
        name = source.attribute or source.name
        column = NODES[type_name].table.c[name]
        if column.nullable and name not in NEVER_TOGETHER and getattr(row, name) is None:
            words = bare(source.annotation)
            given = list(words)[-1].value if isinstance(words, type) and issubclass(words, Enum) else None
            setattr(row, name, given or next(value for kind, value in VALUES.items() if isinstance(column.type, kind)))


def _villages(tenant: TenantRef) -> list[Village]:
    shapes: tuple[dict[str, Any], ...] = (
        {"name": "Sama", "connectivity": "GOOD", "distance_km": Decimal("0.00"), "terrain": ["COAST"]},
        {
            "name": "Sama",
            "connectivity": "WEAK",
            "distance_km": Decimal("0.10"),
            "aliases": ["", "a,b", '"', "{}", "NULL"],
        },
        {"name": "Sama", "connectivity": None, "distance_km": None, "travel_hours": Decimal("999.99")},
        {"name": MULTIBYTE, "connectivity": "GOOD", "aliases": [ODD, "é", LONG], "distance_km": Decimal("9999.99")},
        {"name": ODD, "connectivity": "NONE", "terrain": ["HILL", "COAST"]},
        {"name": "sama", "connectivity": None},
    )
    return [make.village(tenant, code, **shape) for code, shape in zip(VILLAGES, shapes, strict=True)]


def _partners(tenant: TenantRef, villages: list[Village]) -> list[PartnerOrganization]:
    return [
        make.partner(tenant, "PKK", contact_name='Bu "Siti"'),
        make.partner(tenant, LONG, kind="KNPI", contact_name=None, information_partner=True),
        make.partner(tenant, MULTIBYTE, level="VILLAGE", village_id=villages[0].id, unit_name=ODD),
        make.partner(tenant, "PKK desa", level="VILLAGE", village_id=villages[0].id),
        make.partner(tenant, "Bubar", ended_on=date(2024, 2, 29), end_reason=ODD),
    ]


def _office_parts(tenant: TenantRef, office: Kecamatan) -> list[SQLModel]:
    noon = datetime(2018, 1, 1, 12, tzinfo=UTC)
    return [
        make.profile(tenant, office, 2017, population=0, household_count=0, area_km2=Decimal("0.01"), house_count=0),
        make.profile(
            tenant,
            office,
            2018,
            population=2_147_483_647,
            household_count=3,
            area_km2=Decimal("343.00"),
            house_count=7,
            houses_with_permit=1,
            civil_servant_count=0,
            topography=["COAST", "HILL"],
            source=ODD,
            updated_at=MOMENTS[0],
        ),
        make.profile(tenant, office, 2019, updated_at=MOMENTS[1]),
        make.agreement(tenant, ODD, purpose=LONG, expires_on=date(2999, 12, 31)),
        make.agreement(tenant, "PKS-2", expires_on=date(2999, 12, 31), ended_at=MOMENTS[2], end_reason=ODD),
        make.agreement(tenant, "PKS-3"),
        make.hours(tenant, office),
        ServiceHours(
            tenant_id=tenant.id,
            kecamatan_id=office.id,
            channel="EMAIL",
            weekdays=[],
            opens_at=noon.time().replace(microsecond=1),
            closes_at=noon.replace(hour=23, minute=59).time(),
        ),
    ]


def _officials(tenant: TenantRef, village: Village) -> list[SQLModel]:
    head, former = make.official(tenant, village, "Pak 'Kades'"), make.official(tenant, village, "Lama")
    former.started_on, former.ended_on = date(2012, 2, 29), date(2018, 12, 31)
    return [head, former, make.official(tenant, village, MULTIBYTE, "SECRETARY")]


def _sending(tenant: TenantRef, village: Village, index: int) -> list[SQLModel]:
    """One has sent nothing yet, one was refused, one never pushed."""
    shapes: tuple[dict[str, Any], ...] = (
        {"state": None, "received_at": None, "rows": 0, "waiting": 0, "message": None, "website": None},
        {"state": "REFUSED", "received_at": MOMENTS[2], "problem": "COLUMNS_MISSING", "message": ODD, "website": ODD},
    )
    return [make.sync(tenant, village, **shapes[index])] if index < len(shapes) else []


def _houses(tenant: TenantRef, village: Village, families: list[Any], index: int) -> list[SQLModel]:
    """Known in every way and not at all; one whose owner lives elsewhere, one that is no more."""
    home, owner = (next(row for row in families if isinstance(row, kind)) for kind in (Household, Citizen))
    inside = {"household_id": home.id} if home.village_id == village.id else {}
    whole = make.house(
        tenant,
        village.id,
        **inside,
        owner_id=owner.id,
        address=ODD,
        latitude=Decimal("-3.812300"),
        longitude=Decimal(114),
        floor_area_m2=Decimal("36.50"),
        condition="POOR",
        has_clean_water=False,
        has_sanitation=True,
        has_permit=True,
    )
    gone = make.house(tenant, village.id, ended_at=MOMENTS[0], end_reason="DEMOLISHED")
    return [
        whole,
        make.permit(whole, number=ODD),
        make.permit(whole, legal_name="PBG", issued_on=date(2024, 2, 29)),
        make.permit(whole, ended_at=MOMENTS[1], end_reason=ODD),
        *(make.house(tenant, village.id, has_clean_water=water) for water in (None, True)[: 2 - index]),
        gone,
    ]


def _families(hub: Hub, tenant: TenantRef, village: Village, size: int) -> list[SQLModel]:
    found: list[SQLModel] = []
    for number in range(size):
        hamlet = (None, "SATU", LONG, "Düsun")[number]
        home = make.household(hub, tenant, village.id, address=ODD if number else None, hamlet=hamlet, rt="001")
        found += [home, *(make.former_card(hub, home, reason=reason) for reason in ("MISTYPED", "REISSUED")[:number])]
        for index, name in enumerate(NAMES if number == 0 else NAMES[:number]):
            person = make.citizen(
                hub,
                tenant,
                home,
                name,
                nik=f"639901{10 + number:02d}0590{village.code[-2:]}{index:02d}" if index % 2 else None,
                sex="FEMALE" if index % 3 else "MALE",
                family_relation="CHILD" if index else "HEAD",
                birth_date=(None, date(1900, 1, 1), date(2024, 2, 29), date(1990, 5, 17))[index % 4],
                occupation=("FARMER", None)[index % 2],
                birth_certificate=(None, "", ODD)[index % 3],
                updated_at=MOMENTS[index % 3],
                religion=("ISLAM", None)[index % 2],
                ethnicity=(None, ODD)[index % 2],
            )
            if index == len(NAMES) - 1 and isinstance(person[0], Citizen):
                person[0].ended_at, person[0].end_reason = MOMENTS[0], "DIED"
                person[0].ended_on = date(2024, 3, 1)
            found += person
    gone = make.household(hub, tenant, village.id)
    gone.ended_at, gone.end_reason = MOMENTS[1], "MOVED"
    return [*found, gone]


def _stays(people: list[Citizen]) -> list[SQLModel]:
    """Many of one day; what went on, what ended on a day it began, what counts no longer."""
    found: list[SQLModel] = []
    for number, each in enumerate(people):
        if each.ended_at is None:
            found.append(
                make.stay(
                    each, beginning=("RECORDED", "EVENT")[number % 2], marital_status=(None, "MARRIED")[number % 2]
                )
            )
        else:
            found.append(make.stay(each, until_on=each.ended_on, from_on=date(1900, 1, 1), end_reason=each.end_reason))
    first = people[0]
    return [
        *found,
        make.stay(first, full_name=ODD, from_on=date(2024, 2, 29), until_on=date(2025, 3, 4), family_relation="CHILD"),
        make.stay(first, full_name=LONG, state="REPLACED", until_on=date(2025, 3, 4)),
        make.stay(people[1], full_name=MULTIBYTE, state="INVALID"),
        make.stay(people[2], from_on=date(2024, 2, 29), until_on=date(2024, 2, 29), end_reason="LEFT"),
    ]


def _referrals(tenant: TenantRef) -> list[SQLModel]:
    """Cases before a Disdukcapil: one that waits, one that was ruled on, two people."""
    waits = make.twin_referral(tenant, region_code="63.01")
    over = make.twin_referral(tenant, **make.ruled("DONE", reason=LONG))
    two = make.twin_referral(tenant, **make.ruled("RULED", decision="TWO_PEOPLE", decision_code=None, reason=ODD))
    sides = [make.twin_referral_side(each, position) for each in (waits, two) for position in (0, 1)]
    return [waits, over, two, *sides, make.twin_referral_side(over, 0, told=False, village_name=MULTIBYTE)]


def _assignments(tenant: TenantRef) -> list[SQLModel]:
    """What lies with agencies, of every kind and in every state, on equal days; acts with all and with nothing told."""
    open_ = make.assignment(tenant, subject=ODD, body=LONG, instruction=MULTIBYTE, village_names=[ODD, MULTIBYTE])
    back = make.assignment(
        tenant, state="RETURNED", feedback_state="TRIAGED", subject=None, body=None, village_names=[], due_on=None
    )
    about = make.assignment(
        tenant,
        kind="OFFICE_COMPLAINT",
        state="DONE",
        feedback_state="ANSWERED",
        affected_services=["POSYANDU", "OTHER"],
    )
    plan = make.assignment(
        tenant, kind="ACTION_PLAN", state="ACKNOWLEDGED", plan_state="ACTIVE", due_on=None, home_code="63.11.02"
    )
    acts = [
        make.agency_act(open_),
        make.agency_act(open_, kind="ANSWER", state="SENT", text=ODD, public=True),
        make.agency_act(back, kind="RETURN", text=MULTIBYTE),
        make.agency_act(about, kind="ANSWER", text=LONG, state="REFUSED", refusal="CONFLICT", refusal_sentence=ODD),
        make.agency_act(about, kind="ANSWER", text="Ya"),
        make.agency_act(plan, number=ODD, text=MULTIBYTE, happened_on=date(2026, 3, 3)),
        make.agency_act(plan, kind="REVIEW", text=ODD, review_kind="NEW_TARGET", new_target=ODD),
    ]
    return [open_, back, about, plan, *acts]


def _moves(hub: Hub, tenant: TenantRef, people: list[Citizen]) -> list[SQLModel]:
    """Moves and twins with everything and with nothing told, on equal days."""
    first, second = people[0], people[1]
    left = [
        make.departure(tenant, first, note=LONG, answer=ODD, place=MULTIBYTE, expires_on=date(2025, 3, 5)),
        make.departure(
            tenant,
            second,
            state="OFFERED",
            destination="KECAMATAN",
            to_tenant=tenant.id,
            to_code="63.11.02",
            to_village_code="63.11.02.2001",
            place=None,
            whole=False,
        ),
    ]
    come = [
        make.arrival(tenant, first, answer=LONG, arrived_on=date(2025, 2, 4)),
        make.arrival(tenant, second, state="OFFERED", from_code="63.01.01"),
        make.arrival(tenant, second, state="REJECTED", answer=""),
    ]
    come[1].household_id = come[2].household_id = come[2].village_id = None
    blotted = make.arrival_person(hub, come[2], second)
    blotted.full_name = blotted.birth_date = blotted.told_sealed = blotted.citizen_id = None
    return [
        make.twin_case(
            tenant, first, state="DECIDED", decision="TYPING_ERROR", decision_side="HERE", task="CORRECT_NIK"
        ),
        make.twin_case(tenant, second, proposal="TWO_PEOPLE", decided_on=date(2025, 3, 5)),
        make.twin_case(tenant, people[2], proposal=None, proposal_side=None),
        make.twin_case(
            tenant,
            people[2],
            state="REFERRED",
            referred_to=tenant.id,
            referred_code="63/DUKCAPIL",
            ruling_reason=ODD,
        ),
        *left,
        make.departure_person(left[0], first),
        make.departure_person(left[0], second, position=1),
        make.departure_person(left[1], second),
        make.departure_person(left[1], people[2]),
        *come,
        make.arrival_person(hub, come[0], first),
        make.arrival_person(hub, come[1], second, position=2**31 - 1),
        make.arrival_person(hub, come[1], people[2], position=2**31 - 1),
        blotted,
    ]


def _events(tenant: TenantRef, people: list[Citizen]) -> list[SQLModel]:
    """Every type, on time, late by a day and just in time; with odd texts, and with nothing below."""
    found: list[SQLModel] = []
    day = date(2024, 2, 29)
    for index, kind in enumerate(VitalEventType):
        who, beside = people[index % 4], people[index % 4 + 1]
        reported = (day, day + timedelta(days=30), day + timedelta(days=31), day + timedelta(days=61))[index % 4]
        made = make.vital_event(
            tenant,
            who,
            type=kind.value,
            occurred_on=day,
            reported_on=reported,
            place=(None, ODD, MULTIBYTE)[index % 3],
            note=(LONG, None)[index % 2],
            captured_at=(None, MOMENTS[2])[index % 2],
            created_at=MOMENTS[index % 3],
        )
        found.append(made)
        if index % 5 == 4:
            continue  # nothing below it
        found += [make.event_subject(made, who), make.event_subject(made, beside, "SPOUSE")]
        home: dict[str, Any] = {"field": "ADDRESS", "before": None, "after": ODD, "household_id": who.household_id}
        found += [make.event_effect(made, before=LONG, after=None), make.event_effect(made, **home)]
    return found


def _vulnerable(hub: Hub, people: list[Citizen], homes: list[Household]) -> list[SQLModel]:
    """Every group of persons and of families, in every state; one of somebody who has gone."""
    lasting, lapsed = (make.verified(date(2024, 2, 29), date(year, 2, 28)) for year in (2099, 2025))
    states: list[dict[str, Any]] = [
        {},
        lasting,
        lapsed,
        {"state": "ENDED", "end_reason": ODD, "until": date(2024, 3, 1)},
    ]
    groups = [each for each in VulnerableGroup if each not in MINORITIES]
    found: list[SQLModel] = []
    for index, group in enumerate(groups):
        whose = people[index % len(people)] if index % 3 else homes[index % len(homes)]
        found.append(make.vulnerability(whose, group.value, created_at=MOMENTS[index % 3], **states[index % 4]))
    gone = next(each for each in people if each.ended_at is not None)
    return [
        *found,
        make.vulnerability(gone, **lasting),
        make.former_nik(hub, gone, "0320106200100001", reason=LONG),
        make.former_nik(hub, people[0], "3201060101900001", nik_status="WARNING", reason=ODD),
    ]


def _documents(people: list[Citizen], homes: list[Household]) -> list[SQLModel]:
    """Every type, in every status, of persons and of families; one that was taken back."""
    states: list[dict[str, Any]] = [
        {"signed_electronically": True, "issued_by": ODD},
        {"status": "REPLACED", "issued_on": date(1999, 12, 31)},
        {"status": "LOST", "status_reason": ODD, "signed_electronically": False},
        {"status": "DAMAGED", "status_reason": LONG},
        {"status": "REVOKED", "status_reason": MULTIBYTE, "issued_by": ""},
    ]
    found: list[SQLModel] = []
    for index, kind in enumerate(PopulationDocumentType):
        whose = homes[index % len(homes)] if kind in OF_FAMILIES else people[index % len(people)]
        number = None if kind in ("KTP_EL", "KIA", "KK") else (None, ODD, LONG)[index % 3]
        found.append(
            make.document(whose, kind, number=number, created_at=MOMENTS[index % 3], **states[index % len(states)])
        )
    wrong = make.document(people[0], "OTHER", number=MULTIBYTE, ended_at=MOMENTS[0], end_reason=ODD)
    return [*found, wrong, make.document(people[0], "MOVE_LETTER", number=ODD)]


def _plans(
    office: Kecamatan, villages: list[Village], partners: list[PartnerOrganization], there: list[SQLModel]
) -> list[SQLModel]:
    """Plans in every state, late and done, with everything and with nothing told."""
    people = [each for each in there if isinstance(each, Citizen)]
    commitments = [each for each in there if isinstance(each, Commitment)]
    permits = [each for each in there if isinstance(each, BuildingPermit)]
    first = make.plan(office, "Sama", state="REVISED", published=True, signed_on=date(2018, 4, 1))
    shapes: tuple[dict[str, Any], ...] = (
        {"title": "Sama", "state": "ACTIVE", "revises_id": first.id, "edition": 2, "signed_on": date(2018, 4, 1)},
        {
            "title": MULTIBYTE,
            "published": True,
            "state": "FORWARDED",
            "signed_on": date(2018, 4, 1),
            "forwarded_agency": "32.01/BAPPEDA",
            "year": 2019,
        },
        {"title": ODD, "organizations": [partners[1].id], "review_note": LONG},
        {"title": "", "state": "CANCELLED", "end_note": ODD},
    )
    found: list[SQLModel] = [
        make.member(partners[0], people[0], function=ODD),
        make.member(partners[0], people[1]),
        make.member(partners[1], people[0], until=date(2024, 2, 29)),
        first,
    ]
    plans = [first, *(make.plan(office, **{"updated_at": MOMENTS[1], **shape}) for shape in shapes)]
    plans[2].ended_on = date(2024, 2, 29)
    found += plans[1:]
    for index, plan in enumerate(plans[:4]):
        items = [make.plan_item(plan, number, activity=(ODD, LONG, "")[number - 1]) for number in (1, 2, 3)]
        items[1].state, items[1].target, items[1].actual = "ACHIEVED", Decimal(2), Decimal(4)
        items[1].unit, items[2].ends_on, items[2].state = "PERSON", date(2099, 12, 31), "BLOCKED"
        found += [
            *items,
            *(make.stakeholder(items[0], organization_id=each) for each in plan.organizations),
            make.stakeholder(items[0], village_id=villages[index % 3].id),
            make.stakeholder(items[0], citizen_id=people[index].id),
            make.stakeholder(items[0], agency_code="63.11/DUKCAPIL"),
            make.stakeholder(items[1], name=ODD),
            make.plan_problem(items[2], problem=LONG),
            make.plan_problem(items[2], solution=ODD, solved_on=date(2024, 2, 29)),
            make.plan_evidence(items[1], url=ODD, captured_on=date(2024, 2, 29)),
            make.plan_evidence(items[1], description=""),
            make.plan_review(plan, note=ODD),
            make.plan_review(plan, kind="NEW_TARGET", new_target=MULTIBYTE),
            make.link(items[1], to_item_id=items[0].id),
            make.link(items[1], to_commitment_id=commitments[index].id, note=ODD),
            make.link(items[1], permit_id=permits[0].id, ended_at=MOMENTS[2], end_reason=ODD),
        ]
    event = next(each for each in there if isinstance(each, VitalEvent))
    file = next(each for each in there if isinstance(each, StoredFile))
    return [
        *found,
        make.link(commitments[0], permit_id=permits[0].id),
        make.link(commitments[0], event_id=event.id),
        make.link(commitments[0], file_id=file.id, note=LONG),
        make.link(commitments[0], to_commitment_id=commitments[3].id),
        make.link(commitments[3], to_item_id=next(each.id for each in found if isinstance(each, ActionPlanItem))),
    ]


def _commitments(
    tenant: TenantRef,
    office: Kecamatan,
    villages: list[Village],
    partners: list[PartnerOrganization],
    people: list[Citizen],
) -> list[SQLModel]:
    shapes: tuple[dict[str, Any], ...] = (
        {"title": "Sama", "state": "DISPLAYED", "valid_from": date(2018, 1, 1), "published": True},
        {"title": "Sama", "state": "DISPLAYED", "valid_until": date(2018, 1, 1)},
        {"title": "Sama", "state": "SIGNED", "valid_from": date(2018, 1, 1), "valid_until": date(2099, 1, 1)},
        {"title": MULTIBYTE, "published": True, "monitoring_note": ODD, "type": "SERVICE_PLEDGE"},
        {"title": ODD, "state": "REVOKED", "target_percent": 0, "planned_on": date(1999, 12, 31)},
        {"title": "", "published": True, "object": ""},
    )
    found: list[SQLModel] = []
    for index, shape in enumerate(shapes):
        organizations: list[UUID] = [partners[1].id] if index % 2 else []
        made = make.commitment(tenant, **{"updated_at": MOMENTS[index % 3], **shape}, organizations=organizations)
        found.append(made)
        if index == len(shapes) - 1:
            continue  # one without anything below it
        arcs: list[dict[str, UUID]] = [
            {"kecamatan_id": office.id},
            {"village_id": villages[index % 3].id},
            {"village_id": villages[3].id},
            *({"organization_id": each} for each in organizations),
            {"citizen_id": people[index].id},
        ]
        parties = [make.party(tenant, made, number // 2, **arc) for number, arc in enumerate(arcs)]
        parties[0].signed_at, parties[0].signed_on = MOMENTS[0], date(2024, 3, 1)
        parties[1].declined_at, parties[1].declined_reason = MOMENTS[2], ODD
        parties[2].role, parties[2].signatory_name = "WITNESS", "O'Neil"
        found += parties
        clauses = [make.clause(tenant, made, number) for number in (1, 2, 3)]
        clauses[1].penalty_amount, clauses[2].penalty_amount = None, 999_999_999_999_999
        clauses[2].text = LONGEST
        found += [*clauses, *(make.evidence(tenant, made) for _ in range(index))]
    return found


def _announcements(tenant: TenantRef, villages: list[Village], partners: list[PartnerOrganization]) -> list[SQLModel]:
    """For every audience and in every state, with awkward texts; expired and never to expire."""
    draft: dict[str, Any] = {"state": "DRAFT", "edition": 0, "published_at": None}
    gone: dict[str, Any] = {"state": "WITHDRAWN", "withdrawn_reason": ODD, "withdrawn_at": MOMENTS[0]}
    shapes: tuple[dict[str, Any], ...] = (
        {"title": "Sama", "channels": ["PRINT", "WHATSAPP"], "published_at": MOMENTS[1], "expires_at": MOMENTS[0]},
        {"title": "Sama", "audience": "VILLAGES", "body": LONGEST},
        {"title": "Sama", "audience": "PARTNERS", "expires_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"title": "", "audience": "STAFF", "body": MULTIBYTE},
        {"title": ODD, **gone, "published_at": MOMENTS[1]},
        {"title": LONG, **draft},
        {"title": MULTIBYTE, "audience": "PARTNERS", **gone, "published_at": None, "edition": 0},
    )
    found: list[SQLModel] = []
    for index, shape in enumerate(shapes):
        made = make.announcement(tenant, **shape)
        found.append(made)
        if made.published_at:
            texts = (None, ODD, "")[: 1 + index % 3]
            found += [make.edition(made, number, note=note) for number, note in enumerate(texts, start=1)]
        done: dict[str, Any] = {"relayed_on": date(2024, 2, 29), "means": "MEETING"}
        found += [
            make.relay(made, village_id=villages[0].id, **done, reached=0),
            make.relay(made, village_id=villages[3].id),
            make.relay(made, organization_id=partners[0].id, **done, note=ODD, reached=10_000_000),
            make.relay(made, organization_id=partners[1].id),
        ]
    return found


def _surveys(tenant: TenantRef) -> list[SQLModel]:
    """Scheduled, running, over, closed; published of many, of too few and of nobody; and one of 2004."""
    closed: dict[str, Any] = {"state": "CLOSED", "closed_at": MOMENTS[1]}
    published: dict[str, Any] = {**closed, "state": "PUBLISHED", "published_at": MOMENTS[0]}
    sums = [17, 18, 19, 20, 16, 15, 14, 13, 12]
    shapes: tuple[dict[str, Any], ...] = (
        {"title": "Sama", "from_on": date(2999, 1, 1), "until_on": date(2999, 1, 1), "by_invitation": True},
        {"title": "Sama", "channel": "WHATSAPP"},
        {"title": "Sama", "until_on": date(2026, 1, 1)},
        {"title": ODD, **closed, "service": LONG},
        {"title": MULTIBYTE, **published, "told_respondents": 5, "told_totals": sums},
        {"title": "", **published},
        {"title": LONG, **published, "told_respondents": 0},
        {"title": "2004", **closed, "template": "IKM_14_2004", "service": MULTIBYTE},
        {"title": "2004", **published, "template": "IKM_14_2004", "told_respondents": 7, "told_totals": [20] * 14},
    )
    found: list[SQLModel] = []
    for index, shape in enumerate(shapes):
        made = make.survey(tenant, **shape)
        answers = [make.response(made, 1 + (number + index) % 4, 4, 2, 3) for number in range(index)]
        if answers:
            answers[-1].comment, answers[-1].sex = ODD, "MALE"
        found += [made, *make.elements(made), *answers]
    return found


def _attached(first: Feedback, second: Feedback) -> list[SQLModel]:
    """Pictures and a document of two, one of them ended."""
    ended = {"ended_at": MOMENTS[2], "end_reason": ODD}
    found = [
        (first, make.attached_file(first)),
        (first, make.attached_file(first, kind="PDF", state="UNSCANNED", name="lampiran-2.pdf", **ended)),
        (second, make.attached_file(second, kind="PNG", name="lampiran-1.png", size=0)),
    ]
    return [*(file for _, file in found), *(make.feedback_file(of, file) for of, file in found)]


def _feedback(
    tenant: TenantRef, villages: list[Village], partners: list[PartnerOrganization], people: list[Citizen]
) -> list[SQLModel]:
    """Of every kind of raiser, with everything and with nothing told; links both ways; days alike."""
    about: dict[str, Any] = {"villages": [each.id for each in villages[:3]]}
    first = make.feedback(
        tenant,
        submitter_kind="PARTNER_ORG",
        subject=ODD,
        body=LONGEST,
        latitude=Decimal("-3.87123"),
        longitude=Decimal("114.6"),
        sector="HEALTH",
        severity=4,
        place=MULTIBYTE,
        affected_services=["POSYANDU", "VITAMIN_A"],
        affected_population=2**31 - 1,
        state="CLOSED",
        state_reason=LONG,
        captured_at=MOMENTS[0],
        received_at=MOMENTS[2],
        forwarded_on=date(2026, 3, 9),
        answer_due_on=date(2026, 3, 16),
        first_answered_on=date(2026, 3, 12),
        closes_on=date(2026, 3, 30),
        closed_on=date(2026, 3, 31),
        reopened=2,
        satisfaction=1,
        **about,
    )
    others = [
        make.feedback(tenant, submitter_kind="VILLAGE", kind="PRAISE", subject="", body=""),
        make.feedback(tenant, submitter_kind="CITIZEN", state="ESCALATED", confidential=True, severity=4, **about),
        make.feedback(tenant, state="DUPLICATE", duplicate_of_id=first.id, state_reason=""),
        make.feedback(tenant, kind="ASPIRATION", sector="OTHER", received_on=date(2026, 3, 6)),
    ]
    answers = [make.feedback_answer(first, text=LONG), make.feedback_answer(first, 2, public=False, text="")]
    sent = [
        make.disposition(first, section=ODD, instruction=LONG, state="ACKNOWLEDGED", acknowledged_at=MOMENTS[0]),
        make.disposition(first, village_id=villages[0].id, state="DONE"),
        make.disposition(first, state="RETURNED", returned_at=MOMENTS[1], return_reason=MULTIBYTE),
        make.disposition(others[1], agency_code="32.01/PUPR"),
    ]
    by_village = make.feedback_answer(others[1], disposition_id=sent[3].id)
    return [
        first,
        *others,
        make.feedback_raiser(first, organization_id=partners[0].id),
        make.feedback_raiser(others[0], village_id=villages[1].id),
        make.feedback_raiser(others[1], citizen_id=people[0].id),
        *(make.feedback_village(each, village.id) for each in (first, others[1]) for village in villages[:3]),
        *_attached(first, others[1]),
        *sent,
        *answers,
        by_village,
        make.publication(first, answers[0], summary=ODD),
        make.publication(others[1], by_village, withdrawn_on=date(2026, 3, 14)),
        make.publication(others[3], by_village, summary=""),
        make.day_off(tenant, date(2026, 12, 2), name=ODD),
        make.day_off(tenant, date(2026, 12, 2), **make.taken_back()),
        make.day_off(tenant, date(2026, 12, 3), name=""),
        make.answer_template(tenant, ODD, body=LONGEST, kind="PRAISE", sector="WATER_SANITATION"),
        make.answer_template(tenant, "", body=""),
        make.answer_template(tenant, "", body=LONG, ended_at=MOMENTS[0]),
    ]
