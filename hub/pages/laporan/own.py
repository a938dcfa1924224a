"""The pages of reports: /laporan, a report with its chart and map, and how a figure came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from hub.domains.reports.assembling import ReportMissing
from hub.domains.reports.definition import ReportDisclosure
from hub.domains.reports.errors import CellUnknown, ReportNotYours, ReportUnknown
from hub.domains.reports.model import ReportOrigin
from hub.graph.identity import IdRefused
from hub.pages.asking import Ask, NotAnswered
from hub.pages.frame import frame, label
from hub.pages.laporan import drawing, showing
from hub.pages.laporan.showing import PERCENT, WHOLE, Shown, named, number, when
from hub.pages.visiting import Handler, Visit
from hub.tenants.permissions import Permission, Role
from hub.tenants.sessions import SessionFacts

HOME = "/laporan"
LINES = 60
"""Lines of the table on one page: a telephone on a slow line gets at most 100 KB."""
MOST_OUTLIERS = 30
_LONGEST = 200  # characters of a parameter
_MOST_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reads: the session, the way to the graph, and what the catalogue says."""

    session: SessionFacts
    ask: Ask
    viewer: Shown
    catalogue: Sequence[Shown]

    def entry(self, code: str) -> Shown:
        """A report of the catalogue that the reader may read; ReportUnknown, ReportNotYours."""
        found = next((each for each in self.catalogue if each["code"] == code), None)
        if found is None:
            raise ReportUnknown
        if not found["mayRead"]:
            raise ReportNotYours
        return found


async def desk(visit: Visit) -> Desk:
    """The reader's desk; to signing in where nobody is."""
    session = await visit.session()
    ask = await visit.asking(session)
    told = await ask.ask("reports")
    return Desk(session, ask, told["viewer"], told["reports"])


def furnished(visit: Visit, at: Desk, template: str, status: int = 200, **values: object) -> Response:
    """A page with what the shell says of who is signed in."""
    return visit.page(template, status, **frame(visit, at.session, at.viewer), **values)


def given(visit: Visit, name: str) -> str:
    """A parameter of the address, cut."""
    return visit.request.query_params.get(name, "")[:_LONGEST]


# The catalogue


async def catalogue(visit: Visit) -> Response:
    """Which reports there are: those to read, those whose source is not kept, those of other roles."""
    at = await desk(visit)
    found = [_listed(visit, each) for each in at.catalogue]
    outside = Permission.READ_AGGREGATES in at.viewer["permissions"]
    published = (await at.ask.ask("publications"))["publications"] if outside else []
    return furnished(
        visit,
        at,
        "reports.html",
        readable=[each for each in found if each["mayRead"] and each["notKept"] is None],
        others=[each for each in found if not each["mayRead"] and each["notKept"] is None],
        waiting=[each for each in found if each["notKept"] is not None],
        outside=outside,
        published=[{**each, "at": when(each["publishedAt"])} for each in published],
    )


def _listed(visit: Visit, entry: Shown) -> Shown:
    readers = ", ".join(label(visit, Role(each)) for each in entry["readers"])
    return {**entry, "readers": readers, "disclosure": named(ReportDisclosure[entry["disclosure"]], visit.lang)}


# A report


async def report(visit: Visit) -> Response:
    """Table, chart and map of a report of the own kecamatan."""
    at = await desk(visit)
    entry = at.entry(visit.request.path_params["code"])
    found = await standing(at, entry["code"])
    if found is None or found["tenantsMissing"]:
        return furnished(visit, at, "report_missing.html", entry=entry, reason=_reason(found, entry, visit.lang))
    return furnished(visit, at, "report.html", key=str(uuid4()), **shown(visit, found))


async def standing(at: Desk, code: str) -> Shown | None:
    """A report as the graph tells it; null outside a kecamatan."""
    found: Shown | None = (await at.ask.ask("report", {"code": code}))["report"]
    return found


def _reason(found: Shown | None, entry: Shown, lang: str) -> str | None:
    if entry["notKept"] is not None:
        return str(entry["notKept"])
    return None if found is None else named(ReportMissing[found["tenantsMissing"][0]["reason"]], lang)


def shown(visit: Visit, found: Shown, *, linked: bool = True) -> dict[str, Any]:
    """All that the page of a report says. Published figures are not linked to an explanation."""
    definition = found["definition"]
    columns: Sequence[Shown] = definition["columns"]
    column = next((each for each in columns if each["key"] == given(visit, "kolom")), columns[0])
    outliers, by_row = showing.outliers(found, visit.lang)
    marks, parts = showing.drawn(found["rows"], column, given(visit, "bagian"), visit.lang)
    whole = WHOLE if column["unit"] in PERCENT else None
    limit = column["below"] if column["below"] is not None else column["above"]
    page, pages = _page(visit, len(found["rows"]))
    return {
        "report": found,
        "definition": definition,
        "columns": columns,
        "column": column,
        "parts": parts,
        "chart": drawing.chart(marks, whole=whole, limit=None if limit is None else Decimal(limit)),
        "limit": number(limit, visit.lang),
        "map": drawing.village_map(found["tenantsIncluded"][0]["code"], marks, whole=whole) if linked else None,
        "lines": lines(found, found["rows"][LINES * (page - 1) : LINES * page], by_row, visit.lang, linked=linked),
        "totals": lines(found, found["totals"], {}, visit.lang),
        "partial": lines(found, found["totalsWithPartial"], {}, visit.lang),
        "whole": bool(found["totals"]),
        "outliers": outliers[:MOST_OUTLIERS],
        "more": max(0, len(outliers) - MOST_OUTLIERS),
        "silent": silent(found),
        "page": page,
        "pages": pages,
        "as_of": when(found["dataAsOf"]),
        "disclosure": named(ReportDisclosure[definition["disclosure"]], visit.lang),
        "register": _from_register(found),
    }


def lines(
    found: Shown,
    rows: Sequence[Shown],
    by_row: Mapping[tuple[str, ...], Mapping[str, str]],
    lang: str,
    *,
    linked: bool = True,
) -> list[showing.Line]:
    """Rows for the table."""
    definition = found["definition"]
    return [
        showing.line(
            definition["code"],
            row,
            definition["columns"],
            by_row.get(showing.place_of(row), {}),
            lang,
            linked=linked,
        )
        for row in rows
    ]


def silent(found: Shown) -> list[str]:
    """The villages of which nothing is known."""
    return [
        row["regionName"]
        for row in found["rows"]
        if row["coverage"] is not None and row["coverage"]["villagesReporting"] == 0
    ]


def _from_register(found: Shown) -> bool:
    """Whether figures come from the village register, which is not the civil registry."""
    origins = {cell["origin"] for row in found["rows"] for cell in row["cells"]}
    return ReportOrigin.REGISTER.value in origins


def _page(visit: Visit, rows: int) -> tuple[int, int]:
    pages = max(1, -(-rows // LINES))
    wanted = given(visit, "hal")
    page = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < len(str(_MOST_PAGES)) else 1
    return min(max(page, 1), pages), pages


# How a figure came about


async def explanation(visit: Visit) -> Response:
    """One figure: the calculation, the words, the source and the day."""
    at = await desk(visit)
    entry = at.entry(visit.request.path_params["code"])
    wanted = {
        "code": entry["code"],
        "column": given(visit, "kolom"),
        "village": given(visit, "desa") or None,
        "dimensions": [each[:_LONGEST] for each in visit.request.query_params.getlist("bagian")[:2]],
    }
    found = await _explained(at, wanted)
    origin = found["cell"]["origin"]
    return furnished(
        visit,
        at,
        "report_cell.html",
        entry=entry,
        found=found,
        place=found["row"]["regionName"],
        parts=showing.names(found["row"]),
        value=showing.value(found["cell"], found["column"], visit.lang),
        numerator=number(found["cell"]["numerator"], visit.lang),
        denominator=number(found["cell"]["denominator"], visit.lang),
        origin="" if origin is None else named(ReportOrigin[origin], visit.lang),
        as_of=when(found["dataAsOf"]),
    )


async def _explained(at: Desk, wanted: Shown) -> Shown:
    try:
        found: Shown | None = (await at.ask.ask("report-cell", wanted))["explainCell"]
    except NotAnswered as fault:
        if fault.params["found"] in _NO_CELL:
            raise CellUnknown from None
        raise
    if found is None:
        raise CellUnknown
    return found


_NO_CELL = (CellUnknown.code, IdRefused.code)
_GET = ["GET"]
ROUTES: tuple[tuple[str, Handler, list[str]], ...] = (
    (HOME, catalogue, _GET),
    (HOME + "/{code}", report, _GET),
    (HOME + "/{code}/penjelasan", explanation, _GET),
)
