"""Trusted documents: what a credential may send, and the text behind an id.

Ids are those of the appendix "Persisted Documents" of GraphQL over HTTP: `sha256:` and the hash of the exact text, or
an id of the app's own. An id means what the credential's own app pushed and nothing else: where it is known to another
app or tenant, the answer is the same as where nobody knows it.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from hub.kernel.clock import Clock
from hub.kernel.errors import BadInput, Forbidden, NotFound
from hub.kernel.scope import Reader
from hub.store.pools import Pools
from hub.store.unit import looking_up
from hub.tenants.api_keys import KEPT_SECONDS
from hub.tenants.model import DocumentMode

MOST_ID = 128
MOST_KEPT = 10_000
MOST_CHARACTERS = 16_000_000

_SHA256 = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
_OWN = re.compile(r"(?:x-[A-Za-z0-9._~-]+:)?[A-Za-z0-9._~-]+", re.ASCII)
_FIND = "select hub_find_document($1, $2, $3, $4, $5)"


class DocumentIdMalformed(BadInput):
    """`documentId` is not the id of a document."""

    code = "DOCUMENT_ID_MALFORMED"
    hint = "Send `sha256:` and 64 lower-case hex digits, or the id of letters, digits and . _ ~ - that was pushed."


class DocumentNotFound(NotFound):
    """The app of this key has no such document."""

    code = "PERSISTED_DOCUMENT_NOT_FOUND"
    hint = "Update the app, for its version may have been removed; its makers push documents by `hub documents push`."


class DocumentRequired(Forbidden):
    """This key takes the documents of its app only, not free queries."""

    code = "PERSISTED_DOCUMENT_REQUIRED"
    hint = "Send `documentId` instead of `query`; new documents are pushed by `hub documents push`."


class DocumentsOff(Forbidden):
    """This credential belongs to no app, so it takes no `documentId`."""

    code = "PERSISTED_DOCUMENTS_OFF"
    hint = "Send the text as `query`, or have the key bound to an app by `hub key bind`."


@dataclass(frozen=True, slots=True)
class Trust:
    """What a credential may send."""

    mode: DocumentMode = DocumentMode.OFF
    tenant: int = 0
    app: UUID | None = None


FREE = Trust()
Sought = tuple[int, UUID, str]


def well_formed(document_id: str) -> bool:
    """Whether a text can be a document's id. Prefixes but `sha256:` and `x-…:` are reserved."""
    if len(document_id) > MOST_ID:
        return False
    return bool(_OWN.fullmatch(document_id) or _SHA256.fullmatch(document_id))


def digest_of(document_id: str) -> bytes | None:
    """The hash that an id says; None for an id of the app's own."""
    found = _SHA256.fullmatch(document_id)
    return bytes.fromhex(found[1]) if found else None


@dataclass(slots=True)
class TrustedDocuments:
    """Finds texts; remembers them for ten seconds, found and not found bounded apart."""

    pools: Pools
    clock: Clock
    monotonic: Callable[[], float]
    most: int = MOST_KEPT
    most_characters: int = MOST_CHARACTERS
    characters: int = 0
    _found: OrderedDict[Sought, tuple[float, str]] = field(default_factory=OrderedDict)
    _absent: OrderedDict[Sought, float] = field(default_factory=OrderedDict)

    async def text(self, trust: Trust, query: str, document_id: str | None) -> str:
        """The text to answer: the query where the credential may send one, else the document of the id."""
        if document_id is None:
            if trust.mode is DocumentMode.ONLY:
                raise DocumentRequired
            return query
        if trust.mode is DocumentMode.OFF or trust.app is None:
            raise DocumentsOff
        found = await self._find((trust.tenant, trust.app, document_id))
        if found is None:
            raise DocumentNotFound
        return found

    def clear(self) -> None:
        """Drop everything: after documents were pushed or removed in this process."""
        self._found.clear()
        self._absent.clear()
        self.characters = 0

    async def _find(self, sought: Sought) -> str | None:
        started = self.monotonic()
        kept = self._found.get(sought)
        if kept is not None and started < kept[0]:
            return kept[1]
        until = self._absent.get(sought)
        if until is not None and started < until:
            return None
        text = await self._look_up(sought)
        # Counted from before the look-up: a late answer must not make a removed document live longer.
        self._keep(sought, text, started + KEPT_SECONDS)
        return text

    async def _look_up(self, sought: Sought) -> str | None:
        tenant, app, document_id = sought
        digest = digest_of(document_id)
        named = document_id if digest is None else None
        with looking_up():
            found: str | None = await self.pools.of(Reader.OUTSIDE).fetchval(
                _FIND, tenant, app, named, digest, self.clock().instant
            )
        return found

    def _keep(self, sought: Sought, text: str | None, until: float) -> None:
        self._absent.pop(sought, None)
        former = self._found.pop(sought, None)
        if former is not None:
            self.characters -= len(former[1])
        if text is None:
            self._absent[sought] = until
            if len(self._absent) > self.most:
                self._absent.popitem(last=False)
            return
        self._found[sought] = (until, text)
        self.characters += len(text)
        while len(self._found) > self.most or self.characters > self.most_characters:
            _, (_, dropped) = self._found.popitem(last=False)
            self.characters -= len(dropped)
