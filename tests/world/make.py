"""Dull factories: one row each, with what the column needs and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from hub.domains.announcements.model import Announcement, AnnouncementEdition, AnnouncementRelay
from hub.domains.answer_templates.model import AnswerTemplate
from hub.domains.assignments.model import AgencyAct, AgencyAssignment
from hub.domains.calendar.model import TenantDayOff
from hub.domains.citizens import staying, vault
from hub.domains.citizens.model import (
    Citizen,
    CitizenNameToken,
    CitizenSensitive,
    DisclosureAlarm,
    DisclosureTally,
    FormerCard,
    FormerNik,
    Household,
    Stay,
)
from hub.domains.commitments.model import Commitment, CommitmentClause, CommitmentEvidence, CommitmentParty
from hub.domains.documents.model import PopulationDocument
from hub.domains.feedback.model import (
    Feedback,
    FeedbackAnswer,
    FeedbackDisposition,
    FeedbackFile,
    FeedbackPublication,
    FeedbackRaiser,
    FeedbackVillage,
)
from hub.domains.files.model import StoredFile
from hub.domains.houses.model import BuildingPermit, House
from hub.domains.imports.model import (
    ImportBatch,
    ImportFigure,
    ImportJob,
    ImportProblem,
    ProposedEvent,
    VillageSync,
    VillageSyncFile,
)
from hub.domains.kecamatan.model import DataUseAgreement, Kecamatan, KecamatanProfile, ServiceHours
from hub.domains.links.model import Link
from hub.domains.moves.model import Arrival, ArrivalPerson, Departure, DeparturePerson
from hub.domains.partners.model import PartnerMember, PartnerOrganization
from hub.domains.plans.model import (
    ActionPlan,
    ActionPlanItem,
    ActionPlanReview,
    PlanItemEvidence,
    PlanItemProblem,
    PlanItemStakeholder,
)
from hub.domains.publications.model import ReportPeriod
from hub.domains.surveys.model import ELEMENTS, Survey, SurveyElement, SurveyResponse, SurveyTemplate
from hub.domains.twins.model import TOLD, TwinCase, TwinReferral, TwinReferralSide
from hub.domains.villages.model import SubVillage, Village, VillageOfficial
from hub.domains.vital_events.model import VitalEvent, VitalEventEffect, VitalEventSubject
from hub.domains.vulnerabilities.model import CLASSES, Vulnerability, VulnerableGroup
from hub.domains.webhooks.model import WebhookDelivery, WebhookEndpoint
from hub.kernel import names, tracking_code
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.kernel.nik import KkNumber
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.base import TenantRow
from hub.store.unit import Unit, writing
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub

_numbers = count(1)


def camat(tenant: TenantRef) -> Scope:
    """A scope that may do everything in a tenant."""
    return Scope(Reader.API, Role.CAMAT.value, frozenset(ROLES[Role.CAMAT]), (tenant,))


@asynccontextmanager
async def unit(hub: Hub, tenant: TenantRef, reader: Reader = Reader.API) -> AsyncIterator[Unit]:
    """A writing transaction in a tenant."""
    async with writing(hub.pools.of(reader), replace(camat(tenant), reader=reader), system_clock()) as made:
        yield made


def village(tenant: TenantRef, code: str, name: str, **more: Any) -> Village:
    """A village."""
    return Village(tenant_id=tenant.id, code=code, name=name, kind="DESA", **more)


def household(hub: Hub, tenant: TenantRef, where: UUID, **more: Any) -> Household:
    """A household with a card number of its own."""
    number = f"6399010101{next(_numbers):06d}"
    made = Household(tenant_id=tenant.id, village_id=where, kk_sealed=b"", kk_bidx=b"", kk_prefix=number[:4], **more)
    made.kk_sealed = hub.services.keys.seal(
        number.encode(), tenant=tenant.id, table="household", column="kk", row=made.id
    )
    made.kk_bidx = hub.services.keys.blind(number, tenant=tenant.id, kind="kk")
    return made


def former_card(hub: Hub, home: Household, **more: Any) -> FormerCard:
    """A number that a household's card had before."""
    values: dict[str, Any] = {"reason": "REISSUED", **more}
    made = FormerCard(
        tenant_id=home.tenant_id,
        household_id=home.id,
        village_id=home.village_id,
        kk_sealed=b"",
        kk_bidx=b"",
        kk_prefix="",
        **values,
    )
    vault.seal_former_kk(hub.services.keys, made, KkNumber(f"6399010104{next(_numbers):06d}"))
    return made


def house(tenant: TenantRef, where: UUID, **more: Any) -> House:
    """A house of which nothing is known."""
    return House(tenant_id=tenant.id, village_id=where, **more)


def permit(of: House, **more: Any) -> BuildingPermit:
    """A permit; it is the caller who says on the house that there is one."""
    values: dict[str, Any] = {"legal_name": "IMB", "issued_on": date(2018, 3, 4), **more}
    number = f"503/{next(_numbers)}/IMB"
    return BuildingPermit(
        **{"tenant_id": of.tenant_id, "house_id": of.id, "village_id": of.village_id, "number": number, **values}
    )


def citizen(
    hub: Hub, tenant: TenantRef, home: Household, name: str, *, nik: str | None = None, **more: Any
) -> list[TenantRow | CitizenNameToken]:
    """A person with sensitive data and name tokens, in the order of insertion."""
    values: dict[str, Any] = {
        "sex": "MALE",
        "family_relation": "CHILD",
        "base_status": "ALIVE",
        "birth_date": date(1990, 5, 17),
        **more,
    }
    sensitive = {key: values.pop(key) for key in ("religion", "ethnicity", "blood_type") if key in values}
    made = Citizen(
        tenant_id=tenant.id,
        village_id=home.village_id,
        household_id=home.id,
        full_name=name,
        sort_key=names.sort_key(name),
        nik_status="WELL_FORMED" if nik else "UNKNOWN",
        **values,
    )
    if nik:
        made.nik_sealed = hub.services.keys.seal(
            nik.encode(), tenant=tenant.id, table="citizen", column="nik", row=made.id
        )
        made.nik_bidx = hub.services.keys.blind(nik, tenant=tenant.id, kind="nik")
        made.nik_prefix = nik[:4]
    return [
        made,
        CitizenSensitive(tenant_id=tenant.id, id=made.id, village_id=home.village_id, **sensitive),
        *vault.name_tokens(made),
    ]


def stay(of: Citizen, **more: Any) -> Stay:
    """Where a person lives, as the register knows since a day."""
    values: dict[str, Any] = {
        **{name: getattr(of, name) for name in staying.KEPT},
        "from_on": date(2025, 3, 4),
        "beginning": "RECORDED",
        **more,
    }
    return Stay(tenant_id=of.tenant_id, citizen_id=of.id, **values)


def office(tenant: TenantRef, name: str) -> Kecamatan:
    """The kecamatan's office."""
    return Kecamatan(tenant_id=tenant.id, code=tenant.code, name=name, slug=name.lower(), time_zone=tenant.zone.value)


def profile(tenant: TenantRef, of: Kecamatan, year: int = 2018, **more: Any) -> KecamatanProfile:
    """A yearly profile."""
    return KecamatanProfile(tenant_id=tenant.id, kecamatan_id=of.id, year=year, **more)


def hours(tenant: TenantRef, of: Kecamatan, channel: str = "WHATSAPP") -> ServiceHours:
    """Service hours."""
    day = datetime(2018, 1, 1, 7, 30, tzinfo=UTC)
    return ServiceHours(
        tenant_id=tenant.id,
        kecamatan_id=of.id,
        channel=channel,
        weekdays=["MONDAY", "FRIDAY"],
        opens_at=day.time(),
        closes_at=day.replace(hour=15, minute=0).time(),
    )


def agreement(tenant: TenantRef, number: str = "PKS-1", **more: Any) -> DataUseAgreement:
    """An agreement that expired."""
    term = {"starts_on": date(2018, 1, 1), "expires_on": date(2018, 12, 31)}
    return DataUseAgreement(**{"tenant_id": tenant.id, "number": number, "purpose": "Verifikasi", **term, **more})


def sub_village(tenant: TenantRef, of: Village, name: str) -> SubVillage:
    """A hamlet."""
    return SubVillage(tenant_id=tenant.id, village_id=of.id, name=name)


def sync(tenant: TenantRef, of: Village, **more: Any) -> VillageSync:
    """How the village's own sending goes."""
    shape: dict[str, Any] = {
        "state": "WAITING",
        "received_at": datetime(2026, 7, 15, 3, 0, tzinfo=UTC),
        "rows": 4,
        "waiting": 1,
        "message": "4 warga diterima",
        "website": "https://desa.example/",
    }
    return VillageSync(tenant_id=tenant.id, id=of.id, village_id=of.id, **{**shape, **more})


def sync_file(hub: Hub, tenant: TenantRef, of: Village) -> VillageSyncFile:
    """The file of it that waits."""
    sealed = hub.services.keys.seal(b"PK", tenant=tenant.id, table="village_sync_file", column="sealed", row=of.id)
    return VillageSyncFile(tenant_id=tenant.id, id=of.id, village_id=of.id, sealed=sealed)


def import_batch(tenant: TenantRef, village: UUID, **more: Any) -> ImportBatch:
    """What was written of a file."""
    made = {"tenant_id": tenant.id, "village_id": village, "file_sha256": bytes(32), "state": "DONE", "counts": {}}
    return ImportBatch(**{**made, **more})


def proposed(batch: ImportBatch, kind: str, **more: Any) -> ProposedEvent:
    """Something that it lets suppose."""
    return ProposedEvent(
        **{"tenant_id": batch.tenant_id, "village_id": batch.village_id, "batch_id": batch.id, "kind": kind, **more}
    )


def import_job(tenant: TenantRef, of: StoredFile, village: UUID, **more: Any) -> ImportJob:
    """An import of an uploaded workbook that waits for a word."""
    return ImportJob(
        **{
            "tenant_id": tenant.id,
            "village_id": village,
            "file_id": of.id,
            "state": "WAITING",
            "actions": ["NEW"],
            "principal_id": UUID(int=1),
            "grant_id": UUID(int=2),
            "rows": 4,
            **more,
        }
    )


def import_figure(of: ImportJob, action: str = "NEW", **more: Any) -> ImportFigure:
    """A figure of it."""
    return ImportFigure(
        **{
            "tenant_id": of.tenant_id,
            "village_id": of.village_id,
            "job_id": of.id,
            "action": action,
            "found": 3,
            "written": 1,
            "waiting": 2,
            **more,
        }
    )


def import_problem(of: ImportJob, position: int = 0, **more: Any) -> ImportProblem:
    """A faulty cell of it."""
    return ImportProblem(
        **{
            "tenant_id": of.tenant_id,
            "village_id": of.village_id,
            "job_id": of.id,
            "position": position,
            "sheet": "Data Penduduk",
            "row_number": 6,
            "heading": "nik",
            "code": "NIK_MISSING",
            "shown": "",
            "reason": "NIK kosong",
            "remedy": "Isi NIK 16 digit",
            **more,
        }
    )


def official(tenant: TenantRef, of: Village, name: str, position: str = "HEAD") -> VillageOfficial:
    """An official."""
    return VillageOfficial(tenant_id=tenant.id, village_id=of.id, name=name, position=position)


def partner(tenant: TenantRef, name: str, **more: Any) -> PartnerOrganization:
    """A partner organization of the kecamatan."""
    return PartnerOrganization(**{"tenant_id": tenant.id, "name": name, "kind": "PKK", "level": "KECAMATAN", **more})


def commitment(tenant: TenantRef, title: str, **more: Any) -> Commitment:
    """A commitment."""
    return Commitment(
        **{
            "tenant_id": tenant.id,
            "type": "CHARTER",
            "title": title,
            "object": "Pelayanan",
            "planned_on": date(2018, 4, 9),
            **more,
        }
    )


def party(tenant: TenantRef, of: Commitment, position: int, **arc: Any) -> CommitmentParty:
    """A party."""
    return CommitmentParty(tenant_id=tenant.id, commitment_id=of.id, position=position, **arc)


def clause(tenant: TenantRef, of: Commitment, position: int) -> CommitmentClause:
    """A clause with a penalty."""
    return CommitmentClause(
        tenant_id=tenant.id, commitment_id=of.id, position=position, text="Melayani", penalty_amount=5_000
    )


def evidence(tenant: TenantRef, of: Commitment) -> CommitmentEvidence:
    """Evidence."""
    return CommitmentEvidence(tenant_id=tenant.id, commitment_id=of.id, kind="PHOTO", description="Foto")


def member(organization: PartnerOrganization, person: Citizen, **more: Any) -> PartnerMember:
    """A member of an organization."""
    return PartnerMember(
        **{
            "tenant_id": person.tenant_id,
            "village_id": person.village_id,
            "organization_id": organization.id,
            "citizen_id": person.id,
            "since": date(2018, 5, 11),
            **more,
        }
    )


def plan(office: Kecamatan, title: str, **more: Any) -> ActionPlan:
    """A draft of an action plan."""
    return ActionPlan(
        **{"tenant_id": office.tenant_id, "kecamatan_id": office.id, "title": title, "year": 2018, **more}
    )


def plan_item(of: ActionPlan, position: int, **more: Any) -> ActionPlanItem:
    """An item of a plan."""
    return ActionPlanItem(
        **{
            "tenant_id": of.tenant_id,
            "plan_id": of.id,
            "position": position,
            "activity": "Jemput bola",
            "starts_on": date(2018, 4, 2),
            "ends_on": date(2018, 6, 30),
            "output": "Dokumen",
            "responsible": "Kepala Seksi Pelayanan",
            **more,
        }
    )


def stakeholder(of: ActionPlanItem, **arc: Any) -> PlanItemStakeholder:
    """Who takes part in an item."""
    return PlanItemStakeholder(tenant_id=of.tenant_id, item_id=of.id, **arc)


def plan_problem(of: ActionPlanItem, **more: Any) -> PlanItemProblem:
    """A problem of an item."""
    return PlanItemProblem(
        **{
            "tenant_id": of.tenant_id,
            "item_id": of.id,
            "problem": "Jalan rusak",
            "raised_on": date(2018, 5, 2),
            **more,
        }
    )


def plan_evidence(of: ActionPlanItem, **more: Any) -> PlanItemEvidence:
    """Evidence of an item."""
    return PlanItemEvidence(
        **{"tenant_id": of.tenant_id, "item_id": of.id, "kind": "PHOTO", "description": "Foto", **more}
    )


def plan_review(of: ActionPlan, **more: Any) -> ActionPlanReview:
    """A review of a plan."""
    return ActionPlanReview(
        **{
            "tenant_id": of.tenant_id,
            "plan_id": of.id,
            "reviewed_on": date(2018, 7, 2),
            "kind": "EVALUATE",
            "note": "Berjalan",
            **more,
        }
    )


def link(near: Commitment | ActionPlanItem, **far: Any) -> Link:
    """A link from a commitment or an item."""
    start = "commitment_id" if isinstance(near, Commitment) else "item_id"
    relation = "EVIDENCED_BY" if "file_id" in far else "FULFILLED_BY"
    return Link(**{"tenant_id": near.tenant_id, "relation": relation, start: near.id, **far})


def stored_file(tenant: TenantRef, name: str, **more: Any) -> StoredFile:
    """A file without content on the disk."""
    return StoredFile(
        **{
            "tenant_id": tenant.id,
            "name": name,
            "kind": "PDF",
            "state": "UNSCANNED",
            "size": 12_345,
            "principal_id": UUID(int=1),
            "grant_id": UUID(int=2),
            **more,
        }
    )


def webhook(hub: Hub, tenant: TenantRef, **more: Any) -> WebhookEndpoint:
    """A webhook that waits for a release: no sender may find it."""
    made = WebhookEndpoint(
        **{
            "tenant_id": tenant.id,
            "url": "https://receiver.example/hook",
            "types": [],
            "effects": [],
            "secret_sealed": b"",
            "principal_id": UUID(int=1),
            "grant_id": UUID(int=2),
            "seq": 0,
            "released_epoch": 0,
            **more,
        }
    )
    place: dict[str, Any] = {"tenant": tenant.id, "table": "webhook_endpoint", "row": made.id}
    made.secret_sealed = hub.services.keys.seal(b"whsec_", column="secret", **place)
    if made.former_until is not None:
        made.former_secret_sealed = hub.services.keys.seal(b"whsec_", column="former_secret", **place)
    return made


def webhook_delivery(to: WebhookEndpoint, seq: int | None, **more: Any) -> WebhookDelivery:
    """A message that waits; without a place it is a test."""
    moment = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    about: dict[str, Any] = {"type_name": "Village", "object_id": UUID(int=3), "effect": "CHANGED", "object_version": 2}
    return WebhookDelivery(
        **{
            "tenant_id": to.tenant_id,
            "endpoint_id": to.id,
            "message_id": f"msg_{to.id.hex}{seq}",
            "seq": seq,
            "happened_at": moment,
            "next_at": None if "settled_at" in more else moment,
            **({} if seq is None else about),
            **more,
        }
    )


def vital_event(tenant: TenantRef, about: Citizen, **more: Any) -> VitalEvent:
    """An event about a person, reported on the day it happened."""
    values: dict[str, Any] = {
        "type": "NAME_CHANGE",
        "occurred_on": date(2024, 5, 6),
        "reported_on": date(2024, 5, 6),
        **more,
    }
    return VitalEvent(
        tenant_id=tenant.id,
        village_id=about.village_id,
        citizen_id=about.id,
        household_id=about.household_id,
        **values,
    )


def event_subject(of: VitalEvent, who: Citizen, part: str = "SUBJECT", position: int = 0) -> VitalEventSubject:
    """A person's part in an event."""
    return VitalEventSubject(
        tenant_id=of.tenant_id,
        event_id=of.id,
        citizen_id=who.id,
        village_id=who.village_id,
        position=position,
        part=part,
    )


def event_effect(of: VitalEvent, position: int = 0, **more: Any) -> VitalEventEffect:
    """What an event changed: its person's name, unless it is said otherwise."""
    whose = {} if "household_id" in more else {"citizen_id": of.citizen_id}
    values: dict[str, Any] = {"field": "FULL_NAME", "before": "Dahulu", "after": "Sekarang", **whose, **more}
    return VitalEventEffect(
        tenant_id=of.tenant_id, event_id=of.id, village_id=of.village_id, position=position, **values
    )


def vulnerability(whose: Citizen | Household, group: str = "POOR", **more: Any) -> Vulnerability:
    """A person or a family in a vulnerable group, only proposed unless it is said otherwise."""
    arc: dict[str, Any] = {"citizen_id" if isinstance(whose, Citizen) else "household_id": whose.id}
    return Vulnerability(
        tenant_id=whose.tenant_id,
        village_id=whose.village_id,
        vulnerable_group=group,
        group_class=CLASSES[VulnerableGroup[group]].value,
        since=date(2024, 2, 29),
        proposed_role="VILLAGE_OFFICER",
        **arc,
        **more,
    )


def document(whose: Citizen | Household, kind: str = "BIRTH_CERT", **more: Any) -> PopulationDocument:
    """A document that was issued to a person or a family, in force unless it is said otherwise."""
    arc: dict[str, Any] = {"citizen_id" if isinstance(whose, Citizen) else "household_id": whose.id}
    return PopulationDocument(
        **{
            "tenant_id": whose.tenant_id,
            "village_id": whose.village_id,
            "type": kind,
            "issued_on": date(2024, 2, 29),
            **arc,
            **more,
        }
    )


def verified(on: date, until: date) -> dict[str, Any]:
    """The columns of a verification."""
    at = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
    return {
        "state": "VERIFIED",
        "verified_role": "CAMAT",
        "verified_at": at,
        "verified_on": on,
        "verified_until": until,
    }


def former_nik(hub: Hub, whose: Citizen, nik: str, **more: Any) -> FormerNik:
    """A number that a person had before."""
    made = FormerNik(
        tenant_id=whose.tenant_id,
        citizen_id=whose.id,
        village_id=whose.village_id,
        nik_sealed=b"",
        nik_bidx=b"",
        nik_prefix=nik[:4],
        **{"nik_status": "TEMPORARY", **more},
    )
    made.nik_sealed = hub.services.keys.seal(
        nik.encode(), tenant=made.tenant_id, table="former_nik", column="nik", row=made.id
    )
    made.nik_bidx = hub.services.keys.blind(nik, tenant=made.tenant_id, kind="nik")
    return made


def tally(tenant: TenantRef) -> DisclosureTally:
    """What a principal was told on a day."""
    return DisclosureTally(tenant_id=tenant.id, principal_id=new_id(), day=date(2026, 1, 5), revealed=3)


def alarm(tenant: TenantRef, **more: Any) -> DisclosureAlarm:
    """That somebody was told unusually many numbers."""
    values = {"kind": "REVEALED", "day": date(2026, 1, 5), "role": "KEC_COUNTER", "number": 30, "threshold": 30, **more}
    return DisclosureAlarm(tenant_id=tenant.id, principal_id=new_id(), **values)


def departure(tenant: TenantRef, of: Citizen, **more: Any) -> Departure:
    """A family that leaves for elsewhere."""
    values: dict[str, Any] = {
        "state": "GONE",
        "reason": "WORK",
        "departed_on": date(2025, 2, 3),
        "destination": "OUTSIDE",
        "place": "Jl. 'Lain' 1",
        "whole": True,
        **more,
    }
    return Departure(tenant_id=tenant.id, village_id=of.village_id, household_id=of.household_id, **values)


def departure_person(of: Departure, who: Citizen, position: int = 0) -> DeparturePerson:
    """Somebody who leaves."""
    return DeparturePerson(
        tenant_id=of.tenant_id,
        departure_id=of.id,
        citizen_id=who.id,
        village_id=of.village_id,
        position=position,
        family_relation=who.family_relation,
    )


def arrival(tenant: TenantRef, at: Citizen, **more: Any) -> Arrival:
    """A family that has come."""
    values: dict[str, Any] = {
        "state": "ACCEPTED",
        "reason": "FAMILY",
        "from_tenant": tenant.id,
        "from_code": "63.11.02",
        "departed_on": date(2025, 2, 3),
        "expires_on": date(2025, 3, 5),
        **more,
    }
    return Arrival(tenant_id=tenant.id, village_id=at.village_id, household_id=at.household_id, **values)


def arrival_person(hub: Hub, of: Arrival, who: Citizen, position: int = 0) -> ArrivalPerson:
    """Somebody who has come."""
    made = ArrivalPerson(
        tenant_id=of.tenant_id,
        arrival_id=of.id,
        village_id=of.village_id,
        position=position,
        full_name=who.full_name,
        sex=who.sex,
        birth_date=who.birth_date,
        family_relation=who.family_relation,
        departed_id=who.id,
        citizen_id=who.id,
    )
    made.told_sealed = hub.services.keys.seal(
        b"{}", tenant=of.tenant_id, table="arrival_person", column="told", row=made.id
    )
    return made


def twin_case(tenant: TenantRef, of: Citizen, **more: Any) -> TwinCase:
    """Somebody elsewhere with a person's NIK."""
    values: dict[str, Any] = {
        "other_tenant": tenant.id,
        "other_citizen": of.id,
        "other_code": "63.11.02",
        "proposal": "SAME_PERSON",
        "proposal_side": "HERE",
        **more,
    }
    if values["proposal"] == "TWO_PEOPLE":
        values["proposal_side"] = None
    return TwinCase(tenant_id=tenant.id, village_id=of.village_id, citizen_id=of.id, **values)


def twin_referral(tenant: TenantRef, **more: Any) -> TwinReferral:
    """A case before a Disdukcapil."""
    return TwinReferral(tenant_id=tenant.id, **{"region_code": "63", **more})


def ruled(state: str, **more: Any) -> dict[str, Any]:
    """The columns of a ruling."""
    return {
        "state": state,
        "decision": "SAME_PERSON",
        "decision_code": "63.01.01",
        "reason": "Pindah",
        "decided_on": date(2026, 3, 5),
        **more,
    }


def twin_referral_side(of: TwinReferral, position: int, *, told: bool = True, **more: Any) -> TwinReferralSide:
    """The person on one side, or what is left of them."""
    values: dict[str, Any] = {
        "village_name": "Satu",
        "full_name": "Siti Aminah",
        "sex": "FEMALE",
        "birth_place": "Balangan",
        "birth_date": date(1990, 1, 2),
        "nik_prefix": "6311",
    }
    return TwinReferralSide(
        tenant_id=of.tenant_id,
        referral_id=of.id,
        region_code=of.region_code,
        position=position,
        home_tenant=of.tenant_id,
        citizen_id=of.id,
        code="63.01.01" if position == 0 else "63.11.02",
        **{**(values if told else dict.fromkeys(TOLD)), **more},
    )


def assignment(tenant: TenantRef, **more: Any) -> AgencyAssignment:
    """Feedback that lies with an agency."""
    values: dict[str, Any] = {
        "kind": "FEEDBACK",
        "home_tenant": tenant.id,
        "home_code": "63.01.01",
        "home_name": "Takisung",
        "object_ref": "RmVlZGJhY2s",
        "feedback_state": "ESCALATED",
        "sent_on": date(2026, 3, 2),
        "due_on": date(2026, 3, 9),
        "subject": "Jalan putus",
        "body": "Jalan antardesa putus.",
        "village_names": ["Satu"],
        **more,
    }
    if values["kind"] == "ACTION_PLAN":
        values = {**values, "feedback_state": None, "plan_state": values.get("plan_state") or "FORWARDED"}
    return AgencyAssignment(tenant_id=tenant.id, **values)


def agency_act(of: AgencyAssignment, **more: Any) -> AgencyAct:
    """A receipt that has arrived."""
    values: dict[str, Any] = {"kind": "RECEIPT", "state": "CARRIED", **more}
    if values["state"] != "SENT":
        values.setdefault("settled_at", datetime(2026, 3, 3, 2, 0, tzinfo=UTC))
    return AgencyAct(tenant_id=of.tenant_id, assignment_id=of.id, **values)


def announcement(tenant: TenantRef, title: str, **more: Any) -> Announcement:
    """Published for everybody."""
    values: dict[str, Any] = {
        "body": "Isi",
        "audience": "PUBLIC",
        "state": "PUBLISHED",
        "edition": 1,
        "published_at": datetime(2026, 3, 1, tzinfo=UTC),
        **more,
    }
    return Announcement(tenant_id=tenant.id, title=title, **values)


def edition(of: Announcement, number: int = 1, **more: Any) -> AnnouncementEdition:
    """A text as published."""
    values: dict[str, Any] = {"title": of.title, "body": of.body, "published_at": of.published_at, **more}
    return AnnouncementEdition(tenant_id=of.tenant_id, announcement_id=of.id, number=number, **values)


def relay(of: Announcement, **arc: Any) -> AnnouncementRelay:
    """Somebody who is asked to pass it on."""
    return AnnouncementRelay(tenant_id=of.tenant_id, announcement_id=of.id, **arc)


def survey(tenant: TenantRef, title: str, **more: Any) -> Survey:
    """A survey that takes answers."""
    values: dict[str, Any] = {
        "service": "Loket",
        "from_on": date(2026, 1, 1),
        "until_on": date(2026, 12, 31),
        "template": "SKM_9_2017",
        **more,
    }
    return Survey(tenant_id=tenant.id, title=title, **values)


def elements(of: Survey) -> list[SurveyElement]:
    """All its elements."""
    return [
        SurveyElement(tenant_id=of.tenant_id, survey_id=of.id, position=place, element=each.value)
        for place, each in enumerate(ELEMENTS[SurveyTemplate[of.template]], start=1)
    ]


def response(of: Survey, *scores: int, **more: Any) -> SurveyResponse:
    """An answer; the last score stands for the elements that are not given."""
    wanted = len(ELEMENTS[SurveyTemplate[of.template]])
    whole = [*scores, *[scores[-1]] * (wanted - len(scores))]
    values: dict[str, Any] = {"answered_on": date(2026, 3, 4), **more}
    return SurveyResponse(tenant_id=of.tenant_id, survey_id=of.id, scores=whole, **values)


def day_off(tenant: TenantRef, day: date, **more: Any) -> TenantDayOff:
    """A day on which the office is closed."""
    return TenantDayOff(tenant_id=tenant.id, day=day, **{"name": "Hari jadi kabupaten", **more})


def taken_back() -> dict[str, Any]:
    """The columns of a day off that was taken back."""
    return {"ended_at": datetime(2026, 3, 5, tzinfo=UTC), "end_reason": "Salah tanggal"}


def feedback(tenant: TenantRef, **more: Any) -> Feedback:
    """Something that was said to the kecamatan."""
    values: dict[str, Any] = {
        "kind": "COMPLAINT",
        "submitter_kind": "ANONYMOUS",
        "subject": "Jalan putus",
        "body": "Jalan antardesa putus",
        "received_at": datetime(2026, 3, 5, 2, 0, tzinfo=UTC),
        "received_on": date(2026, 3, 5),
        "forward_due_on": date(2026, 3, 10),
        "tracking_code": tracking_code.fresh(tenant.id).text,
    }
    return Feedback(tenant_id=tenant.id, **{**values, **more})


def feedback_raiser(of: Feedback, **more: Any) -> FeedbackRaiser:
    """Who raised it."""
    return FeedbackRaiser(tenant_id=of.tenant_id, id=of.id, confidential=of.confidential, **more)


def feedback_village(of: Feedback, village: UUID) -> FeedbackVillage:
    """A village it is about."""
    return FeedbackVillage(tenant_id=of.tenant_id, feedback_id=of.id, village_id=village)


def attached_file(of: Feedback, **more: Any) -> StoredFile:
    """A picture that is attached to it, without content on the disk."""
    values = {"kind": "JPEG", "state": "SCANNED_CLEAN", "principal_id": None, "grant_id": None, **more}
    attached = {"name": "lampiran-1.jpg", "for_feedback": True, "feedback_id": of.id, **values}
    return stored_file(TenantRef(of.tenant_id, "", Zone.WIB), **attached)


def feedback_file(of: Feedback, file: StoredFile) -> FeedbackFile:
    """A file that was sent with it."""
    return FeedbackFile(tenant_id=of.tenant_id, feedback_id=of.id, file_id=file.id)


def disposition(of: Feedback, **more: Any) -> FeedbackDisposition:
    """That it was handed to a section, unless another is named."""
    if not {"village_id", "agency_code"} & more.keys():
        more = {"section": "Seksi Pelayanan Umum", **more}
    values: dict[str, Any] = {"sent_on": date(2026, 3, 6), "due_on": date(2026, 3, 13), **more}
    return FeedbackDisposition(tenant_id=of.tenant_id, feedback_id=of.id, **values)


def feedback_answer(of: Feedback, number: int = 1, **more: Any) -> FeedbackAnswer:
    """An answer."""
    values: dict[str, Any] = {"text": "Sudah diperbaiki", "public": True, "answered_on": date(2026, 3, 12), **more}
    return FeedbackAnswer(tenant_id=of.tenant_id, feedback_id=of.id, number=number, **values)


def answer_template(tenant: TenantRef, title: str = "Jalan rusak", **more: Any) -> AnswerTemplate:
    """A text to begin an answer with."""
    values: dict[str, Any] = {"body": "Laporan tentang {judul} kami teruskan ke {nama_desa}.", **more}
    return AnswerTemplate(tenant_id=tenant.id, title=title, **values)


def period(tenant: TenantRef, month: str, **more: Any) -> ReportPeriod:
    """A month of reports."""
    return ReportPeriod(tenant_id=tenant.id, period=month, **more)


def publication(of: Feedback, answer: FeedbackAnswer, **more: Any) -> FeedbackPublication:
    """What everybody may read of it."""
    values: dict[str, Any] = {
        "kind": of.kind,
        "sector": of.sector,
        "summary": "Jalan putus",
        "answer": answer.text,
        "received_on": of.received_on,
        "published_on": date(2026, 3, 13),
    }
    return FeedbackPublication(tenant_id=of.tenant_id, feedback_id=of.id, answer_id=answer.id, **{**values, **more})
