"""Whatever is done to family cards in whatever order: everybody is in one family, and every family has one head.

What must hold is read from the tables as they are; there is no model beside them. Hypothesis chooses what is done, to
whom, and what is wrong with it.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from hub.domains.citizens import cards, errors, households, people
from hub.domains.citizens.cards import Moving
from hub.domains.citizens.model import CardChange
from hub.domains.citizens.people import Person
from hub.kernel.errors import HubError
from hub.kernel.nik import KkNumber
from hub.kernel.register_codes import BaseStatus, FamilyRelation
from hub.kernel.scope import TenantRef, Zone
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.wiring import Hub
from tests.world import make

T = TypeVar("T")
WHICH = st.integers(0, 10**6)
SOME = st.integers(0, 2**8 - 1)
HEAD, OTHER = FamilyRelation.HEAD, FamilyRelation.OTHER_RELATIVE
_numbers = count(1)

HOMES = """
select h.id, h.village_id, h.head_id, h.version, h.kk_bidx, h.ended_at is not null as ended, h.end_reason,
  (select count(*) from former_card f where f.tenant_id = h.tenant_id and f.household_id = h.id) as former_cards
from household h where h.tenant_id = $1 order by h.id
"""
PEOPLE = """
select id, village_id, household_id, family_relation, version, ended_at is not null as ended
from citizen where tenant_id = $1 order by id
"""


@dataclass
class Stage:
    """What a machine works with."""

    hub: Hub
    owner_dsn: str
    loop: asyncio.AbstractEventLoop

    def wait(self, what: Coroutine[Any, Any, T]) -> T:
        """The machine runs in a thread of its own; the database belongs to the tests' loop."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(60)


class Cards(RuleBasedStateMachine):
    """The families of two villages."""

    stage: Stage

    @initialize()
    def open(self) -> None:
        self.replaced: Counter[UUID] = Counter()
        self.tenant, self.villages = self.stage.wait(self._open())
        self.read()
        for village in self.villages:
            self.found(village, 3)

    async def _open(self) -> tuple[TenantRef, list[UUID]]:
        code = f"63.91.{next(_numbers):02d}"
        self.owner = await asyncpg.connect(self.stage.owner_dsn)
        tenant = await admin.add_tenant(self.owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WITA)
        villages = [make.village(tenant, f"63.11.05.{number}", "Desa") for number in (2001, 2002)]
        async with make.unit(self.stage.hub, tenant) as unit:
            await unit.add_all(villages)
        return tenant, [each.id for each in villages]

    # Acting

    @property
    def keys(self) -> Any:
        return self.stage.hub.services.keys

    def act(self, action: Callable[[Unit], Awaitable[T]], refusal: type[HubError] | None = None) -> T | None:
        """Do it, or see it refused as it must be."""

        async def acting() -> T:
            async with make.unit(self.stage.hub, self.tenant) as unit:
                return await action(unit)

        if refusal is None:
            done = self.stage.wait(acting())
            self.read()
            return done
        with pytest.raises(refusal):
            self.stage.wait(acting())
        return None

    def read(self) -> None:
        self.homes = {row["id"]: row for row in self.stage.wait(self._rows(HOMES))}
        self.people = {row["id"]: row for row in self.stage.wait(self._rows(PEOPLE))}

    async def _rows(self, query: str) -> list[Any]:
        async with admin.entered(self.owner, self.tenant.id):
            return list(await self.owner.fetch(query, self.tenant.id))

    def teardown(self) -> None:
        if hasattr(self, "owner"):
            self.stage.wait(self.owner.close())

    def members(self, home: UUID) -> list[Any]:
        return [each for each in self.people.values() if each["household_id"] == home and not each["ended"]]

    def pick(self, which: int, *, peopled: bool = True) -> Any:
        """A household that exists."""
        there = [
            each for each in self.homes.values() if not each["ended"] and (self.members(each["id"]) or not peopled)
        ]
        return there[which % len(there)] if there else None

    def somebody(self, which: int) -> Any:
        there = [each for each in self.people.values() if not each["ended"]]
        return there[which % len(there)] if there else None

    def heir(self, going: list[Any]) -> UUID | None:
        """Who heads those who stay when some go, where one is needed."""
        gone = {each["id"] for each in going}
        staying = [each["id"] for each in self.members(going[0]["household_id"]) if each["id"] not in gone]
        return staying[-1] if staying and any(each["family_relation"] == HEAD.value for each in going) else None

    # What is done

    def card(self) -> KkNumber:
        return KkNumber(f"6399010103{next(_numbers):06d}")

    @rule(where=st.integers(0, 1), size=st.integers(0, 3))
    def a_family_is_registered(self, where: int, size: int) -> None:
        self.found(self.villages[where], size)

    def found(self, village: UUID, size: int) -> None:
        kk = self.card()
        home = self.act(lambda unit: households.register_household(unit, self.keys, village=village, kk=kk, place={}))
        assert home is not None
        for number in range(size):
            self.enter(home.id, OTHER if number else HEAD)

    @rule(which=WHICH)
    def somebody_is_registered(self, which: int) -> None:
        home = self.pick(which, peopled=False)
        if home is None:
            return
        headed = bool(self.members(home["id"]))
        self.enter(home["id"], HEAD if headed else OTHER, errors.HeadExists if headed else errors.HeadNeeded)
        self.enter(home["id"], OTHER if headed else HEAD)

    def enter(self, home: UUID, relation: FamilyRelation, refusal: type[HubError] | None = None) -> None:
        columns = {"full_name": "Warga", "sex": "FEMALE", "family_relation": relation.value}
        person = Person(columns=columns)
        self.act(
            lambda unit: people.register_citizen(unit, self.keys, household=home, nik=None, person=person), refusal
        )

    @rule(which=WHICH, who=SOME)
    def a_family_is_split(self, which: int, who: int) -> None:
        home = self.pick(which)
        if home is None:
            return
        members = self.members(home["id"])
        going = [each for index, each in enumerate(members) if who >> index & 1] or members[-1:]
        heir = self.heir(going)

        def split(new_head: UUID | None, kk: KkNumber) -> Callable[[Unit], Awaitable[Any]]:
            moving = [Moving(each["id"], OTHER if index else HEAD, ()) for index, each in enumerate(going)]
            return lambda unit: cards.split_household(
                unit,
                self.keys,
                household=home["id"],
                expected=home["version"],
                kk=kk,
                moving=moving,
                new_head=new_head,
                place={},
            )

        if heir is not None:
            self.act(split(None, self.card()), errors.HeadNeeded)
            self.act(split(going[0]["id"], self.card()), errors.NotAMember)
        self.act(split(heir, self.card()))

    @rule(which=WHICH, whom=WHICH, forgotten=st.booleans())
    def two_families_merge(self, which: int, whom: int, forgotten: bool) -> None:
        home, into = self.pick(which, peopled=False), self.pick(whom, peopled=False)
        if home is None or into is None:
            return
        members = self.members(home["id"])
        named = members[1:] if forgotten else members
        moving = [Moving(each["id"], OTHER, ()) for each in named]
        refusal: type[HubError] | None = None
        if home["id"] == into["id"]:
            refusal = errors.IntoItself
        elif home["village_id"] != into["village_id"]:
            refusal = errors.OtherVillage
        elif not self.members(into["id"]):
            refusal = errors.HeadNeeded
        elif len(named) < len(members):
            refusal = errors.MemberUnnamed
        self.act(
            lambda unit: cards.merge_households(
                unit, self.keys, household=home["id"], into=into["id"], expected=home["version"], moving=moving
            ),
            refusal,
        )
        if refusal is None:
            assert self.homes[home["id"]]["end_reason"] == "MERGED"
            assert self.homes[into["id"]]["head_id"] == into["head_id"]

    @rule(which=WHICH, whom=WHICH)
    def a_card_gets_another_number(self, which: int, whom: int) -> None:
        home, other = self.pick(which, peopled=False), self.pick(whom, peopled=False)
        if home is None or other is None:
            return

        def replace(kk: KkNumber) -> Callable[[Unit], Awaitable[Any]]:
            return lambda unit: cards.replace_household_card(
                unit,
                self.keys,
                household=home["id"],
                expected=self.homes[home["id"]]["version"],
                kk=kk,
                reason=CardChange.REISSUED,
            )

        number = self.card()
        self.act(replace(number))
        self.replaced[home["id"]] += 1
        self.act(replace(number), errors.SameCard)
        if other["village_id"] == home["village_id"] and other["id"] != home["id"]:
            taken = self.card()
            self.act(
                lambda unit: households.register_household(
                    unit, self.keys, village=home["village_id"], kk=taken, place={}
                )
            )
            self.act(replace(taken), errors.KkExists)

    @rule(which=WHICH, whom=WHICH)
    def a_family_gets_another_head(self, which: int, whom: int) -> None:
        home = self.pick(which)
        if home is None:
            return
        chosen = self.members(home["id"])[whom % len(self.members(home["id"]))]
        self.act(
            lambda unit: households.set_household_head(
                unit, self.keys, household=home["id"], citizen=chosen["id"], former=OTHER, expected=home["version"]
            ),
            errors.HeadExists if chosen["family_relation"] == HEAD.value else None,
        )

    @rule(which=WHICH, whom=WHICH)
    def somebody_moves_within_the_village(self, which: int, whom: int) -> None:
        person, target = self.somebody(which), self.pick(whom, peopled=False)
        if person is None or target is None:
            return
        refusal: type[HubError] | None = None
        if target["id"] == person["household_id"]:
            refusal = errors.SameHousehold
        elif target["village_id"] != person["village_id"]:
            refusal = errors.OtherVillage
        heir, relation = self.heir([person]), OTHER if self.members(target["id"]) else HEAD

        def move(new_head: UUID | None) -> Callable[[Unit], Awaitable[Any]]:
            return lambda unit: people.change_household(
                unit,
                self.keys,
                citizen=person["id"],
                household=target["id"],
                relation=relation,
                new_head=new_head,
                expected=person["version"],
            )

        if refusal is None and heir is not None:
            self.act(move(None), errors.HeadNeeded)
        self.act(move(heir), refusal)

    @rule(which=WHICH)
    def somebody_dies(self, which: int) -> None:
        person = self.somebody(which)
        if person is None:
            return
        heir = self.heir([person])

        def end(new_head: UUID | None) -> Callable[[Unit], Awaitable[Any]]:
            return lambda unit: people.end_citizen(
                unit,
                self.keys,
                citizen=person["id"],
                status=BaseStatus.DEAD,
                on=date(2025, 3, 4),
                new_head=new_head,
                expected=person["version"],
            )

        if heir is not None:
            self.act(end(None), errors.HeadNeeded)
        self.act(end(heir))

    @rule(which=WHICH)
    def a_death_turns_out_to_be_a_mistake(self, which: int) -> None:
        ended = [each for each in self.people.values() if each["ended"]]
        if not ended:
            return
        person = ended[which % len(ended)]
        relation = OTHER if self.members(person["household_id"]) else HEAD
        self.act(
            lambda unit: people.restore_citizen(
                unit, self.keys, citizen=person["id"], relation=relation, expected=person["version"]
            )
        )

    # What holds

    @invariant()
    def every_family_stands_as_it_must(self) -> None:
        if not hasattr(self, "tenant"):
            return
        self.read()
        living = [each for each in self.people.values() if not each["ended"]]
        assert not any(self.homes[each["household_id"]]["ended"] for each in living)
        assert all(self.homes[each["household_id"]]["village_id"] == each["village_id"] for each in living)
        heads = {each["household_id"]: each["id"] for each in living if each["family_relation"] == HEAD.value}
        numbers = Counter(each["household_id"] for each in living if each["family_relation"] == HEAD.value)
        assert numbers == Counter(dict.fromkeys({each["household_id"] for each in living}, 1))
        assert heads == {home: self.homes[home]["head_id"] for home in heads}
        assert all(each["ended"] == (each["end_reason"] is not None) for each in self.homes.values())
        cards_there = Counter(
            (each["village_id"], each["kk_bidx"]) for each in self.homes.values() if not each["ended"]
        )
        assert set(cards_there.values()) <= {1}
        assert {key: each["former_cards"] for key, each in self.homes.items() if each["former_cards"]} == self.replaced


async def test_families_stay_whole_whatever_is_done_to_their_cards(hub: Hub, owner_dsn: str) -> None:
    stage_of_all = Stage(hub, owner_dsn, asyncio.get_running_loop())

    class Here(Cards):
        stage = stage_of_all

    wanted = settings(
        max_examples=12,
        stateful_step_count=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=wanted)
