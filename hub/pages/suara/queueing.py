"""What a telephone kept while it had no line: whose it is, and taking it in. Answers are JSON, for the script.

The telephone makes the ids and the key of each packet and repeats both, so what is sent twice is taken in once. Nobody
sends what somebody else has written: the packet names its speaker.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import JSONResponse, Response

from hub.domains.accounts.errors import FormMalformed, SessionOver
from hub.kernel.errors import HubError, TryLater
from hub.pages.suara import common
from hub.pages.suara.items import item_of
from hub.pages.visiting import Elsewhere, Handler, Room, Visit, shown

ROOM = Room(bytes=512 * 1024, fields=8)
MOST_ITEMS = 20
_MOST_FIELDS = 150
Kept = tuple[str, str | None, Mapping[str, str]]  # id, moment, fields


def told(handler: Handler) -> Handler:
    """A handler whose refusals are JSON too."""

    async def answer(visit: Visit) -> Response:
        try:
            return await handler(visit)
        except (SessionOver, Elsewhere):
            return JSONResponse({"orang": None, **shown(visit, SessionOver())}, SessionOver.status)
        except HubError as refusal:
            headers = {"retry-after": str(refusal.seconds)} if isinstance(refusal, TryLater) else None
            return JSONResponse(dict(shown(visit, refusal)), refusal.status, headers)

    answer.__name__ = handler.__name__
    return answer


async def who(visit: Visit) -> Response:
    """Whose session it is, and what a form of theirs must carry."""
    session = await visit.session()
    await visit.asking(session)  # to the choice of a grant, where none is chosen
    now = visit.hub.engine.clock().instant
    return JSONResponse(
        {"orang": common.speaker_of(visit, session), "csrf": visit.csrf, "kini": int(now.timestamp() * 1000)}
    )


async def take(visit: Visit) -> Response:
    """A packet: what came of each item, in their order. One that cannot be read is refused alone."""
    session = await visit.session()
    ask = await visit.asking(session)
    if not hmac.compare_digest(visit.form.get("orang", "").encode(), common.speaker_of(visit, session).encode()):
        return JSONResponse({"orang": None, **shown(visit, SessionOver())}, SessionOver.status)
    kept = _kept(visit.form.get("barang", ""))
    key = visit.form.get("kunci", "")
    outcomes: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for each, moment, fields in kept:
        outcomes.append({"id": each, "kode": None, "tenggat": None, "masalah": None})
        try:
            items.append({**item_of(fields), "clientId": each, **({"capturedAt": moment} if moment else {})})
        except HubError as refusal:
            outcomes[-1]["masalah"] = _problem(dict(shown(visit, refusal)))
    payload = (await ask.ask("suara-batch", {"input": {"items": items, "idempotencyKey": key}}))["submitFeedbackBatch"]
    if refused := common.refusal_of(payload):
        return JSONResponse(refused, 409)
    readable = [each for each in outcomes if each["masalah"] is None]
    for outcome, result in zip(readable, payload["results"], strict=True):
        outcome["kode"] = result["trackingCode"]
        if result["feedback"]:
            outcome["tenggat"] = str(common.day(result["feedback"]["forwardDueOn"], visit.lang).striptags())
        if wrong := common.refusal_of(result):
            outcome["masalah"] = _problem(wrong)
    return JSONResponse({"hasil": outcomes})


def _problem(refusal: Mapping[str, str]) -> str:
    return f"{refusal['sentence']} {refusal['advice']}"


def _kept(text: str) -> Sequence[Kept]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise FormMalformed from None
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_ITEMS:
        raise FormMalformed
    return [_one(each) for each in found]


def _one(found: Any) -> Kept:
    try:
        key, moment, fields = str(UUID(found["id"])), found.get("dicatat"), found["isian"]
        plain = isinstance(fields, dict) and len(fields) <= _MOST_FIELDS and (moment is None or isinstance(moment, str))
        if not plain or not all(isinstance(each, str) for each in fields.values()):
            raise FormMalformed
    except (AttributeError, KeyError, TypeError, ValueError):
        raise FormMalformed from None
    return key, _moment(moment), fields


def _moment(text: str | None) -> str | None:
    """When it was noted down, where the telephone's text is a moment; without one it is taken in all the same."""
    try:
        return None if text is None else datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None


async def offline(visit: Visit) -> Response:
    """The page that a telephone keeps: nothing of anybody in it. The script fills in what it has kept itself."""
    return common.page(visit, "suara_offline.html")
