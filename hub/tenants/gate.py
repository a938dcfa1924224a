"""The gate: from a request's credential to the one Scope it runs under. Scopes are made here and nowhere else."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

import orjson

from hub.kernel.clock import Clock, Now
from hub.kernel.errors import Forbidden, NotFound, Unauthenticated
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.pools import Pools
from hub.store.unit import looking_up
from hub.tenants import api_keys, tokens
from hub.tenants.api_keys import KeyCache, KeyRecord, ParsedKey, TenantSuspended
from hub.tenants.grants import GrantFacts, GrantNeeded, NoGrant, moment, read_grant
from hub.tenants.model import DocumentMode, KeyKind, TenantKind, TenantStatus
from hub.tenants.permissions import ROLES, STANDINGS, Role
from hub.tenants.trusted import FREE, Trust

BEARER = "bearer "
MOST_CODE = 40
Found = TypeVar("Found")
_DIRECTORY = "select id, kind, code, zone, status from tenant where code = $1"


class CredentialUnknown(Unauthenticated):
    """The Authorization header holds neither a key nor a token of this hub."""

    code = "CREDENTIAL_UNKNOWN"
    hint = "Send `Authorization: Bearer` with a key (hub_pub_…, hub_sec_…) or a token of an accepted issuer."


class TenantUnknown(NotFound):
    """The header `Hub-Tenant` does not name a kecamatan or agency of this hub."""

    code = "TENANT_UNKNOWN"
    hint = "Send the region code of a kecamatan that uses the hub, such as 63.01.01."


class OnlyForPushing(Forbidden):
    """This key sends the data of a village and reads nothing."""

    code = "KEY_ONLY_PUSHES"
    hint = "Enter it in OpenSID (OpenDK, Sinkronisasi); for reading ask for a key of another role."


class OnlyForReports(Forbidden):
    """This key opens the files of reports and nothing else."""

    code = "KEY_ONLY_REPORTS"
    hint = "Use it for /reports/R-01.xlsx and the like; for the graph ask for another key."


class NotForPushing(Forbidden):
    """This key does not send the data of a village."""

    code = "KEY_NOT_FOR_PUSHING"
    hint = "Ask the kecamatan for a village's key: `hub key village` makes it."


@dataclass(slots=True)
class Visit:
    """What a request shows at the gate."""

    authorization: str = ""
    origin: str | None = None
    tenant_code: str | None = None
    grant_id: str | None = None
    request_id: str = ""
    lang: str = "id"
    purpose: str | None = None
    pushing: bool = False  # a village's application at its own door
    fetching: bool = False  # the file of a report


@dataclass(slots=True)
class Entry:
    """Who came in, and what the answer may tell a browser."""

    scope: Scope
    grants: tuple[GrantFacts, ...] = ()
    allow_origin: str | None = None
    trust: Trust = FREE


@dataclass(frozen=True, slots=True)
class SignInService:
    """An issuer with which the hub has a client of its own, for its pages."""

    id: UUID
    url: str
    label: str
    client_id: str
    algorithms: frozenset[str]
    jwks_uri: str

    def issuer(self, tenant: int) -> tokens.Issuer:
        """For ID tokens, which are made out to the client."""
        return tokens.Issuer(self.url, self.client_id, self.algorithms, self.jwks_uri, tenant)


@dataclass(slots=True)
class Gate:
    """Authenticates; holds the bounded caches of keys and tokens."""

    pools: Pools
    clock: Clock
    monotonic: Callable[[], float]
    verifier: tokens.TokenVerifier
    keys: KeyCache = field(init=False)
    recent: "Recent" = field(init=False)

    def __post_init__(self) -> None:
        """The caches run on the same clock."""
        self.keys = KeyCache(self.monotonic)
        self.recent = Recent(self.monotonic)

    async def enter(self, visit: Visit) -> Entry:
        """The scope of a visit. A bad credential is refused, never taken for none."""
        if not visit.authorization:
            return await self._anonymous(visit)
        if not visit.authorization.lower().startswith(BEARER):
            raise CredentialUnknown
        credential = visit.authorization[len(BEARER) :].strip()
        if api_keys.looks_like(credential):
            return await self._by_key(credential, visit)
        if tokens.looks_like(credential):
            return await self._by_token(credential, visit)
        raise CredentialUnknown

    async def _anonymous(self, visit: Visit) -> Entry:
        """Nobody in particular: published rows of one kecamatan, if it is named."""
        tenants: tuple[TenantRef, ...] = ()
        if visit.tenant_code:
            tenant, kind, status = await self.tenant(visit.tenant_code)
            if kind is not TenantKind.KECAMATAN:
                raise TenantUnknown
            if status is not TenantStatus.ACTIVE:
                raise TenantSuspended
            tenants = (tenant,)
        scope = Scope(
            reader=STANDINGS[Role.ANONYMOUS].reader,
            role=Role.ANONYMOUS.value,
            permissions=frozenset(ROLES[Role.ANONYMOUS]),
            tenants=tenants,
            request_id=visit.request_id,
            lang=visit.lang,
        )
        return Entry(scope, allow_origin="*" if visit.origin else None)

    async def visitor(self, code: str, *, request_id: str, lang: str) -> Entry:
        """Nobody in particular at the hub's own pages, in one kecamatan: what a visitor of its own site may do.

        The pages decide where that is offered; TenantUnknown, TenantSuspended.
        """
        entry = await self._anonymous(Visit(tenant_code=code, request_id=request_id, lang=lang))
        role = Role.FRONT_END
        scope = replace(entry.scope, role=role.value, permissions=frozenset(ROLES[role]))
        return Entry(scope)

    async def _by_key(self, credential: str, visit: Visit) -> Entry:
        found = self.keys.known(credential)
        if found is None:
            parsed = api_keys.parse(credential)
            if parsed is None:
                raise api_keys.KeyMalformed
            found = await self.keys.find(parsed, self._look_up)
        now = self.clock()
        record = api_keys.check(found, origin=visit.origin, now=now.instant)
        grant = record.grant
        if grant is None:
            raise api_keys.KeyUnknown
        grant.check(now)
        _check_door(grant, visit)
        if record.kind is KeyKind.REPORT and not visit.fetching:
            raise OnlyForReports
        scope = grant.scope(request_id=visit.request_id, lang=visit.lang, purpose=visit.purpose)
        trust = Trust(record.documents, record.tenant_id, record.app_id) if record.app_id else FREE
        return Entry(scope, (grant,), visit.origin, trust)

    async def _look_up(self, parsed: ParsedKey) -> KeyRecord | None:
        with looking_up():
            text = await self.pools.of(Reader.OUTSIDE).fetchval(
                "select hub_find_key($1, $2)", parsed.tenant, parsed.sha256
            )
        if text is None:
            return None
        found = orjson.loads(text)
        grant = read_grant(found["grant"])
        return KeyRecord(
            id=UUID(found["key_id"]),
            tenant_id=parsed.tenant,
            grant_id=grant.id,
            kind=KeyKind(found["kind"]),
            sha256=parsed.sha256,
            origins=frozenset(found["origins"]),
            expires_at=moment(found["expires_at"]),
            revoked_at=moment(found["key_revoked_at"]),
            tenant_status=grant.tenant_status,
            grant=grant,
            app_id=UUID(found["app_id"]) if found["app_id"] else None,
            documents=DocumentMode(found["documents"]),
        )

    async def _by_token(self, credential: str, visit: Visit) -> Entry:
        if not visit.tenant_code:
            raise TenantUnknown
        tenant, _, status = await self.tenant(visit.tenant_code)
        if status is not TenantStatus.ACTIVE:
            raise TenantSuspended
        now = self.clock()
        identity = await self.verifier.verify(credential, issuers=await self._issuers(tenant.id), now=now.instant)
        if tenant.id not in identity.tenants:
            raise tokens.TokenInvalid(tokens.Reason.ISSUER)
        grants = await self._grants(tenant.id, identity.issuer, identity.subject)
        chosen = _choose(grants, visit.grant_id, now)
        _check_door(chosen, visit)
        scope = chosen.scope(request_id=visit.request_id, lang=visit.lang, purpose=visit.purpose)
        return Entry(scope, tuple(grants), visit.origin)

    async def _grants(self, tenant: int, issuer: str, subject: str) -> list[GrantFacts]:
        async def look_up() -> list[GrantFacts]:
            text = await self._ask("select hub_find_identity($1, $2, $3)", tenant, issuer, subject)
            return [read_grant(found) for found in orjson.loads(text)] if text else []

        return await self.recent.get(("grants", tenant, issuer, subject), look_up)

    async def _issuers(self, tenant: int) -> tokens.Issuers:
        async def look_up() -> tokens.Issuers:
            text = await self._ask("select hub_find_issuers($1)", tenant)
            found = [_issuer(each, tenant) for each in orjson.loads(text)] if text else []
            return {each.url: [each] for each in found}

        return await self.recent.get(("issuers", tenant), look_up)

    async def sign_in_services(self, tenant: int) -> "list[SignInService]":
        """The issuers to which the pages may send people of a tenant."""

        async def look_up() -> list[SignInService]:
            text = await self._ask("select hub_find_sign_in_issuers($1)", tenant)
            return [_service(each) for each in orjson.loads(text)] if text else []

        return await self.recent.get(("services", tenant), look_up)

    async def tenant(self, code: str) -> tuple[TenantRef, TenantKind, TenantStatus]:
        """A tenant of the public directory."""

        async def look_up() -> tuple[TenantRef, TenantKind, TenantStatus]:
            with looking_up():
                row = await self.pools.of(Reader.OUTSIDE).fetchrow(_DIRECTORY, code)
            if row is None:
                raise TenantUnknown
            found = TenantRef(row["id"], row["code"], Zone(row["zone"]))
            return found, TenantKind(row["kind"]), TenantStatus(row["status"])

        if len(code) > MOST_CODE or "\x00" in code:
            raise TenantUnknown
        return await self.recent.get(("tenant", code), look_up)

    async def _ask(self, query: str, *arguments: object) -> str | None:
        with looking_up():
            found: str | None = await self.pools.of(Reader.OUTSIDE).fetchval(query, *arguments)
        return found


class Recent:
    """What was looked up in the last ten seconds; bounded; a look-up that fails is not kept."""

    def __init__(self, monotonic: Callable[[], float], *, limit: int = 10_000) -> None:
        """`monotonic` gives seconds."""
        self._monotonic, self._limit = monotonic, limit
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    async def get(self, key: Hashable, look_up: Callable[[], Awaitable[Found]]) -> Found:
        """The kept value of a key, or a fresh one. Its age counts from before the look-up."""
        started = self._monotonic()
        kept = self._kept.get(key)
        if kept is not None and started < kept[0]:
            value: Found = kept[1]
            return value
        value = await look_up()
        self._kept[key] = (started + api_keys.KEPT_SECONDS, value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return value

    def forget(self, key: Hashable) -> None:
        """Drop one, at once in this process: after it was changed here."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Drop all."""
        self._kept.clear()


def _issuer(found: Mapping[str, Any], tenant: int) -> tokens.Issuer:
    algorithms = frozenset(found["algorithms"])
    return tokens.Issuer(found["url"], found["audience"], algorithms, found["jwks_uri"], tenant)


def _service(found: Mapping[str, Any]) -> SignInService:
    return SignInService(
        UUID(found["id"]),
        found["url"],
        found["label"],
        found["client_id"],
        frozenset(found["algorithms"]),
        found["jwks_uri"],
    )


def _check_door(grant: GrantFacts, visit: Visit) -> None:
    """A village's application comes in by its own door, and nobody else does: the graph never sees such a scope."""
    if grant.role is Role.VILLAGE_SYNC and not visit.pushing:
        raise OnlyForPushing
    if visit.pushing and grant.role is not Role.VILLAGE_SYNC:
        raise NotForPushing


def _choose(grants: list[GrantFacts], wanted: str | None, now: Now) -> GrantFacts:
    """The one grant an operation runs under."""
    if not grants:
        raise NoGrant
    if wanted:
        chosen = next((grant for grant in grants if str(grant.id) == wanted.lower()), None)
        if chosen is None:
            raise NoGrant
    elif len(grants) > 1:
        raise GrantNeeded
    else:
        chosen = grants[0]
    chosen.check(now)
    return chosen
