"""The worker carries villages from one kecamatan to another: one tenant at a time, one transaction each.

Families end here as departed, appear there, and are noted here as arrived. Like the worker of moves it does not
remember how far it came: it looks for who lives here still, and for who is on the way. So it may die anywhere and
begin again, and two at once wait for each other.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from sqlalchemy import func, select, update

from hub.domains.citizens.model import Citizen
from hub.domains.moves.model import Departure, DeparturePerson, MoveReason
from hub.domains.splits import houses, sending, taking
from hub.domains.splits.events import VillageSplitOff
from hub.domains.splits.going import Going, Pair, among
from hub.domains.splits.model import RegionSplit, SplitVillage
from hub.domains.splits.sending import Load
from hub.journal.record import record
from hub.kernel.clock import Clock
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import TenantRef
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting

BATCH = 100  # families in one transaction
HOUSES = 500
_FIRST = UUID(int=0)
_COMMAND = "hub tenant split"
_PEOPLE, _MOVES, _MOVERS = table(Citizen), table(Departure), table(DeparturePerson)
_SPLITS, _VILLAGES = table(RegionSplit), table(SplitVillage)

Told = Callable[[int], None]  # how many more people have arrived


@dataclass(slots=True)
class Carrier:
    """One run of the worker through a split."""

    connection: Connection
    going: Going
    keys: KeyRing
    clock: Clock
    told: Told
    batch: int = BATCH
    clashing: list[UUID] = field(default_factory=list)  # moves whose numbers are taken there

    async def village(self, pair: Pair) -> bool:
        """Carry a village; whether nothing of it is left on the way."""
        clashed = len(self.clashing)
        while await self._arrive(pair) or await self._leave(pair):
            pass
        await self._houses(pair)
        if len(self.clashing) > clashed:
            return False
        async with self._here() as unit:
            await _finish(unit, self.going, pair)
        return True

    async def _leave(self, pair: Pair) -> bool:
        async with self._here() as unit:
            return await sending.send_off(unit, self.going, pair, size=self.batch) > 0

    async def _arrive(self, pair: Pair) -> bool:
        """Bring who is on the way; False where nobody is."""
        async with self._here() as unit:
            moves = await sending.on_the_way(unit, pair, size=self.batch, but=self.clashing)
            if not moves:
                return False
            given = await sending.load(unit, moves)
        try:
            await self._bring(pair, given)
        except asyncpg.UniqueViolationError:
            await self._one_by_one(pair, moves)
        return True

    async def _one_by_one(self, pair: Pair, moves: Sequence[UUID]) -> None:
        """So that a family whose number is taken there holds nobody else up."""
        for move in moves:
            async with self._here() as unit:
                given = await sending.load(unit, [move])
            try:
                await self._bring(pair, given)
            except asyncpg.UniqueViolationError:
                self.clashing.append(move)

    async def _bring(self, pair: Pair, given: Load) -> None:
        async with self._there() as unit:
            await taking.take_in(unit, self.keys, self.going, pair, given)
        async with self._here() as unit:
            await sending.note_arrived(unit, self.going, pair, given)
        self.told(len(given.people))

    async def _houses(self, pair: Pair) -> None:
        ended = HOUSES
        while ended == HOUSES:
            async with self._here() as unit:
                ended = await houses.send_off(unit, pair, size=HOUSES)
        after: UUID | None = _FIRST
        while after is not None:
            async with self._here() as unit:
                found, permits = await houses.gone(unit, pair, after=after, size=HOUSES)
            async with self._there() as unit:
                await houses.take_in(unit, self.keys, self.going, pair, found, permits)
            after = found[-1]["id"] if len(found) == HOUSES else None

    def _here(self) -> AbstractAsyncContextManager[Unit]:
        return self._acting(self.going.here)

    def _there(self) -> AbstractAsyncContextManager[Unit]:
        return self._acting(self.going.there)

    def _acting(self, tenant: TenantRef) -> AbstractAsyncContextManager[Unit]:
        """Under the decree."""
        return acting(self.connection, tenant, self.clock(), request_id=_COMMAND, purpose=self.going.decree)


async def carry(
    connection: Connection,
    going: Going,
    pairs: Sequence[Pair],
    keys: KeyRing,
    *,
    clock: Clock,
    told: Told = lambda _: None,
    batch: int = BATCH,
) -> list[UUID]:
    """Carry all villages, as the worker; the moves that are left on the way because a number is taken there.

    Nobody is carried before the day of the split: the caller has looked at it. Run it again to go on.
    """
    carrier = Carrier(connection, going, keys, clock, told, batch)
    done = [await carrier.village(pair) for pair in pairs]
    if all(done):
        finished = update(_SPLITS).where(_SPLITS.c.id == going.id, _SPLITS.c.finished_at.is_(None))
        await sql.fetch(connection, finished.values(finished_at=clock().instant).returning(_SPLITS.c.id))
    return carrier.clashing


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a split is."""

    living: int  # people who live in the villages as they were
    waiting: int  # who is on the way
    families: int  # that have arrived
    people: int


async def standing(unit: Unit, pairs: Sequence[Pair]) -> Standing:
    """Counted from the registers, in the kecamatan that the villages leave."""
    villages = [each.from_village for each in pairs]
    who, move, mover = _PEOPLE.c, _MOVES.c, _MOVERS.c
    living = select(func.count()).where(
        who.tenant_id == unit.tenant.id, among(who.village_id, villages), who.ended_at.is_(None)
    )
    there = mover.arrived_id.is_not(None)
    moved = (
        select(
            func.count().filter(~there).label("waiting"),
            func.count().filter(there).label("people"),
            func.count(mover.departure_id.distinct()).filter(there).label("families"),
        )
        .select_from(_MOVERS.join(_MOVES, (move.tenant_id == mover.tenant_id) & (move.id == mover.departure_id)))
        .where(
            mover.tenant_id == unit.tenant.id,
            move.tenant_id == unit.tenant.id,
            among(move.village_id, villages),
            move.reason == MoveReason.REGION_SPLIT.value,
        )
    )
    row = (await unit.rows(moved))[0]
    return Standing(int(await unit.value(living)), row["waiting"], row["families"], row["people"])


async def _finish(unit: Unit, going: Going, pair: Pair) -> None:
    """The village is whole where it is now; said once."""
    own = _VILLAGES.c
    mark = update(_VILLAGES).where(
        own.split_id == going.id, own.from_village == pair.from_village, own.moved_at.is_(None)
    )
    if await unit.rows(mark.values(moved_at=unit.now.instant).returning(own.split_id)):
        told = {"successor_code": (None, pair.to_code)}
        await record(unit, VillageSplitOff(object_id=pair.from_village, village_id=pair.from_village, changes=told))
