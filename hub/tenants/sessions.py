"""Sessions of people at the hub's own pages: from a token to who is signed in, and to the Scope they work under.

A session that was ended works at most ten seconds more: what was looked up is kept no longer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from hub.kernel.clock import Now
from hub.kernel.errors import HubError
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store.pools import Pools
from hub.store.unit import looking_up
from hub.tenants.gate import Entry, Recent
from hub.tenants.grants import GrantFacts, NoGrant, read_grant
from hub.tenants.model import TenantStatus

IDLE = timedelta(hours=12)
WHOLE = timedelta(days=7)
COARSE = timedelta(minutes=5)
_FIND = "select hub_find_session($1, $2)"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A session as stored, with the person and their grants."""

    id: UUID
    stage: str
    method: str
    account_id: UUID
    principal_id: UUID
    invitation_id: UUID | None
    grant_id: UUID | None
    sign_in_name: str
    name: str
    activated: bool
    tenant: TenantRef
    tenant_name: str
    tenant_status: TenantStatus
    seen_at: datetime
    expires_at: datetime
    ended: bool
    grants: tuple[GrantFacts, ...]

    def holds(self, now: Now, stage: str) -> bool:
        """Whether it counts now, at this stage."""
        fresh = self.expires_at > now.instant and self.seen_at + IDLE > now.instant
        served = self.tenant_status is TenantStatus.ACTIVE and not self.ended
        return fresh and served and self.stage == stage and (self.activated or stage == "ENROL")

    def usable(self, now: Now) -> tuple[GrantFacts, ...]:
        """The grants that hold now."""
        return tuple(grant for grant in self.grants if _holds(grant, now))

    def entry(self, now: Now, *, request_id: str, lang: str, purpose: str | None = None) -> Entry:
        """The scope of the chosen grant; NoGrant where none is chosen or it no longer holds."""
        chosen = next((grant for grant in self.usable(now) if grant.id == self.grant_id), None)
        if chosen is None:
            raise NoGrant
        return Entry(chosen.scope(request_id=request_id, lang=lang, purpose=purpose), self.grants)


class Sessions:
    """Finds sessions; what was found is kept for ten seconds at most."""

    def __init__(self, pools: Pools, monotonic: Callable[[], float]) -> None:
        """`monotonic` gives seconds."""
        self._pools, self._recent = pools, Recent(monotonic)

    async def find(self, tenant: int, digest: bytes) -> SessionFacts | None:
        """The session with this token in this tenant, whatever its state."""

        async def look_up() -> SessionFacts | None:
            with looking_up():
                text = await self._pools.of(Reader.OUTSIDE).fetchval(_FIND, tenant, digest)
            return _read(orjson.loads(text)) if text else None

        return await self._recent.get(digest, look_up)

    def forget(self, digest: bytes) -> None:
        """At once in this process: after it was changed here."""
        self._recent.forget(digest)

    def clear(self) -> None:
        """All of them: after somebody's sessions were ended here."""
        self._recent.clear()


def _read(found: Mapping[str, Any]) -> SessionFacts:
    tenant = found["tenant"]
    return SessionFacts(
        id=UUID(found["id"]),
        stage=found["stage"],
        method=found["method"],
        account_id=UUID(found["account_id"]),
        principal_id=UUID(found["principal_id"]),
        invitation_id=UUID(found["invitation_id"]) if found["invitation_id"] else None,
        grant_id=UUID(found["grant_id"]) if found["grant_id"] else None,
        sign_in_name=found["sign_in_name"],
        name=found["name"],
        activated=found["activated_at"] is not None,
        tenant=TenantRef(tenant["id"], tenant["code"], Zone(tenant["zone"])),
        tenant_name=tenant["name"],
        tenant_status=TenantStatus(tenant["status"]),
        seen_at=datetime.fromisoformat(found["seen_at"]),
        expires_at=datetime.fromisoformat(found["expires_at"]),
        ended=found["ended_at"] is not None,
        grants=tuple(read_grant(each) for each in found["grants"]),
    )


def _holds(grant: GrantFacts, now: Now) -> bool:
    try:
        grant.check(now)
    except HubError:
        return False
    return True
