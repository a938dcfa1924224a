"""How an answer goes out over HTTP: content type, status, headers, bytes."""

from collections.abc import Mapping

from hub.entrypoints.asgi import Headers, Send
from hub.graph.execution import INVALID, Answer
from hub.kernel.errors import BadInput
from hub.tenants.buckets import Standing
from hub.tenants.gate import Entry

GRAPHQL_RESPONSE = b"application/graphql-response+json"
_METHODS = b"GET, POST, OPTIONS"


class NotAcceptable(BadInput):
    """The answer is JSON, which this client does not accept."""

    code = "NOT_ACCEPTABLE"
    hint = "Send Accept: application/graphql-response+json."
    status = 406


def accepted(accept: bytes) -> bytes:
    """The content type of the answer."""
    if not accept:
        return b"application/json"
    found = [part.split(b";")[0].strip().lower() for part in accept.split(b",")]
    if GRAPHQL_RESPONSE in found:
        return GRAPHQL_RESPONSE
    if any(each in (b"application/json", b"*/*", b"application/*") for each in found):
        return b"application/json"
    raise NotAcceptable


def lenient(headers: Mapping[bytes, bytes]) -> bytes:
    """The content type for a refusal: JSON where the client accepts nothing that the hub has."""
    try:
        return accepted(headers.get(b"accept", b""))
    except NotAcceptable:
        return b"application/json"


def status_of(answer: Answer, accept: bytes) -> int:
    """Refusals of the request itself: their own status; for plain JSON, GraphQL's own refusals are 200."""
    plain = accept == b"application/json"
    if answer.executed or (plain and answer.path == INVALID and answer.status == BadInput.status):
        return 200
    return answer.status


def headers_of(
    accept: bytes,
    entry: Entry | None,
    request_id: str,
    answer: Answer,
    status: int,
    lang: str,
    standing: Standing | None = None,
) -> Headers:
    """The headers of an answer; `standing` is what the client has left."""
    found: Headers = [
        (b"content-type", accept + b"; charset=utf-8"),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-request-id", request_id.encode()),
        (b"cache-control", b"private, no-store"),
        (b"content-language", lang.encode()),
        (b"vary", b"Origin, Accept, Accept-Language, Authorization, Hub-Tenant"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if entry is not None and entry.allow_origin:
        found.append((b"access-control-allow-origin", entry.allow_origin.encode("latin-1")))
        found.append((b"access-control-expose-headers", b"X-Request-Id, Retry-After, RateLimit, RateLimit-Policy"))
    if standing is not None:
        found.append((b"ratelimit-policy", standing.rate.policy))
        found.append((b"ratelimit", standing.limit))
    if answer.retry_after is not None:
        found.append((b"retry-after", str(answer.retry_after).encode()))
    if status == 401:  # noqa: PLR2004  # HTTP
        found.append((b"www-authenticate", b"Bearer"))
    if status == 405:  # noqa: PLR2004  # HTTP
        found.append((b"allow", _METHODS))
    return found


def preflight(headers: Mapping[bytes, bytes]) -> Headers:
    """A preflight shows no key yet, so it promises nothing: the answer itself names the origin or does not."""
    if b"origin" not in headers:
        return [(b"allow", _METHODS)]
    return [
        (b"access-control-allow-origin", headers[b"origin"]),
        (b"access-control-allow-methods", _METHODS),
        (
            b"access-control-allow-headers",
            b"Authorization, Content-Type, Accept-Language, Hub-Tenant, Hub-Grant, Hub-Purpose",
        ),
        (b"access-control-max-age", b"600"),
        (b"vary", b"Origin"),
    ]


async def send_answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send all of it."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
