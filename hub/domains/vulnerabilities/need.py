"""Who is vulnerable and has no identity card as the register knows it: conditions for lists, and counts by village.

A person is vulnerable by a verified row of their own or of their family; that it is to be verified again does not make
them less so. What the register does not know is never taken for "without".
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    String,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from hub.domains.citizens.finding import among
from hub.domains.citizens.model import Citizen
from hub.domains.villages.model import Village
from hub.domains.vulnerabilities.model import Vulnerability, VulnerabilityState, VulnerableGroup
from hub.kernel.register_codes import EktpStatus, KtpRecordingStatus, MaritalStatus
from hub.kernel.scope import TenantRef
from hub.store.base import table
from hub.store.unit import Session

Columns = Any  # the `.c` of the table of citizens or of an alias of it
Counts = Mapping[str, Any]

_VULNERABLE, _CITIZENS, _VILLAGES = table(Vulnerability), table(Citizen), table(Village)
_MARRIED_ONCE = (MaritalStatus.MARRIED.value, MaritalStatus.DIVORCED.value, MaritalStatus.WIDOWED.value)
_UNDER_WAY = (
    KtpRecordingStatus.NOT_RECORDED.value,
    KtpRecordingStatus.RECORDED.value,
    KtpRecordingStatus.PRINT_READY.value,
    KtpRecordingStatus.SENT_FOR_PRINTING.value,
    KtpRecordingStatus.CARD_PRINTED.value,
    KtpRecordingStatus.CARD_SHIPPED.value,
)
_KTP_YEARS, _ELDERLY_YEARS = "17 years", "60 years"
_FIGURES = ("with_ktp", "without_ktp", "ktp_unknown", "age_unknown", "proposed_without_ktp")


# Conditions on people


def holds_ktp(c: Columns) -> ColumnElement[bool]:
    """Whether a KTP-el is in hand: as said, else by the stage of recording; null where neither is known."""
    said = func.coalesce(c.ektp_status, _text(""))
    stage = func.coalesce(c.ktp_recording_status, _text(""))
    return case(
        (said == _text(EktpStatus.KTP_EL.value), literal_column("true")),
        (said == _text(EktpStatus.NOT_YET.value), literal_column("false")),
        (stage == _text(KtpRecordingStatus.CARD_ISSUED.value), literal_column("true")),
        (_any(stage, _UNDER_WAY), literal_column("false")),
        else_=literal_column("null::boolean"),
    )


def of_ktp_age(c: Columns, today: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a card is due: 17 and over, or married once; null where neither birth date nor a marriage is known."""
    married = _any(func.coalesce(c.marital_status, _text("")), _MARRIED_ONCE)
    return or_(married, c.birth_date <= _years_before(today, _KTP_YEARS))


def lives(c: Columns) -> ColumnElement[bool]:
    """Whether the record has not ended."""
    found: ColumnElement[bool] = c.ended_at.is_(None)
    return found


def is_vulnerable(c: Columns) -> ColumnElement[bool]:
    """Whether a verified row speaks of the person or of the family."""
    verified = _VULNERABLE.c.state == _text(VulnerabilityState.VERIFIED.value)
    own = _there_is(c, _VULNERABLE.c.citizen_id == c.id, verified)
    family = _there_is(c, _VULNERABLE.c.household_id == c.household_id, verified)
    return or_(own, family)


def waits_for_ktp(c: Columns, today: ColumnElement[date]) -> ColumnElement[bool]:
    """The vulnerable people who are to be fetched: of age and known to be without a card."""
    return and_(lives(c), is_vulnerable(c), of_ktp_age(c, today), not_(holds_ktp(c)))


def elderly_unproposed(c: Columns, today: ColumnElement[date]) -> ColumnElement[bool]:
    """Those of 60 and over whom nobody has proposed as elderly."""
    elderly = _VULNERABLE.c.vulnerable_group == _text(VulnerableGroup.ELDERLY.value)
    goes_on = _VULNERABLE.c.state != _text(VulnerabilityState.ENDED.value)
    proposed = _there_is(c, _VULNERABLE.c.citizen_id == c.id, elderly, goes_on)
    return and_(lives(c), c.birth_date <= _years_before(today, _ELDERLY_YEARS), not_(proposed))


# Counts


async def without_ktp(session: Session, tenant: TenantRef, village: UUID | None) -> list[Counts]:
    """A line for each village within the scope, in the order of their codes, with its groups beneath.

    Whoever is in two groups counts once in the village and once in each group. `age_unknown` are those of whom nobody
    can say whether a card is due.
    """
    today = literal(session.now.today(tenant.zone), Date())
    villages = await session.rows(_villages(session, tenant, village))
    lines = {row["village_id"]: row for row in await session.rows(_counted(tenant, today, village, by_group=False))}
    elderly = {row["village_id"]: row["people"] for row in await session.rows(_elderly(tenant, today, village))}
    groups: dict[UUID, list[Counts]] = {}
    for row in await session.rows(_counted(tenant, today, village, by_group=True)):
        groups.setdefault(row["village_id"], []).append(dict(row))
    none = dict.fromkeys(_FIGURES, 0)
    return [
        {
            **none,
            **lines.get(each["id"], {}),
            "village_id": each["id"],
            "elderly_not_proposed": elderly.get(each["id"], 0),
            "groups": groups.get(each["id"], []),
        }
        for each in villages
    ]


def _villages(session: Session, tenant: TenantRef, village: UUID | None) -> Select[Any]:
    own = _VILLAGES.c
    statement = select(own.id).where(own.tenant_id == tenant.id).order_by(own.code, own.id)
    if village is not None:
        return statement.where(own.id == village)
    if session.scope.villages:
        return statement.where(own.id == among(session.scope.villages, Uuid()))
    return statement


def _counted(tenant: TenantRef, today: ColumnElement[date], village: UUID | None, *, by_group: bool) -> Select[Any]:
    """The figures by village, or by village and group."""
    marked = _marked(tenant, village).subquery("marked")
    keys = [marked.c.citizen_id, marked.c.vulnerable_group] if by_group else [marked.c.citizen_id]
    people = select(*keys, func.bool_or(marked.c.verified).label("verified")).group_by(*keys).subquery("people")
    who = _CITIZENS.c
    due, holds = of_ktp_age(who, today), holds_ktp(who)
    counts = {
        "with_ktp": and_(people.c.verified, due, holds),
        "without_ktp": and_(people.c.verified, due, not_(holds)),
        "ktp_unknown": and_(people.c.verified, due, holds.is_(None)),
        "age_unknown": and_(people.c.verified, due.is_(None)),
        "proposed_without_ktp": and_(not_(people.c.verified), due, not_(holds)),
    }
    lines = [who.village_id, *([people.c.vulnerable_group] if by_group else [])]
    return (
        select(*lines, *(func.count().filter(each).label(name) for name, each in counts.items()))
        .select_from(people.join(_CITIZENS, and_(who.tenant_id == tenant.id, who.id == people.c.citizen_id)))
        .group_by(*lines)
        .order_by(*lines)
    )


def _marked(tenant: TenantRef, village: UUID | None) -> Any:
    """Each living person with each group, their own or the family's, that goes on."""
    own, who = _VULNERABLE.c, _CITIZENS.c

    def by(key: ColumnElement[Any], to: ColumnElement[Any]) -> Select[Any]:
        joined: FromClause = _VULNERABLE.join(_CITIZENS, and_(who.tenant_id == tenant.id, to == key))
        verified = (own.state == VulnerabilityState.VERIFIED.value).label("verified")
        found = select(who.id.label("citizen_id"), own.vulnerable_group, verified).select_from(joined)
        found = found.where(own.tenant_id == tenant.id, own.state != VulnerabilityState.ENDED.value, lives(who))
        return found if village is None else found.where(own.village_id == village)

    return union_all(by(own.citizen_id, who.id), by(own.household_id, who.household_id))


def _elderly(tenant: TenantRef, today: ColumnElement[date], village: UUID | None) -> Select[Any]:
    who = _CITIZENS.c
    found = (
        select(who.village_id, func.count().label("people"))
        .where(who.tenant_id == tenant.id, elderly_unproposed(who, today))
        .group_by(who.village_id)
    )
    return found if village is None else found.where(who.village_id == village)


# Small helpers


def _there_is(c: Columns, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    same = _VULNERABLE.c.tenant_id == c.tenant_id
    return exists(select(literal_column("1")).where(same, *conditions).correlate(c.id.table))


def _years_before(today: ColumnElement[date], years: str) -> ColumnElement[date]:
    return cast(today - literal_column(f"interval '{years}'"), Date)


def _text(word: str) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{word}'", Text)
    return found


def _any(value: ColumnElement[str], words: tuple[str, ...]) -> ColumnElement[bool]:
    return value.in_([literal_column(f"'{word}'", String) for word in words])
