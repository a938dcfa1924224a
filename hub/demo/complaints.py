"""What is said to the demo's kecamatan and what becomes of it, by the domains' own actions. All of it is made up."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select

from hub.domains.feedback import handling, raising
from hub.domains.feedback.model import Feedback, FeedbackChannel, FeedbackDisposition, FeedbackKind
from hub.domains.feedback.raising import NewFeedback, Raiser
from hub.domains.partners.model import PartnerKind, PartnerOrganization
from hub.domains.villages.model import Village
from hub.kernel.clock import Now
from hub.kernel.keyring import KeyRing
from hub.store.base import table
from hub.store.unit import Unit

ESCALATED = "Jembatan gantung putus"


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said so many days ago, and how far it has come."""

    subject: str
    body: str
    steps: tuple[str, ...] = ()
    days: int = 0
    kind: FeedbackKind = FeedbackKind.COMPLAINT
    more: Mapping[str, Any] = field(default_factory=dict)


_ROAD: Mapping[str, Any] = MappingProxyType(
    {
        "sector": "INFRASTRUCTURE",
        "affected_services": ["EDUCATION", "POSYANDU", "FOOD_SUPPLY"],
        "affected_population": 840,
        "place": "Sungai di batas dua desa",
    }
)
_SAID = (
    Said("Permintaan jadwal rekam KTP-el", "Kapan petugas datang ke desa kami?", kind=FeedbackKind.INFORMATION_REQUEST),
    Said("Lampu jalan padam", "Lampu di pertigaan padam sejak pekan lalu.", ("triage",), 2),
    Said("Sampah di pasar", "Sampah tidak diangkut tiga hari.", ("triage", "assign"), 4),
    Said("Antrean loket panjang", "Warga menunggu dua jam.", ("triage", "assign", "begin"), 5),
    Said(ESCALATED, "Anak sekolah memutar enam kilometer.", ("triage", "escalate"), 20, more=_ROAD),
    Said("Usul taman baca", "Mohon ruang baca di balai desa.", ("triage", "answer"), 6, FeedbackKind.ASPIRATION),
    Said("Layanan keliling", "Petugasnya ramah.", ("triage", "answer", "close"), 9, FeedbackKind.PRAISE),
    Said("Air bersih keruh", "Air keruh sesudah hujan.", ("triage", "answer", "reopen"), 8),
    Said("Lampu pertigaan mati", "Mati lagi sejak pekan lalu.", ("duplicate",), 1),
    Said("Harga ponsel naik", "Mohon diturunkan.", ("reject",), 3),
)


async def complain(unit: Unit, keys: KeyRing, agency: str) -> None:
    """Feedback in every state; one of them lies with an agency for long."""
    villages = await _villages(unit)
    known: dict[str, UUID] = {}
    for said in _SAID:
        then = replace(unit, now=Now(unit.now.instant - timedelta(days=said.days)))
        village = Raiser(arc="village_id", key=villages[0])
        new = _new(said, villages[:1], village)
        if said.subject == ESCALATED:
            new = _new(said, villages, await _raiser(unit, villages[0]))
        made = await raising.submit(then, keys, new)
        for step in said.steps:
            await _step(then, step, made.id, agency, known)
        known[said.subject] = made.id


def _new(said: Said, villages: list[UUID], raiser: Raiser) -> NewFeedback:
    return NewFeedback(
        kind=said.kind,
        subject=said.subject,
        body=said.body,
        channel=FeedbackChannel.COUNTER,
        raiser=raiser,
        villages=villages,
        more=dict(said.more),
    )


async def _step(unit: Unit, step: str, key: UUID, agency: str, known: Mapping[str, UUID]) -> None:
    """One step of the office, or of the raiser, who comes to the counter with the code."""
    if step == "triage":
        await handling.triage(unit, key, expected=None, values={"severity": 3}, villages=None)
    elif step == "assign":
        section = "Seksi Ketenteraman dan Ketertiban Umum"
        await handling.assign(unit, key, expected=None, section=section, village=None, instruction="Periksa")
    elif step == "begin":
        await handling.acknowledge(unit, await _disposition(unit, key), expected=None)
    elif step == "escalate":
        await handling.escalate(unit, key, expected=None, agency=agency, instruction="Mohon jembatan darurat")
    elif step == "answer":
        await handling.answer(unit, key, expected=None, text="Sudah ditindaklanjuti.", public=True)
    elif step == "duplicate":
        of = known["Lampu jalan padam"]
        await handling.mark_duplicate(unit, key, expected=None, of=of, reason="Sudah dilaporkan")
    elif step == "reject":
        await handling.reject(unit, key, expected=None, reason="Di luar kewenangan kecamatan")
    else:
        await _reply(unit, step, await unit.find(Feedback, key))


async def _reply(unit: Unit, step: str, feedback: Feedback) -> None:
    if step == "close":
        await raising.close(unit, feedback, reason=None, satisfaction=4, holds_code=True, expected=None)
    else:
        await raising.reopen(unit, feedback, reason="Masih sama", holds_code=True)


async def _disposition(unit: Unit, feedback: UUID) -> UUID:
    own = table(FeedbackDisposition).c
    found: UUID = await unit.value(
        select(own.id).where(own.tenant_id == unit.tenant.id, own.feedback_id == feedback).order_by(own.id)
    )
    return found


async def _villages(unit: Unit) -> list[UUID]:
    own = table(Village).c
    rows = await unit.rows(select(own.id).where(own.tenant_id == unit.tenant.id).order_by(own.code).limit(2))
    return [row["id"] for row in rows]


async def _raiser(unit: Unit, village: UUID) -> Raiser:
    """The youth committee, where the kecamatan has one among its partners, else the village."""
    own = table(PartnerOrganization).c
    youth = select(own.id).where(own.tenant_id == unit.tenant.id, own.kind == PartnerKind.KNPI.value)
    found = await unit.value(youth.order_by(own.id).limit(1))
    return Raiser(arc="organization_id", key=found) if found else Raiser(arc="village_id", key=village)
