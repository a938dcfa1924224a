"""Grants as the look-ups find them, and the Scope each one makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from hub.kernel.clock import Now
from hub.kernel.errors import Forbidden, Unauthenticated
from hub.kernel.scope import Scope, TenantRef, Zone
from hub.store.pools import Connection
from hub.tenants.model import TenantKind, TenantStatus
from hub.tenants.permissions import ROLES, STANDINGS, Permission, Role

MOST_TENANTS = 64
AT_THE_AGENCY = frozenset({Role.DUKCAPIL_OPERATOR, Role.AGENCY_OFFICER})  # they work in their agency's own tenant
OVERSEERS = frozenset({Role.DISTRICT_HEAD, Role.AGENCY_ANALYST})
_FIND = "select hub_find_grant($1, $2)"


class GrantOver(Unauthenticated):
    """The grant behind this credential has ended or was revoked."""

    code = "GRANT_OVER"
    hint = "Ask the kecamatan's or agency's administrator to renew the grant."


class GrantNeeded(Forbidden):
    """This account has several grants; an operation runs under exactly one."""

    code = "GRANT_NEEDED"
    hint = "Send the header `Hub-Grant` with the id of one of your grants; `viewer { grants }` lists them."


class NoGrant(Forbidden):
    """This account has no grant in this tenant."""

    code = "NO_GRANT"
    hint = "Ask the kecamatan's or agency's administrator for an invitation."


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """A grant with what its scope needs: its tenant, and the kecamatan within its region."""

    id: UUID
    principal_id: UUID
    role: Role
    tenant: TenantRef
    tenant_kind: TenantKind
    tenant_status: TenantStatus
    village_id: UUID | None
    organization_id: UUID | None
    region_code: str | None
    starts_on: date
    ends_on: date | None
    revoked_at: datetime | None
    reason: str
    acting_for: str | None
    reach: tuple[TenantRef, ...]

    def check(self, now: Now) -> None:
        """GrantOver unless the grant holds now, in its tenant's own calendar."""
        if self.ends_on is None and self.revoked_at is None and self.starts_on < now.instant.date():
            return  # whatever the calendar: no zone of Indonesia is behind UTC
        today = now.today(self.tenant.zone)
        ended = self.ends_on is not None and self.ends_on < today
        if ended or self.starts_on > today or (self.revoked_at is not None and self.revoked_at <= now.instant):
            raise GrantOver

    def scope(self, *, request_id: str, lang: str, purpose: str | None = None) -> Scope:
        """The scope of an operation under this grant."""
        return Scope(
            reader=STANDINGS[self.role].reader,
            role=self.role.value,
            permissions=frozenset(ROLES[self.role]),
            tenants=self.tenants,
            principal_id=self.principal_id,
            grant_id=self.id,
            villages=(self.village_id,) if self.village_id else (),
            party=self.organization_id,
            agency=self.answers_for,
            region=self.decides_for,
            oversees=self.oversees,
            figures=self.figures,
            request_id=request_id,
            purpose=purpose,
            lang=lang,
        )

    @property
    def tenants(self) -> tuple[TenantRef, ...]:
        """Whose rows may be read: the own kecamatan, or those within the region.

        Wider regions than 64 kecamatan read reports, not rows. A Disdukcapil and an agency's officer sit in their own
        tenant, where the worker lays what is referred or handed to them.
        """
        if self.role in AT_THE_AGENCY:
            return (self.tenant,) if self.tenant_kind is TenantKind.AGENCY else ()
        if self.region_code is not None:
            return self.reach if len(self.reach) <= MOST_TENANTS else ()
        return (self.tenant,) if self.tenant_kind is TenantKind.KECAMATAN else ()

    @property
    def oversees(self) -> str | None:
        """The region whose kecamatan this grant is set over: those offices read what is forwarded to them."""
        return self.region_code if self.role in OVERSEERS else None

    @property
    def figures(self) -> str | None:
        """The region whose published figures are read: the grant's, the agency's, or the district of the kecamatan."""
        if Permission.READ_AGGREGATES not in ROLES[self.role]:
            return None
        if self.tenant_kind is TenantKind.KECAMATAN:
            return self.region_code or ".".join(self.tenant.code.split(".")[:2])
        return self.region_code or self.tenant.code.partition("/")[0]

    @property
    def decides_for(self) -> str | None:
        """The region whose twin cases a Disdukcapil decides: that of the grant, else the agency's own."""
        if self.role is not Role.DUKCAPIL_OPERATOR or self.tenant_kind is not TenantKind.AGENCY:
            return None
        return self.region_code or self.tenant.code.partition("/")[0]

    @property
    def answers_for(self) -> str | None:
        """The agency to which the rows may have been routed that an analyst reads, by its code."""
        analyst = self.role is Role.AGENCY_ANALYST and self.tenant_kind is TenantKind.AGENCY
        return self.tenant.code if analyst else None


async def scope_again(worker: Connection, tenant: int, grant: UUID, now: Now, *, request_id: str, lang: str) -> Scope:
    """The scope of a grant that asked for something earlier, as it is now; GrantOver where it no longer holds."""
    text = await worker.fetchval(_FIND, tenant, grant)
    if text is None:
        raise GrantOver
    found = read_grant(orjson.loads(text))
    found.check(now)
    if found.tenant_status is not TenantStatus.ACTIVE:
        raise GrantOver
    return found.scope(request_id=request_id, lang=lang)


def read_grant(found: Mapping[str, Any]) -> GrantFacts:
    """A grant from the JSON of the look-ups (`hub_grant` in the migrations)."""
    tenant = found["tenant"]
    return GrantFacts(
        id=UUID(found["id"]),
        principal_id=UUID(found["principal_id"]),
        role=Role(found["role"]),
        tenant=_tenant(tenant),
        tenant_kind=TenantKind(tenant["kind"]),
        tenant_status=TenantStatus(tenant["status"]),
        village_id=_uuid(found["village_id"]),
        organization_id=_uuid(found["organization_id"]),
        region_code=found["region_code"],
        starts_on=date.fromisoformat(found["starts_on"]),
        ends_on=date.fromisoformat(found["ends_on"]) if found["ends_on"] else None,
        revoked_at=moment(found["revoked_at"]),
        reason=found["reason"],
        acting_for=found["acting_for"],
        reach=tuple(_tenant(each) for each in found["reach"]),
    )


def moment(text: str | None) -> datetime | None:
    """A moment as PostgreSQL writes it in JSON."""
    return datetime.fromisoformat(text) if text else None


def _tenant(found: Mapping[str, Any]) -> TenantRef:
    return TenantRef(found["id"], found["code"], Zone(found["zone"]))


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
