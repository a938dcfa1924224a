"""Confirming a period: the figures of all reports are frozen in the transaction in which it is said."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, select

from hub.domains.publications import events, policy
from hub.domains.publications.errors import PeriodNotCounted
from hub.domains.publications.model import PeriodState, ReportFrozen, ReportPeriod
from hub.domains.publications.policy import Standing
from hub.domains.reports.model import ReportCount, ReportState, ReportVillage
from hub.domains.villages.model import Village
from hub.journal.record import record
from hub.store.base import table
from hub.store.unit import Unit

PATH = ("reportPeriod",)

_PERIODS, _COUNTS, _REPORTING, _STATES = (
    table(each) for each in (ReportPeriod, ReportCount, ReportVillage, ReportState)
)
_VILLAGES = table(Village)
_TOLD = ("figure", "dimension_1", "dimension_2", "label_1", "label_2", "numerator", "denominator", "origin", "as_of")


async def confirm(unit: Unit, key: UUID, *, expected: int) -> ReportPeriod:
    """The kecamatan stands by its figures as they are counted now. PeriodOver, PeriodNotCounted, StaleVersion."""
    before = await unit.find(ReportPeriod, key, path=PATH)
    policy.require(unit.scope, await _standing(unit, before))
    rows = await unit.rows(frozen(unit.tenant.id))
    if not rows:
        raise PeriodNotCounted(path=PATH)
    confirmation = before.confirmations + 1
    state = PeriodState.CONFIRMED if before.number is None else PeriodState[before.state]
    after = await unit.change(
        before,
        expected=expected,
        state=state.value,
        confirmations=confirmation,
        confirmed_at=unit.now.instant,
    )
    await unit.add_all([_frozen(unit, after, row) for row in rows])
    await record(unit, events.of(events.ReportPeriodConfirmed, after, before))
    return after


def later(c: Any) -> ColumnElement[bool]:
    """Whether a later period of the same kecamatan is confirmed; `c` are the columns of the period."""
    own = _PERIODS.alias("later")
    found: ColumnElement[bool] = (
        select(own.c.id)
        .where(own.c.tenant_id == c.tenant_id, own.c.period > c.period, own.c.confirmed_at.is_not(None))
        .exists()
    )
    return found


async def _standing(unit: Unit, row: ReportPeriod) -> Standing:
    own = _PERIODS.c
    over = await unit.value(select(later(own)).where(own.tenant_id == unit.tenant.id, own.id == row.id))
    return Standing.OVER if over else Standing.CURRENT


def frozen(tenant: int) -> Select[Any]:
    """What is counted of each report, in one statement and so as of one moment."""
    own, there, villages, states = _COUNTS.c, _REPORTING.c, _VILLAGES.c, _STATES.c
    figures = (
        select(_array(*((name, own[name]) for name in _TOLD), ("village", villages.code)))
        .select_from(
            _COUNTS.outerjoin(_VILLAGES, and_(villages.tenant_id == own.tenant_id, villages.id == own.village_id))
        )
        .where(own.tenant_id == tenant, own.report == states.report)
    )
    reporting = (
        select(
            _array(
                ("code", villages.code),
                ("name", villages.name),
                ("reporting", there.reporting),
                ("synced_at", there.synced_at),
            )
        )
        .select_from(
            _VILLAGES.outerjoin(
                _REPORTING,
                and_(there.tenant_id == tenant, there.village_id == villages.id, there.report == states.report),
            )
        )
        .where(villages.tenant_id == tenant)
    )
    return select(
        states.report,
        states.rule,
        states.revision,
        states.counted_at,
        figures.correlate(_STATES).scalar_subquery().label("figures"),
        reporting.correlate(_STATES).scalar_subquery().label("villages"),
    ).where(states.tenant_id == tenant, states.counted_at.is_not(None))


def _array(*pairs: tuple[str, Any]) -> ColumnElement[Any]:
    found: ColumnElement[Any] = func.coalesce(
        func.jsonb_agg(func.jsonb_build_object(*(part for pair in pairs for part in pair))), func.jsonb_build_array()
    )
    return found


def _frozen(unit: Unit, period: ReportPeriod, row: Mapping[str, Any]) -> ReportFrozen:
    now = unit.now.instant
    return ReportFrozen(
        tenant_id=unit.tenant.id,
        period_id=period.id,
        confirmation=period.confirmations,
        report=row["report"],
        rule=row["rule"],
        revision=row["revision"],
        counted_at=row["counted_at"],
        created_at=now,
        updated_at=now,
        figures=orjson.loads(row["figures"]),
        villages=orjson.loads(row["villages"]),
    )
