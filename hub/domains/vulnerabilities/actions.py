"""Changes of vulnerabilities: check, change, record."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from hub.domains.citizens.errors import CitizenEnded, HouseholdEnded
from hub.domains.citizens.model import Citizen, Household
from hub.domains.vulnerabilities import errors, events, fitness, policy
from hub.domains.vulnerabilities.model import CLASSES, MINORITIES, Vulnerability, VulnerabilityState, VulnerableGroup
from hub.journal.model import Effect
from hub.journal.record import Changes, record
from hub.kernel.errors import DateInFuture, Forbidden
from hub.kernel.keyring import KeyRing
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = {
    "uq_vulnerability_of_citizen": errors.VulnerabilityExists,
    "uq_vulnerability_of_household": errors.VulnerabilityExists,
}
_FEBRUARY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Who is proposed (exactly one of the two) for which group, since when, until when where that is foreseen."""

    citizen: UUID | None
    household: UUID | None
    group: VulnerableGroup
    since: date
    until: date | None
    detail: str | None


async def propose(unit: Unit, keys: KeyRing, proposal: Proposal) -> Vulnerability:
    """Propose a person or a family for a group."""
    if not policy.may_propose(unit.scope):
        raise Forbidden
    if proposal.group in MINORITIES:
        raise errors.MinorityNotKept(path=("group",))
    if proposal.detail is not None and not policy.may_write_detail(unit.scope):
        raise errors.DetailForbidden(path=("detail",))
    today = unit.now.today(unit.tenant.zone)
    if proposal.since > today:
        raise DateInFuture(path=("since",))
    if proposal.until is not None and proposal.until < proposal.since:
        raise errors.UntilBeforeSince(path=("until",))
    whose = await _living(unit, proposal)
    if not fitness.fits(proposal.group, whose, today):
        raise errors.GroupUnfit(path=("group",))

    row = _row(unit, proposal, whose.village_id)
    if proposal.detail is not None:
        row.detail_sealed = keys.seal(proposal.detail.encode(), **_place(row))
    with translating(CONSTRAINTS, path=("group",)):
        await unit.add(row)

    told: Changes = {"group": (None, row.vulnerable_group), "since": (None, row.since), "until": (None, row.until)}
    await record(unit, events.VulnerabilityProposed(**events.about(row, told), effect=Effect.CREATED), keys)
    return row


async def verify(unit: Unit, keys: KeyRing, key: UUID, *, expected: int, until: date | None = None) -> Vulnerability:
    """Verify what was proposed, or verify again; it holds for a year, or until its foreseen end. `until` moves that."""
    if not policy.may_verify(unit.scope):
        raise Forbidden
    before = await _open(unit, key)
    today = unit.now.today(unit.tenant.zone)
    foreseen = until or before.until
    if foreseen is not None and foreseen < today:
        raise errors.UntilPast(path=("until",))
    holds = min(filter(None, (a_year_after(today), foreseen)))
    values = {
        "state": VulnerabilityState.VERIFIED.value,
        "until": foreseen,
        "verified_by_id": unit.scope.principal_id,
        "verified_role": unit.scope.role,
        "verified_at": unit.now.instant,
        "verified_on": today,
        "verified_until": holds,
    }
    after = await unit.change(before, expected=expected, **values)
    told = {name: (getattr(before, name), values[name]) for name in ("state", "verified_on", "verified_until")}
    await record(unit, events.VulnerabilityVerified(**events.about(after, told)), keys)
    return after


async def end(unit: Unit, keys: KeyRing, key: UUID, *, expected: int, on: date, reason: str) -> Vulnerability:
    """End a vulnerability as of a day; whoever only proposes takes back only what is proposed."""
    if not policy.may_propose(unit.scope):
        raise Forbidden
    before = await _open(unit, key)
    if before.state != VulnerabilityState.PROPOSED.value and not policy.may_verify(unit.scope):
        raise errors.VerifiedAlready(path=("vulnerability",))
    if on > unit.now.today(unit.tenant.zone):
        raise DateInFuture(path=("on",))
    if on < before.since:
        raise errors.UntilBeforeSince(path=("on",))
    values: dict[str, Any] = {"state": VulnerabilityState.ENDED.value, "until": on, "end_reason": reason}
    after = await unit.change(before, expected=expected, **values)
    told: Changes = {name: (getattr(before, name), value) for name, value in values.items()}
    event = events.VulnerabilityEndRecorded(**events.about(after, told), effect=Effect.ENDED)
    await record(unit, event, keys)
    return after


async def tell_detail(unit: Unit, keys: KeyRing, key: UUID, *, purpose: str) -> str | None:
    """The detail of one vulnerability; None where there is none. Journaled before it is told."""
    if not policy.may_see_detail(unit.scope):
        raise Forbidden
    row = await unit.see(Vulnerability, key, path=("vulnerability",))
    told = {"detail": (None, None)}
    await record(
        unit,
        events.VulnerabilityDetailTold(
            type_name="Vulnerability",
            object_id=row.id,
            version=row.version,
            village_id=row.village_id,
            subject_id=row.citizen_id,
            changes=told,
            purpose=purpose,
        ),
    )
    return None if row.detail_sealed is None else keys.open(row.detail_sealed, **_place(row)).decode()


def a_year_after(day: date) -> date:
    """The same day of the next year; the last of February after a leap day."""
    leap = (day.month, day.day) == (_FEBRUARY, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


async def _living(unit: Unit, proposal: Proposal) -> Citizen | Household:
    """The person or the family, locked, so that neither ends meanwhile."""
    if proposal.citizen is not None:
        person = await unit.find(Citizen, proposal.citizen, path=("citizen",))
        if person.ended_at is not None:
            raise CitizenEnded(path=("citizen",))
        return person
    assert proposal.household is not None  # noqa: S101  # the input is refused where both are missing
    home = await unit.find(Household, proposal.household, path=("household",))
    if home.ended_at is not None:
        raise HouseholdEnded(path=("household",))
    return home


async def _open(unit: Unit, key: UUID) -> Vulnerability:
    found = await unit.find(Vulnerability, key, path=("vulnerability",))
    if found.state == VulnerabilityState.ENDED.value:
        raise errors.VulnerabilityEnded(path=("vulnerability",))
    return found


def _row(unit: Unit, proposal: Proposal, village: UUID) -> Vulnerability:
    return Vulnerability(
        tenant_id=unit.tenant.id,
        village_id=village,
        citizen_id=proposal.citizen,
        household_id=proposal.household,
        vulnerable_group=proposal.group.value,
        group_class=CLASSES[proposal.group].value,
        since=proposal.since,
        until=proposal.until,
        proposed_by_id=unit.scope.principal_id,
        proposed_role=unit.scope.role,
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )


def _place(row: Vulnerability) -> dict[str, Any]:
    return {"tenant": row.tenant_id, "table": "vulnerability", "column": "detail", "row": row.id}
