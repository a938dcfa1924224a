"""Whatever happens in two kecamatan, and wherever a line is cut: sums agree, and nobody is lost or doubled.

Two kecamatan of two villages, a worker between them. Hypothesis chooses what happens to whom, before which statement
the connection is cut, and before which the worker dies. What must hold is read from the tables, and by the graph as an
official of each kecamatan reads it. HUB_SUMS_N says how many histories are tried.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg
import openpyxl
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hub.domains.citizens import cards, households, people
from hub.domains.citizens.cards import Moving
from hub.domains.citizens.people import Person
from hub.domains.imports.model import RowAction
from hub.domains.moves import arriving, departing
from hub.domains.moves.arriving import Home
from hub.domains.moves.departing import Destination, Leaving, Start
from hub.domains.moves.model import MoveDestination, MoveReason
from hub.domains.vital_events import correcting, recording
from hub.domains.vital_events.correcting import Correction
from hub.domains.vital_events.keeping import Happening
from hub.domains.vital_events.recording import Birth, Changing, Placing
from hub.integrations.opensid.importing import import_file
from hub.integrations.opensid.report import Report
from hub.kernel.clock import system_clock
from hub.kernel.errors import HubError, Unavailable
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.region_code import RegionCode
from hub.kernel.register_codes import FamilyRelation
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.relay import Died, Mortal, Worker, worker_of
from tests.world import make
from tests.world.build import key_for

T = TypeVar("T")
HISTORIES = int(os.environ.get("HUB_SUMS_N") or 5)
STEPS = 15
WHICH = st.integers(0, 10**6)
SIDE = st.integers(0, 1)
CUT = st.one_of(st.none(), st.integers(1, 25))  # before which statement the line is cut once, if at all
HEAD, OTHER = FamilyRelation.HEAD, FamilyRelation.OTHER_RELATIVE
BORN = date(1980, 1, 2)
_numbers = count(1)
_LETTERS = str.maketrans("0123456789", "abcdefghij")

PEOPLE = """
select c.tenant_id, c.id, c.full_name, c.village_id, c.household_id, c.sex, c.birth_date, c.family_relation, c.version,
  c.base_status, c.ended_at is not null as ended, h.ended_at is not null as home_ended, h.village_id as home_village,
  h.head_id, h.version as home_version
from citizen c join household h on h.tenant_id = c.tenant_id and h.id = c.household_id
where c.tenant_id = any($1) order by c.tenant_id, c.id
"""
DEPARTURES = "select * from departure where tenant_id = any($1) order by tenant_id, id"
ARRIVALS = "select * from arrival where tenant_id = any($1) order by tenant_id, id"
# Who has left and is not there yet: nobody has accepted them, and they were not registered again where they left.
ON_THE_WAY = """
select c.full_name from departure d
join departure_person p on p.tenant_id = d.tenant_id and p.departure_id = d.id
join citizen c on c.tenant_id = p.tenant_id and c.id = p.citizen_id
where d.tenant_id = any($1) and d.state not in ('REOPENED', 'ACCEPTED')
  and not exists (select from arrival a where a.tenant_id = d.to_tenant and a.id = d.id and a.state = 'ACCEPTED')
"""
# People whose open stay is not what their row says: the living have one, the others none; and two stays on one day.
STRAY = """
select c.id from citizen c
left join stay s on s.tenant_id = c.tenant_id and s.citizen_id = c.id and s.until_on is null and s.state = 'HELD'
where c.tenant_id = any($1) and case when c.ended_at is null
  then (s.village_id, s.household_id, s.full_name, s.sex, s.family_relation, s.marital_status)
    is distinct from (c.village_id, c.household_id, c.full_name, c.sex, c.family_relation, c.marital_status)
  else s.id is not null end
union all
select a.citizen_id from stay a join stay b on b.tenant_id = a.tenant_id and b.citizen_id = a.citizen_id and b.id > a.id
where a.tenant_id = any($1) and a.state = 'HELD' and b.state = 'HELD'
  and daterange(a.from_on, a.until_on) && daterange(b.from_on, b.until_on)
"""
# Everything that a cut line must leave as it was.
STANDING = """
select (select json_agg(c order by c.tenant_id, c.id) from citizen c where c.tenant_id = any($1))::text,
  (select json_agg(h order by h.tenant_id, h.id) from household h where h.tenant_id = any($1))::text,
  (select json_agg(s order by s.tenant_id, s.id) from stay s where s.tenant_id = any($1))::text,
  (select json_agg(d order by d.tenant_id, d.id) from departure d where d.tenant_id = any($1))::text,
  (select json_agg(a order by a.tenant_id, a.id) from arrival a where a.tenant_id = any($1))::text,
  (select count(*) from vital_event v where v.tenant_id = any($1)),
  (select count(*) from journal_entry j where j.tenant_id = any($1)),
  (select count(*) from journal_pending j where j.tenant_id = any($1))
"""
COUNTS = """fragment Counts on CitizenConnection {
  totalCount sexes: countBy(field: SEX) { key count } states: countBy(field: BASE_STATUS) { key count } }
query ($on: Date!, $young: Date!, $grown: Date!) {
  citizens(first: 1) { ...Counts }
  children: citizens(first: 1, filter: { birthDate: { gte: $young } }) { totalCount }
  adults: citizens(first: 1, filter: { birthDate: { lte: $grown } }) { totalCount }
  populationAt(on: $on) { males females total village { id } }
  stays(at: $on, first: 1) { totalCount sexes: countBy(field: SEX) { key count } }
  heads: stays(at: $on, first: 1, filter: { familyRelation: { eq: HEAD } }) { totalCount }
  households(first: 1) { totalCount }
  villages(first: 5) { nodes { id households(first: 1) { totalCount } citizens(first: 1) { ...Counts }
    children: citizens(first: 1, filter: { birthDate: { gte: $young } }) { totalCount } } }
}"""


@dataclass
class Stage:
    """What a machine works with; `done` counts what came about, over all histories."""

    hub: Hub
    client: Client
    database: str
    owner_dsn: str
    folder: Path
    loop: asyncio.AbstractEventLoop
    done: Counter[str] = field(default_factory=Counter)

    def wait(self, what: Coroutine[Any, Any, T]) -> T:
        """The machine runs in a thread of its own; the database belongs to the tests' loop."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(120)


@dataclass
class Side:
    """A kecamatan."""

    tenant: TenantRef
    villages: list[UUID]
    key: str


class Kecamatans(RuleBasedStateMachine):
    """Two kecamatan; `expected` are the names of those who must live, here or there."""

    stage: Stage

    @initialize()
    def open(self) -> None:
        self.expected: set[str] = set()
        self.events: list[tuple[Side, UUID, str, bool]] = []
        self.today = system_clock().today(Zone.WITA)
        self.stage.wait(self._open())
        self.read()
        for side in self.sides:
            for village in side.villages:
                self.found(side, village, 3)

    async def _open(self) -> None:
        self.admin = await asyncpg.connect(self.stage.database)
        self.sides = [await self._side(f"63.{92 + number}.{next(_numbers):02d}") for number in range(2)]
        tenants = [each.tenant.id for each in self.sides]
        self.worker: Worker = worker_of(self.stage.hub, self.stage.database, *tenants)

    async def _side(self, code: str) -> Side:
        owner = await asyncpg.connect(self.stage.owner_dsn)
        try:
            tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WITA)
            villages = [make.village(tenant, f"63.11.05.{number}", "Desa") for number in (2001, 2002)]
            async with make.unit(self.stage.hub, tenant) as unit:
                await unit.add_all(villages)
            return Side(tenant, [each.id for each in villages], await key_for(owner, tenant, Role.CAMAT))
        finally:
            await owner.close()

    def teardown(self) -> None:
        if hasattr(self, "admin"):
            self.stage.wait(self.admin.close())

    # Acting

    @property
    def keys(self) -> Any:
        return self.stage.hub.services.keys

    def act(self, what: str, side: Side, action: Callable[[Unit], Awaitable[T]], cut: int | None = None) -> T | None:
        """Do it, once with the line cut in the middle if so told; None where it is refused. Both leave nothing."""
        before = self.stands()
        if cut is not None and self.stage.wait(self._cut(side, action, cut)):
            self.stage.done["cut"] += 1
            assert self.stands() == before
        try:
            found = self.stage.wait(self._acting(side, action))
        except HubError:
            self.stage.done[f"{what}: refused"] += 1
            assert self.stands() == before
            return None
        self.stage.done[what] += 1
        self.read()
        return found

    async def _acting(self, side: Side, action: Callable[[Unit], Awaitable[T]]) -> T:
        async with make.unit(self.stage.hub, side.tenant) as unit:
            return await action(unit)

    async def _cut(self, side: Side, action: Callable[[Unit], Awaitable[Any]], at: int) -> bool:
        """Begin it on a line that is cut before a statement; whether it was. What is not cut is given up too."""
        try:
            async with make.unit(self.stage.hub, side.tenant) as unit:
                mortal = Mortal(cast("asyncpg.Connection", unit.connection), dies_at=at)
                unit.connection = cast("Any", mortal)
                await action(unit)
                raise Died
        except (Died, HubError, asyncpg.InterfaceError):
            return mortal.calls >= at

    def rows(self, query: str) -> list[Any]:
        tenants = [each.tenant.id for each in self.sides]
        return list(self.stage.wait(self.admin.fetch(query, tenants)))

    def stands(self) -> Any:
        return tuple(self.rows(STANDING)[0])

    def read(self) -> None:
        self.people = self.rows(PEOPLE)
        self.offered = [each for each in self.rows(ARRIVALS) if each["state"] == "OFFERED"]
        self.departures = self.rows(DEPARTURES)

    def left(self, *states: str) -> list[Any]:
        """Departures in one of these states."""
        return [each for each in self.departures if each["state"] in states]

    def living(self, side: Side | None = None) -> list[Any]:
        tenants = [each.tenant.id for each in ([side] if side else self.sides)]
        return [each for each in self.people if not each["ended"] and each["tenant_id"] in tenants]

    def pick(self, which: int, found: list[Any]) -> Any:
        return found[which % len(found)] if found else None

    def heir(self, home: list[Any], *leavers: Any) -> UUID | None:
        """Who heads a family when its head is among those who leave it."""
        gone = {each["id"] for each in leavers}
        staying: list[UUID] = [each["id"] for each in home if each["id"] not in gone]
        return staying[0] if staying and any(each["family_relation"] == "HEAD" for each in leavers) else None

    def family(self, side: Side, of: Any) -> list[Any]:
        return [each for each in self.living(side) if each["household_id"] == of["household_id"]]

    def name(self) -> str:
        """Nobody else's, in letters."""
        return "Warga " + str(next(_numbers)).translate(_LETTERS)

    def kk(self) -> KkNumber:
        return KkNumber(f"6399010107{next(_numbers):06d}")

    def found(self, side: Side, village: UUID, size: int, cut: int | None = None) -> None:
        """A family with a head, a wife and children, in one step."""
        kk = self.kk()
        members = [(self.name(), next(_numbers), index) for index in range(size)]

        async def founding(unit: Unit) -> None:
            home = await households.register_household(unit, self.keys, village=village, kk=kk, place={})
            for name, number, index in members:
                columns = {
                    "full_name": name,
                    "sex": "FEMALE" if index % 2 else "MALE",
                    "family_relation": ("HEAD", "WIFE", "CHILD")[min(index, 2)],
                    "birth_date": BORN if index < 2 else BORN + timedelta(days=365 * 35),
                }
                nik = Nik(f"631103440581{number:04d}") if index < 2 else None
                person = Person(columns=columns)
                await people.register_citizen(unit, self.keys, household=home.id, nik=nik, person=person)

        self.act("family", side, founding, cut)
        self.expected |= {name for name, _, _ in members}

    # What happens

    @rule(at=SIDE, where=SIDE, size=st.integers(1, 3), cut=CUT)
    def a_family_is_registered(self, at: int, where: int, size: int, cut: int | None) -> None:
        side = self.sides[at]
        self.found(side, side.villages[where], size, cut)

    @rule(at=SIDE, which=WHICH, days=st.integers(0, 400), cut=CUT)
    def a_child_is_born(self, at: int, which: int, days: int, cut: int | None) -> None:
        side, name = self.sides[at], self.name()
        mother = self.pick(which, [each for each in self.living(side) if each["sex"] == "FEMALE"])
        if mother is None:
            return
        child = Person(columns={"full_name": name, "sex": "FEMALE", "family_relation": "CHILD"})
        birth, happening = Birth(mother=mother["id"], child=child), self.happening(days)
        event = self.act("birth", side, lambda unit: recording.record_birth(unit, self.keys, happening, birth), cut)
        if event is not None:
            self.expected.add(name)
            self.events.append((side, event.id, name, False))

    @rule(at=SIDE, which=WHICH, days=st.integers(0, 400), cut=CUT)
    def somebody_dies(self, at: int, which: int, days: int, cut: int | None) -> None:
        side = self.sides[at]
        who = self.pick(which, self.living(side))
        if who is None:
            return
        placing = Placing(new_head=self.heir(self.family(side, who), who))
        dying, happening = Changing(citizen=who["id"], expected=who["version"], placing=placing), self.happening(days)
        event = self.act("death", side, lambda unit: recording.record_death(unit, self.keys, happening, dying), cut)
        if event is not None:
            self.expected.remove(who["full_name"])
            self.events.append((side, event.id, who["full_name"], True))

    @precondition(lambda self: self.events)
    @rule(which=WHICH, cut=CUT)
    def an_event_is_taken_back(self, which: int, cut: int | None) -> None:
        side, event, name, revives = self.events.pop(which % len(self.events))
        away = next((each for each in self.people if each["full_name"] == name), None)
        heir = self.heir(self.family(side, away), away) if away is not None else None
        correction = Correction(expected=1, reason="keliru", new_head=heir)
        if self.act("correction", side, lambda unit: correcting.correct(unit, self.keys, event, correction), cut):
            (self.expected.add if revives else self.expected.remove)(name)

    def happening(self, days: int) -> Happening:
        return Happening(occurred_on=self.today - timedelta(days=days))

    @rule(at=SIDE, which=WHICH, how_many=st.integers(1, 3), cut=CUT)
    def a_family_is_split(self, at: int, which: int, how_many: int, cut: int | None) -> None:
        side = self.sides[at]
        first = self.pick(which, self.living(side))
        if first is None:
            return
        home = self.family(side, first)
        leavers = [first, *(each for each in home if each["id"] != first["id"])][:how_many]
        moving = [Moving(each["id"], OTHER if index else HEAD, ("members",)) for index, each in enumerate(leavers)]
        kk, heir = self.kk(), self.heir(home, *leavers)
        self.act(
            "split",
            side,
            lambda unit: cards.split_household(
                unit,
                self.keys,
                household=first["household_id"],
                expected=first["home_version"],
                kk=kk,
                moving=moving,
                new_head=heir,
                place={},
            ),
            cut,
        )

    @rule(at=SIDE, which=WHICH, other=WHICH, cut=CUT)
    def two_families_become_one(self, at: int, which: int, other: int, cut: int | None) -> None:
        side = self.sides[at]
        one = self.pick(which, self.living(side))
        into = self.pick(other, [each for each in self.living(side) if one and each["village_id"] == one["village_id"]])
        if one is None or into is None or one["household_id"] == into["household_id"]:
            return
        moving = [Moving(each["id"], OTHER, ("members",)) for each in self.family(side, one)]
        self.act(
            "merge",
            side,
            lambda unit: cards.merge_households(
                unit,
                self.keys,
                household=one["household_id"],
                into=into["household_id"],
                expected=one["home_version"],
                moving=moving,
            ),
            cut,
        )

    @rule(at=SIDE, where=SIDE, again=st.booleans(), dies=st.one_of(st.none(), st.integers(1, 40)))
    def a_file_is_imported(self, at: int, where: int, again: bool, dies: int | None) -> None:
        side, names, kk = self.sides[at], [self.name(), self.name()], self.kk()
        path = self.book(names, kk)
        for deadly in (dies, None, None)[: 3 if again else 2]:
            try:
                report = self.stage.wait(self._import(side, where, path, deadly))
                assert report.counts["REJECTED"] == 0, report.refusals
            except (Died, Unavailable):
                self.stage.done["import: killed"] += 1
        self.stage.done["import"] += 1
        self.read()
        self.expected |= set(names)

    def book(self, names: list[str], kk: KkNumber) -> Path:
        made = openpyxl.Workbook()
        page = made.worksheets[0]
        page.title = "Data Penduduk"
        page.append(
            ["alamat", "dusun", "rw", "rt", "nama", "no_kk", "nik", "sex", "tempatlahir", "tanggallahir", "kk_level"]
        )
        for index, name in enumerate(names):
            nik = f"631105{42 if index else 2:02d}0180{next(_numbers):04d}"
            page.append(
                ["Jl. Uji", "Satu", "001", "002", name, kk.digits, nik, index + 1, "Halong", BORN, 4 if index else 1]
            )
        path = self.stage.folder / f"{next(_numbers)}.xlsx"
        made.save(path)
        return path

    async def _import(self, side: Side, where: int, path: Path, dies: int | None) -> Report:
        calls = count(1)

        def die(_progress: object) -> None:
            if next(calls) == dies:
                raise Died

        hub = self.stage.hub
        return await import_file(
            hub.pools.of(Reader.API),
            make.camat(side.tenant),
            self.keys,
            system_clock,
            path,
            village=RegionCode(f"63.11.05.{2001 + where}"),
            progress=die,
            apply=frozenset((RowAction.NEW,)),
        )

    # Moves

    @rule(at=SIDE, to=SIDE, which=WHICH, whole=st.booleans(), days=st.integers(0, 60), told=st.booleans(), cut=CUT)
    def somebody_moves(self, at: int, to: int, which: int, whole: bool, days: int, told: bool, cut: int | None) -> None:
        """To the other kecamatan, or to another village of the same; the worker is quick, or comes later."""
        side = self.sides[at]
        who = self.pick(which, self.living(side))
        if who is None:
            return
        start = Start(
            household=who["household_id"] if whole else None,
            people=() if whole else (Leaving(citizen=who["id"], expected=who["version"], path=("people", "citizen")),),
            to=Destination(kind=MoveDestination.KECAMATAN, kecamatan=self.sides[to].tenant.code),
            reason=MoveReason.WORK,
            departed_on=self.today - timedelta(days=days),
            new_head=None if whole else self.heir(self.family(side, who), who),
        )
        self.act("move", side, lambda unit: departing.start(unit, self.keys, start), cut)
        if told:
            self.the_worker_works(None)

    @precondition(lambda self: self.offered)
    @rule(which=WHICH, where=SIDE, joins=st.one_of(st.none(), WHICH), cut=CUT)
    def an_arrival_is_accepted(self, which: int, where: int, joins: int | None, cut: int | None) -> None:
        arrival = self.pick(which, self.offered)
        side = self.of(arrival)
        come = self.stage.wait(self._coming(arrival["id"], side))
        target = None if joins is None else self.pick(joins, self.living(side))
        heads = [each["id"] for each in come if each["family_relation"] == "HEAD"] or [come[0]["id"]]
        relations = dict.fromkeys((row["id"] for row in come), OTHER) if target else {heads[0]: HEAD}
        home = (
            Home(household=target["household_id"], relations=relations)
            if target
            else Home(village=side.villages[where], kk=self.kk(), relations=relations)
        )
        accepting = {"expected": arrival["version"], "arrived_on": self.today}
        self.act("accept", side, lambda unit: arriving.accept(unit, self.keys, arrival["id"], home, **accepting), cut)

    async def _coming(self, arrival: UUID, side: Side) -> list[Any]:
        query = "select * from arrival_person where tenant_id = $1 and arrival_id = $2 order by position"
        return list(await self.admin.fetch(query, side.tenant.id, arrival))

    @precondition(lambda self: self.offered)
    @rule(which=WHICH, cut=CUT)
    def an_arrival_is_rejected(self, which: int, cut: int | None) -> None:
        arrival = self.pick(which, self.offered)
        key, version = arrival["id"], arrival["version"]
        self.act(
            "reject", self.of(arrival), lambda unit: arriving.reject(unit, key, expected=version, reason="Tidak"), cut
        )

    @precondition(lambda self: self.left("SENT", "OFFERED"))
    @rule(which=WHICH, cut=CUT)
    def a_departure_is_cancelled(self, which: int, cut: int | None) -> None:
        departure = self.pick(which, self.left("SENT", "OFFERED"))
        key, version = departure["id"], departure["version"]
        self.act("cancel", self.of(departure), lambda unit: departing.cancel(unit, key, expected=version), cut)

    @precondition(lambda self: self.left("REFUSED", "CANCELLED"))
    @rule(which=WHICH, cut=CUT)
    def who_left_is_registered_again(self, which: int, cut: int | None) -> None:
        departure = self.pick(which, self.left("REFUSED", "CANCELLED"))
        key, version = departure["id"], departure["version"]
        self.act(
            "reopen",
            self.of(departure),
            lambda unit: departing.reopen(unit, self.keys, key, expected=version, head_as=OTHER),
            cut,
        )

    def of(self, move: Any) -> Side:
        """The side on which a departure or an arrival stands."""
        return next(each for each in self.sides if each.tenant.id == move["tenant_id"])

    @rule(dies=st.one_of(st.none(), st.integers(1, 120)))
    def the_worker_comes(self, dies: int | None) -> None:
        self.the_worker_works(dies)

    def the_worker_works(self, dies: int | None) -> None:
        if self.stage.wait(self._work(dies)):
            self.stage.done["worker: killed"] += 1
        self.read()

    async def _work(self, dies: int | None) -> bool:
        async with self.worker.connected() as connection:
            if dies is None:
                await self.worker.work_to_the_end(connection)
                return False
            try:
                await self.worker.work(cast("Any", Mortal(connection, dies_at=dies)))
            except (Died, asyncpg.InterfaceError):
                return True
            return False

    # What holds

    @invariant()
    def nobody_is_lost_or_doubled(self) -> None:
        if not hasattr(self, "sides"):
            return
        living = Counter(each["full_name"] for each in self.living())
        away = Counter(row["full_name"] for row in self.rows(ON_THE_WAY))
        assert living + away == Counter(dict.fromkeys(self.expected, 1))

    @invariant()
    def everybody_is_in_one_family_with_one_head(self) -> None:
        if not hasattr(self, "sides"):
            return
        living = self.living()
        assert not any(row["home_ended"] or row["home_village"] != row["village_id"] for row in living)
        heads = Counter(row["household_id"] for row in living if row["family_relation"] == "HEAD")
        assert heads == Counter({row["household_id"]: 1 for row in living})
        assert all(row["head_id"] == row["id"] for row in living if row["family_relation"] == "HEAD")

    @invariant()
    def stays_agree_with_the_rows(self) -> None:
        if hasattr(self, "sides"):
            assert self.rows(STRAY) == []

    @invariant()
    def sums_agree_in_every_reading(self) -> None:
        for side in getattr(self, "sides", ()):
            self._sums_agree(side)

    def _sums_agree(self, side: Side) -> None:
        grown = date(self.today.year - 17, self.today.month, min(self.today.day, 28))
        days = {"on": self.today, "grown": grown, "young": grown + timedelta(days=1)}
        told = self.stage.wait(
            self.stage.client.data(COUNTS, {name: day.isoformat() for name, day in days.items()}, key=side.key)
        )
        rows = self.living(side)
        whole, villages = told["citizens"], told["villages"]["nodes"]
        sexes = Counter(row["sex"] for row in rows)
        children = [row for row in rows if row["birth_date"] > grown]

        assert whole["totalCount"] == told["stays"]["totalCount"] == len(rows)
        assert told["heads"]["totalCount"] == len({row["household_id"] for row in rows})
        assert _counted(whole["sexes"]) == _counted(told["stays"]["sexes"]) == sexes
        assert _counted(whole["states"]) == Counter({"ALIVE": len(rows)} if rows else {})
        assert (told["children"]["totalCount"], told["adults"]["totalCount"]) == (
            len(children),
            len(rows) - len(children),
        )
        assert sum((_counted(each["citizens"]["sexes"]) for each in villages), Counter[str]()) == sexes
        assert sum(each["children"]["totalCount"] for each in villages) == len(children)
        assert sum(each["households"]["totalCount"] for each in villages) == told["households"]["totalCount"]
        for counted in told["populationAt"]:
            of = next(each for each in villages if each["id"] == counted["village"]["id"])["citizens"]
            assert counted["total"] == of["totalCount"]
            assert Counter(MALE=counted["males"], FEMALE=counted["females"]) == _counted(of["sexes"])


def _counted(lines: list[Any]) -> Counter[str]:
    return Counter({each["key"]: each["count"] for each in lines})


async def test_sums_agree_and_nobody_is_lost_whatever_happens(
    hub: Hub, client: Client, database: str, owner_dsn: str, tmp_path: Path
) -> None:
    stage_of_all = Stage(hub, client, database, owner_dsn, tmp_path, asyncio.get_running_loop())

    class Here(Kecamatans):
        stage = stage_of_all

    wanted = settings(
        max_examples=HISTORIES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=wanted)
    if os.environ.get("HUB_SUMS_N"):
        print(stage_of_all.done)  # noqa: T201  # which things came about, for who looks for more
