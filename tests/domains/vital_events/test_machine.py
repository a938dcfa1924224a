"""Whatever happens in whatever order: the register agrees with a plain model, and every family stands as it must.

One kecamatan with two villages. Hypothesis chooses the events, the people and what is taken back.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from hub.domains.citizens import errors as register_errors
from hub.domains.citizens import households, people
from hub.domains.citizens.people import Person
from hub.domains.vital_events import correcting, errors, recording
from hub.domains.vital_events.correcting import Correction
from hub.domains.vital_events.keeping import Happening
from hub.domains.vital_events.model import VitalEventType
from hub.domains.vital_events.recording import Birth, Changing, Placing
from hub.kernel.clock import system_clock
from hub.kernel.errors import DateInFuture, HubError
from hub.kernel.nik import KkNumber
from hub.kernel.register_codes import FamilyRelation
from hub.kernel.scope import TenantRef, Zone
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.wiring import Hub
from tests.world import make

T = TypeVar("T")
HAPPENING = Happening(occurred_on=date(2025, 3, 4))
BORN = date(1980, 1, 2)
SEXES = st.sampled_from(("MALE", "FEMALE"))
WHICH = st.integers(0, 10**6)
_numbers = count(1)

PEOPLE = """
select c.id, c.village_id, c.household_id, c.sex, c.family_relation, coalesce(c.marital_status, '-') as marital_status,
  c.base_status, c.full_name, h.ended_at is not null as home_ended, h.head_id
from citizen c join household h on h.tenant_id = c.tenant_id and h.id = c.household_id
where c.tenant_id = $1 order by c.id
"""
# People whose open stay is not what their row says: the living have one, the others none.
STRAY = """
select c.id from citizen c
left join stay s on s.tenant_id = c.tenant_id and s.citizen_id = c.id and s.until_on is null and s.state = 'HELD'
where c.tenant_id = $1 and case when c.ended_at is null
  then (s.village_id, s.household_id, s.full_name, s.sex, s.family_relation, s.marital_status)
    is distinct from (c.village_id, c.household_id, c.full_name, c.sex, c.family_relation, c.marital_status)
  else s.id is not null end
"""
# Two stays of one person on one day.
DOUBLED = """
select a.citizen_id from stay a join stay b on b.tenant_id = a.tenant_id and b.citizen_id = a.citizen_id and b.id > a.id
where a.tenant_id = $1 and a.state = 'HELD' and b.state = 'HELD'
  and daterange(a.from_on, a.until_on) && daterange(b.from_on, b.until_on)
"""


@dataclass(frozen=True)
class Someone:
    """A person in the model."""

    id: UUID
    village: UUID
    home: UUID
    sex: str
    relation: str
    marital: str
    status: str
    name: str

    @property
    def lives(self) -> bool:
        return self.status == "ALIVE"


@dataclass(frozen=True)
class Home:
    """A household in the model."""

    id: UUID
    village: UUID
    head: UUID | None
    ended: bool = False


@dataclass
class Done:
    """An event with what it touched, before and after."""

    id: UUID
    before: dict[UUID, Someone | Home]
    after: dict[UUID, Someone | Home]
    born: UUID | None = None


@dataclass
class Stage:
    """What a machine works with."""

    hub: Hub
    owner_dsn: str
    loop: asyncio.AbstractEventLoop

    def wait(self, what: Coroutine[Any, Any, T]) -> T:
        """The machine runs in a thread of its own; the database belongs to the tests' loop."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(60)


class Register(RuleBasedStateMachine):
    """A kecamatan and its model."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[UUID, Someone] = {}
        self.homes: dict[UUID, Home] = {}
        self.done: list[Done] = []

    @initialize()
    def open(self) -> None:
        self.tenant, self.villages = self.stage.wait(self._open())
        for village in self.villages:
            self.found(village, ("MALE", "FEMALE", "FEMALE"))

    async def _open(self) -> tuple[TenantRef, list[UUID]]:
        code = f"63.90.{next(_numbers):02d}"
        owner = await asyncpg.connect(self.stage.owner_dsn)
        try:
            tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WITA)
        finally:
            await owner.close()
        villages = [make.village(tenant, f"63.11.05.{number}", "Desa") for number in (2001, 2002)]
        async with make.unit(self.stage.hub, tenant) as unit:
            await unit.add_all(villages)
        return tenant, [each.id for each in villages]

    # Acting

    def act(self, action: Callable[[Unit], Awaitable[T]]) -> T:
        async def acting() -> T:
            async with make.unit(self.stage.hub, self.tenant) as unit:
                return await action(unit)

        return self.stage.wait(acting())

    def refused(self, kind: type[HubError], action: Callable[[Unit], Awaitable[Any]]) -> None:
        with pytest.raises(kind):
            self.act(action)

    @property
    def keys(self) -> Any:
        return self.stage.hub.services.keys

    def version(self, key: UUID) -> int:
        return int(
            self.stage.wait(self._rows("select version from citizen where tenant_id = $1 and id = $2", key))[0][0]
        )

    async def _rows(self, query: str, *more: Any) -> list[Any]:
        owner = await asyncpg.connect(self.stage.owner_dsn)
        try:
            async with admin.entered(owner, self.tenant.id):
                return list(await owner.fetch(query, self.tenant.id, *more))
        finally:
            await owner.close()

    def changing(self, who: Someone, placing: Placing | None = None) -> Changing:
        return Changing(citizen=who.id, expected=self.version(who.id), placing=placing or Placing(), path=("citizen",))

    # The model

    def living(self, home: UUID | None = None) -> list[Someone]:
        return [each for each in self.people.values() if each.lives and home in (None, each.home)]

    def pick(self, which: int, among: list[Someone]) -> Someone | None:
        return among[which % len(among)] if among else None

    def found(self, village: UUID, sexes: tuple[str, ...]) -> Home:
        kk = KkNumber(f"6399010101{next(_numbers):06d}")
        home = self.act(lambda unit: households.register_household(unit, self.keys, village=village, kk=kk, place={}))
        self.homes[home.id] = Home(home.id, village, None)
        for index, sex in enumerate(sexes):
            self.enter(home.id, sex, "CHILD" if index else "HEAD")
        return self.homes[home.id]

    def enter(self, home: UUID, sex: str, relation: str) -> Someone:
        columns = {
            "full_name": "Warga",
            "sex": sex,
            "family_relation": relation,
            "marital_status": "SINGLE",
            "birth_date": BORN,
        }
        made = self.act(
            lambda unit: people.register_citizen(
                unit, self.keys, household=home, nik=None, person=Person(columns=columns)
            )
        )
        someone = Someone(made.id, made.village_id, home, sex, relation, "SINGLE", "ALIVE", "Warga")
        self.people[made.id] = someone
        if relation == "HEAD":
            self.homes[home] = replace(self.homes[home], head=made.id)
        return someone

    def leave(self, who: Someone, new_head: Someone | None) -> None:
        """What becomes of the household that somebody left or died in."""
        home, staying = self.homes[who.home], [each for each in self.living(who.home) if each.id != who.id]
        if not staying:
            self.homes[home.id] = replace(home, ended=True)
        elif new_head is not None:
            self.people[new_head.id] = replace(self.people[new_head.id], relation="HEAD")
            self.homes[home.id] = replace(home, head=new_head.id)

    def heir(self, who: Someone) -> Someone | None:
        """Who heads the household when its head goes."""
        staying = [each for each in self.living(who.home) if each.id != who.id]
        return staying[-1] if staying and who.relation == "HEAD" else None

    def remember(self, event: UUID, before: dict[UUID, Someone | Home], *, born: UUID | None = None) -> None:
        now: dict[UUID, Someone | Home] = {**self.people, **self.homes}
        self.done.append(Done(event, before, {key: now[key] for key in before}, born))

    def touched(self, *whom: Someone | None, homes: tuple[UUID, ...] = ()) -> dict[UUID, Someone | Home]:
        found: dict[UUID, Someone | Home] = {}
        for each in whom:
            if each is not None:
                found[each.id] = self.people[each.id]
                found[each.home] = self.homes[each.home]
        return {**found, **{each: self.homes[each] for each in homes}}

    # What happens

    @rule(where=st.integers(0, 1), sex=SEXES)
    def a_family_comes(self, where: int, sex: str) -> None:
        self.found(self.villages[where], (sex, "FEMALE"))

    @rule(which=WHICH, sex=SEXES)
    def a_child_is_born(self, which: int, sex: str) -> None:
        mother = self.pick(which, [each for each in self.living() if each.sex == "FEMALE"])
        if mother is None:
            return
        columns = {"full_name": "Bayi", "sex": sex, "family_relation": "CHILD"}
        birth = Birth(mother=mother.id, child=Person(columns=columns))
        event = self.act(lambda unit: recording.record_birth(unit, self.keys, HAPPENING, birth))
        child = Someone(event.citizen_id, mother.village, mother.home, sex, "CHILD", "-", "ALIVE", "Bayi")
        self.people[child.id] = child
        self.remember(event.id, {child.id: child}, born=child.id)

    @rule(which=WHICH)
    def somebody_dies(self, which: int) -> None:
        who = self.pick(which, self.living())
        if who is None:
            return
        heir = self.heir(who)
        before = self.touched(who, heir)
        dying = self.changing(who, Placing(new_head=heir.id if heir else None))
        if heir is not None:
            headless = self.changing(who)
            self.refused(
                register_errors.HeadNeeded, lambda unit: recording.record_death(unit, self.keys, HAPPENING, headless)
            )
        event = self.act(lambda unit: recording.record_death(unit, self.keys, HAPPENING, dying))
        self.people[who.id] = replace(who, status="DEAD")
        self.leave(who, heir)
        self.remember(event.id, before)
        self.refused(
            register_errors.CitizenEnded, lambda unit: recording.record_death(unit, self.keys, HAPPENING, dying)
        )

    @rule(which=WHICH, whom=WHICH, moves=st.booleans())
    def two_marry(self, which: int, whom: int, moves: bool) -> None:
        groom = self.pick(which, [each for each in self.living() if each.sex == "MALE"])
        bride = self.pick(whom, [each for each in self.living() if each.sex == "FEMALE"])
        if groom is None or bride is None:
            return
        moves = moves and groom.home != bride.home
        heir = self.heir(bride) if moves else None
        placing = Placing(
            household=groom.home if moves else None,
            relation=FamilyRelation.WIFE if moves else None,
            new_head=heir.id if heir else None,
        )
        couple = [self.changing(groom), self.changing(bride, placing)]

        def marrying(unit: Unit) -> Awaitable[Any]:
            return recording.record_marriage(unit, self.keys, HAPPENING, couple, certificate=None)

        if bride.marital == "MARRIED":
            self.refused(errors.AlreadyMarried, marrying)
            return
        if moves and groom.village != bride.village:
            self.refused(register_errors.OtherVillage, marrying)
            return
        before = self.touched(groom, bride, heir)
        event = self.act(marrying)
        self.people[groom.id] = replace(groom, marital="MARRIED")
        self.people[bride.id] = replace(bride, marital="MARRIED")
        if moves:
            self.people[bride.id] = replace(bride, marital="MARRIED", home=groom.home, relation="WIFE")
            self.leave(bride, heir)
        self.remember(event.id, before)

    @rule(which=WHICH)
    def somebody_divorces_and_moves_out(self, which: int) -> None:
        who = self.pick(which, self.living())
        if who is None:
            return
        target = self.found(who.village, ("FEMALE",))
        heir = self.heir(who)
        placing = Placing(
            household=target.id, relation=FamilyRelation.OTHER_RELATIVE, new_head=heir.id if heir else None
        )
        parting = [self.changing(who, placing)]

        def divorcing(unit: Unit) -> Awaitable[Any]:
            return recording.record_divorce(unit, self.keys, HAPPENING, parting, certificate="AC-1")

        if who.marital != "MARRIED":
            self.refused(errors.NotMarried, divorcing)
            return
        before = self.touched(who, heir, homes=(target.id,))
        event = self.act(divorcing)
        self.people[who.id] = replace(who, marital="DIVORCED", home=target.id, relation="OTHER_RELATIVE")
        self.leave(who, heir)
        self.remember(event.id, before)

    @rule(which=WHICH)
    def somebody_is_called_otherwise(self, which: int) -> None:
        who = self.pick(which, self.living())
        if who is None:
            return
        before, name = self.touched(who), f"Nama {'i' * (which % 7)}"
        if name == who.name:
            return
        subject = self.changing(who)
        event = self.act(lambda unit: recording.record_name_change(unit, self.keys, HAPPENING, subject, full_name=name))
        self.people[who.id] = replace(who, name=name)
        self.remember(event.id, before)

    @rule(which=WHICH, whom=WHICH)
    def a_child_is_adopted(self, which: int, whom: int) -> None:
        child = self.pick(which, [each for each in self.living() if each.relation != "HEAD"])
        parent = self.pick(whom, self.living())
        if child is None or parent is None or child.home == parent.home or child.village != parent.village:
            return
        before = self.touched(child, homes=(parent.home,))
        subject = self.changing(child, Placing(household=parent.home, relation=FamilyRelation.CHILD))
        event = self.act(
            lambda unit: recording.record_other(
                unit, self.keys, VitalEventType.ADOPTION, HAPPENING, subject, others=(), told={}
            )
        )
        self.people[child.id] = replace(child, home=parent.home, relation="CHILD")
        self.leave(child, None)
        self.remember(event.id, before)

    @rule(which=WHICH)
    def nothing_happens_tomorrow(self, which: int) -> None:
        who = self.pick(which, self.living())
        if who is None:
            return
        tomorrow = Happening(occurred_on=date(system_clock().instant.year + 1, 1, 2))
        dying = self.changing(who)
        self.refused(DateInFuture, lambda unit: recording.record_death(unit, self.keys, tomorrow, dying))

    @rule(which=WHICH)
    def an_event_is_taken_back(self, which: int) -> None:
        if not self.done:
            return
        done = self.done[-1 - which % len(self.done)]
        now: dict[UUID, Someone | Home] = {**self.people, **self.homes}
        plain = all(now[key] == each for key, each in done.after.items())

        def correction(unit: Unit) -> Awaitable[Any]:
            return correcting.correct(unit, self.keys, done.id, Correction(expected=1, reason="keliru"))

        if not plain:
            try:
                self.act(correction)
            except HubError:
                return
            self.done.remove(done)
            self.read_again()
            return
        self.act(correction)
        self.done.remove(done)
        for each in done.before.values():
            if isinstance(each, Home):
                self.homes[each.id] = each
            else:
                self.people[each.id] = each
        if done.born is not None:
            child = self.people[done.born]
            self.people[child.id] = replace(child, status="INVALID")
            self.leave(child, None)
        self.refused(errors.EventNotInForce, _again(self, done.id))

    # What holds

    def read_again(self) -> None:
        """Where the model does not say what becomes of it, believe the register; what must hold is asserted still."""
        for row in self.stage.wait(self._rows(PEOPLE)):
            self.people[row["id"]] = _someone(row)
            home = self.homes[row["household_id"]]
            self.homes[home.id] = replace(home, head=row["head_id"], ended=row["home_ended"])

    @invariant()
    def the_register_agrees(self) -> None:
        if not hasattr(self, "tenant"):
            return
        rows = self.stage.wait(self._rows(PEOPLE))
        assert {row["id"]: _someone(row) for row in rows} == self.people
        totals = Counter((row["village_id"], row["sex"], row["base_status"]) for row in rows)
        assert totals == Counter((each.village, each.sex, each.status) for each in self.people.values())
        living = [row for row in rows if row["base_status"] == "ALIVE"]
        assert not any(row["home_ended"] for row in living)
        heads = Counter(row["household_id"] for row in living if row["family_relation"] == "HEAD")
        assert heads == Counter({row["household_id"]: 1 for row in living})
        assert all(row["head_id"] == row["id"] for row in living if row["family_relation"] == "HEAD")
        assert all(row["home_ended"] for row in rows if row["household_id"] not in heads)

    @invariant()
    def the_stays_agree_with_the_register(self) -> None:
        if hasattr(self, "tenant"):
            assert self.stage.wait(self._rows(STRAY)) == []
            assert self.stage.wait(self._rows(DOUBLED)) == []


def _again(machine: Register, key: UUID) -> Callable[[Unit], Awaitable[Any]]:
    def again(unit: Unit) -> Awaitable[Any]:
        return correcting.correct(unit, machine.keys, key, Correction(expected=2, reason="lagi"))

    return again


def _someone(row: Any) -> Someone:
    return Someone(
        row["id"],
        row["village_id"],
        row["household_id"],
        row["sex"],
        row["family_relation"],
        row["marital_status"],
        row["base_status"],
        row["full_name"],
    )


async def test_the_register_stays_whole_whatever_happens(hub: Hub, owner_dsn: str) -> None:
    stage_of_all = Stage(hub, owner_dsn, asyncio.get_running_loop())

    class Here(Register):
        stage = stage_of_all

    wanted = settings(
        max_examples=15,
        stateful_step_count=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=wanted)
