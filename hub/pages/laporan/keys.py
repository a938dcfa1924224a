"""/laporan/kunci: keys by which Excel refreshes reports. One is shown once, when it is made; here it is ended too."""

from collections.abc import Mapping

from starlette.responses import Response

from hub.pages.desk import Desk, at_desk, carried_out
from hub.pages.forms import NOTHING, Tried, given, tried
from hub.pages.laporan.own import HOME
from hub.pages.visiting import Handler, Visit
from hub.tenants.permissions import Permission

PAGE = f"{HOME}/kunci"
_FIELDS = {"label": "guna", "endsOn": "sampai"}


async def keys(visit: Visit) -> Response:
    """The keys there are, and the form for another one."""
    return await _shown(await _desk(visit), NOTHING)


async def make(visit: Visit) -> Response:
    """Make one; the answer is the page itself, for what it tells is told once."""
    desk = await _desk(visit)
    payload = await carried_out(desk, "report-key-make", {"label": "", **given(visit.form, **_FIELDS)})
    if errors := payload["userErrors"]:
        return await _shown(desk, tried("buat", visit.form, errors, _FIELDS))
    return await _shown(desk, NOTHING, told=payload)


async def end(visit: Visit) -> Response:
    """End one, and back to the list."""
    desk = await _desk(visit)
    payload = await carried_out(desk, "report-key-end", {"key": visit.form.get("akhiri", "")})
    if errors := payload["userErrors"]:
        return await _shown(desk, tried("akhiri", visit.form, errors, {}))
    return visit.go(PAGE)


async def _desk(visit: Visit) -> Desk:
    return await at_desk(visit, needs=Permission.READ_REPORTS)


async def _shown(desk: Desk, refused: Tried, told: Mapping[str, str] | None = None) -> Response:
    data = await desk.ask.ask("report-keys")
    visit = desk.visit
    return desk.page(
        "report_keys.html",
        data,
        refused.status if refused.form else 200,
        tried=refused,
        told=told,
        address=f"{visit.request.url.scheme}://{visit.request.headers.get('host', '')}/reports/R-01.csv",
    )


_GET, _POST = ["GET"], ["POST"]
ROUTES: tuple[tuple[str, Handler, list[str]], ...] = (
    (PAGE, keys, _GET),
    (PAGE, make, _POST),
    (f"{PAGE}/akhiri", end, _POST),
)
