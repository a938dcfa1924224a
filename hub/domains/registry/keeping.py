"""Keeping the registry from the feed, one tenant at a time, as the worker.

What a change says is not believed: the record is read as it is now, and the registry is made to say the same. So a
change that comes twice, late, or together with later ones leads to the same registry.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from hub.journal.following import Followed, follow
from hub.kernel.clock import Clock
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyRing, blind_version
from hub.kernel.nik import Nik
from hub.store.pools import Connection

CONSUMER = "registry"
KIND = "nik"

# In the order of the ids, as the register's own actions lock: a rotation of keys waits for nobody here.
_PEOPLE = "select id, nik_sealed, ended_at is null as living from citizen where tenant_id = $1 and id = any($2)"
_KNOWN = "select bidx, person_id from person_key where bidx = any($1)"
_KEYS = """
insert into person_key (bidx, key_version, person_id)
select * from unnest($1::bytea[], $2::int[], $3::uuid[]) on conflict do nothing returning person_id
"""
_PERSONS = "insert into person (id, created_at) select each, $2 from unnest($1::uuid[]) each on conflict do nothing"
_PLACE = """
insert into person_home as had (home_tenant, citizen_id, person_id, living)
select $1, * from unnest($2::uuid[], $3::uuid[], $4::bool[])
on conflict (home_tenant, citizen_id) do update set person_id = excluded.person_id, living = excluded.living
where (had.person_id, had.living) is distinct from (excluded.person_id, excluded.living)
"""
_FORGET = "delete from person_home where home_tenant = $1 and citizen_id = any($2)"

Blinds = tuple[bytes, ...]  # one for each live version of the key, the current one first


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens a NIK, and what hides it again under the registry's key."""

    shared: KeyRing
    registry: KeyRing


async def keep(connection: Connection, tenant: int, keys: Keys, *, clock: Clock) -> int:
    """Take the next changes of a tenant into the registry; how many were looked at, 0 when it is up to date."""

    async def take(inside: Connection, home: int, changes: Sequence[Followed]) -> None:
        people = {change.object_id for change in changes if change.type_name == "Citizen"}
        await register(inside, home, people, keys, now=clock().instant)

    return await follow(connection, CONSUMER, tenant, take)


async def register(connection: Connection, tenant: int, citizens: Iterable[UUID], keys: Keys, *, now: datetime) -> None:
    """Make the registry say of these records what the tenant's register says; inside the tenant's transaction."""
    asked = sorted(set(citizens))
    if not asked:
        return
    rows = await connection.fetch(_PEOPLE, tenant, asked)
    blinds = {row["id"]: found for row in rows if (found := _blinds(keys, tenant, row))}
    persons = await _persons(connection, set(blinds.values()), now)
    living = {row["id"]: row["living"] for row in rows}

    numbered = sorted(blinds)
    await connection.execute(
        _PLACE, tenant, numbered, [persons[blinds[each]] for each in numbered], [living[each] for each in numbered]
    )
    await connection.execute(_FORGET, tenant, [each for each in asked if each not in blinds])


def _blinds(keys: Keys, tenant: int, row: asyncpg.Record) -> Blinds:
    """Nothing for a person without a NIK, or with one that a village made up: it tells nobody apart."""
    if row["nik_sealed"] is None:
        return ()
    plain = keys.shared.open(row["nik_sealed"], tenant=tenant, table="citizen", column="nik", row=row["id"])
    nik = Nik(plain.decode())
    return () if nik.temporary else keys.registry.registry_blinds(nik.digits, kind=KIND)


async def _persons(connection: Connection, wanted: Iterable[Blinds], now: datetime) -> Mapping[Blinds, UUID]:
    """Whose the numbers are; who is met for the first time is entered."""
    ordered = sorted(wanted)  # one order for everybody, so that two tenants wait for each other and never deadlock
    known = await _known(connection, (each for blinds in ordered for each in blinds))
    fresh: dict[bytes, UUID] = {}
    for blinds in ordered:
        if blinds[0] not in known:
            fresh[blinds[0]] = next((known[each] for each in blinds if each in known), None) or new_id()
    if fresh:
        versions = [blind_version(each) for each in fresh]
        entered = await connection.fetch(_KEYS, list(fresh), versions, list(fresh.values()))
        await connection.execute(_PERSONS, [row["person_id"] for row in entered], now)
        known = await _known(connection, (blinds[0] for blinds in ordered))  # another tenant may have been first
    return {blinds: known[blinds[0]] for blinds in ordered}


async def _known(connection: Connection, blinds: Iterable[bytes]) -> dict[bytes, UUID]:
    return {row["bidx"]: row["person_id"] for row in await connection.fetch(_KNOWN, list(blinds))}
