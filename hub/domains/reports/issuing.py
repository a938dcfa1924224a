"""A report that is taken away gets a number: whoever holds the paper or the file can ask what was issued under it.

Kept is what it says of itself: report, revision, digest, when, and who took it. No figures.
"""

from dataclasses import replace

from sqlalchemy import select

from hub.domains.citizens.telling import times
from hub.domains.reports import reading, writing
from hub.domains.reports.assembling import Report, assemble
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.errors import ReportHasNoFigures, ReportNotYours, ReportUnknown
from hub.domains.reports.events import ReportIssued
from hub.domains.reports.model import ReportForm, ReportIssue
from hub.journal.model import Effect
from hub.journal.record import record
from hub.kernel import tracking_code
from hub.kernel.errors import Forbidden
from hub.kernel.ids import new_id
from hub.store.base import table
from hub.store.unit import Session, Unit

_ISSUES = table(ReportIssue)


async def standing(session: Session, code: str) -> Report:
    """A report of the scope's kecamatan as it stands; ReportUnknown, ReportNotYours."""
    definition, scope = REPORTS.get(code), session.scope
    if definition is None:
        raise ReportUnknown(path=("code",))
    if scope.tenant is None or not definition.readable(scope.permissions):
        raise ReportNotYours(path=("code",))
    kept = await reading.kept(session, scope.tenant, code)
    return assemble(definition, [kept], session.now.instant)


async def issue(unit: Unit, report: Report, form: ReportForm) -> ReportIssue:
    """Number a report. The same figures taken again in the same form on the same day keep their number.

    A sheet that refreshes itself every minute makes one row a day, and another where the figures changed.
    """
    if report.missing:
        raise ReportHasNoFigures(path=("code",))
    scope = unit.scope
    if scope.principal_id is None or scope.grant_id is None:
        raise Forbidden
    day, digest = unit.now.today(unit.tenant.zone), writing.digest(report)
    own = _ISSUES.c
    again = (
        select(_ISSUES)
        .where(
            own.tenant_id == unit.tenant.id,
            own.principal_id == scope.principal_id,
            own.day == day,
            own.report == report.definition.code,
            own.form == form.value,
            own.sha256 == digest,
            own.revision == report.revision,
        )
        .order_by(own.id)
        .limit(1)
    )
    found = await unit.first(again, ReportIssue)
    if found is not None:
        return found
    made = ReportIssue(
        tenant_id=unit.tenant.id,
        id=new_id(),
        number=tracking_code.fresh(unit.tenant.id).text,
        report=report.definition.code,
        report_number=report.number,
        form=form.value,
        revision=report.revision,
        sha256=digest,
        generated_at=report.generated_at,
        data_as_of=report.data_as_of,
        narrowed=bool(scope.villages),
        day=day,
        principal_id=scope.principal_id,
        grant_id=scope.grant_id,
        **times(unit),
    )
    await unit.add(made)
    await record(unit, _issued(made))
    return made


def bearing(report: Report, number: str) -> Report:
    """The report with what it was issued under."""
    return replace(report, issue=number)


def _issued(made: ReportIssue) -> ReportIssued:
    words = {name: (None, getattr(made, name)) for name in ("report", "form", "revision", "sha256", "number")}
    return ReportIssued(type_name="ReportIssue", object_id=made.id, effect=Effect.CREATED, changes=words)
