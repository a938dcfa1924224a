"""What a request over HTTP asks: its credential as shown, its body within bounds, its parameters by their types."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from hub.entrypoints import strict_json
from hub.entrypoints.asgi import Receive, Scope
from hub.entrypoints.strict_json import BodyMalformed
from hub.graph.execution import Question
from hub.graph.limits import BodyTooLarge, Limits, check_parameters
from hub.kernel.errors import BadInput
from hub.tenants.gate import CredentialUnknown, Visit
from hub.tenants.trusted import DocumentIdMalformed, well_formed

PURPOSE = 200  # characters kept of what a request gives as its purpose
BODY_SECONDS = 30
_PARAMETERS = 50  # of a query string
_JSON = b"application/json"
_USUAL = frozenset({_JSON, b"application/json; charset=utf-8", b"application/json;charset=utf-8"})
_PARAMETER = re.compile(rb'[ \t]*([\w!#$&^.+-]+)=(?:([\w!#$&^.+-]+)|"([^"\\]*)")[ \t]*', re.ASCII)
# Where one of these comes twice, two readers may each believe another.
_ONCE = frozenset(
    {
        b"authorization",
        b"content-type",
        b"content-length",
        b"hub-tenant",
        b"hub-grant",
        b"hub-purpose",
        b"origin",
        b"host",
    }
)


class ContentTypeRefused(BadInput):
    """The content type of a POST must be application/json."""

    code = "CONTENT_TYPE"
    hint = "Send the header Content-Type: application/json."
    status = 415


class CharsetRefused(BadInput):
    """The body of a POST must be UTF-8."""

    code = "CHARSET"
    hint = "Write the body in UTF-8; the header Content-Type: application/json says so by itself."
    status = 415


class CodingRefused(BadInput):
    """The body of a POST must not be compressed."""

    code = "CONTENT_ENCODING"
    hint = "Send the JSON as it is, without the header Content-Encoding."
    status = 415


class HeaderRepeated(BadInput):
    """A header that may come once came several times: {name}"""

    code = "HEADER_REPEATED"
    hint = "Send this header once."


class BodyTooSlow(BadInput):
    """The body of the request did not arrive within {seconds} seconds."""

    code = "BODY_TOO_SLOW"
    hint = "Send the request again; over a slow line send less at once."
    status = 408


class MethodRefused(BadInput):
    """This address takes GET and POST."""

    code = "METHOD_NOT_ALLOWED"
    hint = "Send the operation by POST."
    status = 405


def gathered(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers by name. Lists that came in parts are joined; HeaderRepeated where only one can be meant."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in found and name in _ONCE:
            raise HeaderRepeated(name=name.decode("latin-1"))
        found[name] = b", ".join((found[name], value)) if name in found else value
    return found


async def question_of(scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, limits: Limits) -> Question:
    """The question of a GET or POST, within limits."""
    if scope["method"] in ("GET", "HEAD"):
        return from_query(scope["query_string"], limits)
    if scope["method"] != "POST":
        raise MethodRefused
    check_kind(headers)
    return from_body(await whole_body(receive, headers, limits.body_bytes), limits)


def check_kind(headers: Mapping[bytes, bytes]) -> None:
    """Refuse what is not JSON in UTF-8. A form or plain text is what foreign sites can send without asking first."""
    kind = headers.get(b"content-type", b"")
    if kind.lower() not in _USUAL:
        essence, _, parameters = kind.partition(b";")
        if essence.strip(b" \t").lower() != _JSON:
            raise ContentTypeRefused
        _check_parameters(parameters)
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise CodingRefused


def _check_parameters(parameters: bytes) -> None:
    seen: set[bytes] = set()
    for part in parameters.split(b";"):
        if not part.strip(b" \t"):
            continue
        found = _PARAMETER.fullmatch(part)
        if found is None or found[1].lower() in seen:
            raise ContentTypeRefused
        seen.add(found[1].lower())
        if found[1].lower() == b"charset" and (found[2] or found[3] or b"").lower() not in (b"utf-8", b"utf8"):
            raise CharsetRefused


def visit_of(headers: Mapping[bytes, bytes], request_id: str, lang: str, *, own_page: bool = False) -> Visit:
    """What a request shows. GraphiQL is the hub's own page, no foreign site: whoever types a key there holds it."""
    if not headers.get(b"authorization", b"x").strip():
        raise CredentialUnknown  # an empty credential is a bad one, not none
    return Visit(
        authorization=_text(headers, b"authorization") or "",
        origin=None if own_page and _same_origin(headers) else _text(headers, b"origin"),
        tenant_code=_text(headers, b"hub-tenant"),
        grant_id=_text(headers, b"hub-grant"),
        request_id=request_id,
        lang=lang,
        purpose=(_text(headers, b"hub-purpose") or "")[:PURPOSE] or None,
    )


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    found = headers.get(name)
    return found.decode("latin-1") if found else None


def _same_origin(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the page that asks came from the address that it asks."""
    scheme, _, host = headers.get(b"origin", b"").partition(b"://")
    return scheme in (b"http", b"https") and bool(host) and host == headers.get(b"host")


async def whole_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """The body, refused as soon as it is known to be longer than `limit` bytes, or when it takes too long to come."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared[:20]) > limit:
        raise BodyTooLarge(allowed=limit)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _collected(receive, limit)
    except TimeoutError:
        raise BodyTooSlow(seconds=BODY_SECONDS) from None


async def _collected(receive: Receive, limit: int) -> bytes:
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


def from_body(raw: bytes, limits: Limits) -> Question:
    """The question in a POST's body."""
    found = strict_json.read(raw)
    if not isinstance(found, dict):
        raise BodyMalformed(problem="it is not an object; batches are not taken")
    return _question_of(found, limits)


def from_query(raw: bytes, limits: Limits) -> Question:
    """The question in a GET's query string."""
    found: dict[str, Any] = {**parameters(raw)}
    for name in ("variables", "extensions"):
        if name in found:
            found[name] = strict_json.read(found[name].encode(), name) if found[name] else None
    return _question_of(found, limits, by_get=True)


def parameters(raw: bytes) -> dict[str, str]:
    """A query string's parameters, each once; BodyMalformed."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS)
    except UnicodeError:
        raise BodyMalformed(problem="it is not UTF-8") from None
    except ValueError:
        raise BodyMalformed(problem="it has too many parameters") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BodyMalformed(problem="a key stands in it twice")
    if any("\x00" in value for value in found.values()):
        raise BodyMalformed(problem="it holds the character NUL")
    return found


def _question_of(found: Mapping[str, Any], limits: Limits, *, by_get: bool = False) -> Question:
    check_parameters(found, limits)
    query, name = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    document_id = found.get("documentId")
    if document_id is not None:
        _check_document_id(document_id, query)
        query = ""
    elif not isinstance(query, str) or not query:
        raise BodyMalformed(problem="`query` is missing or no text")
    if name is not None and not isinstance(name, str):
        raise BodyMalformed(problem="`operationName` is no text")
    for label, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, dict):
            raise BodyMalformed(problem=f"`{label}` is no object")
    return Question(query, name or None, variables or {}, by_get, document_id=document_id)


def _check_document_id(document_id: object, query: object) -> None:
    """One of the two says what is asked; a client that sends both must not have to guess which one was answered."""
    if query:
        raise BodyMalformed(problem="`query` and `documentId` are both given")
    if not isinstance(document_id, str) or not well_formed(document_id):
        raise DocumentIdMalformed
