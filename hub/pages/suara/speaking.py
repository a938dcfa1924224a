"""/suara for whoever is signed in: what I have sent, how it stands, something new, open it again."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from hub.domains.feedback.attaching import MOST
from hub.domains.files.uploading import MEGABYTE
from hub.kernel.errors import Forbidden, HubError, NotFound
from hub.kernel.ids import key_of
from hub.pages.asking import Ask
from hub.pages.suara import common
from hub.pages.suara.items import item_of
from hub.pages.suara.steps import own_key, step
from hub.pages.visiting import Visit
from hub.tenants.sessions import SessionFacts

_MOST_CURSOR = 2_000


async def home(visit: Visit) -> Response:
    """What I have sent, the newest first."""
    session = await visit.session()
    ask = await visit.asking(session)
    before = visit.request.query_params.get("sebelum", "")[:_MOST_CURSOR] or None
    found = await ask.ask("suara-home", {"before": before})
    listed = found["feedbacks"]
    if listed is None:
        raise Forbidden
    rows = list(reversed(listed["nodes"]))
    older = listed["pageInfo"]["startCursor"] if listed["pageInfo"]["hasPreviousPage"] else None
    organization = found["viewer"]["organization"]
    return common.mine(visit, session, "suara.html", found["viewer"], rows=rows, older=older, organization=organization)


async def write(visit: Visit) -> Response:
    """The form; sent without the script, the receipt, which the same form sent again shows again."""
    session = await visit.session()
    ask = await visit.asking(session)
    found = await ask.ask("suara-form")
    more: dict[str, Any] = {"villages": found["villages"]["nodes"], "organization": found["viewer"]["organization"]}
    if visit.request.method != "POST":
        return common.mine(visit, session, "suara_form.html", found["viewer"], **more)
    try:
        given = {"item": item_of(visit.form), "idempotencyKey": own_key(visit)}
        payload = (await ask.ask("suara-submit", {"input": given}))["submitFeedback"]
        error = common.refusal_of(payload)
    except HubError as refused:
        if refused.status >= HubError.status:
            raise
        error = common.refusal(visit, refused)
    if error is not None:
        again = {"given": visit.form, "error": error, "status": 400}
        return common.mine(visit, session, "suara_form.html", found["viewer"], **more, **again)
    back = common.FOLLOW if visit.form.get("anonim") else common.HOME  # an anonymous one is in no list
    return common.mine(visit, session, "suara_receipt.html", found["viewer"], receipt=payload, back=back)


async def one(visit: Visit) -> Response:
    """One of them, with its answers; opened again, or said to be done with."""
    session = await visit.session()
    ask = await visit.asking(session)
    key = key_in(visit, session)
    error = None
    if visit.request.method == "POST":
        error = await step(visit, ask, {"feedback": key})
        if error is None:
            return visit.go(visit.request.url.path)
    return await shown(visit, session, ask, key, error)


def key_in(visit: Visit, session: SessionFacts) -> str:
    """The feedback that the address names; NotFound for a text that names none of this kecamatan."""
    key: str = visit.request.path_params["id"]
    if key_of(key, "Feedback", session.tenant.id) is None:
        raise NotFound
    return key


async def shown(
    visit: Visit,
    session: SessionFacts,
    ask: Ask,
    key: str,
    error: Mapping[str, str] | None = None,
    *,
    status: int = 409,
) -> Response:
    """One feedback as it stands, with why the last step was refused."""
    found = await ask.ask("suara-one", {"id": key})
    if found["feedback"] is None:
        raise NotFound
    item = found["feedback"]
    opened = [each["action"] for each in item["allowedActions"] if each["disabledReason"] is None]
    return common.mine(
        visit,
        session,
        "suara_one.html",
        found["viewer"],
        item=item,
        steps_open=opened,
        most_files=MOST,
        megabytes=visit.hub.room.file_bytes // MEGABYTE,
        error=error,
        status=200 if error is None else status,
    )
