"""Writing one group of staged rows into the register: people, their families, name tokens and the journal.

Everything a group touches is read, decided and written in the unit's one transaction. A row that no longer fits (the
person was registered or ended by somebody else since the file was judged) is passed over and counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Integer, LargeBinary, Uuid, any_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from hub.domains.citizens import staying, vault
from hub.domains.citizens.model import (
    Citizen,
    CitizenNameToken,
    CitizenSensitive,
    EndReason,
    FormerNik,
    Household,
)
from hub.domains.citizens.numbers import former
from hub.domains.imports import batches, before, events, staging
from hub.domains.imports.before import Trace
from hub.domains.imports.known import HOME, PLAIN, SENSITIVE
from hub.domains.imports.model import RowAction
from hub.domains.imports.staging import Change
from hub.journal.record import Event, Value, record_all
from hub.kernel import names
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.register_codes import BaseStatus, FamilyRelation
from hub.store import sql
from hub.store.base import table
from hub.store.bulk import insert_many, update_many
from hub.store.unit import Unit, built

SKIPPED = "SKIPPED"
Row = dict[str, Any]  # a row by column

_PERSON, _HOME, _SENSITIVE, _TOKEN = table(Citizen), table(Household), table(CitizenSensitive), table(CitizenNameToken)
_ALIVE, _HEAD = BaseStatus.ALIVE.value, FamilyRelation.HEAD.value
_ENDINGS = {
    BaseStatus.DEAD.value: EndReason.DIED,
    BaseStatus.MOVED.value: EndReason.MOVED,
    BaseStatus.MISSING.value: EndReason.MISSING,
    BaseStatus.LEFT.value: EndReason.LEFT,
    BaseStatus.INVALID.value: EndReason.INVALID,
}
_TENANT: BindParameter[int] = bindparam("tenant", type_=Integer())
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_BLINDS = bindparam("blinds", type_=ARRAY(LargeBinary()))
_PEOPLE = sql.prepare(
    select(_PERSON).where(_PERSON.c.tenant_id == _TENANT, _PERSON.c.id == any_(_IDS)).with_for_update()
)
_HOMES = sql.prepare(
    select(_HOME)
    .where(
        _HOME.c.tenant_id == _TENANT,
        _HOME.c.village_id == bindparam("village"),
        _HOME.c.kk_bidx == any_(_BLINDS),
        _HOME.c.ended_at.is_(None),
    )
    .with_for_update()
)
_HOMES_BY_ID = sql.prepare(
    select(_HOME).where(_HOME.c.tenant_id == _TENANT, _HOME.c.id == any_(_IDS)).with_for_update()
)
_TAKEN = sql.prepare(
    select(_PERSON.c.nik_bidx).where(
        _PERSON.c.tenant_id == _TENANT,
        _PERSON.c.village_id == bindparam("village"),
        _PERSON.c.nik_bidx == any_(_BLINDS),
        _PERSON.c.ended_at.is_(None),
    )
)
_MEMBERS = sql.prepare(
    select(_PERSON.c.household_id, _PERSON.c.id, _PERSON.c.family_relation).where(
        _PERSON.c.tenant_id == _TENANT, _PERSON.c.household_id == any_(_IDS), _PERSON.c.ended_at.is_(None)
    )
)
_SENSITIVES = sql.prepare(select(_SENSITIVE).where(_SENSITIVE.c.tenant_id == _TENANT, _SENSITIVE.c.id == any_(_IDS)))
_DEMOTE = sql.prepare(
    update(_PERSON)
    .where(_PERSON.c.tenant_id == _TENANT, _PERSON.c.id == any_(_IDS))
    .values(family_relation=FamilyRelation.OTHER.value)
)
_FORGET = sql.prepare(delete(_TOKEN).where(_TOKEN.c.tenant_id == _TENANT, _TOKEN.c.citizen_id == any_(_IDS)))


async def apply_group(
    unit: Unit, keys: KeyRing, batch: UUID, village: UUID, positions: Sequence[int]
) -> Mapping[str, int]:
    """Write some staged rows and move the resume mark; gives how many of each action, and how many were passed over."""
    group = _Group(unit, keys, village)
    changes = await staging.take(unit, keys, batch, positions)

    await group.read(changes)
    for change in changes:
        group.put(change)
    await group.write()
    await before.keep(unit, keys, batch, village, group.traces())

    written = {"rows": (None, group.done.total() - group.done[SKIPPED])}
    applied = events.ImportApplied(object_id=batch, village_id=village, changes=written)
    await record_all(unit, [*group.events, applied], keys)
    await batches.advance(unit, batch, written=len(changes))
    return group.done


@dataclass(slots=True)
class _Group:
    """What one transaction reads and is about to write."""

    unit: Unit
    keys: KeyRing
    village: UUID
    people: dict[UUID, Row] = field(default_factory=dict)
    stored: dict[UUID, Row] = field(default_factory=dict)  # families that are there
    before: dict[UUID, Row] = field(default_factory=dict)  # the same, as they were
    fresh: dict[UUID, Row] = field(default_factory=dict)  # families that are new
    by_card: dict[bytes, Row] = field(default_factory=dict)
    taken: set[bytes] = field(default_factory=set)
    new_people: list[Row] = field(default_factory=list)
    changed: dict[UUID, Row] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)  # stored families whose members or address change
    spoken: set[UUID] = field(default_factory=set)  # families whose address the head's row has told
    demoted: list[UUID] = field(default_factory=list)
    renamed: list[Row] = field(default_factory=list)
    sensitive: dict[UUID, Row] = field(default_factory=dict)
    former_sensitive: dict[UUID, Row] = field(default_factory=dict)
    lost: list[Row] = field(default_factory=list)  # numbers that people no longer have
    events: list[Event] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    # Reading

    async def read(self, changes: Sequence[Change]) -> None:
        """Lock and load all that the changes touch."""
        known = [change.citizen_id for change in changes if change.action is not RowAction.NEW]
        self.people = {row["id"]: dict(row) for row in await self._rows(_PEOPLE, ids=known)} if known else {}
        cards = list({change.family for change in changes if change.family is not None})
        for row in await self._rows(_HOMES, village=self.village, blinds=cards):
            self._hold(dict(row))
        absent = {person["household_id"] for person in self.people.values()} - self.stored.keys()
        if absent:
            for row in await self._rows(_HOMES_BY_ID, ids=list(absent)):
                self._hold(dict(row))
        await self._read_taken(changes)

    async def _read_taken(self, changes: Sequence[Change]) -> None:
        tenant = self.unit.tenant.id
        niks = [change.values["nik"] for change in changes if change.values.get("nik") is not None]
        blinds = [blind for nik in niks for blind in vault.blinds_of(self.keys, nik, tenant=tenant)]
        rows = await self._rows(_TAKEN, village=self.village, blinds=blinds) if blinds else []
        self.taken = {row["nik_bidx"] for row in rows}

    def _hold(self, home: Row) -> None:
        self.stored[home["id"]], self.before[home["id"]] = home, dict(home)
        if home["ended_at"] is None:
            self.by_card[home["kk_bidx"]] = home

    # Deciding

    def put(self, change: Change) -> None:
        """Decide what one row writes."""
        done = self._put_new(change) if change.action is RowAction.NEW else self._put_known(change)
        self.done[change.action.value if done else SKIPPED] += 1

    def _put_new(self, change: Change) -> bool:
        values, now, tenant = change.values, self.unit.now.instant, self.unit.tenant.id
        nik = values.get("nik")
        if nik is not None and not self.taken.isdisjoint(vault.blinds_of(self.keys, nik, tenant=tenant)):
            return False
        status = values.get("base_status", _ALIVE)
        person: Row = {
            **{name: values.get(name) for name in PLAIN},
            **self._numbers(change.citizen_id, values, values.get("birth_date"), values["sex"], parents=True),
            "tenant_id": tenant,
            "id": change.citizen_id,
            "version": 1,
            "created_at": now,
            "updated_at": now,
            "village_id": self.village,
            "sort_key": names.sort_key(values["full_name"]),
            "base_status": status,
            "source": "OPENSID",
            "row_digest": change.digest,
            **self._ending(status),
        }
        home = self._home_for(change.family, values)
        person["household_id"] = home["id"]
        self._join(home, person)
        if home["id"] in self.fresh:  # whoever joins a known family does not change where it lives
            self._tell_address(home, person, values, came=True)
        self.new_people.append(person)
        self.sensitive[person["id"]] = {name: values.get(name) for name in SENSITIVE}
        self.events.append(
            events.CitizenImported(object_id=person["id"], subject_id=person["id"], village_id=self.village)
        )
        return True

    def _put_known(self, change: Change) -> bool:
        person = self.people.get(change.citizen_id)
        if person is None or person["ended_at"] is not None:
            return False
        values = dict(change.values)
        if change.action is RowAction.MISSING:
            values["base_status"] = BaseStatus.INVALID.value
        after = self._changed(person, change, values)
        former = self.stored[person["household_id"]]
        home = self._home_for(change.family, values) if "kk_number" in values else former
        came = home is not former
        after["household_id"] = home["id"]
        entry = _said(change, person, after, former, values)
        self._tell_address(home, after, values, came=came)
        if came:
            self._join(home, after)
        if came or after["family_relation"] != person["family_relation"] or after["ended_at"] is not None:
            self.touched.add(former["id"])
            if person["family_relation"] == _HEAD:
                self.demoted.append(person["id"])
        self.changed[person["id"]] = after
        if sensitive := {name: values[name] for name in SENSITIVE if name in values}:
            self.sensitive[person["id"]] = sensitive
        self.events.append(entry)
        return True

    def _changed(self, person: Row, change: Change, values: Row) -> Row:
        said: Row = {**person, **values}
        status, born, sex = said["base_status"], said["birth_date"], said["sex"]
        after = {
            **person,
            **{name: values[name] for name in PLAIN if name in values},
            **self._numbers(person["id"], values, born, sex, parents=False),
            # Whoever is absent from one file may stand in the next: nothing must recognise the row as known.
            "row_digest": None if change.action is RowAction.MISSING else change.digest,
            "version": person["version"] + 1,
            "updated_at": self.unit.now.instant,
            **self._ending(status),
        }
        if "nik" not in values and ("birth_date" in values or "sex" in values):
            nik = vault.open_nik(self.keys, built(Citizen, person))
            after["nik_status"] = vault.nik_status(nik, birth_date=born, sex=sex).value
        if "nik" in values and (lost := former(built(Citizen, person), self.keys, reason=None)) is not None:
            self.lost.append(
                {**lost.model_dump(), "created_at": after["updated_at"], "updated_at": after["updated_at"]}
            )
        if "full_name" in values:
            after["sort_key"] = names.sort_key(values["full_name"])
            self.renamed.append(after)
        return after

    def _numbers(self, citizen: UUID, values: Mapping[str, Any], born: date | None, sex: str, *, parents: bool) -> Row:
        """The columns of the numbers that the row tells, or, for a new person, of all three."""
        tenant, found = self.unit.tenant.id, Row()
        if parents or "nik" in values:
            nik: Nik | None = values.get("nik")
            found |= vault.nik_columns(self.keys, nik, tenant=tenant, citizen=citizen, birth_date=born, sex=sex)
        if parents or "father_nik" in values:
            found |= vault.father_columns(self.keys, values.get("father_nik"), tenant=tenant, citizen=citizen)
        if parents or "mother_nik" in values:
            found |= vault.mother_columns(self.keys, values.get("mother_nik"), tenant=tenant, citizen=citizen)
        return found

    def _ending(self, status: str) -> Row:
        if status == _ALIVE:
            return {"ended_at": None, "end_reason": None}
        return {"ended_at": self.unit.now.instant, "end_reason": _ENDINGS[status].value}

    # Families

    def _home_for(self, card: bytes | None, values: Mapping[str, Any]) -> Row:
        """The family with this card, made where there is none."""
        held = self.by_card.get(card) if card is not None else None
        return held or self._new_home(values["kk_number"], values)

    def _new_home(self, kk: KkNumber, values: Mapping[str, Any]) -> Row:
        now, tenant, key = self.unit.now.instant, self.unit.tenant.id, new_id()
        home: Row = {
            **vault.kk_columns(self.keys, kk, tenant=tenant, household=key),
            **{name: values.get(name) for name in HOME},
            "tenant_id": tenant,
            "id": key,
            "version": 1,
            "created_at": now,
            "updated_at": now,
            "village_id": self.village,
            "ended_at": now,  # until a living member joins
            "end_reason": EndReason.EMPTY.value,
        }
        self.fresh[key] = home
        self.by_card[home["kk_bidx"]] = home
        return home

    def _join(self, home: Row, person: Row) -> None:
        """Somebody comes into a family."""
        if home["id"] not in self.fresh:
            self.touched.add(home["id"])
        elif person["ended_at"] is None:
            home["ended_at"], home["end_reason"] = None, None
            if person["family_relation"] == _HEAD:
                home["head_id"] = person["id"]

    def _tell_address(self, home: Row, person: Row, values: Mapping[str, Any], *, came: bool) -> None:
        """A family lives where its head's row says; only without it, where another member's does."""
        told = {name: values[name] for name in HOME if name in values}
        head = person["family_relation"] == _HEAD and person["ended_at"] is None
        if told and (head or not (came or home["id"] in self.spoken)):
            home.update(told)
            if home["id"] not in self.fresh:
                self.touched.add(home["id"])
        if told and head:
            self.spoken.add(home["id"])

    # Writing

    async def write(self) -> None:
        """Families before members, former heads before new ones, what hangs on a person last."""
        await insert_many(self.unit, Household, list(self.fresh.values()))
        if self.demoted:
            await self._rows(_DEMOTE, ids=self.demoted)
        await update_many(self.unit, Citizen, list(self.changed.values()))
        await insert_many(self.unit, Citizen, self.new_people)
        await insert_many(self.unit, FormerNik, self.lost)
        await self._write_stays()
        await self._write_sensitive()
        await self._write_tokens()
        await self._write_homes()
        self.events[:0] = [events.HouseholdImported(object_id=key, village_id=self.village) for key in self.fresh]

    async def _write_stays(self) -> None:
        await staying.enter_rows(self.unit, self.new_people)
        after = [built(Citizen, each) for each in self.changed.values()]
        was = {key: built(Citizen, self.people[key]) for key in self.changed}
        await staying.follow(self.unit, [each for each in after if staying.changed(was[each.id], each)])

    async def _write_sensitive(self) -> None:
        known = [key for key in self.sensitive if key in self.changed]
        held = {row["id"]: dict(row) for row in await self._rows(_SENSITIVES, ids=known)} if known else {}
        for key in known:
            was = held.get(key, {})
            self.former_sensitive[key] = {name: was.get(name) for name in self.sensitive[key]}
        now = self.unit.now.instant
        base = {"tenant_id": self.unit.tenant.id, "version": 1, "created_at": now, "updated_at": now}
        fresh = [
            {**base, "id": key, "village_id": self.village, **values}
            for key, values in self.sensitive.items()
            if key not in held
        ]
        changed = [
            {**row, **self.sensitive[key], "version": row["version"] + 1, "updated_at": now}
            for key, row in held.items()
        ]
        await insert_many(self.unit, CitizenSensitive, fresh)
        await update_many(self.unit, CitizenSensitive, changed)

    async def _write_tokens(self) -> None:
        if self.renamed:
            await self._rows(_FORGET, ids=[person["id"] for person in self.renamed])
        rows = [
            {
                "tenant_id": person["tenant_id"],
                "token": each.token,
                "citizen_id": person["id"],
                "village_id": self.village,
                "sort_key": person["sort_key"],
                "initial": each.initial,
                "covered": each.covered,
                "heard": each.heard,
            }
            for person in (*self.new_people, *self.renamed)
            for each in names.name_tokens(person["full_name"])
        ]
        await insert_many(self.unit, CitizenNameToken, rows)

    async def _write_homes(self) -> None:
        """Heads and endings of families that were there before, by their members as they now are."""
        if not self.touched:
            return
        members = await self._rows(_MEMBERS, ids=list(self.touched))
        inhabited = {row["household_id"] for row in members}
        heads = {row["household_id"]: row["id"] for row in members if row["family_relation"] == _HEAD}
        now, written = self.unit.now.instant, list[Row]()
        for key in sorted(self.touched):
            home = self.stored[key]
            home["head_id"] = heads.get(key)
            home["ended_at"] = None if key in inhabited else home["ended_at"] or now
            home["end_reason"] = None if key in inhabited else home["end_reason"] or EndReason.EMPTY.value
            if home == self.before[key]:
                continue
            home["version"], home["updated_at"] = home["version"] + 1, now
            written.append(home)
            said = events.HouseholdUpdated if key in inhabited else events.HouseholdEnded
            self.events.append(said(object_id=key, version=home["version"], village_id=self.village))
        await update_many(self.unit, Household, written)

    def traces(self) -> list[Trace]:
        """What undoing the batch needs to know of all that was written."""
        made = [Trace(row["id"], row["version"], person=True, fresh=True) for row in self.new_people]
        made += [Trace(row["id"], row["version"], person=False, fresh=True) for row in self.fresh.values()]
        changed = [
            before.of_person(self.keys, self.people[key], after, self.former_sensitive.get(key, {}))
            for key, after in self.changed.items()
        ]
        return [*made, *changed, *(before.of_home(self.before[key], self.stored[key]) for key in sorted(self.touched))]

    async def _rows(self, statement: sql.Statement, **values: Any) -> list[Any]:
        self.unit.statements += 1
        given = {"tenant": self.unit.tenant.id, **values}
        return await self.unit.connection.fetch(statement.text, *statement.arguments(given))


def _said(change: Change, person: Row, after: Row, home: Row | None, values: Row) -> Event:
    """The entry of a change: values before and after under the person's key, numbers masked."""
    kind = events.CitizenUpdated if after["ended_at"] is None else events.CitizenEnded
    before = {**person, **({name: home[name] for name in HOME} if home else {})}
    personal = {name: (_shown(before.get(name)), _shown(value)) for name, value in values.items()}
    return kind(
        object_id=person["id"],
        subject_id=person["id"],
        version=after["version"],
        village_id=after["village_id"],
        changes={"action": (None, change.action.value)},
        personal=personal,
    )


def _shown(value: Any) -> Value:
    return str(value) if isinstance(value, (Nik, KkNumber)) else value
