"""What a request over HTTP asks: its credential as shown, its body within bounds, its parameters by their types."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from hub.entrypoints.asgi import Receive, Scope
from hub.graph.execution import Question
from hub.graph.limits import BodyTooLarge, Limits, check_parameters
from hub.kernel.errors import BadInput
from hub.tenants.gate import Visit

PURPOSE = 200  # characters kept of what a request gives as its purpose


class BodyMalformed(BadInput):
    """The request body is not a JSON object with a `query`: {problem}"""

    code = "BODY_MALFORMED"
    hint = 'Send JSON such as {"query": "{ villages(first: 5) { nodes { name } } }"}.'


class ContentTypeRefused(BadInput):
    """The content type of a POST must be application/json."""

    code = "CONTENT_TYPE"
    hint = "Send the header Content-Type: application/json."
    status = 415


class MethodRefused(BadInput):
    """This address takes GET and POST."""

    code = "METHOD_NOT_ALLOWED"
    hint = "Send the operation by POST."
    status = 405


async def question_of(scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> Question:
    """The question of a GET or POST; the body may have `limit` bytes."""
    if scope["method"] == "GET":
        return from_query(scope["query_string"])
    if scope["method"] != "POST":
        raise MethodRefused
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != b"application/json":
        raise ContentTypeRefused
    return from_body(await whole_body(receive, headers, limit))


def visit_of(headers: Mapping[bytes, bytes], request_id: str, lang: str, *, own_page: bool = False) -> Visit:
    """What a request shows. GraphiQL is the hub's own page, no foreign site: whoever types a key there holds it."""

    def text(name: bytes) -> str | None:
        found = headers.get(name)
        return found.decode("latin-1") if found else None

    return Visit(
        authorization=text(b"authorization") or "",
        origin=None if own_page and _same_origin(headers) else text(b"origin"),
        tenant_code=text(b"hub-tenant"),
        grant_id=text(b"hub-grant"),
        request_id=request_id,
        lang=lang,
        purpose=(text(b"hub-purpose") or "")[:PURPOSE] or None,
    )


def _same_origin(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the page that asks came from the address that it asks."""
    scheme, _, host = headers.get(b"origin", b"").partition(b"://")
    return scheme in (b"http", b"https") and bool(host) and host == headers.get(b"host")


async def whole_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """The body, refused as soon as it is known to be longer than `limit` bytes."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLarge(allowed=limit)
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyMalformed(problem="the connection was cut")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyTooLarge(allowed=limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def from_body(raw: bytes) -> Question:
    """The question in a POST's body."""
    if b"\\u0000" in raw:
        raise BodyMalformed(problem="it holds the character NUL")
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BodyMalformed(problem="it is not JSON") from None
    if not isinstance(found, dict):
        raise BodyMalformed(problem="it is not an object; batches are not taken")
    return _question_of(found)


def from_query(raw: bytes) -> Question:
    """The question in a GET's query string."""
    found: dict[str, Any] = dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))
    if any("\x00" in value or "\\u0000" in value for value in found.values()):
        raise BodyMalformed(problem="it holds the character NUL")
    for name in ("variables", "extensions"):
        if name in found:
            try:
                found[name] = orjson.loads(found[name]) if found[name] else None
            except orjson.JSONDecodeError:
                raise BodyMalformed(problem=f"`{name}` is not JSON") from None
    return _question_of(found, by_get=True)


def _question_of(found: Mapping[str, Any], *, by_get: bool = False) -> Question:
    check_parameters(found, Limits())
    query, name = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    if not isinstance(query, str) or not query:
        raise BodyMalformed(problem="`query` is missing or no text")
    if name is not None and not isinstance(name, str):
        raise BodyMalformed(problem="`operationName` is no text")
    for label, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, dict):
            raise BodyMalformed(problem=f"`{label}` is no object")
    return Question(query, name or None, variables or {}, by_get)
