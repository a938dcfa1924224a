"""What all pages of /suara share: their guards, their words, their script."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import uuid4

from babel.dates import format_date
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub.domains.feedback.model import AffectedService, FeedbackKind, FeedbackSector, FeedbackState
from hub.domains.feedback.policy import ANSWER_DAYS, FORWARD_DAYS
from hub.kernel.errors import Forbidden, HubError
from hub.pages import shell
from hub.pages.frame import frame
from hub.pages.suara.items import choices
from hub.pages.visiting import SPEAKER, Room, Visit, bare, shown
from hub.tenants.permissions import Permission
from hub.tenants.sessions import WHOLE, SessionFacts

HOME, NEW, QUEUE, OFFLINE = "/suara", "/suara/baru", "/suara/antrean", "/suara/luring"
FOLLOW, SEND = "/suara/lacak", "/suara/kirim"
WORKER = "/suara/pekerja.js"
SCRIPT = "/halaman/suara.js"
ROOM = Room(bytes=64 * 1024, fields=150)
GUARDS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(), geolocation=(self), microphone=()",
}
_WORDS = (FeedbackKind, FeedbackSector, AffectedService, FeedbackState)


def page(visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
    """A page with the script of /suara."""
    lang = visit.lang
    words = {each.__name__: choices(each, lang) for each in _WORDS}
    said = {value: text for each in words.values() for value, text in each}
    values["given"] = defaultdict(str, values.get("given", {}))  # a field that is not filled in is empty
    response = visit.page(
        template,
        status,
        **{"error": None, **values},
        words=words,
        say=said.__getitem__,
        day=lambda text: day(text, lang),
        script=script_address(),
        key=str(uuid4()),
        days=(FORWARD_DAYS, ANSWER_DAYS),
    )
    for name, value in GUARDS.items():
        response.headers[name] = value
    return response


def mine(visit: Visit, session: SessionFacts, template: str, viewer: Mapping[str, Any], **values: Any) -> Response:
    """A page for whoever is signed in and may raise feedback; tells the script whose it is."""
    if Permission.SUBMIT_FEEDBACK.value not in viewer["permissions"]:
        raise Forbidden
    speaker = speaker_of(visit, session)
    response = page(visit, template, **{**frame(visit, session, viewer), "speaker": speaker, **values})
    response.set_cookie(
        SPEAKER,
        speaker,
        max_age=int(WHOLE / timedelta(seconds=1)),
        path=HOME,
        secure=not bare(visit.hub, visit.request),
        httponly=False,  # the script looks whose queue to show
        samesite="strict",
    )
    return response


def speaker_of(visit: Visit, session: SessionFacts) -> str:
    """A name for the person in what they stand for, the same in every session; it says nothing and opens nothing."""
    scope = session.entry(visit.hub.engine.clock(), request_id=visit.request_id, lang=visit.lang).scope
    parts = (session.tenant.id, session.account_id, scope.role, scope.party, scope.villages)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def refusal_of(payload: Mapping[str, Any]) -> dict[str, str] | None:
    """The first refusal of a mutation, as a page shows it."""
    first = next(iter(payload["userErrors"]), None)
    return first and {"code": first["code"], "sentence": first["message"], "advice": first["hint"]}


def refusal(visit: Visit, found: HubError) -> dict[str, str]:
    """A refusal as a page shows it."""
    return dict(shown(visit, found))


def day(text: str, lang: str) -> Markup:
    """A day for people."""
    found = date.fromisoformat(text)
    written = format_date(found, "d MMMM y", locale="en_GB" if lang == "en" else "id")
    return Markup('<time datetime="{}">{}</time>').format(text, written)


# The script and the worker


@cache
def source(name: str) -> bytes:
    """A script of ours."""
    return (files("hub.pages") / "static" / name).read_bytes()


@cache
def script_address() -> str:
    """Names the content, so that browsers may keep it."""
    return f"{SCRIPT}?v={hashlib.sha256(source('suara.js')).hexdigest()[:16]}"


async def send_script(_request: Request) -> Response:
    """The script."""
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }
    return Response(source("suara.js"), media_type="text/javascript", headers=headers)


async def send_worker(_request: Request) -> Response:
    """The worker that shows the offline page: for /suara alone, it keeps that page and what it loads, nothing else."""
    shelf = [OFFLINE, shell.style_address(), script_address()]
    head = f"const SHELF = {json.dumps(shelf)};\n".encode()
    headers = {
        "cache-control": "no-cache",
        "content-security-policy": "default-src 'none'; connect-src 'self'",
        "cross-origin-resource-policy": "same-origin",
        "service-worker-allowed": HOME,
        "x-content-type-options": "nosniff",
    }
    return Response(head + source("suara-pekerja.js"), media_type="text/javascript", headers=headers)
