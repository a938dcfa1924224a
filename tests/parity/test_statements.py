"""How many statements an answer costs: by plan one, by resolvers one for each edge, however many rows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest
from sqlmodel import SQLModel

from hub.demo.agencies import agencies
from hub.domains.agencies import directory
from hub.domains.citizens.model import Citizen, Household
from hub.domains.commitments.model import Commitment
from hub.domains.kecamatan.model import Kecamatan
from hub.domains.villages.model import Village
from hub.graph.execution import Engine, Question
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import ROLES, Permission, Role
from hub.wiring import Hub
from tests.parity.both import Both
from tests.world import make

CODE = "32.01.07"
REGISTER = """query($v: Int!, $h: Int!, $m: Int!) { villages(first: $v, orderBy: CODE) { nodes { code region { name }
  households(first: $h) { totalCount nodes { kkNumber head { fullName }
    members(first: $m) { nodes { fullName village { name } sensitive { religion } }
      pageInfo { hasNextPage } } } } } } }"""
CIVIC = """query($v: Int!, $h: Int!, $m: Int!) { villages(first: $v, orderBy: CODE) { nodes {
  commitments(first: $h) { nodes { title
    parties(first: $m) { nodes { position
      party { __typename ... on Village { name } ... on Kecamatan { slug } } } } } } } } }"""
EVENTS = """query($v: Int!, $h: Int!, $m: Int!) { vitalEvents(first: $v) { nodes { type village { name }
  subjects(first: $h) { nodes { part citizen { fullName events(first: $m) { nodes { id } } } } } } } }"""
MOVES = """query($v: Int!, $h: Int!, $m: Int!) {
  departures(first: $v) { nodes { state household { kkNumber } people(first: $h) { nodes { citizen { fullName } } } } }
  arrivals(first: $m) { nodes { state village { name } people(first: $h) { nodes { citizen { fullName } } } } } }"""
WEAK = """query($v: Int!, $h: Int!, $m: Int!) {
  vulnerabilities(first: $v) { nodes { state citizen { fullName } village { name } } }
  populationDocuments(first: $m) { nodes { type citizen { fullName documents(first: $h) { nodes { id } } } } }
  houses(first: $h) { nodes { address household { kkNumber } permits(first: $m) { nodes { id } } } } }"""
DOUBLE = """query($v: Int!, $h: Int!, $m: Int!) {
  twinCases(first: $v) { totalCount nodes { state village { name } citizen { fullName } } }
  twinReferrals(first: $h) { nodes { state sides(first: $m) { nodes { fullName } } } } }"""
VOICES = """query($v: Int!, $h: Int!, $m: Int!) {
  announcements(first: $v) { nodes { title relays(first: $h) { nodes { village { name } } } } }
  surveys(first: $v) { nodes { satisfactionIndex grade elements(first: $m) { nodes { element mean } } } } }"""
SAID = """query($v: Int!, $h: Int!, $m: Int!) { feedbacks(first: $v) { nodes { subject overdue
  raiser { village { name } } villages(first: $h) { nodes { name } } answers(first: $m) { nodes { text } } } } }"""
PLANNED = """query($v: Int!, $h: Int!, $m: Int!) { actionPlans(first: $v) { nodes { title
  items(first: $h) { totalCount nodes { activity status
    stakeholders(first: $m) { nodes { stakeholder { __typename ... on Village { name } } } }
    problems(first: $m) { nodes { problem } }
    fulfilledBy(first: $m) { nodes { target { ... on Commitment { title } } } } } }
  reviews(first: $h) { nodes { note } } } } }"""
TOLD = """query($v: Int!, $h: Int!, $m: Int!) { webhookEndpoints(first: $v) { nodes { url
    deliveries(first: $h) { totalCount nodes { state } } } }
  webhookDeliveries(first: $m) { nodes { state endpoint { url } } } }"""
HANDED = """query($v: Int!, $h: Int!, $m: Int!) { agencyAssignments(first: $v) { nodes { subject
  acts(first: $h) { nodes { kind assignment { subject } } } } } more: agencyAssignments(first: $m) { totalCount } }"""
OFFICE = """query($v: Int!, $h: Int!, $m: Int!) { kecamatans(first: $v) { nodes {
    profiles(first: $h) { nodes { year kecamatan { slug } } } serviceHours(first: $m) { nodes { channel } } } }
  dataUseAgreements(first: $h) { nodes { number } } daysOff(first: $m) { nodes { name } }
  answerTemplates(first: $h) { nodes { title } } reportPeriods(first: $m) { nodes { period } }
  disclosureAlarms(first: $h) { nodes { kind } } agencies(first: $v) { nodes { name region { name } } } }"""
PLACES = """query($v: Int!, $h: Int!, $m: Int!) { villages(first: $v, orderBy: CODE) { nodes { sync { state }
    subVillages(first: $h) { nodes { name village { name } } } officials(first: $m) { nodes { name } }
    partners(first: $h) { nodes { name members(first: $m) { nodes { since citizen { fullName } } } } } } } }"""
LIVES = """query($v: Int!, $h: Int!, $m: Int!) { villages(first: $v, orderBy: CODE) { nodes {
    households(first: $m) { nodes { formerCards(first: $h) { nodes { reason } } } }
    citizens(first: $m) { nodes { formerNiks(first: $h) { nodes { nikStatus citizen { fullName } } }
      stays(first: $h) { nodes { village { name } } } } } } }
  vitalEvents(first: $v) { nodes { limit { days } effects(first: $h) { nodes { field citizen { fullName } } } } }
  eventLimits(first: $m) { nodes { days } } }"""
PAPERS = """query($v: Int!, $h: Int!, $m: Int!) { commitments(first: $v) { nodes {
    clauses(first: $h) { nodes { text } } evidence(first: $m) { nodes { description } } } }
  actionPlanItems(first: $v) { nodes { evidence(first: $m) { nodes { description } } } }
  storedFiles(first: $h) { nodes { name village { name } } } }"""
IMPORTED = """query($v: Int!, $h: Int!, $m: Int!) {
  importJobs(first: $v) { nodes { state file { name } batch { state } village { name }
    figures(first: $h) { nodes { action } } problems(first: $m) { nodes { code } } } }
  importBatches(first: $v) { nodes { state proposedEvents(first: $m) { nodes { kind batch { state } } } } } }"""
HANDLED = """query($v: Int!, $h: Int!, $m: Int!) { feedbacks(first: $v) { nodes { subject
    dispositions(first: $h) { nodes { state village { name } agency { name } } } } }
  feedbackDispositions(first: $m) { nodes { feedback { subject } } }
  feedbackPublications(first: $m) { nodes { summary } } }"""
TEXTS = """query($v: Int!, $h: Int!, $m: Int!) {
  announcements(first: $v) { nodes { title editions(first: $h) { nodes { title announcement { title } } } } }
  surveys(first: $v) { nodes { title responses(first: $m) { nodes { answeredOn survey { title } } } } } }"""
SIZES = [(1, 1, 1), (3, 3, 3), (12, 50, 50)]  # a kecamatan of the tests has 12 villages; the levels below go to 50


@pytest.fixture(scope="module")
async def camat(hub: Hub, owner_dsn: str) -> Scope:
    """A camat of a kecamatan with 12 villages; in the first 50 families, one of 50 people, and 50 commitments."""
    owner = await asyncpg.connect(owner_dsn)
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=CODE, name="Banyak", zone=Zone.WIB)
    for agency in agencies():
        await directory.enter(owner, agency)
    await owner.close()
    office = make.office(tenant, "Banyak")
    villages = [make.village(tenant, f"{CODE}.{2001 + each}", f"Desa {each}") for each in range(12)]
    commitments = [make.commitment(tenant, f"Komitmen {each:02d}") for each in range(50)]
    homes = [make.household(hub, tenant, village.id) for village in villages for _ in range(3)]
    homes += [make.household(hub, tenant, villages[0].id) for _ in range(47)]
    firsts: list[Citizen] = []  # of each family, in the order of people's names
    async with make.unit(hub, tenant) as unit:
        await unit.add(office)
        for some in (villages, homes, commitments):
            await unit.add_all(some)
        for home in homes:
            people = [
                make.citizen(hub, tenant, home, f"Warga {number}", religion="ISLAM")
                for number in range(50 if home is homes[0] else 3)
            ]
            for row in (each for rows in people for each in rows):
                await unit.add(row)
            if home is homes[0]:
                family = [each for rows in people for each in rows if isinstance(each, Citizen)][:3]
            firsts += [each for each in people[0] if isinstance(each, Citizen)]
            await unit.change(home, head_id=firsts[-1].id)
        for made in commitments:
            arcs: list[dict[str, Any]] = [{"kecamatan_id": office.id}, *({"village_id": each.id} for each in villages)]
            await unit.add_all([make.party(tenant, made, number, **arc) for number, arc in enumerate(arcs)])
        of_offices = [*_voices(tenant, villages), *_planned(office, villages, commitments), *_told(hub, tenant)]
        of_offices += [*_kept(tenant, office, villages), *_papers(tenant, villages, commitments)]
        for each in [*of_offices, *_past(hub, homes[:9:3], firsts[:9:3]), *_what_happened(hub, tenant, family)]:
            await unit.add(each)
    async with make.unit(hub, tenant, Reader.WORKER) as unit:
        for _ in range(3):
            referral = make.twin_referral(tenant)
            await unit.add(referral)
            await unit.add_all([make.twin_referral_side(referral, position) for position in (0, 1)])
            handed = make.assignment(tenant)
            await unit.add(handed)
            await unit.add_all([make.agency_act(handed) for _ in range(3)])
    # as if the place were an agency's too
    may = frozenset(ROLES[Role.CAMAT] | ROLES[Role.AGENCY_OFFICER] | {Permission.READ_JOURNAL})
    return Scope(Reader.API, Role.CAMAT.value, may, (TenantRef(tenant.id, CODE, Zone.WIB),))


def _what_happened(hub: Hub, tenant: TenantRef, family: list[Citizen]) -> list[SQLModel]:
    """Three of everything that hangs on people, with all three people each."""
    found: list[SQLModel] = []
    for one in family:
        event, left, come = make.vital_event(tenant, one), make.departure(tenant, one), make.arrival(tenant, one)
        house = make.house(tenant, one.village_id, household_id=one.household_id, address="Jl. Rumah")
        found += [event, left, come, house, *(make.permit(house) for _ in range(3)), make.vulnerability(one)]
        found += [make.document(one, kind) for kind in ("BIRTH_CERT", "KTP_EL", "OTHER")]
        for position, each in enumerate(family):
            found.append(make.event_subject(event, each, position=position))
            found.append(make.departure_person(left, each, position=position))
            found.append(make.arrival_person(hub, come, each, position=position))
        found.append(make.twin_case(tenant, one))
        said = make.feedback(tenant, submitter_kind="VILLAGE")
        found += [
            said,
            make.feedback_raiser(said, village_id=one.village_id),
            make.feedback_village(said, one.village_id),
        ]
        answers = [make.feedback_answer(said, number) for number in (1, 2, 3)]
        found += [*answers, make.publication(said, answers[0])]
        found += [make.disposition(said), make.disposition(said, village_id=one.village_id)]
        found += [
            make.disposition(said, agency_code="32.01/PUPR"),
            *(make.event_effect(event, each) for each in range(3)),
        ]
    return found


def _voices(tenant: TenantRef, villages: list[Village]) -> list[SQLModel]:
    """Three announcements that villages are to pass on, three surveys with answers."""
    found: list[SQLModel] = []
    for number in range(3):
        said, asked = make.announcement(tenant, f"Pengumuman {number}"), make.survey(tenant, f"Survei {number}")
        found += [said, *(make.relay(said, village_id=each.id) for each in villages[:3])]
        found += [make.edition(said, each) for each in (1, 2, 3)]
        found += [asked, *make.elements(asked), *(make.response(asked, 1 + each, 3) for each in range(3))]
    return found


def _planned(office: Kecamatan, villages: list[Village], commitments: list[Commitment]) -> list[SQLModel]:
    """Three plans of three items, with three of everything that hangs on an item."""
    found: list[SQLModel] = []
    for number in range(3):
        plan = make.plan(office, f"Rencana {number}")
        found += [plan, *(make.plan_review(plan) for _ in range(3))]
        for position in range(3):
            item = make.plan_item(plan, position)
            found += [item, *(make.stakeholder(item, village_id=each.id) for each in villages[:3])]
            found += [make.plan_problem(item) for _ in range(3)] + [make.plan_evidence(item) for _ in range(3)]
            found += [make.link(item, to_commitment_id=each.id) for each in commitments[:3]]
    return found


def _told(hub: Hub, tenant: TenantRef) -> list[SQLModel]:
    """Three webhooks with three messages each."""
    hooks = [make.webhook(hub, tenant, url=f"https://receiver.example/{number}") for number in range(3)]
    return [*hooks, *(make.webhook_delivery(each, seq) for each in hooks for seq in (1, 2, 3))]


def _kept(tenant: TenantRef, office: Kecamatan, villages: list[Village]) -> list[SQLModel]:
    """Three of everything that an office keeps of itself and of its villages."""
    found: list[SQLModel] = []
    for number in range(3):
        channel = ("COUNTER", "WHATSAPP", "WEB")[number]
        found += [make.profile(tenant, office, 2018 + number), make.hours(tenant, office, channel)]
        found += [make.agreement(tenant, f"PKS-{number}"), make.day_off(tenant, date(2026, 3, 5 + number))]
        found += [make.answer_template(tenant, f"Jawaban {number}"), make.period(tenant, f"2026-0{1 + number}")]
        found += [make.alarm(tenant, grant_id=None), make.sync(tenant, villages[number])]
        found += [make.sub_village(tenant, villages[number], f"Dusun {each}") for each in range(3)]
        found += [make.official(tenant, villages[number], f"Kepala {each}") for each in range(3)]
    return found


def _papers(tenant: TenantRef, villages: list[Village], commitments: list[Commitment]) -> list[SQLModel]:
    """Of each of three commitments clauses and evidence, of each of three villages files and what was imported."""
    found: list[SQLModel] = []
    for made, village in zip(commitments[:3], villages[:3], strict=True):
        found += [make.clause(tenant, made, each) for each in range(3)] + [
            make.evidence(tenant, made) for _ in range(3)
        ]
        file, batch = (
            make.stored_file(tenant, "Penduduk.xlsx", village_id=village.id),
            make.import_batch(tenant, village.id),
        )
        job = make.import_job(tenant, file, village.id, batch_id=batch.id)
        found += [file, batch, job, *(make.proposed(batch, "BIRTH") for _ in range(3))]
        found += [make.import_figure(job, each) for each in ("NEW", "CHANGED", "SAME")]
        found += [make.import_problem(job, each) for each in range(3)]
    return found


def _past(hub: Hub, homes: list[Household], firsts: list[Citizen]) -> list[SQLModel]:
    """What the register knows of families from before, and what their first people are members of."""
    found: list[SQLModel] = []
    for number, (home, one) in enumerate(zip(homes, firsts, strict=True)):
        tenant = TenantRef(one.tenant_id, CODE, Zone.WIB)
        found += [make.former_card(hub, home) for _ in range(3)]
        found += [make.former_nik(hub, one, f"32010701015500{number}{each}") for each in range(10, 13)]
        found += [
            make.stay(one, from_on=date(2025, 3, 4 + each), until_on=date(2025, 3, 5 + each)) for each in range(3)
        ]
        for each in range(3):
            club = make.partner(tenant, f"PKK {number} {each}", level="VILLAGE", village_id=home.village_id)
            found += [club, make.member(club, one)]
    return found


@asynccontextmanager
async def counted(engine: Engine) -> AsyncIterator[list[str]]:
    """Every statement that leaves the pool of officials meanwhile."""
    seen: list[str] = []

    def note(record: Any) -> None:
        seen.append(" ".join(str(record.query).split())[:40])

    pool: Any = engine.pools.of(Reader.API)  # its connections are private
    holders = [holder._con for holder in pool.driver._holders if holder._con is not None]
    for connection in holders:
        connection.add_query_logger(note)
    yield seen
    await asyncio.sleep(0)  # the driver tells of a statement in the loop's next round
    for connection in holders:
        connection.remove_query_logger(note)


def nothing(found: Any) -> set[str]:
    """The lists and objects of an answer that are empty wherever they stand: those would cost no statement."""
    seen: dict[str, bool] = {}

    def look(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for name, each in value.items():
                look(each, f"{path}.{name}")
        seen[path] = seen.get(path, False) or value not in (None, [])
        for each in value if isinstance(value, list) else ():
            look(each, path)

    look(found, "")
    return {each for each, full in seen.items() if not full}


COUNTED = [
    (REGISTER, SIZES[0], 11),
    (REGISTER, SIZES[1], 11),
    (REGISTER, SIZES[2], 11),
    (CIVIC, SIZES[0], 7),  # the first party is the kecamatan: no statement for villages
    (CIVIC, SIZES[1], 8),
    (CIVIC, SIZES[2], 8),
    *((EVENTS, size, 8) for size in SIZES[:2]),
    *((MOVES, size, 10) for size in SIZES[:2]),
    *((WEAK, size, 12) for size in SIZES[:2]),
    *((DOUBLE, size, 9) for size in SIZES[:2]),
    *((VOICES, size, 8) for size in SIZES[:2]),
    *((SAID, size, 8) for size in SIZES[:2]),
    *((PLANNED, size, 12) for size in SIZES[:2]),
    *((TOLD, size, 8) for size in SIZES[:2]),
    *((HANDED, size, 7) for size in SIZES[:2]),
    *((OFFICE, size, 14) for size in SIZES[:2]),
    *((PLACES, size, 11) for size in SIZES[:2]),
    (LIVES, SIZES[0], 15),  # an event of the person who is known already: no statement for its people
    (LIVES, SIZES[1], 16),
    *((PAPERS, size, 10) for size in SIZES[:2]),
    *((IMPORTED, size, 11) for size in SIZES[:2]),
    (HANDLED, SIZES[0], 8),  # handed to a section: no statement for villages and agencies
    (HANDLED, SIZES[1], 10),
    *((TEXTS, size, 9) for size in SIZES[:2]),
]


@pytest.mark.parametrize(("query", "sizes", "statements"), COUNTED)
async def test_statements_do_not_grow_with_the_rows(
    both: Both, camat: Scope, query: str, sizes: tuple[int, int, int], statements: int
) -> None:
    variables = dict(zip("vhm", sizes, strict=True))
    pair = await both.ask(query, camat, variables)
    assert "errors" not in pair.data
    if sizes != SIZES[0]:
        assert nothing(pair.data) == set()

    async with counted(both.resolvers) as by_resolvers:
        await both.resolvers.answer(Question(query, variables=variables), camat)
    async with counted(both.plan) as by_plan:
        await both.plan.answer(Question(query, variables=variables), camat)

    # BEGIN, the settings of the scope, COMMIT, and one for each page, count and kind of object referred to
    assert len(by_resolvers) == statements, by_resolvers
    assert len(by_plan) == 1, by_plan
