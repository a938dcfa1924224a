"""The worker between a kecamatan and the agencies to which it hands things: one tenant at a time, safe to repeat.

What was handed over is laid into the agency's tenant as it stands now; what the agency did with it is done in the
kecamatan, under today's policy, and what came of it is kept with the act. An act's id is its idempotency key there: a
worker that dies between the two tenants, or two workers at once, do it once.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, literal, select

from hub.domains.assignments import events
from hub.domains.assignments.model import (
    WORDS,
    AgencyAct,
    AgencyActKind,
    AgencyActState,
    AgencyAssignment,
    AssignmentKind,
    AssignmentState,
)
from hub.domains.citizens.telling import times
from hub.domains.feedback import handling
from hub.domains.feedback.model import DispositionState, Feedback, FeedbackDisposition
from hub.domains.plans import actions as plans
from hub.domains.plans.model import ActionPlan, PlanReviewKind, PlanState
from hub.domains.villages.model import Village
from hub.journal import errands, idempotency
from hub.journal.errands import Due
from hub.journal.following import Followed, follow
from hub.journal.record import record
from hub.kernel.clock import Clock, Now
from hub.kernel.errors import BadInput, Conflict, Forbidden, HubError, NotFound
from hub.kernel.ids import GlobalId
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import TenantRef, Zone
from hub.kernel.texts import advice, sentence
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting, tenant_of
from hub.tenants.permissions import Permission

CONSUMER = ERRAND = "assignments"
FIELD = "agencyAct"  # of the idempotency keys in the kecamatan
AGAIN = timedelta(days=1)  # what waits for an agency that has no tenant yet, or whose tenant is suspended

_ACTS, _VILLAGES = table(AgencyAct), table(Village)
_HANDED = """
select id from feedback_disposition
where tenant_id = $1 and agency_code is not null and (id = any($2) or feedback_id = any($3))
"""
_FORWARDED = "select id from action_plan where tenant_id = $1 and forwarded_agency is not null and id = any($2)"
_ACTED = """
select distinct s.home_tenant, s.id from agency_act a
join agency_assignment s on s.tenant_id = a.tenant_id and s.id = a.assignment_id
where a.tenant_id = $1 and a.id = any($2) and a.state = 'SENT'
"""
_AGENCY = "select id, code, zone from tenant where kind = 'AGENCY' and status = 'ACTIVE' and code = $1"
_NAME = "select name from tenant where id = $1"
_DONE_PLANS = frozenset({PlanState.COMPLETED.value, PlanState.REVISED.value, PlanState.CANCELLED.value})
_MAY = frozenset({Permission.RESPOND_FEEDBACK, Permission.REVIEW_PLAN})


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over, as it stands in the kecamatan: to whom, and what they are told of it."""

    agency: str
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the kecamatan did not take an act: the code, and what it says to people."""

    code: str
    id: str
    en: str

    def in_language(self, lang: str) -> str:
        """The sentence with what to do."""
        return self.en if lang == "en" else self.id


async def notice(connection: Connection, tenant: int, *, clock: Clock) -> int:
    """Make errands of what a tenant's journal says was handed over, changed there, or done by an agency."""

    async def take(inside: Connection, home: int, changes: Sequence[Followed]) -> None:
        now, of = clock().instant, _by_type(changes)
        handed = of.get("FeedbackDisposition", []), of.get("Feedback", [])
        found = await inside.fetch(_HANDED, home, *handed) if any(handed) else []
        if plan := of.get("ActionPlan"):
            found = [*found, *await inside.fetch(_FORWARDED, home, plan)]
        await errands.want(inside, ERRAND, home, {row["id"] for row in found}, now=now)
        acted = await inside.fetch(_ACTED, home, of["AgencyAct"]) if "AgencyAct" in of else []
        for row in acted:
            await errands.want(inside, ERRAND, row["home_tenant"], [row["id"]], now=now)

    return await follow(connection, CONSUMER, tenant, take)


async def run_errand(connection: Connection, errand: Due, _keys: KeyRing, *, clock: Clock) -> None:
    """Bring one assignment and the agency's acts on it into agreement."""
    now = clock()
    if await carry(connection, errand.home_tenant, errand.object_id, now):
        await errands.settled(connection, errand)
    else:
        await errands.later(connection, errand, now.instant + AGAIN)


async def carry(connection: Connection, tenant: int, key: UUID, now: Now) -> bool:
    """Lay a disposition or plan before its agency and do what the agency did; False where no agency is there yet."""
    home = await tenant_of(connection, tenant)
    handed = await _handed(connection, home, key, now)
    if handed is None:
        return True
    agency = await _agency(connection, handed.agency)
    if agency is None:
        return handed.told["state"] in (AssignmentState.RETURNED, AssignmentState.DONE)
    waiting = await _place(connection, agency, key, handed, now)
    for act in waiting:
        refusal = await _take(connection, home, act, now)
        await _settle(connection, agency, act, refusal, now)
    if waiting and (after := await _handed(connection, home, key, now)) is not None:
        await _place(connection, agency, key, after, now)
    return True


# In the kecamatan


async def _handed(connection: Connection, home: TenantRef, key: UUID, now: Now) -> Handed | None:
    """What bears this id: a disposition to an agency, or a plan that was forwarded to one."""
    name = await connection.fetchval(_NAME, home.id)
    where = {"home_tenant": home.id, "home_code": home.code, "home_name": name}
    async with acting(connection, home, now) as unit:
        sent = await unit.first(unit.own(FeedbackDisposition, key), FeedbackDisposition)
        if sent is not None:
            return None if sent.agency_code is None else await _of_feedback(unit, sent, where)
        plan = await unit.first(unit.own(ActionPlan, key), ActionPlan)
        return None if plan is None or plan.forwarded_agency is None else _of_plan(plan, where)


async def _of_feedback(unit: Unit, sent: FeedbackDisposition, where: dict[str, Any]) -> Handed:
    """Everything but who said it. What was handed back is not told any more."""
    said = await unit.see(Feedback, sent.feedback_id)
    told = {
        **where,
        "kind": (AssignmentKind.OFFICE_COMPLAINT if said.about_office else AssignmentKind.FEEDBACK).value,
        "object_ref": GlobalId("Feedback", said.tenant_id, said.id).encode(),
        "state": sent.state,
        "feedback_state": said.state,
        "sent_on": sent.sent_on,
        "due_on": sent.due_on,
        "subject": said.subject,
        "body": said.body,
        "instruction": sent.instruction,
        "sector": said.sector,
        "severity": said.severity,
        "place": said.place,
        "affected_services": said.affected_services,
        "affected_population": said.affected_population,
        "village_names": await _names(unit, said.villages),
    }
    if sent.state == DispositionState.RETURNED:
        told |= {**dict.fromkeys(WORDS), "village_names": [], "affected_services": []}
    return Handed(str(sent.agency_code), told)


async def _names(unit: Unit, villages: Sequence[UUID]) -> list[str]:
    own, named = _VILLAGES.c, literal(list(villages), ARRAY(Uuid())).any_()
    found = select(own.name).where(own.tenant_id == unit.tenant.id, own.id == named).order_by(own.code)
    return [row["name"] for row in await unit.rows(found)]


def _of_plan(plan: ActionPlan, where: dict[str, Any]) -> Handed:
    state = AssignmentState.ACKNOWLEDGED
    if plan.state in _DONE_PLANS:
        state = AssignmentState.DONE
    elif plan.state == PlanState.FORWARDED:
        state = AssignmentState.SENT
    told = {
        **where,
        "kind": AssignmentKind.ACTION_PLAN.value,
        "object_ref": GlobalId("ActionPlan", plan.tenant_id, plan.id).encode(),
        "state": state.value,
        "plan_state": plan.state,
        "sent_on": plan.forwarded_on,
        "subject": f"{plan.title} ({plan.year}/{plan.edition})",
        "body": plan.goals_benefits,
    }
    return Handed(str(plan.forwarded_agency), told)


async def _take(connection: Connection, home: TenantRef, act: AgencyAct, now: Now) -> Refusal | None:
    """Do an agency's act once, or refuse it for good. The journal there names the act as its request."""
    key, digest = str(act.id), sha256(act.id.bytes).digest()
    async with acting(connection, home, now, may=_MAY, request_id=key) as unit:
        before = await idempotency.claim(unit, FIELD, key, digest, keep=idempotency.KEEP_BATCH)
        if before is not None:
            return None if before.outcome["code"] is None else Refusal(**{k: str(v) for k, v in before.outcome.items()})
        refusal = None
        try:
            async with unit.savepoint():
                await _do(unit, act)
        except (BadInput, Conflict, Forbidden, NotFound) as error:
            refusal = Refusal(error.code, _said(error, "id"), _said(error, "en"))
        await idempotency.settle(unit, FIELD, key, {"code": None} if refusal is None else asdict(refusal))
        return refusal


def _said(error: HubError, lang: str) -> str:
    return f"{sentence(error, lang)} {advice(error, lang)}"


async def _do(unit: Unit, act: AgencyAct) -> None:
    key, text = act.assignment_id, act.text or ""
    if act.kind == AgencyActKind.ANSWER:
        await handling.answer_disposition(unit, key, text=text, public=act.public)
    elif act.kind == AgencyActKind.RETURN:
        await handling.hand_back(unit, key, expected=None, reason=text)
    elif act.kind == AgencyActKind.REVIEW:
        kind = PlanReviewKind[str(act.review_kind)]
        await plans.review(unit, key, kind=kind, note=text, new_target=act.new_target, on=act.happened_on)
    elif await unit.first(unit.own(ActionPlan, key), ActionPlan) is None:
        await handling.acknowledge(unit, key, expected=None)
    else:
        number = act.number or str(act.id)
        await plans.record_receipt(unit, key, number=number, on=act.happened_on, note=act.text)


# In the agency's tenant


async def _agency(connection: Connection, code: str) -> TenantRef | None:
    row = await connection.fetchrow(_AGENCY, code)
    return None if row is None else TenantRef(row["id"], row["code"], Zone(row["zone"]))


async def _place(connection: Connection, agency: TenantRef, key: UUID, handed: Handed, now: Now) -> list[AgencyAct]:
    """See that the assignment lies there as it stands; the acts that wait to be carried, in their order."""
    async with acting(connection, agency, now) as unit:
        found = await unit.first(unit.own(AgencyAssignment, key).with_for_update(), AgencyAssignment)
        if found is None:
            made = AgencyAssignment(tenant_id=agency.id, id=key, **handed.told, **times(unit))
            await unit.add(made)
            await record(unit, events.of(made))
            return []
        changed = {name: value for name, value in handed.told.items() if getattr(found, name) != value}
        if changed:
            await record(unit, events.of(await unit.change(found, **changed), found))
        own = unit.own(AgencyAct).where(
            _ACTS.c.assignment_id == key, _ACTS.c.state == literal(AgencyActState.SENT.value, Text())
        )
        return await unit.all(own.order_by(_ACTS.c.created_at, _ACTS.c.id), AgencyAct)


async def _settle(connection: Connection, agency: TenantRef, act: AgencyAct, refusal: Refusal | None, now: Now) -> None:
    async with acting(connection, agency, now) as unit:
        found = await unit.find(AgencyAct, act.id)
        if found.state != AgencyActState.SENT:
            return
        state = AgencyActState.CARRIED if refusal is None else AgencyActState.REFUSED
        changed = await unit.change(
            found,
            state=state.value,
            settled_at=now.instant,
            refusal=None if refusal is None else refusal.code,
            refusal_sentence=None if refusal is None else refusal.in_language(act.lang),
        )
        await record(unit, events.of_act(changed, found))


def _by_type(changes: Sequence[Followed]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for each in changes:
        found.setdefault(each.type_name, []).append(each.object_id)
    return found
