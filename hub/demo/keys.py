"""The demo's keys: made at the first start, kept in a file of the data folder, for everybody to try."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

from hub.kernel.errors import Unauthenticated
from hub.kernel.scope import Scope
from hub.store.pools import Connection
from hub.tenants import administration as admin
from hub.tenants.administration import On
from hub.tenants.gate import Gate, Visit
from hub.tenants.model import KeyKind, PrincipalKind, Tenant, TenantKind
from hub.tenants.permissions import Role

FILE = "demo-keys.json"
SINCE = date(2018, 1, 1)
REASON = "Demo"
PORTS = (3000, 4200, 5173, 8080)
ORIGINS = tuple(f"http://{host}:{port}" for port in PORTS for host in ("localhost", "127.0.0.1"))


@dataclass(frozen=True, slots=True)
class DemoKey:
    """A key with whom it is for; several audiences may stand in one tenant."""

    audience: str
    tenant: str
    role: str
    key: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """What tells it from the others."""
        return self.audience, self.tenant, self.role


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key that the demo must have, with the grant it stands for."""

    audience: str
    role: Role
    on: On = field(default_factory=On)
    kind: KeyKind = KeyKind.SECRET
    origins: tuple[str, ...] = ()


def read(folder: Path) -> list[DemoKey]:
    """The kept keys; none where the file is missing or not ours."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return [DemoKey(**entry) for entry in found]
    except (OSError, ValueError, TypeError):
        return []


def write(folder: Path, keys: Sequence[DemoKey]) -> None:
    """Replace the file whole, readable by its owner alone."""
    draft = folder / f".{FILE}.new"
    draft.unlink(missing_ok=True)
    text = json.dumps([asdict(each) for each in keys], indent=1) + "\n"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(folder / FILE)


def by_audience(keys: Sequence[DemoKey]) -> Mapping[str, str]:
    """The first key of each audience."""
    return {each.audience: each.key for each in reversed(keys)}


async def ensure(owner: Connection, gate: Gate, folder: Path, tenant: Tenant, wanted: Wanted) -> DemoKey:
    """The kept key where it still works, else a new one, kept at once."""
    place = DemoKey(wanted.audience, tenant.code, wanted.role.value)
    kept = read(folder)
    for each in kept:
        if each.place == place.place and await works(gate, each.key):
            return each
    made = replace(place, key=await make(owner, tenant, wanted))
    write(folder, [*(each for each in kept if each.place != place.place), made])
    return made


async def make(owner: Connection, tenant: Tenant, wanted: Wanted) -> str:
    """A machine with one grant and a key of it."""
    name = f"Demo: {wanted.audience}"
    principal = await admin.add_principal(owner, tenant.id, kind=PrincipalKind.MACHINE, name=name)
    grant = await admin.add_grant(
        owner,
        tenant,
        principal,
        wanted.role,
        starts_on=SINCE,
        reason=REASON,
        on=wanted.on,
        kind=TenantKind(tenant.kind),
    )
    return await admin.create_key(owner, tenant.id, grant, wanted.kind, label=name, origins=wanted.origins)


async def works(gate: Gate, key: str) -> bool:
    """Whether a key opens this database."""
    try:
        await gate.enter(Visit(authorization=f"Bearer {key}"))
    except Unauthenticated:
        return False
    return True


async def scope_of(gate: Gate, key: DemoKey) -> Scope:
    """The scope a key stands for: the demo's rows go in by it, as an officer's own would."""
    entry = await gate.enter(Visit(authorization=f"Bearer {key.key}", request_id="demo"))
    return entry.scope
