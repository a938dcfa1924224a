"""How an answer goes out over HTTP: content type, status, headers, bytes.

Only one kind of answer may be kept by anybody: what an anonymous GET was answered without an error. All else is
`private, no-store`: answers to a credential, refusals, and every answer to a POST, which no cache can tell apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from hub.entrypoints import packing
from hub.entrypoints.asgi import Headers, Send
from hub.entrypoints.wishes import wishes
from hub.graph.execution import INVALID, Answer
from hub.kernel.errors import BadInput
from hub.tenants.buckets import Standing
from hub.tenants.gate import Entry
from hub.tenants.permissions import Role

JSON = b"application/json"
GRAPHQL_RESPONSE = b"application/graphql-response+json"
READING = ("GET", "HEAD")
# What a web page may read beside the body.
EXPOSED = b"X-Request-Id, Retry-After, ETag, WWW-Authenticate, RateLimit, RateLimit-Policy"
_METHODS = b"GET, HEAD, POST, OPTIONS"
_VARY = b"Accept, Accept-Encoding, Accept-Language, Authorization, Hub-Tenant, Origin"
_ALLOWED = b"Authorization, Content-Type, Accept-Language, If-None-Match, Hub-Tenant, Hub-Grant, Hub-Purpose"
_CHALLENGE = b'Bearer realm="kecamatan-hub", error="invalid_token"'
_PRIVATE = b"private, no-store"
_SHORT = 200  # characters of a header worth remembering
_OK, _NOT_MODIFIED, _UNAUTHENTICATED, _METHOD_NOT_ALLOWED = 200, 304, 401, 405


class NotAcceptable(BadInput):
    """The answer is JSON, which this client does not accept."""

    code = "NOT_ACCEPTABLE"
    hint = "Send Accept: application/graphql-response+json."
    status = 406


@dataclass(slots=True)
class Asked:
    """What of a request decides how its answer goes out."""

    method: str
    headers: Mapping[bytes, bytes]
    request_id: str
    lang: str


@dataclass(frozen=True, slots=True)
class Manner:
    """What the operator decides about answers."""

    public_seconds: int = 60
    compress: bool = True


@dataclass(slots=True)
class Reply:
    """An answer ready to be sent."""

    status: int
    headers: Headers
    body: bytes


def accepted(accept: bytes) -> bytes:
    """The content type of the answer; NotAcceptable where the client takes none of ours."""
    found = _remembered(accept) if len(accept) <= _SHORT else _accepted(accept)
    if found is None:
        raise NotAcceptable
    return found


def _accepted(accept: bytes) -> bytes | None:
    """The type of the greatest weight; of equals the one that is named; of both named GraphQL's own."""
    if not accept.strip():
        return JSON
    found = wishes(accept)
    ranges = (b"application/*", b"*/*")
    general = next((found[each] for each in ranges if each in found), 0.0)
    own = (found.get(GRAPHQL_RESPONSE, general), GRAPHQL_RESPONSE in found)
    plain = (found.get(JSON, general), JSON in found)
    if max(own[0], plain[0]) <= 0:
        return None
    return GRAPHQL_RESPONSE if own[1] and own >= plain else JSON if plain[0] > 0 else GRAPHQL_RESPONSE


_remembered = lru_cache(maxsize=128)(_accepted)


def lenient(headers: Mapping[bytes, bytes]) -> bytes:
    """The content type for a refusal: JSON where the client accepts nothing that the hub has."""
    try:
        return accepted(headers.get(b"accept", b""))
    except NotAcceptable:
        return JSON


def status_of(answer: Answer, accept: bytes) -> int:
    """Refusals of the request itself: their own status; for plain JSON, GraphQL's own refusals are 200."""
    if answer.executed or (accept == JSON and answer.path == INVALID and answer.status == BadInput.status):
        return _OK
    return answer.status


def reply(
    answer: Answer,
    accept: bytes,
    entry: Entry | None,
    asked: Asked,
    manner: Manner,
    standing: Standing | None = None,
) -> Reply:
    """The answer with its headers, in less bytes where the client takes them so; 304 where it has it already.

    `standing` is what the client has left.
    """
    status = status_of(answer, accept)
    packed = (
        manner.compress
        and len(answer.body) >= packing.LEAST
        and packing.takes_gzip(asked.headers.get(b"accept-encoding", b""))
    )
    kept = asked.method in READING and manner.public_seconds > 0 and keepable(answer, entry, asked)
    # What one client has left says nothing to the others that a cache answers.
    headers = headers_of(entry, asked, status, answer.retry_after, None if kept else standing)
    if kept:
        tag = packing.tag(answer.body, accept, asked.lang.encode(), b"gzip" if packed else b"")
        headers.append((b"cache-control", b"public, max-age=%d" % manner.public_seconds))
        headers.append((b"etag", tag))
        if packing.known_already(asked.headers.get(b"if-none-match"), tag):
            return Reply(_NOT_MODIFIED, headers, b"")
    else:
        headers.append((b"cache-control", _PRIVATE))
    body = packing.gzipped(answer.body) if packed else answer.body
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-type", accept + b"; charset=utf-8"))
    headers.append((b"content-length", b"%d" % len(body)))
    return Reply(status, headers, b"" if asked.method == "HEAD" else body)


def keepable(answer: Answer, entry: Entry | None, asked: Asked) -> bool:
    """Whether any cache may keep it: nobody's answer in particular, without an error, and not about this request."""
    return (
        entry is not None
        and entry.scope.role == Role.ANONYMOUS.value
        and b"authorization" not in asked.headers
        and answer.executed
        and answer.faultless
        and asked.request_id.encode() not in answer.body
    )


def headers_of(
    entry: Entry | None, asked: Asked, status: int, retry_after: int | None, standing: Standing | None
) -> Headers:
    """The headers of an answer but for those of its bytes and of caches."""
    found: Headers = [
        (b"x-request-id", asked.request_id.encode()),
        (b"content-language", asked.lang.encode()),
        (b"vary", _VARY),
        (b"x-content-type-options", b"nosniff"),
    ]
    origin = _allowed_origin(entry, asked)
    if origin is not None:
        found.append((b"access-control-allow-origin", origin))
        found.append((b"access-control-expose-headers", EXPOSED))
    if standing is not None:
        found.append((b"ratelimit-policy", standing.rate.policy))
        found.append((b"ratelimit", standing.limit))
    if retry_after is not None:
        found.append((b"retry-after", b"%d" % retry_after))
    if status == _UNAUTHENTICATED:
        found.append((b"www-authenticate", _CHALLENGE))
    if status == _METHOD_NOT_ALLOWED:
        found.append((b"allow", _METHODS))
    return found


def _allowed_origin(entry: Entry | None, asked: Asked) -> bytes | None:
    """Whom the gate names. A refusal at the gate may be read from any page: it says no more than its code."""
    if entry is None:
        return asked.headers.get(b"origin")
    return entry.allow_origin.encode("latin-1") if entry.allow_origin else None


def preflight(headers: Mapping[bytes, bytes]) -> Headers:
    """A preflight shows no key yet, so it promises nothing: the answer itself names the origin or does not."""
    if b"origin" not in headers:
        return [(b"allow", _METHODS)]
    return [
        (b"access-control-allow-origin", headers[b"origin"]),
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", _ALLOWED),
        (b"access-control-max-age", b"600"),
        (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]


async def send_reply(send: Send, found: Reply) -> None:
    """Send all of it."""
    await send({"type": "http.response.start", "status": found.status, "headers": found.headers})
    await send({"type": "http.response.body", "body": found.body})
