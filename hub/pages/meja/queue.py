"""/meja: what waits for an answer, what is due first before the rest."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from hub.domains.feedback import policy
from hub.domains.feedback.model import FeedbackState
from hub.pages.desk import DESK, Desk, at_desk, names
from hub.pages.visiting import Visit
from hub.pages.words import known, until, word

PAGE = 20
SECTIONS = (
    "Seksi Pemerintahan",
    "Seksi Pemberdayaan Masyarakat dan Desa",
    "Seksi Ketenteraman dan Ketertiban Umum",
    "Seksi Kesejahteraan Sosial",
    "Seksi Pelayanan Umum",
)
_MOST = 200


async def queue(visit: Visit) -> Response:
    """The queue, or what is answered and over, by the filters of the address."""
    desk = await at_desk(visit)
    asked = {name: value[:_MOST].strip() for name, value in visit.request.query_params.items()}
    wanted = {
        "keadaan": known("state", asked.get("keadaan")) or "",
        "bidang": known("sector", asked.get("bidang")) or "",
        "desa": asked["desa"] if names(asked.get("desa", ""), "Village") else "",
        "seksi": asked.get("seksi", ""),
        "lewat": "1" if asked.get("lewat") else "",
    }
    data = await _asked(desk, wanted, asked)
    for each in data["queue"]["nodes"]:
        each["until"] = until(visit.lang, each["dueOn"], desk.today, overdue=each["overdue"])
    states = {each["key"]: each["count"] for each in data["all"]["countBy"]}
    return desk.page(
        "meja_queue.html",
        data,
        wanted=wanted,
        filtered=any(wanted.values()),
        counts=[(word(visit.lang, "state", each), states[each]) for each in FeedbackState if each in states],
        before=_address(wanted, sebelum=data["queue"]["pageInfo"]["startCursor"]),
        after=_address(wanted, sesudah=data["queue"]["pageInfo"]["endCursor"]),
        sections=SECTIONS,
    )


async def _asked(desk: Desk, wanted: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, Any]:
    over = bool(wanted["keadaan"]) and FeedbackState[wanted["keadaan"]] not in policy.OPEN
    conditions = {
        name: {"eq": wanted[key]} for name, key in (("state", "keadaan"), ("sector", "bidang")) if wanted[key]
    }
    variables: dict[str, Any] = {"filter": conditions or None, **_place(asked)}
    if over:
        return await desk.ask.ask("meja-done", variables)
    more = {
        "village": wanted["desa"] or None,
        "section": wanted["seksi"] or None,
        "overdue": True if wanted["lewat"] else None,
    }
    return await desk.ask.ask("meja-queue", variables | more)


def _place(asked: Mapping[str, str]) -> dict[str, Any]:
    if before := asked.get("sebelum"):
        return {"last": PAGE, "before": before}
    return {"first": PAGE, "after": asked.get("sesudah") or None}


def _address(wanted: Mapping[str, str], **place: str | None) -> str:
    return f"{DESK}?{urlencode({name: value for name, value in {**wanted, **place}.items() if value})}"
