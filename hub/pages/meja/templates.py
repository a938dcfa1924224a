"""/meja/templat: the templates of answers, written, changed and ended."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from hub.domains.answer_templates import places
from hub.pages.desk import DESK, Desk, at_desk, carried_out
from hub.pages.forms import NOTHING, Tried, tried, version
from hub.pages.visiting import Visit
from hub.pages.words import known
from hub.tenants.permissions import Permission

PAGE = f"{DESK}/templat"
_FIELDS = {"title": "judul", "body": "isi", "kind": "jenis", "sector": "bidang"}


async def listed(visit: Visit) -> Response:
    """All that are offered, and a form: empty, or of the one that is to be changed."""
    return await _shown(await _desk(visit), NOTHING, visit.request.query_params.get("ubah", ""))


async def write(visit: Visit) -> Response:
    """A new one, or other words for one."""
    desk, form = await _desk(visit), visit.form
    values: dict[str, Any] = {"title": form.get("judul", ""), "body": form.get("isi", "")}
    values |= {name: known(vocabulary, form.get(field)) for name, vocabulary, field in _MEANT_FOR}
    key = form.get("templat", "")
    if key:
        values |= {"template": key, "expectedVersion": 0, **version(form)}
    payload = await carried_out(desk, "meja-template-update" if key else "meja-template-write", values)
    if errors := payload["userErrors"]:
        return await _shown(desk, tried("templat", form, errors, _FIELDS), key)
    return visit.go(PAGE)


async def end(visit: Visit) -> Response:
    """Offered no longer."""
    desk = await _desk(visit)
    values = {"template": visit.form.get("templat", ""), "expectedVersion": 0, **version(visit.form)}
    payload = await carried_out(desk, "meja-template-end", values)
    if errors := payload["userErrors"]:
        return await _shown(desk, tried("akhiri", visit.form, errors, {}))
    return visit.go(PAGE)


async def _desk(visit: Visit) -> Desk:
    return await at_desk(visit, needs=Permission.WRITE_ANSWER_TEMPLATE)


async def _shown(desk: Desk, refused: Tried, changing: str = "") -> Response:
    data = await desk.ask.ask("meja-templates")
    found: list[Mapping[str, Any]] = data["answerTemplates"]["nodes"]
    blank = {"id": "", "version": "", "title": "", "body": "", "kind": "", "sector": ""}
    return desk.page(
        "meja_templates.html",
        data,
        refused.status if refused.form else 200,
        tried=refused,
        changed=next((each for each in found if each["id"] == changing), blank),
        fillable=places.named(),
    )


_MEANT_FOR = (("kind", "kind", "jenis"), ("sector", "sector", "bidang"))
