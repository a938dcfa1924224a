"""Published reports of a district, for those who read figures and no rows: /laporan/kabupaten/R-07."""

import asyncio

from starlette.responses import Response

from hub.domains.publications import taking as published
from hub.domains.publications.errors import PublicationUnknown, RegionNeeded
from hub.domains.publications.model import PublicationState
from hub.domains.reports import taking
from hub.domains.reports.assembling import ReportMissing
from hub.domains.reports.errors import ReportNotYours, ReportUnknown
from hub.pages.asking import NotAnswered
from hub.pages.laporan import own, showing
from hub.pages.laporan.own import HOME, Desk, desk, furnished
from hub.pages.laporan.showing import Shown, named, when
from hub.pages.visiting import Handler, Visit
from hub.tenants.buckets import client_of
from hub.tenants.permissions import Permission

DISTRICT = HOME + "/kabupaten"
_REFUSED = {each.code: each for each in (PublicationUnknown, RegionNeeded)}


async def report(visit: Visit) -> Response:
    """Table and chart of what was published."""
    at, entry = await _desk(visit)
    found = await _found(visit, at, entry["code"])
    publication = found["publication"]
    missing = [
        f"{each['name']} ({named(ReportMissing[each['reason']], visit.lang)})" for each in found["tenantsMissing"]
    ]
    if not found["rows"]:
        return furnished(visit, at, "report_missing.html", entry=entry, reason=entry["notKept"] or ", ".join(missing))
    return furnished(
        visit,
        at,
        "district_report.html",
        **own.shown(visit, found, linked=False),
        publication=publication,
        state=named(PublicationState[publication["state"]], visit.lang),
        published_at=when(publication["publishedAt"]),
        missing=missing,
        changes=_changes(found, visit.lang),
        address=f"{DISTRICT}/{entry['code']}",
    )


async def file(visit: Visit) -> Response:
    """The same as a file; who took it stands in the journal of their own office."""
    at, entry = await _desk(visit)
    suffix = taking.SUFFIXES.get(visit.request.path_params["suffix"])
    if suffix is None:
        raise ReportUnknown
    hub, access = visit.hub, at.ask.entry
    await hub.buckets.draw(client_of(access.scope, visit.address, hub.buckets.rates), taking.POINTS)
    found = await published.take(
        hub.pools,
        access.scope,
        access.grants,
        entry["code"],
        hub.engine.clock(),
        region=visit.form.get("wilayah") or None,
        period=visit.form.get("periode") or None,
    )
    body = await asyncio.to_thread(suffix.write, found, visit.lang)
    name = taking.file_name(found, visit.request.path_params["suffix"])
    headers = {
        **{key: text for key, text in taking.digests(found, body).items() if text},
        "content-type": suffix.media,
        "content-disposition": f'attachment; filename="{name}"',
    }
    return Response(body, headers=headers)


async def _desk(visit: Visit) -> tuple[Desk, Shown]:
    at = await desk(visit)
    found = next((each for each in at.catalogue if each["code"] == visit.request.path_params["code"]), None)
    if found is None:
        raise ReportUnknown
    if Permission.READ_AGGREGATES not in at.viewer["permissions"]:
        raise ReportNotYours
    return at, found


async def _found(visit: Visit, at: Desk, code: str) -> Shown:
    wanted = {
        "code": code,
        "period": own.given(visit, "periode") or None,
        "region": own.given(visit, "wilayah") or None,
    }
    try:
        found: Shown = (await at.ask.ask("district-report", wanted))["districtReport"]
    except NotAnswered as fault:
        if (refusal := _REFUSED.get(str(fault.params["found"]))) is not None:
            raise refusal from None
        raise
    return found


def _changes(found: Shown, lang: str) -> list[Shown]:
    """What a revision tells otherwise, in words."""
    columns = {each["key"]: each for each in found["definition"]["columns"]}
    return [
        {
            "place": each["row"]["regionName"],
            "parts": showing.names(each["row"]),
            "title": columns[each["column"]]["title"],
            "before": showing.value(each["before"], columns[each["column"]], lang),
            "after": showing.value(each["after"], columns[each["column"]], lang),
        }
        for each in found["difference"]
    ]


_GET, _POST = ["GET"], ["POST"]
ROUTES: tuple[tuple[str, Handler, list[str]], ...] = (
    (DISTRICT + "/{code}", report, _GET),
    (DISTRICT + "/{code}/unduh.{suffix}", file, _POST),
)
