"""`hub doctor` on the registry of persons: its key file, and whether the registry was made with that key."""

from uuid import UUID

from hub.domains.registry.keeping import KIND
from hub.journal.worker import inside
from hub.kernel.clock import system_clock
from hub.kernel.errors import Faulty
from hub.kernel.keyring import KeyRing, Purpose, Undecipherable
from hub.kernel.nik import Nik
from hub.means import hold_registry_keys
from hub.settings import Settings
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection
from hub.tenants.keyfile import KeysExposed, KeysMisplaced, KeysMissing

NAME = "HUB_REGISTRY_KEYS_FILE"
SAMPLE = 20  # records; one that changes while we look is no fault
_FAULTS = {
    KeysMissing: Fault.REGISTRY_KEYS_MISSING,
    KeysExposed: Fault.REGISTRY_KEYS_EXPOSED,
    KeysMisplaced: Fault.REGISTRY_KEYS_PLACE,
}
_KEPT = "select exists (select from person_key)"
_SOME = "select home_tenant, citizen_id from person_home where living order by person_id desc limit $1"
_SEALED = "select nik_sealed from citizen where tenant_id = $1 and id = $2"
_KNOWN = "select exists (select from person_key where bidx = any($1))"


async def examine(owner: Connection, settings: Settings, shared: KeyRing | None) -> list[Finding]:
    """Everything wrong with the registry, as the owner."""
    path = settings.registry_keys_file
    if path is None:
        kept = not settings.demo and await owner.fetchval(_KEPT)
        return [Finding(Fault.REGISTRY_KEYS_UNSET, NAME)] if kept else []
    try:
        holder = hold_registry_keys(settings, system_clock)
    except Faulty as fault:
        kind = _FAULTS.get(type(fault), Fault.REGISTRY_KEYS_UNREADABLE)
        return [Finding(kind, str(path), str(fault.params.get("problem", "")))]
    ring = holder.ring() if holder else None
    if ring is None or not ring.holds(Purpose.REGISTRY):
        return [Finding(Fault.REGISTRY_KEYS_UNREADABLE, str(path))]
    if shared is not None and await _foreign(owner, shared, ring):
        return [Finding(Fault.REGISTRY_OTHER_KEY, str(path))]
    return []


async def _foreign(owner: Connection, shared: KeyRing, ring: KeyRing) -> bool:
    """Whether nobody of a few people is found by this key."""
    looked = 0
    for row in await owner.fetch(_SOME, SAMPLE):
        blinds = await _blinds(owner, shared, ring, row["home_tenant"], row["citizen_id"])
        if blinds and await owner.fetchval(_KNOWN, blinds):
            return False
        looked += bool(blinds)
    return looked > 0


async def _blinds(owner: Connection, shared: KeyRing, ring: KeyRing, tenant: int, citizen: UUID) -> tuple[bytes, ...]:
    async with inside(owner, tenant):
        sealed: bytes | None = await owner.fetchval(_SEALED, tenant, citizen)
    if sealed is None:
        return ()
    try:
        plain = shared.open(sealed, tenant=tenant, table="citizen", column="nik", row=citizen)
    except Undecipherable:  # said by another finding
        return ()
    return ring.registry_blinds(Nik(plain.decode()).digits, kind=KIND)
