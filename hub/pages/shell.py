"""The shell in which every page stands: templates, one stylesheet, and what a page tells the browser about itself.

No script, no font, no picture from anywhere. What is written into a page is escaped by the templates.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.kernel.texts import say

STYLE = "/halaman/gaya.css"
GUARDS: Mapping[str, str] = {
    "cache-control": "private, no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # not no-referrer: then a browser says `Origin: null` of a form, and could not be known
    "referrer-policy": "same-origin",
    "vary": "Accept-Language, Cookie",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def page(template: str, *, lang: str, csrf: str, status: int = 200, **values: object) -> Response:
    """A template filled, in a language. `csrf` is what its forms carry."""
    body = environment(lang).get_template(template).render(lang=lang, csrf=csrf, style=style_address(), **values)
    return HTMLResponse(body, status_code=status, headers={"content-language": lang})


@cache
def environment(lang: str) -> Environment:
    """The templates in a language; a name that is not given is a fault, not an empty text."""
    made = Environment(
        loader=PackageLoader("hub.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["_"] = lambda text, **params: say(text, lang, **params)
    made.filters["moment"] = moment
    return made


def moment(found: datetime, zone: str) -> Markup:
    """A moment for people, in the kecamatan's own time."""
    here = found.astimezone(ZoneInfo(zone))
    return Markup('<time datetime="{}">{}</time>').format(here.isoformat(timespec="minutes"), f"{here:%d-%m-%Y %H:%M}")


@cache
def style() -> bytes:
    """The one stylesheet."""
    return (files("hub.pages") / "static" / "gaya.css").read_bytes()


@cache
def style_address() -> str:
    """Names the content, so that browsers may keep it."""
    return f"{STYLE}?v={hashlib.sha256(style()).hexdigest()[:16]}"


async def send_style(_request: Request) -> Response:
    """The stylesheet."""
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }
    return Response(style(), media_type="text/css", headers=headers)
