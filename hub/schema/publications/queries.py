"""`districtReport`, `publications`, `publication`: what is told outside the kecamatan."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from graphql import GraphQLResolveInfo

from hub.domains.publications import published
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.errors import ReportUnknown
from hub.graph.context import Context
from hub.graph.declare import answered, queries
from hub.schema.publications import types
from hub.schema.publications.types import Publication, Shown
from hub.schema.reports.types import Report, report_shown
from hub.tenants.permissions import Permission

Info: TypeAlias = "GraphQLResolveInfo[Context]"


async def _district(
    _root: object,
    info: Info,
    code: str,
    period: str | None = None,
    region: str | None = None,
    kecamatan: Sequence[str] | None = None,
) -> Shown:
    context: Context = info.context
    scope, now, definition = context.given.scope, context.given.now, REPORTS.get(code)
    if definition is None:
        raise ReportUnknown(path=("code",))
    wanted = published.region_in(scope, region)
    async with published.outside(context.services.pools, scope, now) as session:
        found = await published.find(session, wanted, period)
        told = await published.report(session, found, definition, now.instant, kecamatan)
    return report_shown(told, scope.lang, scope.permissions)


async def _publications(_root: object, info: Info) -> list[Shown]:
    context: Context = info.context
    scope = context.given.scope
    async with published.outside(context.services.pools, scope, context.given.now) as session:
        return [types.shown(each, scope.lang) for each in await published.listed(session)]


async def _publication(_root: object, info: Info, number: str) -> Shown | None:
    context: Context = info.context
    scope = context.given.scope
    async with published.outside(context.services.pools, scope, context.given.now) as session:
        found = await published.numbered(session, number)
    return None if found is None else types.shown(found, scope.lang)


_NUMBER: dict[str, tuple[Any, str]] = {
    "number": (str, "Number of a publication, or of one of its reports, as files bear it.")
}


@queries
class PublicationQueries:
    """Root fields."""

    district_report: Report | None = answered(
        "A published report of a district, small groups suppressed: figures of persons under 5 and what would tell "
        "them, of sensitive groups all but full tens.",
        _district,
        arguments={
            "code": (str, "Code of the report, such as R-07."),
            "period": (str | None, "The month, such as 2026-11; left out: the newest."),
            "region": (str | None, "Code of the district, such as 63.11; left out: that of your grant."),
            "kecamatan": (
                list[str] | None,
                "Only the lines of these kecamatan, and no totals: no sum is made that was not published.",
            ),
        },
        guard=Permission.READ_AGGREGATES,
    )
    publications: list[Publication] | None = answered(
        "What was published in your region, the newest first.", _publications, guard=Permission.READ_AGGREGATES
    )
    publication: Publication | None = answered(
        "A publication by its number, for everybody: whether what is held in hand is what was published.",
        _publication,
        arguments=_NUMBER,
    )
