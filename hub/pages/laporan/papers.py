"""Reports that are taken away: the print, the files, and how anybody verifies what they hold.

What is taken is numbered first, by the mutation that everybody else uses too; what is then shown are the very figures
whose digest was numbered, or the page says that they have changed.
"""

import asyncio
import hmac
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from hub.domains.accounts import codes
from hub.domains.publications.model import PublicationState
from hub.domains.reports import issuing, taking, writing
from hub.domains.reports.assembling import Report
from hub.domains.reports.errors import ReportChanging, ReportUnknown
from hub.domains.reports.model import ReportForm
from hub.pages.asking import Ask
from hub.pages.laporan import own, showing
from hub.pages.laporan.own import HOME, Desk, desk, furnished, given
from hub.pages.laporan.showing import Shown, named, when
from hub.pages.visiting import Handler, Visit
from hub.store.unit import reading
from hub.tenants import gate
from hub.tenants.buckets import client_of

VERIFY = HOME + "/verifikasi"
MOST_LINES = 250
"""Lines of a print; what is longer is a file."""
_TRIES = 3
_CHANGED = 409
_NOT_FOUND = 404


# Taking


async def issue(visit: Visit) -> Response:
    """Number the report for printing, and go to the print."""
    at = await desk(visit)
    entry = at.entry(visit.request.path_params["code"])
    made = await _numbered(visit, at, entry["code"], ReportForm.PRINT)
    if made["userErrors"]:
        return _not_taken(visit, at, entry, made)
    return visit.go(f"{HOME}/{entry['code']}/cetak?nomor={made['number']}")


async def file(visit: Visit) -> Response:
    """The report as a file, in the session's name; the cookie itself opens no file of /reports."""
    at = await desk(visit)
    entry = at.entry(visit.request.path_params["code"])
    suffix = taking.SUFFIXES.get(visit.request.path_params["suffix"])
    if suffix is None:
        raise ReportUnknown
    for attempt in range(_TRIES):
        made = await _numbered(visit, at, entry["code"], suffix.form, attempt)
        if made["userErrors"]:
            return _not_taken(visit, at, entry, made)
        found = await _standing(visit, at, entry["code"], made["number"])
        if writing.digest(found) == made["sha256"]:
            return await _sent(visit, found, visit.request.path_params["suffix"])
    raise ReportChanging


async def _numbered(visit: Visit, at: Desk, code: str, form: ReportForm, attempt: int = 0) -> Shown:
    key = f"{visit.form.get('kunci') or uuid4()} {form.value} {attempt}"
    wanted = {"code": code, "form": form.value, "idempotencyKey": key}
    made: Shown = (await at.ask.ask("issue-report", {"input": wanted}))["issueReport"]
    return made


async def _standing(visit: Visit, at: Desk, code: str, number: str) -> Report:
    """The figures, under the session's grant and at the price of a file of /reports."""
    scope, hub = at.ask.entry.scope, visit.hub
    await hub.buckets.draw(client_of(scope, visit.address, hub.buckets.rates), taking.POINTS)
    async with reading(hub.pools.of(scope.reader), scope, hub.engine.clock()) as session:
        return issuing.bearing(await issuing.standing(session, code), number)


async def _sent(visit: Visit, found: Report, name: str) -> Response:
    suffix = taking.SUFFIXES[name]
    body = await asyncio.to_thread(suffix.write, found, visit.lang)
    headers = {
        **taking.digests(found, body),
        "content-type": suffix.media,
        "content-disposition": f'attachment; filename="{taking.file_name(found, name)}"',
    }
    return Response(body, headers=headers)


def _not_taken(visit: Visit, at: Desk, entry: Shown, made: Shown) -> Response:
    first = made["userErrors"][0]
    return furnished(visit, at, "report_missing.html", _CHANGED, entry=entry, reason=first["message"])


# The print


async def paper(visit: Visit) -> Response:
    """A print by its number: only as long as the figures are those that were numbered."""
    at = await desk(visit)
    entry = at.entry(visit.request.path_params["code"])
    found = await own.standing(at, entry["code"])
    issued = await _issued(at.ask, given(visit, "nomor"))
    if found is None or issued is None or not _of(issued, at, found):
        status = _NOT_FOUND if issued is None else _CHANGED
        return furnished(visit, at, "report_changed.html", status, entry=entry, number=given(visit, "nomor"))
    address = f"{visit.request.url.scheme}://{visit.request.headers.get('host', '')}{VERIFY}/{issued['number']}"
    values = own.shown(visit, found)
    rows, most = found["rows"], MOST_LINES
    _, by_row = showing.outliers(found, visit.lang)
    values["lines"] = own.lines(found, rows[:most], by_row, visit.lang)
    return furnished(
        visit,
        at,
        "report_print.html",
        **values,
        issued=issued,
        issued_at=when(issued["generatedAt"]),
        left_out=max(0, len(rows) - most),
        address=address,
        picture=codes.picture(address),
    )


def _of(issued: Shown, at: Desk, found: Shown) -> bool:
    """Whether a number was given to these figures, here."""
    own = (issued["code"], issued["tenantCode"]) == (found["definition"]["code"], at.session.tenant.code)
    return own and bool(hmac.compare_digest(issued["sha256"], found["sha256"]))


# Verifying


async def verify(visit: Visit) -> Response:
    """What was issued under a number, for anybody who holds the paper or the file."""
    number = visit.request.path_params.get("number") or given(visit, "nomor")
    sha = "".join(given(visit, "sha256").lower().split())
    if not number:
        return visit.page("report_verify.html", number="", sha="", found=None, asked=False)
    ask = await _anybody(visit)
    if "/" in number:
        return await _of_publication(visit, ask, number[:64], sha)
    found = await _issued(ask, number[:64])
    values = {} if found is None else _verified(visit, found, sha)
    status = 200 if found is not None else _NOT_FOUND
    return visit.page("report_verify.html", status, number=number[:64], sha=sha, found=found, asked=True, **values)


async def _of_publication(visit: Visit, ask: Ask, number: str, sha: str) -> Response:
    """What was published under a number: that of a publication, or of one of its reports."""
    found = (await ask.ask("publication", {"number": number}))["publication"]
    if found is None:
        return visit.page("report_verify.html", _NOT_FOUND, number=number, sha=sha, found=None, asked=True)
    one = next((each for each in found["reports"] if each["number"] == number), None)
    return visit.page(
        "publication_verify.html",
        number=number,
        sha=sha,
        found=found,
        one=one,
        same=None if one is None or not sha else hmac.compare_digest(sha.encode(), one["sha256"].encode()),
        state=named(PublicationState[found["state"]], visit.lang),
        published_at=when(found["publishedAt"]),
    )


def _verified(visit: Visit, found: Shown, sha: str) -> Mapping[str, Any]:
    return {
        "form": named(ReportForm[found["form"]], visit.lang),
        "same": hmac.compare_digest(sha.encode(), found["sha256"].encode()) if sha else None,
        "issued_at": when(found["generatedAt"]),
        "as_of": when(found["dataAsOf"]),
    }


async def _anybody(visit: Visit) -> Ask:
    """The graph as a visitor without an account asks it."""
    entry = await visit.hub.gate.enter(gate.Visit(request_id=visit.request_id, lang=visit.lang))
    return Ask(visit.hub, entry, visit.address)


async def _issued(ask: Ask, number: str) -> Shown | None:
    found: Shown | None = (await ask.ask("report-issue", {"number": number}))["reportIssue"] if number else None
    return found


_GET, _POST = ["GET"], ["POST"]
ROUTES: tuple[tuple[str, Handler, list[str]], ...] = (
    (VERIFY, verify, _GET),
    (VERIFY + "/{number}", verify, _GET),
    (HOME + "/{code}/terbitkan", issue, _POST),
    (HOME + "/{code}/cetak", paper, _GET),
    (HOME + "/{code}/unduh.{suffix}", file, _POST),
)
