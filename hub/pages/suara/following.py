"""/suara without signing in: follow by tracking code, and send where the kecamatan lets everybody."""

import re
from typing import Any

from starlette.responses import Response

from hub.domains.feedback.errors import KecamatanNotHere, PublicFeedbackClosed, TrackingCodeUnknown
from hub.kernel.errors import HubError
from hub.kernel.texts import say
from hub.pages.asking import Ask
from hub.pages.suara import common
from hub.pages.suara.items import item_of
from hub.pages.suara.steps import own_key, step
from hub.pages.visiting import Visit
from hub.tenants import gate

_MOST_CODE, _TOO_MANY = 40, 429
_CODE = re.compile(r"[0-9]{2}(?:\.[0-9]{2}){2}", re.ASCII)


async def follow(visit: Visit) -> Response:
    """The code, and how it stands. The code is sent in the form's body, so that no address keeps it."""
    if visit.request.method != "POST":
        return common.page(visit, "suara_follow.html", code="", item=None)
    code = visit.form.get("kode", "")[:_MOST_CODE]
    item = await _tracked(visit, code)
    error: dict[str, str] | None = None
    if item is None:
        error = common.refusal(visit, TrackingCodeUnknown())
        error["sentence"] = say("There is no feedback with this tracking code.", visit.lang)
        return common.page(visit, "suara_follow.html", TrackingCodeUnknown.status, code=code, item=None, error=error)
    if visit.form.get("langkah"):
        error = await step(visit, await _visitor(visit, item["kecamatan"]), {"trackingCode": code})
        item = await _tracked(visit, code)
    return common.page(visit, "suara_follow.html", 200 if error is None else 409, code=code, item=item, error=error)


async def choose(visit: Visit) -> Response:
    """To which kecamatan."""
    code = visit.request.query_params.get("kecamatan", "").strip()
    if _CODE.fullmatch(code):
        return visit.go(f"{common.SEND}/{code}")
    return common.page(visit, "suara_where.html", code=code[:_MOST_CODE])


async def send(visit: Visit) -> Response:
    """Something new from anybody; the receipt is all there is of it for them."""
    code = visit.request.path_params["code"]
    ask = await _visitor(visit, code)
    found = await ask.ask("suara-office")
    office = next(iter(found["kecamatans"]["nodes"]), None)
    if office is None or not office["publicFeedback"]:
        raise PublicFeedbackClosed
    more: dict[str, Any] = {
        "office": office["name"],
        "villages": found["villages"]["nodes"],
        "path": visit.request.url.path,
    }
    if visit.request.method != "POST":
        return common.page(visit, "suara_public.html", **more)
    try:
        given = {"item": item_of(visit.form), "idempotencyKey": own_key(visit)}
        payload = (await ask.ask("suara-submit", {"input": given}))["submitFeedback"]
        error = common.refusal_of(payload)
    except HubError as refused:
        if refused.status >= HubError.status or refused.status == _TOO_MANY:
            raise
        error = common.refusal(visit, refused)
    if error is not None:
        return common.page(visit, "suara_public.html", 400, given=visit.form, error=error, **more)
    return common.page(visit, "suara_receipt.html", receipt=payload, back=common.FOLLOW)


async def _tracked(visit: Visit, code: str) -> Any:
    """How it stands; None for any other text. Each look is counted."""
    entry = await visit.hub.gate.enter(gate.Visit(request_id=visit.request_id, lang=visit.lang))
    ask = Ask(visit.hub, entry, visit.address)
    return (await ask.ask("suara-track", {"code": code}))["feedbackByTrackingCode"]


async def _visitor(visit: Visit, code: str) -> Ask:
    try:
        entry = await visit.hub.gate.visitor(code, request_id=visit.request_id, lang=visit.lang)
    except gate.TenantUnknown:
        raise KecamatanNotHere from None
    return Ask(visit.hub, entry, visit.address)
