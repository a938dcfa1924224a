"""`hub doctor`, the part about what a hub holds and how it is run: chains, sealer, keys, demo tenants, the server."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Integer, bindparam, func, select

from hub.journal.anchor import anchors
from hub.journal.model import Pending
from hub.journal.verify import verify
from hub.journal.worker import inside
from hub.kernel.keyring import KeyRing, KeyState
from hub.store import sql
from hub.store.base import table
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection
from hub.tenants import rotation
from hub.tenants.model import Tenant

LAG = timedelta(seconds=60)  # a sealer that runs stays within two seconds
_SPARE = 5  # connections for commands, a backup and the administrator
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")

_TENANT, _PENDING = table(Tenant), table(Pending)
_TENANTS = sql.prepare(select(_TENANT.c.id, _TENANT.c.code, _TENANT.c.demo).order_by(_TENANT.c.id))
_OLDEST = sql.prepare(
    select(func.min(_PENDING.c.happened_at)).where(_PENDING.c.tenant_id == bindparam("tenant", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Setup:
    """How the hub is run, as far as it can be wrong."""

    ring: KeyRing | None
    anchors: Path
    connections: int  # that all its processes may open together
    production: bool


async def examine(owner: Connection, setup: Setup, *, now: datetime) -> list[Finding]:
    """Everything wrong with what a migrated database holds, as the owner. Reads the whole journal and register."""
    found: list[Finding] = []
    for tenant in await owner.fetch(_TENANTS.text, *_TENANTS.arguments()):
        found += await _journal(owner, tenant["id"], tenant["code"], setup, now)
        if tenant["demo"] and setup.production:
            found.append(Finding(Fault.DEMO_TENANT, tenant["code"]))
    if setup.ring is not None:
        found += _versions(setup.ring, await rotation.count(owner))
    return found + await _server(owner, setup)


async def _journal(owner: Connection, tenant: int, code: str, setup: Setup, now: datetime) -> list[Finding]:
    found: list[Finding] = []
    verdict = await verify(owner, tenant, anchors=anchors(setup.anchors, tenant), signer=setup.ring)
    if verdict.fault is not None:
        found.append(Finding(Fault.CHAIN, code, f"{verdict.fault.value} {verdict.seq or ''}".strip()))
    async with inside(owner, tenant):
        oldest = await owner.fetchval(_OLDEST.text, *_OLDEST.arguments({"tenant": tenant}))
    if oldest is not None and now - oldest > LAG:
        found.append(Finding(Fault.SEALER_LAG, code, f"{int((now - oldest).total_seconds())} s"))
    return found


def _versions(ring: KeyRing, counted: rotation.Counted) -> Iterator[Finding]:
    for (purpose, number), values in sorted(counted.items()):
        if values and (not ring.holds(purpose) or ring.state(purpose, number) is KeyState.MISSING):
            yield Finding(Fault.KEY_VERSION, f"{purpose.value} {number}", str(values))


async def _server(owner: Connection, setup: Setup) -> list[Finding]:
    found: list[Finding] = []
    allowed = int(await owner.fetchval("show max_connections"))
    kept = int(await owner.fetchval("show superuser_reserved_connections"))
    if setup.connections + _SPARE > allowed - kept:
        found.append(Finding(Fault.POOL_SIZE, "HUB_POOL_SIZE", f"{setup.connections} + {_SPARE} > {allowed - kept}"))
    if setup.production:
        names = [name for name in _DURABLE if await owner.fetchval(f"show {name}") == "off"]
        found += [Finding(Fault.NOT_DURABLE, name, "off") for name in names]
    return found
