"""Two kecamatan with one of everything in each of two villages, an agency, and a key for every role."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel import SQLModel

from hub.demo.agencies import agencies
from hub.domains.agencies import directory
from hub.domains.citizens.model import Citizen, Household
from hub.domains.commitments.model import Commitment
from hub.domains.feedback.model import Feedback
from hub.domains.files.model import StoredFile
from hub.domains.houses.model import BuildingPermit
from hub.domains.kecamatan.model import Kecamatan
from hub.domains.moves.model import Departure
from hub.domains.partners.model import PartnerOrganization
from hub.domains.plans.model import ActionPlanItem
from hub.domains.villages.model import Village
from hub.domains.vital_events.model import VitalEvent
from hub.kernel.ids import GlobalId
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.tenants import administration as admin
from hub.tenants.model import KeyKind, PrincipalKind, TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.world import make

SINCE = date(2020, 1, 1)
_SETTLED = datetime(2026, 7, 15, 3, 0, tzinfo=UTC)
SOLVED = date(2018, 6, 1)
TYPES: dict[str, str] = {
    "kecamatan": "Kecamatan",
    "kecamatan_profile": "KecamatanProfile",
    "service_hours": "ServiceHours",
    "data_use_agreement": "DataUseAgreement",
    "village": "Village",
    "village_sync": "VillageSync",
    "sub_village": "SubVillage",
    "village_official": "VillageOfficial",
    "household": "Household",
    "former_card": "FormerCard",
    "house": "House",
    "building_permit": "BuildingPermit",
    "citizen": "Citizen",
    "citizen_sensitive": "CitizenSensitive",
    "stored_file": "StoredFile",
    "import_batch": "ImportBatch",
    "proposed_event": "ProposedEvent",
    "import_job": "ImportJob",
    "import_figure": "ImportFigure",
    "import_problem": "ImportProblem",
    "partner_organization": "PartnerOrganization",
    "commitment": "Commitment",
    "commitment_party": "CommitmentParty",
    "commitment_clause": "CommitmentClause",
    "commitment_evidence": "CommitmentEvidence",
    "announcement": "Announcement",
    "announcement_edition": "AnnouncementEdition",
    "announcement_relay": "AnnouncementRelay",
    "survey": "Survey",
    "survey_element": "SurveyElement",
    "survey_response": "SurveyResponse",
    "partner_member": "PartnerMember",
    "action_plan": "ActionPlan",
    "action_plan_item": "ActionPlanItem",
    "plan_item_stakeholder": "PlanItemStakeholder",
    "plan_item_problem": "PlanItemProblem",
    "plan_item_evidence": "PlanItemEvidence",
    "action_plan_review": "ActionPlanReview",
    "link": "Link",
    "vital_event": "VitalEvent",
    "vital_event_subject": "VitalEventSubject",
    "vital_event_effect": "VitalEventEffect",
    "vulnerability": "Vulnerability",
    "population_document": "PopulationDocument",
    "former_nik": "FormerNik",
    "stay": "Stay",
    "disclosure_alarm": "DisclosureAlarm",
    "departure": "Departure",
    "departure_person": "DeparturePerson",
    "arrival": "Arrival",
    "arrival_person": "ArrivalPerson",
    "twin_case": "TwinCase",
    "twin_referral": "TwinReferral",
    "twin_referral_side": "TwinReferralSide",
    "agency_assignment": "AgencyAssignment",
    "agency_act": "AgencyAct",
    "report_period": "ReportPeriod",
    "webhook_endpoint": "WebhookEndpoint",
    "webhook_delivery": "WebhookDelivery",
    "tenant_day_off": "DayOff",
    "feedback": "Feedback",
    "feedback_raiser": "FeedbackRaiser",
    "feedback_disposition": "FeedbackDisposition",
    "feedback_answer": "FeedbackAnswer",
    "feedback_publication": "FeedbackPublication",
    "answer_template": "AnswerTemplate",
}


@dataclass
class Place:
    """A kecamatan of the world: its tenant and its rows by GraphQL type, in order of making."""

    tenant: TenantRef
    office: Kecamatan
    villages: list[Village]
    partners: list[PartnerOrganization]
    rows: dict[str, list[Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def id(self, type_name: str, index: int = 0) -> str:
        """The global id of a row."""
        return GlobalId(type_name, self.tenant.id, self.rows[type_name][index].id).encode()


@dataclass
class World:
    """What the tests read."""

    takisung: Place
    halong: Place
    agency: TenantRef
    agency_key: str
    officer_key: str  # of the same agency, in its own tenant


async def build_world(hub: Hub, owner_dsn: str) -> World:
    """Make it."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        takisung = await place(hub, owner, "63.01.01", "Takisung", ("63.01.01.2004", "63.01.01.2001"))
        halong = await place(hub, owner, "63.11.02", "Halong", ("63.11.02.2001", "63.11.02.2002"))
        for each in agencies():
            await directory.enter(owner, each)
        agency = await admin.add_tenant(
            owner, kind=TenantKind.AGENCY, code="63.11/DUKCAPIL", name="Disdukcapil Balangan", zone=Zone.WITA
        )
        agency_key = await key_for(
            owner, agency, Role.AGENCY_ANALYST, on=admin.On(region_code="63"), kind=TenantKind.AGENCY
        )
        officer_key = await key_for(owner, agency, Role.AGENCY_OFFICER, kind=TenantKind.AGENCY)
        return World(takisung, halong, agency, agency_key, officer_key)
    finally:
        await owner.close()


async def place(hub: Hub, owner: Any, code: str, name: str, villages: tuple[str, ...]) -> Place:
    """A kecamatan with one of everything, twice, and keys."""
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=name, zone=Zone.WITA)
    made = await fill(hub, tenant, name, villages)
    for role in (Role.CAMAT, Role.KEC_SECRETARY, Role.KEC_SECTION_HEAD, Role.KEC_COUNTER, Role.INTEGRATION):
        made.keys[role.value] = await key_for(owner, tenant, role)
    for role in (Role.VILLAGE_HEAD, Role.VILLAGE_OFFICER):
        on = admin.On(village_id=made.villages[0].id)
        made.keys[role.value] = await key_for(owner, tenant, role, on=on)
    on = admin.On(organization_id=made.partners[0].id)
    made.keys[Role.PARTNER_ORG.value] = await key_for(owner, tenant, Role.PARTNER_ORG, on=on)
    made.keys[Role.FRONT_END.value] = await key_for(
        owner, tenant, Role.FRONT_END, key=KeyKind.PUBLIC, origins=("https://takisung.example",)
    )
    return made


async def key_for(
    owner: Any,
    tenant: TenantRef,
    role: Role,
    *,
    on: admin.On = admin.On(),  # noqa: B008  # immutable
    kind: TenantKind = TenantKind.KECAMATAN,
    key: KeyKind = KeyKind.SECRET,
    origins: tuple[str, ...] = (),
) -> str:
    """A key of a fresh grant of this role."""
    principal = await admin.add_principal(owner, tenant.id, kind=PrincipalKind.MACHINE, name=role.value)
    grant = await admin.add_grant(owner, tenant, principal, role, starts_on=SINCE, reason="test", on=on, kind=kind)
    return await admin.create_key(owner, tenant.id, grant, key, label=role.value, origins=origins)


async def fill(hub: Hub, tenant: TenantRef, name: str, codes: tuple[str, ...]) -> Place:
    """The rows of a kecamatan."""
    office = make.office(tenant, name)
    villages = [
        make.village(
            tenant,
            code,
            f"{name} {index}",
            aliases=[f'It\'s "{name}" \\ é😀'] if index == 0 else [],
            connectivity="WEAK" if index else None,
            terrain=["COAST", "HILL"] if index else [],
        )
        for index, code in enumerate(codes)
    ]
    partners = [
        make.partner(tenant, f"PKK {name}", contact_name="Siti"),
        make.partner(tenant, f"KNPI {name}", kind="KNPI"),
    ]
    rows: list[SQLModel] = [office, make.profile(tenant, office, 2018, population=31020, household_count=9379)]
    rows += [
        make.profile(tenant, office, 2019),
        make.hours(tenant, office),
        make.agreement(tenant),
        *villages,
        *partners,
    ]
    for village in villages:
        rows += [make.sub_village(tenant, village, f"Dusun {n}") for n in (1, 2)]
        rows += [make.official(tenant, village, "Kades"), make.official(tenant, village, "Sekdes", "SECRETARY")]
        rows += [make.sync(tenant, village), make.sync_file(hub, tenant, village)]
        rows += _families(hub, tenant, village)
        rows += [make.stored_file(tenant, "KK.pdf", village_id=village.id)]
        rows += _imports(tenant, village, rows)
    rows += [make.stored_file(tenant, "Notulen.docx", kind="DOCX")]
    rows += [make.tally(tenant), make.alarm(tenant), make.alarm(tenant, kind="MISSED")]
    rows += _commitments(tenant, office, villages, partners)
    rows += [*_announcements(tenant, villages, partners), *_surveys(tenant)]
    rows += [*periods(tenant), *webhooks(hub, tenant)]
    rows += [make.day_off(tenant, date(2020, 12, 2)), make.day_off(tenant, date(2020, 12, 3), **make.taken_back())]
    rows += _feedback(tenant, villages, partners, next(each for each in rows if isinstance(each, Commitment)))
    said = next(each for each in rows if isinstance(each, Feedback))
    seen = make.attached_file(said)
    rows += [seen, make.feedback_file(said, seen)]
    rows += [make.answer_template(tenant), make.answer_template(tenant, "Sudah selesai", kind="COMPLAINT")]
    rows += _plans(office, villages, partners, rows)
    referred = [*_referrals(tenant), *_assignments(tenant)]
    async with make.unit(hub, tenant) as unit:
        for row in rows:
            await unit.add(row)
    async with make.unit(hub, tenant, Reader.WORKER) as unit:
        for row in referred:
            await unit.add(row)
    made = Place(tenant, office, villages, partners)
    for row in [*rows, *referred]:
        type_name = TYPES.get(str(row.__tablename__))
        if type_name:
            made.rows.setdefault(type_name, []).append(row)
    return made


def _families(hub: Hub, tenant: TenantRef, village: Village) -> list[SQLModel]:
    found: list[SQLModel] = []
    for number in (1, 2):
        home = make.household(
            hub, tenant, village.id, address="Jl. \"A\" \\ 'b'", hamlet="SATU" if number == 1 else None
        )
        nik = f"639901{10 + number:02d}0590{village.code[-2:]}{tenant.id % 10}{number}"
        head = make.citizen(
            hub,
            tenant,
            home,
            f"Muhammad O'Neil {number}",
            nik=nik,
            family_relation="HEAD",
            religion="ISLAM",
            occupation="FARMER",
        )
        child = make.citizen(hub, tenant, home, "Siti Aminah", sex="FEMALE", birth_date=None)
        found += [home, make.former_card(hub, home), *head, *child, *_house(tenant, home, number)]
        people = [each for each in (*head, *child) if isinstance(each, Citizen)]
        found += [make.stay(each) for each in people]
        found.append(make.stay(people[0], full_name="Muh. O'Neil", until_on=date(2025, 3, 4), from_on=date(2024, 1, 1)))
        found += _events(tenant, people)
        found += _vulnerable(hub, home, people)
        found += _documents(tenant, home, people)
        found += _moves(hub, tenant, people)
    return found


def _imports(tenant: TenantRef, village: Village, there: list[SQLModel]) -> list[SQLModel]:
    """Two imports of one file: one that waits and lets suppose something, and one that was refused."""
    file = make.stored_file(tenant, "penduduk.xlsx", kind="XLSX", village_id=village.id)
    settled = datetime(2026, 7, 15, 3, 0, tzinfo=UTC)
    later = datetime(2026, 7, 22, 3, 0, tzinfo=UTC)
    written = make.import_batch(tenant, village.id, to_do=2, done=2, finished_at=settled, undoable_until=later)
    undone = make.import_batch(tenant, village.id, state="UNDONE", undone_at=settled)
    own: dict[str, Any] = {"batch_id": written.id, "returned_id": file.id}
    waits = make.import_job(tenant, file, village.id, **own, started_at=settled, finished_at=settled)
    refused = make.import_job(tenant, file, village.id, state="REFUSED", actions=[], problem="FILE_DAMAGED")
    figures = [make.import_figure(waits, action) for action in ("NEW", "DIED")]
    problems = [make.import_problem(waits, position) for position in (0, 1)]
    happened = next(each for each in there if isinstance(each, VitalEvent) and each.village_id == village.id)
    left = next(each for each in there if isinstance(each, Departure) and each.village_id == village.id)
    about: dict[str, Any] = {"citizen_id": happened.citizen_id, "state": "CONFIRMED"}
    supposed = [
        make.proposed(written, "BIRTH", full_name="Bayi", birth_date=settled.date(), occurred_on=settled.date()),
        make.proposed(written, "NAME_CHANGE", vital_event_id=happened.id, **about),
        make.proposed(written, "DEPARTURE", departure_id=left.id, **about),
    ]
    return [file, written, undone, waits, refused, *figures, *problems, *supposed]


def _house(tenant: TenantRef, home: Household, number: int) -> list[SQLModel]:
    """Where a family lives: the first has a permit."""
    known: dict[str, Any] = {"condition": "GOOD", "has_permit": True} if number == 1 else {}
    made = make.house(tenant, home.village_id, household_id=home.id, address="Jl. Rumah", **known)
    return [made, make.permit(made)] if number == 1 else [made]


def _moves(hub: Hub, tenant: TenantRef, family: list[Citizen]) -> list[SQLModel]:
    """A family on its way from here, and one on its way to here."""
    head, child = family
    left = make.departure(tenant, head, note="SKPWNI", answer="Alamat tidak ada")
    come = make.arrival(tenant, head, answer="Terlambat")
    return [
        left,
        make.departure_person(left, head),
        make.departure_person(left, child, position=1),
        come,
        make.arrival_person(hub, come, head),
        make.arrival_person(hub, come, child, position=1),
        make.twin_case(tenant, head),
    ]


def _referrals(tenant: TenantRef) -> list[SQLModel]:
    """What lies with agencies alone in truth: so that a kecamatan's wall is tried with it too."""
    waits, late = make.twin_referral(tenant), make.twin_referral(tenant, **make.ruled("LATE"))
    sides = [make.twin_referral_side(waits, position) for position in (0, 1)]
    return [waits, late, *sides, make.twin_referral_side(late, 0, told=False)]


def _assignments(tenant: TenantRef) -> list[SQLModel]:
    """The same of what is handed to agencies: in every kind, with an act on the way and one that was refused."""
    routed = make.assignment(tenant, instruction="Mohon diperbaiki", sector="INFRASTRUCTURE", severity=4, place="Hulu")
    about = make.assignment(tenant, kind="OFFICE_COMPLAINT", affected_population=3, affected_services=["POSYANDU"])
    plan = make.assignment(tenant, kind="ACTION_PLAN", due_on=None, subject="Care Mobile", body=None, village_names=[])
    refused: dict[str, Any] = {"state": "REFUSED", "refusal": "DISPOSITION_OVER", "refusal_sentence": "Sudah selesai."}
    review: dict[str, Any] = {"kind": "REVIEW", "text": "Baik", "review_kind": "NEW_TARGET", "new_target": "Dua kali"}
    return [
        routed,
        about,
        plan,
        make.agency_act(routed, kind="ANSWER", state="SENT", text="Dipasang"),
        make.agency_act(about, kind="ANSWER", text="Terlambat", public=True, **refused),
        make.agency_act(plan, number="050/1", text="Diterima", happened_on=date(2026, 3, 3)),
        make.agency_act(plan, **review),
    ]


def periods(tenant: TenantRef) -> list[SQLModel]:
    """Months of reports: one for each state, and two that are open."""
    at = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
    confirmed: dict[str, Any] = {"confirmations": 1, "confirmed_at": at}
    published = {**confirmed, "published_at": at}
    return [
        make.period(tenant, "2026-06", state="REVISED", **{**published, "confirmations": 2}, number="63.01/2026-06/2"),
        make.period(tenant, "2026-07", state="PUBLISHED", **published, number="63.01/2026-07/1"),
        make.period(tenant, "2026-08", state="CONFIRMED", **confirmed),
        make.period(tenant, "2026-09"),
        make.period(tenant, "2026-10"),
    ]


def webhooks(hub: Hub, tenant: TenantRef) -> list[SQLModel]:
    """A webhook that has messages of every kind, and one that is paused."""
    moment = datetime(2026, 11, 20, 3, 1, tzinfo=UTC)
    told = make.webhook(
        hub,
        tenant,
        description='Dasbor "kabupaten"',
        types=["Village", "Commitment"],
        effects=["CREATED", "CHANGED"],
        seq=4,
        former_until=moment,
        due_at=moment,
        delivered_at=moment,
    )
    paused = make.webhook(hub, tenant, state="PAUSED", stopped_for="FAILING", failing_since=moment)
    return [
        told,
        paused,
        make.webhook_delivery(told, None),
        make.webhook_delivery(
            told, 1, state="DELIVERED", attempts=1, tried_at=moment, settled_at=moment, last_status=200
        ),
        make.webhook_delivery(told, 2),
        make.webhook_delivery(
            paused, 1, state="DEAD", attempts=10, tried_at=moment, settled_at=moment, last_error="ConnectError"
        ),
    ]


def _events(tenant: TenantRef, family: list[Citizen]) -> list[SQLModel]:
    """What happened in a family: a name changed, an address changed late."""
    head, child = family
    renamed = make.vital_event(tenant, head, note="Penetapan", place="Takisung")
    moved = make.vital_event(
        tenant, child, type="ADDRESS_CHANGE", occurred_on=date(2025, 1, 2), reported_on=date(2025, 9, 9)
    )
    home: dict[str, Any] = {"field": "ADDRESS", "household_id": child.household_id}
    return [
        renamed,
        make.event_subject(renamed, head),
        make.event_effect(renamed),
        moved,
        make.event_subject(moved, child),
        make.event_subject(moved, head, position=1),
        make.event_effect(moved, **home),
    ]


def _vulnerable(hub: Hub, home: Household, family: list[Citizen]) -> list[SQLModel]:
    """A poor family, its head unable to work, verified long ago; a child only proposed, who had another number."""
    head, child = family
    ill = make.vulnerability(child, "DISABLED")
    ill.detail_sealed = hub.services.keys.seal(
        b"Tuna daksa", tenant=ill.tenant_id, table="vulnerability", column="detail", row=ill.id
    )
    return [
        make.vulnerability(home, **make.verified(date(2026, 3, 1), date(2099, 3, 1))),
        make.vulnerability(head, "UNABLE_TO_WORK", **make.verified(date(2024, 3, 1), date(2025, 3, 1))),
        ill,
        make.former_nik(hub, child, f"0{child.id.int % 10**15:015d}"),
    ]


def _documents(tenant: TenantRef, home: Household, family: list[Citizen]) -> list[SQLModel]:
    """A family card; a certificate with its scan; a KTP-el that is lost and the one before it."""
    head, child = family
    scan = make.stored_file(tenant, "akta.pdf", village_id=home.village_id)
    told: dict[str, Any] = {"number": f"AL.{head.id}", "issued_by": "Disdukcapil", "file_id": scan.id}
    return [
        scan,
        make.document(home, "KK"),
        make.document(child, **told, signed_electronically=True),
        make.document(head, "KTP_EL", status="LOST", status_reason="Surat polisi"),
        make.document(head, "KTP_EL", status="REPLACED", issued_on=date(2012, 5, 1)),
        make.document(head, "OTHER", ended_at=datetime(2026, 8, 1, tzinfo=UTC), end_reason="Salah orang"),
    ]


def _announcements(tenant: TenantRef, villages: list[Village], partners: list[PartnerOrganization]) -> list[SQLModel]:
    """For everybody, for partners, for staff, and one that nobody was told yet; everybody is asked to pass them on."""
    draft: dict[str, Any] = {"state": "DRAFT", "edition": 0, "published_at": None}
    gone: dict[str, Any] = {"state": "WITHDRAWN", "withdrawn_reason": "Batal", "withdrawn_at": _SETTLED}
    shapes: tuple[dict[str, Any], ...] = ({}, {"audience": "PARTNERS"}, {"audience": "STAFF"}, draft, gone)
    found: list[SQLModel] = []
    for shape in shapes:
        made = make.announcement(tenant, "Pengumuman", **shape)
        found.append(made)
        if made.published_at:
            found += [make.edition(made), make.edition(made, 2, note="Salah tanggal")]
        found += [make.relay(made, village_id=each.id) for each in villages]
        found += [
            make.relay(made, organization_id=each.id, relayed_on=SINCE, means="MEETING", reached=40)
            for each in partners
        ]
    return found


def _surveys(tenant: TenantRef) -> list[SQLModel]:
    """Open, closed, and published with figures."""
    closed: dict[str, Any] = {"closed_at": _SETTLED}
    published: dict[str, Any] = {
        **closed,
        "published_at": _SETTLED,
        "told_respondents": 5,
        "told_totals": [15, 16, 17, 18, 19, 20, 15, 15, 15],
    }
    shapes: tuple[dict[str, Any], ...] = (
        {},
        {"state": "CLOSED", **closed},
        {"state": "PUBLISHED", **published},
    )
    found: list[SQLModel] = []
    for shape in shapes:
        made = make.survey(tenant, "Survei", **shape)
        answers = [make.response(made, 3, 4), make.response(made, 1, 2, comment="Lama", sex="FEMALE")]
        found += [made, *make.elements(made), *answers]
    return found


def _plans(
    office: Kecamatan, villages: list[Village], partners: list[PartnerOrganization], there: list[SQLModel]
) -> list[SQLModel]:
    """A plan for everybody, one of the first organization, one of nobody else; members; links to all that is linked."""
    commitment = next(each for each in there if isinstance(each, Commitment))
    permits = [each for each in there if isinstance(each, BuildingPermit)]
    people = {each.village_id: each for each in there if isinstance(each, Citizen)}
    found: list[SQLModel] = [make.member(partners[0], each, function="Ketua") for each in people.values()]
    found += [make.member(partners[1], each, until=date(2020, 1, 2)) for each in people.values()]
    shapes: tuple[dict[str, Any], ...] = (
        {"title": "Care Mobile", "published": True},
        {"title": "Bersama", "organizations": [partners[0].id]},
        {"title": "Dalam"},
    )
    for shape in shapes:
        made = make.plan(office, state="ACTIVE", **shape)
        items = [make.plan_item(made, position) for position in (1, 2)]
        found += [made, *items, make.plan_review(made)]
        found += [make.stakeholder(items[0], village_id=each.id) for each in villages]
        found += [make.stakeholder(items[0], organization_id=each) for each in made.organizations]
        found += [make.stakeholder(items[1], name="Warga")]
        found += [make.stakeholder(items[1], citizen_id=each.id) for each in people.values()]
        found += [make.plan_problem(items[0]), make.plan_problem(items[1], solution="Roda dua", solved_on=SOLVED)]
        found += [make.plan_evidence(items[1]), make.link(items[1], to_commitment_id=commitment.id)]
        found += [make.link(items[0], permit_id=permits[0].id)]
    return [
        *found,
        *(make.link(commitment, permit_id=each.id) for each in permits),
        make.link(commitment, event_id=next(each.id for each in there if isinstance(each, VitalEvent))),
        make.link(commitment, file_id=next(each.id for each in there if isinstance(each, StoredFile))),
        make.link(commitment, to_item_id=next(each.id for each in found if isinstance(each, ActionPlanItem))),
    ]


def _commitments(
    tenant: TenantRef, office: Kecamatan, villages: list[Village], partners: list[PartnerOrganization]
) -> list[SQLModel]:
    shapes: tuple[tuple[str, bool, list[UUID]], ...] = (
        ("Maklumat", True, []),
        ("Piagam bersama", False, [partners[0].id]),
        ("Rancangan dalam", False, []),
    )
    found: list[SQLModel] = []
    for title, published, organizations in shapes:
        made = make.commitment(tenant, title, published=published, organizations=organizations, state="DISPLAYED")
        found += [made, make.party(tenant, made, 0, kecamatan_id=office.id)]
        found += [make.party(tenant, made, n + 1, village_id=each.id) for n, each in enumerate(villages)]
        found += [make.party(tenant, made, 9, organization_id=each) for each in organizations]
        found += [make.clause(tenant, made, 1), make.clause(tenant, made, 2), make.evidence(tenant, made)]
    return found


def _feedback(
    tenant: TenantRef, villages: list[Village], partners: list[PartnerOrganization], obliged_by: Commitment
) -> list[SQLModel]:
    """Of each partner: one about each village and both, answered and published; and one of nobody, told to few."""
    found: list[SQLModel] = []
    for partner, about in zip(partners, (villages, villages[:1]), strict=True):
        more: dict[str, Any] = {"villages": [each.id for each in about], "commitment_id": obliged_by.id}
        made = make.feedback(tenant, submitter_kind="PARTNER_ORG", state="ANSWERED", confidential=True, **more)
        answers = [make.feedback_answer(made), make.feedback_answer(made, 2, public=False)]
        found += [made, make.feedback_raiser(made, organization_id=partner.id)]
        found += [make.feedback_village(made, each.id) for each in about]
        found += [make.disposition(made), make.disposition(made, village_id=about[0].id), *answers]
        withdrawn = {} if partner is partners[0] else {"withdrawn_on": date(2026, 4, 1)}
        found.append(make.publication(made, answers[0], **withdrawn))
    raised = make.feedback(tenant, submitter_kind="VILLAGE", villages=[villages[1].id])
    found += [raised, make.feedback_raiser(raised, village_id=villages[1].id)]
    found += [make.feedback_village(raised, villages[1].id), make.feedback(tenant, kind="ASPIRATION")]
    return found
