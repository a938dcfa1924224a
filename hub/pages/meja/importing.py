"""/meja/impor: a village's workbook, first as a dry run, then what a person has confirmed of it, and back again."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from hub.domains.accounts.errors import FormForged, FormMalformed
from hub.domains.files.errors import FileEmpty, FileNameMissing
from hub.domains.imports.jobs import CONFIRMABLE
from hub.kernel.errors import HubError, NotFound
from hub.kernel.texts import say
from hub.pages.desk import DESK, Desk, at_desk, carried_out, in_address, told
from hub.pages.forms import NOTHING, Tried, file_asked, form_key, tried, version
from hub.pages.sending import received
from hub.pages.visiting import Visit, shown
from hub.tenants.permissions import Permission

PAGE = f"{DESK}/impor"
LOOK_AGAIN = "5"  # seconds, while the worker is at it
_GOING_ON = frozenset({"QUEUED", "RUNNING"})


async def begin(visit: Visit) -> Response:
    """Choose a village and a file; or, sent, take the file in and ask for the dry run."""
    desk = await at_desk(visit, needs=Permission.IMPORT_REGISTER)
    if visit.request.method != "POST":
        return await _form(desk, NOTHING)
    try:
        file = await received(visit, desk.ask.entry.scope)
    except HubError as refusal:
        if not visit.form or isinstance(refusal, FormForged | FormMalformed) or refusal.status >= HubError.status:
            raise
        return await _form(desk, Tried("impor", visit.form, {"berkas": _said(visit, refusal)}))
    given = {"village": visit.form.get("desa", ""), "file": file, "dryRun": True}
    payload = await told(desk, "meja-import-start", given | {"idempotencyKey": form_key(visit.form)})
    if errors := payload["userErrors"]:
        return await _form(desk, tried("impor", visit.form, errors, {"village": "desa", "file": "berkas"}))
    return visit.go(f"{PAGE}/{payload['importJob']['id']}")


def _said(visit: Visit, refusal: HubError) -> str:
    """What is wrong with the file; not in the words of the protocol that this form spares people."""
    if refusal.code in (FileEmpty.code, FileNameMissing.code):
        return say("Choose a file that is not empty.", visit.lang)
    said = shown(visit, refusal)
    return f"{said['sentence']} {said['advice']}"


async def one(visit: Visit) -> Response:
    """How far an import is, what it would write, what it has written."""
    return await _one(await at_desk(visit, needs=Permission.IMPORT_REGISTER), NOTHING)


async def confirm(visit: Visit) -> Response:
    """Write what was chosen of it."""
    desk = await at_desk(visit, needs=Permission.IMPORT_REGISTER)
    chosen = [each.value for each in CONFIRMABLE if visit.form.get(f"tulis_{each.value}")]
    given = {"importJob": _key(visit), "actions": sorted(chosen), "expectedVersion": 0, **version(visit.form)}
    payload = await carried_out(desk, "meja-import-confirm", given)
    if errors := payload["userErrors"]:
        return await _one(desk, tried("tulis", visit.form, errors, {}))
    return visit.go(f"{PAGE}/{_key(visit)}")


async def undo(visit: Visit) -> Response:
    """Take back what it wrote."""
    desk = await at_desk(visit, needs=Permission.IMPORT_REGISTER)
    given = {"importBatch": visit.form.get("gelombang", ""), "expectedVersion": 0, **version(visit.form)}
    payload = await carried_out(desk, "meja-import-undo", given)
    if errors := payload["userErrors"]:
        return await _one(desk, tried("batal", visit.form, errors, {}))
    return visit.go(f"{PAGE}/{_key(visit)}")


async def fetch(visit: Visit) -> Response:
    """The workbook that is handed back, by a link that opens once."""
    desk = await at_desk(visit, needs=Permission.IMPORT_REGISTER)
    payload = await told(desk, "meja-file", file_asked(visit.form))
    if errors := payload["userErrors"]:
        return await _one(desk, tried("berkas", visit.form, errors, {"purpose": "keperluan"}))
    return visit.go(payload["url"])


async def _form(desk: Desk, refused: Tried) -> Response:
    data = await desk.ask.ask("meja-imports")
    jobs = list(reversed((data["importJobs"] or {"nodes": []})["nodes"]))
    return desk.page(
        "meja_imports.html",
        data,
        refused.status if refused.form else 200,
        tried=refused,
        jobs=jobs,
        places=[(each["id"], each["name"]) for each in data["villages"]["nodes"]],
        megabytes=desk.visit.hub.room.workbook_bytes // (1024 * 1024),
    )


async def _one(desk: Desk, refused: Tried) -> Response:
    data = await desk.ask.ask("meja-import", {"id": _key(desk.visit)})
    job = data["importJob"]
    if job is None:
        raise NotFound
    going_on = job["state"] in _GOING_ON
    response = desk.page(
        "meja_import.html",
        data,
        refused.status if refused.form else 200,
        tried=refused,
        job=job,
        going_on=going_on,
        undo=_undo(job),
    )
    if going_on:
        response.headers["refresh"] = LOOK_AGAIN
    return response


def _undo(job: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The step that takes the batch back, open or not; None where nothing was written."""
    batch = job["batch"]
    if batch is None or batch["undoableUntil"] is None:
        return None
    found: Mapping[str, Any] = batch["allowedActions"][0]
    return found


def _key(visit: Visit) -> str:
    return in_address(visit, "impor", "ImportJob")
