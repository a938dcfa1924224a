"""Undoing a whole batch: who it made is ended, what it changed is as before, in one transaction or not at all.

Nobody's later work is overwritten: every row must still be at the version that the batch wrote. New people end first,
so that their numbers and headships are free; then former heads step back, then the others are put back.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Integer,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from hub.domains.citizens import staying, vault
from hub.domains.citizens.model import Citizen, CitizenNameToken, CitizenSensitive, EndReason, Household
from hub.domains.imports import batches, before, events, policy
from hub.domains.imports.before import Trace
from hub.domains.imports.errors import (
    ImportChangedSince,
    ImportFollowed,
)
from hub.domains.imports.known import SENSITIVE
from hub.domains.imports.model import BeforeImport, ImportBatch, ImportRow
from hub.domains.vital_events.model import VitalEventSubject
from hub.journal.record import Event, Value, record, record_all
from hub.kernel.clock import Now
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.kernel.register_codes import BaseStatus, FamilyRelation
from hub.store import sql
from hub.store.base import MOMENT, table
from hub.store.bulk import insert_many, update_many
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit, built

CHUNK = 1_000
_PATH = ("importBatch",)
_STRUCTURE = frozenset(("family_relation", "household_id", "ended_at"))
_DERIVED = frozenset(("sort_key", "nik_status"))
CONSTRAINTS = dict.fromkeys(("uq_citizen_nik", "uq_citizen_head", "uq_household_kk"), ImportChangedSince)

_BATCH, _BEFORE, _ROW = table(ImportBatch), table(BeforeImport), table(ImportRow)
_PERSON, _HOME, _SENSITIVE, _TOKEN = table(Citizen), table(Household), table(CitizenSensitive), table(CitizenNameToken)
_PART = table(VitalEventSubject)
_HEAD, _OTHER = FamilyRelation.HEAD.value, FamilyRelation.OTHER.value

_TENANT: BindParameter[int] = bindparam("tenant", type_=Integer())
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_MOMENT: BindParameter[datetime] = bindparam("now", type_=MOMENT)
_ENDED: Mapping[str, Any] = {"ended_at": _MOMENT, "end_reason": EndReason.UNDONE.value, "updated_at": _MOMENT}


def _ending(own: Any, **more: Any) -> sql.Statement:
    """End the rows of a chunk that are still as the batch made them; gives those."""
    kept = _BEFORE.c
    same = and_(kept.tenant_id == _TENANT, kept.batch_id == bindparam("batch", type_=Uuid()), kept.id == own.c.id)
    return sql.prepare(
        update(own)
        .where(own.c.tenant_id == _TENANT, own.c.id == any_(_IDS), same, own.c.version == kept.version)
        .values(version=own.c.version + 1, **_ENDED, **more)
        .returning(own.c.id, own.c.version)
    )


_END_PEOPLE = _ending(_PERSON, base_status=BaseStatus.INVALID.value, row_digest=None)
_END_HOMES = _ending(_HOME, head_id=None)
_PEOPLE = sql.prepare(select(_PERSON).where(_PERSON.c.tenant_id == _TENANT, _PERSON.c.id == any_(_IDS)))
_HOMES = sql.prepare(select(_HOME).where(_HOME.c.tenant_id == _TENANT, _HOME.c.id == any_(_IDS)))
# Numbers and headships may have changed hands: all let go before any is taken.
_MINE = (_PERSON.c.tenant_id == _TENANT, _PERSON.c.id == any_(_IDS))
_STEP_BACK = sql.prepare(update(_PERSON).where(*_MINE).values(family_relation=_OTHER))
_UNNUMBER = sql.prepare(update(_PERSON).where(*_MINE).values(nik_sealed=None, nik_bidx=None))
_SENSITIVES = sql.prepare(select(_SENSITIVE).where(_SENSITIVE.c.tenant_id == _TENANT, _SENSITIVE.c.id == any_(_IDS)))
_FORGET = sql.prepare(delete(_TOKEN).where(_TOKEN.c.tenant_id == _TENANT, _TOKEN.c.citizen_id == any_(_IDS)))
_IN_EVENTS = sql.prepare(select(exists().where(_PART.c.tenant_id == _TENANT, _PART.c.citizen_id == any_(_IDS))))
_INHABITED = sql.prepare(
    select(
        exists().where(
            _PERSON.c.tenant_id == _TENANT, _PERSON.c.household_id == any_(_IDS), _PERSON.c.ended_at.is_(None)
        )
    )
)


async def undo(unit: Unit, keys: KeyRing, batch: UUID, *, expected: int) -> ImportBatch:
    """Take back all that a batch has written, within seven days and while nothing of it has changed since."""
    found = await unit.find(ImportBatch, batch, path=_PATH)
    policy.require_undo(unit.scope, found, unit.now.instant)
    if expected != found.version:
        raise StaleVersion(current=found.version, path=("expectedVersion",))
    await batches.keep_alone(unit, found.village_id)

    work = _Undoing(unit, keys, found)
    with translating(CONSTRAINTS, path=_PATH):
        await work.hold()
        await work.take_back_people()
        await work.put_people_back()
        await work.take_back_homes()
        await work.put_homes_back()
    await work.settle()

    done = await batches.undone(unit, found)
    told: dict[str, Any] = {"state": (found.state, done.state), "rows": (found.done, 0)}
    event = events.ImportTakenBack(object_id=batch, village_id=found.village_id, version=done.version, changes=told)
    await record(unit, event)
    return done


class _Undoing:
    """One undoing: the kept rows are walked in chunks, each kind by itself."""

    def __init__(self, unit: Unit, keys: KeyRing, batch: ImportBatch) -> None:
        self.unit, self.keys, self.batch = unit, keys, batch
        self.heads: set[UUID] = set()  # heads that have stepped back

    async def hold(self) -> None:
        """Lock all that is concerned, in the register's order: families first, then people."""
        kept, tenant = _BEFORE.c, self.unit.tenant.id
        for own in (_HOME, _PERSON):
            same = and_(kept.tenant_id == tenant, kept.batch_id == self.batch.id, kept.id == own.c.id)
            rows = select(own.c.id).join(_BEFORE, same).where(own.c.tenant_id == tenant).order_by(own.c.id)
            await self.unit.value(select(func.count()).select_from(rows.with_for_update(of=own).subquery()))

    # Who was made

    async def take_back_people(self) -> None:
        """End who was made. One who has taken part in a recorded event since keeps everything as it is."""
        async for kept in self._walk(person=True, fresh=True):
            if (await self._run(_IN_EVENTS, ids=_ids(kept)))[0][0]:
                raise ImportChangedSince(path=_PATH)
            await self._end(_END_PEOPLE, events.CitizenTakenBack, kept)
            await staying.disown(self.unit, _ids(kept))

    async def take_back_homes(self) -> None:
        """End the families that were made; so does one who came to live there."""
        async for kept in self._walk(person=False, fresh=True):
            if (await self._run(_INHABITED, ids=_ids(kept)))[0][0]:
                raise ImportChangedSince(path=_PATH)
            await self._end(_END_HOMES, events.HouseholdTakenBack, kept)

    async def _end(self, ending: sql.Statement, said: Callable[..., Event], kept: Sequence[sql.Row]) -> None:
        ended = await self._run(ending, ids=_ids(kept), batch=self.batch.id, now=self.unit.now.instant)
        if len(ended) < len(kept):
            await self._refuse(set(_ids(kept)) - {row["id"] for row in ended})
        whose = {row["id"]: row["citizen_id"] for row in kept}
        place = self.batch.village_id
        told = [
            said(object_id=row["id"], subject_id=whose[row["id"]], version=row["version"], village_id=place)
            for row in ended
        ]
        await record_all(self.unit, told)

    # Who was changed

    async def put_people_back(self) -> None:
        """All that the batch has changed of people; what the second walk takes, the first has let go."""
        async for kept in self._walk(person=True, fresh=False):
            await self._step_back(kept, await self._held(_PEOPLE, kept))
        async for kept in self._walk(person=True, fresh=False):
            await self._put_back(kept, await self._held(_PEOPLE, kept))

    async def _step_back(self, kept: Sequence[sql.Row], held: Mapping[UUID, sql.Row]) -> None:
        pasts = {row["id"]: before.opened(self.keys, row).past for row in kept}
        heads = [
            key for key, past in pasts.items() if past.keys() & _STRUCTURE and held[key]["family_relation"] == _HEAD
        ]
        self.heads.update(heads)
        if heads:
            await self._run(_STEP_BACK, ids=heads)
        if renumbered := [key for key, past in pasts.items() if "nik" in past]:
            await self._run(_UNNUMBER, ids=renumbered)

    async def _put_back(self, kept: Sequence[sql.Row], held: Mapping[UUID, sql.Row]) -> None:
        traces = [before.opened(self.keys, row) for row in kept]
        rows, said = list[dict[str, Any]](), list[Event]()
        for trace in traces:
            now = dict(held[trace.key])
            if trace.key in self.heads:
                now["family_relation"] = _HEAD
            rows.append(
                {
                    **now,
                    **before.columns_of(self.keys, trace.past, now),
                    "row_digest": trace.digest,
                    "version": trace.version + 1,
                    "updated_at": self.unit.now.instant,
                }
            )
            said.append(self._said(trace, now))
        await update_many(self.unit, Citizen, rows)
        await self._stay_as_before([built(Citizen, row) for row in rows])
        await self._rename([row for row, trace in zip(rows, traces, strict=True) if "full_name" in trace.past])
        await self._put_sensitive_back([trace for trace in traces if trace.past.keys() & set(SENSITIVE)])
        await record_all(self.unit, said, self.keys)

    async def _stay_as_before(self, people: Sequence[Citizen]) -> None:
        await staying.follow(self.unit, people)
        await staying.take_back(self.unit, people, on=Now(self.batch.created_at).today(self.unit.tenant.zone))

    async def _rename(self, people: Sequence[Mapping[str, Any]]) -> None:
        if people:
            await self._run(_FORGET, ids=[person["id"] for person in people])
            tokens = [each for person in people for each in vault.name_tokens(built(Citizen, person))]
            await insert_many(self.unit, CitizenNameToken, [each.model_dump() for each in tokens])

    async def _put_sensitive_back(self, traces: Sequence[Trace]) -> None:
        pasts = {each.key: {name: each.past[name] for name in SENSITIVE if name in each.past} for each in traces}
        rows = await self._run(_SENSITIVES, ids=list(pasts)) if pasts else []
        now = self.unit.now.instant
        changed = [{**row, **pasts[row["id"]], "version": row["version"] + 1, "updated_at": now} for row in rows]
        await update_many(self.unit, CitizenSensitive, changed)

    def _said(self, trace: Trace, now: Mapping[str, Any]) -> Event:
        """Values after and before the undoing, under the person's key; numbers masked, those taken back not told."""
        personal: dict[str, tuple[Value, Value]] = {
            name: (now.get(name), str(was) if isinstance(was, Nik) else was)
            for name, was in trace.past.items()
            if name not in _DERIVED
        }
        return events.CitizenPutBack(
            object_id=trace.key,
            subject_id=trace.key,
            version=trace.version + 1,
            village_id=self.batch.village_id,
            personal=personal,
        )

    # Families that were changed

    async def put_homes_back(self) -> None:
        """Heads, addresses and endings; a family of which only members changed is only looked at."""
        async for kept in self._walk(person=False, fresh=False):
            held = await self._held(_HOMES, kept)
            traces = [trace for trace in (before.opened(self.keys, row) for row in kept) if trace.past]
            now = self.unit.now.instant
            rows = [{**held[each.key], **each.past, "version": each.version + 1, "updated_at": now} for each in traces]
            await update_many(self.unit, Household, rows)
            said = [
                events.HouseholdPutBack(object_id=row["id"], version=row["version"], village_id=row["village_id"])
                for row in rows
            ]
            await record_all(self.unit, said)

    # The end

    async def settle(self) -> None:
        """What was kept for the undoing goes; an earlier batch finds its rows as it wrote them."""
        own, tenant = _BEFORE.c, self.unit.tenant.id
        mine = _BEFORE.alias("mine")
        written = or_(mine.c.citizen_id.is_not(None), mine.c.sealed.is_not(None))
        await self.unit.rows(
            update(_BEFORE)
            .where(
                own.tenant_id == tenant,
                own.batch_id != self.batch.id,
                mine.c.tenant_id == tenant,
                mine.c.batch_id == self.batch.id,
                mine.c.id == own.id,
                ~mine.c.fresh,
                written,
                own.version == mine.c.version - 1,
            )
            .values(version=mine.c.version + 1)
        )
        for each in (_BEFORE, _ROW):
            await self.unit.rows(delete(each).where(each.c.tenant_id == tenant, each.c.batch_id == self.batch.id))

    # Reading

    async def _walk(self, *, person: bool, fresh: bool) -> AsyncIterator[list[sql.Row]]:
        own, last = _BEFORE.c, UUID(int=0)
        while True:
            rows = await self.unit.rows(
                select(_BEFORE)
                .where(
                    own.tenant_id == self.unit.tenant.id,
                    own.batch_id == self.batch.id,
                    own.citizen_id.is_not(None) if person else own.citizen_id.is_(None),
                    own.fresh if fresh else ~own.fresh,
                    own.id > last,
                )
                .order_by(own.id)
                .limit(CHUNK)
            )
            if not rows:
                return
            yield rows
            last = rows[-1]["id"]

    async def _held(self, reading: sql.Statement, kept: Sequence[sql.Row]) -> Mapping[UUID, sql.Row]:
        """The rows as they are; refused where one is not as the batch wrote it."""
        held = {row["id"]: row for row in await self._run(reading, ids=_ids(kept))}
        changed = {row["id"] for row in kept if row["id"] not in held or held[row["id"]]["version"] != row["version"]}
        if changed:
            await self._refuse(changed)
        return held

    async def _refuse(self, changed: Collection[UUID]) -> None:
        """By a later import, or by somebody's hand."""
        own, batch = _BEFORE.c, _BATCH.c
        later = select(
            exists().where(
                own.tenant_id == self.unit.tenant.id,
                own.id == any_(literal(list(changed), ARRAY(Uuid()))),
                batch.tenant_id == own.tenant_id,
                batch.id == own.batch_id,
                batch.created_at > self.batch.created_at,
            )
        )
        raise (ImportFollowed if await self.unit.value(later) else ImportChangedSince)(path=_PATH)

    async def _run(self, statement: sql.Statement, **values: Any) -> list[Any]:
        self.unit.statements += 1
        given = {"tenant": self.unit.tenant.id, **values}
        return await self.unit.connection.fetch(statement.text, *statement.arguments(given))


def _ids(kept: Sequence[sql.Row]) -> list[UUID]:
    return [row["id"] for row in kept]
