"""Making tenants, grants and keys, as `hub_owner`: for the command line, the demo and tests."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlmodel import SQLModel

from hub.kernel.errors import BadInput, Conflict, NotFound
from hub.kernel.scope import Scope, TenantRef, Zone
from hub.store import sql
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.pools import Connection
from hub.tenants import api_keys
from hub.tenants.model import (
    ApiKey,
    ClientApp,
    DocumentMode,
    Grant,
    Identity,
    Issuer,
    KeyKind,
    Principal,
    PrincipalKind,
    Tenant,
    TenantKind,
    TenantStatus,
)
from hub.tenants.permissions import ROLES, STANDINGS, Permission, Role, Target, grantable

_TENANT = table(Tenant)


class TenantExists(Conflict):
    """There is already a tenant with this code."""

    code = "TENANT_EXISTS"
    hint = "List the tenants with `hub tenant list`."


class NoSuchTenant(NotFound):
    """There is no tenant with the code {code}."""

    code = "NO_SUCH_TENANT"
    hint = "List the tenants with `hub tenant list`."


class NotGrantable(BadInput):
    """The role {role} cannot be given on such a target."""

    code = "NOT_GRANTABLE"
    hint = "Village roles need a village, PARTNER_ORG an organization, agency roles an agency's tenant or a region."


@dataclass(frozen=True, slots=True)
class On:
    """What a grant is given on, besides its tenant; at most one is set."""

    village_id: UUID | None = None
    organization_id: UUID | None = None
    region_code: str | None = None

    def target(self, kind: TenantKind) -> Target:
        """The kind of target this is in a tenant of this kind."""
        if self.village_id:
            return Target.VILLAGE
        if self.organization_id:
            return Target.ORGANIZATION
        if self.region_code:
            return Target.REGION
        return {
            TenantKind.KECAMATAN: Target.TENANT,
            TenantKind.AGENCY: Target.AGENCY,
            TenantKind.PLATFORM: Target.PLATFORM,
        }[kind]


@asynccontextmanager
async def entered(owner: Connection, tenant: int) -> AsyncIterator[None]:
    """One transaction of the owner inside a tenant."""
    async with owner.transaction():
        await owner.execute("select set_config('hub.tenant', $1, true)", str(tenant))
        yield


async def add_tenant(
    owner: Connection, *, kind: TenantKind, code: str, name: str, zone: Zone, demo: bool = False
) -> TenantRef:
    """Add a tenant with the next free number; TenantExists where the code is taken."""
    async with owner.transaction():
        await owner.execute("lock table tenant in share row exclusive mode")
        highest = await sql.fetch(owner, select(func.coalesce(func.max(_TENANT.c.id), 0).label("id")))
        made = Tenant(
            id=highest[0]["id"] + 1, kind=kind.value, code=code, name=name, region_code=code, zone=zone.value, demo=demo
        )
        with translating({"uq_tenant_code": TenantExists}):
            await _insert(owner, made)
    return TenantRef(made.id, code, zone)


async def tenants(owner: Connection) -> Sequence[Tenant]:
    """All tenants, by code."""
    rows = await sql.fetch(owner, select(_TENANT).order_by(_TENANT.c.code))
    return [Tenant.model_validate(dict(row)) for row in rows]


async def find_tenant(owner: Connection, code: str) -> Tenant:
    """The tenant with this code, or NoSuchTenant."""
    rows = await sql.fetch(owner, select(_TENANT).where(_TENANT.c.code == code))
    if not rows:
        raise NoSuchTenant(code=code)
    return Tenant.model_validate(dict(rows[0]))


async def set_status(owner: Connection, code: str, status: TenantStatus) -> None:
    """Suspend a tenant or let it work again; keys notice within ten seconds."""
    changed = await sql.fetch(
        owner, update(_TENANT).where(_TENANT.c.code == code).values(status=status.value).returning(_TENANT.c.id)
    )
    if not changed:
        raise NoSuchTenant(code=code)


def operator(
    tenant: Tenant | TenantRef, *, lang: str, command: str, also: Iterable[Permission] = (), purpose: str | None = None
) -> Scope:
    """The scope of whoever runs the command line: a machine's, and no principal stands behind it in the journal.

    `also`: rights that no machine has, for one command; say the `purpose` with them.
    """
    role = Role.INTEGRATION
    ref = TenantRef(tenant.id, tenant.code, Zone(tenant.zone))
    permissions = frozenset(ROLES[role]).union(also)
    return Scope(
        STANDINGS[role].reader,
        role.value,
        permissions,
        (ref,),
        request_id=f"hub {command}",
        purpose=purpose,
        lang=lang,
    )


async def add_principal(owner: Connection, tenant: int, *, kind: PrincipalKind, name: str) -> UUID:
    """Add a person or a machine."""
    made = Principal(tenant_id=tenant, kind=kind.value, name=name)
    async with entered(owner, tenant):
        await _insert(owner, made)
    return made.id


async def add_grant(
    owner: Connection,
    tenant: Tenant | TenantRef,
    principal: UUID,
    role: Role,
    *,
    starts_on: date,
    reason: str,
    on: On = On(),  # immutable
    ends_on: date | None = None,
    kind: TenantKind = TenantKind.KECAMATAN,
) -> UUID:
    """Give a role; NotGrantable where the role does not fit the target."""
    if not grantable(role, on.target(kind)):
        raise NotGrantable(role=role.value)
    made = Grant(
        tenant_id=tenant.id,
        principal_id=principal,
        role=role.value,
        village_id=on.village_id,
        organization_id=on.organization_id,
        region_code=on.region_code,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
    )
    async with entered(owner, tenant.id):
        await _insert(owner, made)
    return made.id


async def create_key(
    owner: Connection,
    tenant: int,
    grant: UUID,
    kind: KeyKind,
    *,
    label: str,
    origins: Sequence[str] = (),
    expires_at: datetime | None = None,
    app: UUID | None = None,
    documents: DocumentMode = DocumentMode.OFF,
) -> str:
    """Make a key of a grant. Its text is returned once and kept nowhere."""
    text, digest = api_keys.mint(kind, tenant)
    made = ApiKey(
        tenant_id=tenant,
        grant_id=grant,
        kind=kind.value,
        label=label,
        sha256=digest,
        origins=list(origins),
        expires_at=expires_at,
        app_id=app,
        documents=documents.value,
    )
    async with entered(owner, tenant):
        await _insert(owner, made)
    return text


async def bind_key(owner: Connection, tenant: int, key: UUID, *, app: UUID, documents: DocumentMode) -> bool:
    """Bind a key to an app's documents; False where there is no such key. It takes at most ten seconds to work."""
    own = table(ApiKey)
    async with entered(owner, tenant):
        changed = await sql.fetch(
            owner,
            update(own)
            .where(own.c.tenant_id == tenant, own.c.id == key, own.c.revoked_at.is_(None))
            .values(app_id=app, documents=documents.value)
            .returning(own.c.id),
        )
    return bool(changed)


async def key_of(owner: Connection, tenant: int, text: str) -> UUID | None:
    """The id of the key with this text."""
    own, parsed = table(ApiKey), api_keys.parse(text)
    if parsed is None:
        return None
    async with entered(owner, tenant):
        rows = await sql.fetch(owner, select(own.c.id).where(own.c.tenant_id == tenant, own.c.sha256 == parsed.sha256))
    return rows[0]["id"] if rows else None


async def revoke_key(owner: Connection, tenant: int, key: UUID, *, now: datetime) -> bool:
    """Revoke a key; False where there is none. It works at most ten seconds more."""
    own = table(ApiKey)
    async with entered(owner, tenant):
        changed = await sql.fetch(
            owner,
            update(own)
            .where(own.c.tenant_id == tenant, own.c.id == key, own.c.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(own.c.id),
        )
    return bool(changed)


async def keys(owner: Connection, tenant: int) -> Sequence[dict[str, Any]]:
    """The keys of a tenant with their roles; never their texts."""
    own, grants, apps = table(ApiKey), table(Grant), table(ClientApp)
    statement = (
        select(
            own.c.id,
            own.c.kind,
            own.c.label,
            own.c.expires_at,
            own.c.revoked_at,
            own.c.documents,
            grants.c.role,
            apps.c.name.label("app"),
        )
        .join(grants, (grants.c.tenant_id == own.c.tenant_id) & (grants.c.id == own.c.grant_id))
        .outerjoin(apps, (apps.c.tenant_id == own.c.tenant_id) & (apps.c.id == own.c.app_id))
        .where(own.c.tenant_id == tenant)
        .order_by(own.c.id)
    )
    async with entered(owner, tenant):
        return [dict(row) for row in await sql.fetch(owner, statement)]


async def add_issuer(
    owner: Connection,
    tenant: int,
    *,
    url: str,
    audience: str,
    algorithms: Sequence[str],
    jwks_uri: str,
    client_id: str | None = None,
    label: str | None = None,
) -> None:
    """Accept tokens of an OpenID Connect issuer in a tenant; with a client there, people sign in to pages by it."""
    made = Issuer(
        tenant_id=tenant,
        url=url,
        audience=audience,
        algorithms=list(algorithms),
        jwks_uri=jwks_uri,
        client_id=client_id,
        label=label,
    )
    async with entered(owner, tenant):
        await _insert(owner, made)


async def bind_identity(owner: Connection, tenant: int, principal: UUID, *, issuer: str, subject: str) -> None:
    """Bind (issuer, subject) to a principal, once."""
    made = Identity(tenant_id=tenant, principal_id=principal, issuer=issuer, subject=subject)
    async with entered(owner, tenant):
        await _insert(owner, made)


async def _insert(owner: Connection, row: SQLModel) -> None:
    prepared = sql.prepare(insert(table(type(row))))
    await owner.execute(prepared.text, *prepared.arguments(row.model_dump()))
