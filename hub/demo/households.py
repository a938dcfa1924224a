"""From a village's bodies to families: couples, heads, children under their mothers, the old.

The totals are given (so many people, so many households), hence everybody is placed: who finds no
parents, spouse or children under these rules lives with relatives (FAMILI LAIN).
"""

# ruff: noqa: S311
# (a drawn population: shares stand where they are used, and the draw must repeat)

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from hub.demo.pool import SEED, Body, apportion, bodies_of, born
from hub.demo.villages import VillagePlan, villages

SINGLE, MARRIED, DIVORCED, WIDOWED = 1, 2, 3, 4
HEAD, WIFE, CHILD, IN_LAW, GRANDCHILD, PARENT, PARENT_IN_LAW, RELATIVE = 1, 3, 4, 5, 6, 7, 8, 9

MOTHER_GAP = range(18, 45)  # years between mother and child, so 17 to 45 between their birth dates
_FATHER_GAP = range(18, 62)
_GROWS, _SHRINKS = range(2, 7), range(3, 10)  # sizes that are adjusted to meet the total
_COUPLE_GAP = range(-9, 17)
_GRANDPARENT_GAP = 36
_ADULT = 17
_CHILD_UNTIL = 18
_OLD = 60
_YOUNG_COUPLE_UNTIL = 34
_LIVING_WITH_PARENTS = 0.12
_SIBLINGS_APART = 2

# share living in marriage by age, women and men; read as "from this age on"
_WIVES = ((19, 0.07), (20, 0.36), (25, 0.72), (30, 0.87), (35, 0.91), (50, 0.86), (55, 0.79),
          (60, 0.67), (65, 0.54), (70, 0.40), (75, 0.22))  # fmt: skip
_HUSBANDS = ((19, 0.02), (20, 0.17), (25, 0.53), (30, 0.80), (35, 0.92), (60, 0.90), (70, 0.82),
             (75, 0.68))  # fmt: skip
# of those not in marriage: widowed, divorced
_WOMEN_ALONE = ((19, 0.0, 0.05), (25, 0.03, 0.2), (30, 0.10, 0.38), (40, 0.36, 0.34),
                (50, 0.66, 0.2), (60, 0.94, 0.04))  # fmt: skip
_MEN_ALONE = ((19, 0.0, 0.03), (30, 0.04, 0.22), (40, 0.15, 0.35), (50, 0.48, 0.3),
              (60, 0.80, 0.12))  # fmt: skip
_SIZES = ((1, 0.13), (2, 0.18), (3, 0.25), (4, 0.24), (5, 0.125), (6, 0.045), (7, 0.021),
          (8, 0.006), (9, 0.003))  # fmt: skip


@dataclass(slots=True, eq=False)
class Person:
    """Somebody who does not exist."""

    female: bool
    age: int
    born: date
    marital: int = SINGLE
    relation: int = RELATIVE
    spouse: "Person | None" = None
    mother: "Person | None" = None
    father: "Person | None" = None
    name: str = ""
    nik: str = ""


@dataclass(slots=True, eq=False)
class Household:
    """A family card: its people, the head first."""

    size: int
    members: list[Person] = field(default_factory=list)

    @property
    def head(self) -> Person:
        """The one head."""
        return self.members[0]

    @property
    def room(self) -> int:
        """How many still fit."""
        return self.size - len(self.members)

    def add(self, person: Person, relation: int) -> None:
        """Take somebody in."""
        person.relation = relation
        self.members.append(person)


@dataclass(slots=True, eq=False)
class Nest:
    """Whose children may be born where, and how old those are that are there already."""

    household: Household
    mother: Person | None
    father: Person | None
    relation: int = CHILD
    ages: list[int] = field(default_factory=list)

    def fits(self, age: int) -> bool:
        """Whether a child of this age is possible here."""
        if self.father and self.father.age - age not in _FATHER_GAP:
            return False
        return all(abs(age - other) >= _SIBLINGS_APART for other in self.ages)


def households_of(village_code: str, seed: str = SEED) -> list[Household]:
    """All families of a village, without names and numbers yet. The same seed, the same
    families."""
    plan = villages()[village_code]
    return _Assembly(plan, Random(f"{seed}:{village_code}:families")).run(bodies_of(village_code, seed))


def _from_age(table: tuple[tuple[float, ...], ...], age: int) -> tuple[float, ...]:
    found: tuple[float, ...] = (0.0,) * len(table[0])
    for row in table:
        if age >= row[0]:
            found = row
    return found[1:]


class _Assembly:
    """One village being put together; the order of the steps in `run` is the story."""

    def __init__(self, plan: VillagePlan, rng: Random) -> None:
        self._plan = plan
        self._rng = rng
        self._households: list[Household] = []
        self._nests: dict[int, list[Nest]] = defaultdict(list)
        self._couples: list[tuple[Person, Person]] = []
        self._alone: list[Person] = []

    def run(self, bodies: list[Body]) -> list[Household]:
        people = [Person(female, age, born(age, self._rng)) for female, age in bodies]

        self._marry(people)
        guests = self._couples_with_parents()
        self._found_households()

        for couple in guests:
            self._place_couple(*couple)
        for person in self._waiting(lambda p: p.age >= _OLD):
            self._place_parent(person)
        for person in self._waiting(lambda p: p.age < _CHILD_UNTIL):
            self._place_child(person)
        for person in self._waiting(lambda _: True):
            self._place_child(person)
        self._place_relatives()

        for household in self._households:
            household.members.sort(key=lambda p: (p.relation, -p.age))
        return self._households

    def _marry(self, people: list[Person]) -> None:
        """Draw who is married, pair them by age, and say of the others why they are not."""
        wives = [p for p in people if p.female and self._draws(_from_age(_WIVES, p.age)[0])]
        husbands = [p for p in people if not p.female and self._draws(_from_age(_HUSBANDS, p.age)[0])]
        self._drop_surplus(wives, husbands)
        self._drop_surplus(husbands, wives)
        wives.sort(key=lambda p: p.age + self._rng.gauss(0, 1.6))
        husbands.sort(key=lambda p: p.age + self._rng.gauss(0, 1.6))
        for husband, wife in zip(husbands, wives, strict=True):
            if husband.age - wife.age not in _COUPLE_GAP:
                continue
            husband.spouse, wife.spouse = wife, husband
            husband.marital = wife.marital = MARRIED
            self._couples.append((husband, wife))
        for person in people:
            if person.spouse is None:
                person.marital = self._why_alone(person)
                self._alone.append(person)

    def _drop_surplus(self, many: list[Person], few: list[Person]) -> None:
        while len(many) > len(few):
            many.pop(self._rng.randrange(len(many)))

    def _why_alone(self, person: Person) -> int:
        widowed, divorced = _from_age(_WOMEN_ALONE if person.female else _MEN_ALONE, person.age)
        drawn = self._rng.random()
        if drawn < widowed:
            return WIDOWED
        return DIVORCED if drawn < widowed + divorced else SINGLE

    def _couples_with_parents(self) -> list[tuple[Person, Person]]:
        """Take out the young couples that have no household of their own."""
        guests: list[tuple[Person, Person]] = []
        own: list[tuple[Person, Person]] = []
        for couple in self._couples:
            young = couple[0].age <= _YOUNG_COUPLE_UNTIL
            (guests if young and self._draws(_LIVING_WITH_PARENTS) else own).append(couple)
        while len(own) > self._plan.households:
            guests.append(own.pop(0))
        self._couples = own
        return guests

    def _found_households(self) -> None:
        """Give every household its head, and its size: small for the lone, large for mothers."""
        single_heads = self._plan.households - len(self._couples)
        candidates = [p for p in self._alone if p.age >= _ADULT]
        candidates.sort(key=self._readiness, reverse=True)
        if len(candidates) < single_heads:
            raise ValueError(f"{self._plan.code}: too few adults for its households")
        heads: list[tuple[Person, Person | None]] = [(p, None) for p in candidates[:single_heads]]
        chosen = {id(p) for p, _ in heads}
        self._alone = [p for p in self._alone if id(p) not in chosen]

        sizes = self._sizes(single_heads)
        ones = sizes.count(1)
        heads.sort(key=self._loneliness, reverse=True)
        larger = [*heads[ones:], *self._couples]
        larger.sort(key=self._expected_size)
        for (head, wife), size in zip([*heads[:ones], *larger], sizes, strict=True):
            self._found(head, wife, size)
        self._rng.shuffle(self._households)

    def _found(self, head: Person, wife: Person | None, size: int) -> None:
        household = Household(size)
        household.add(head, HEAD)
        if wife:
            household.add(wife, WIFE)
        self._households.append(household)
        if wife or head.marital != SINGLE:
            mother = head if head.female else wife
            self._open_nest(Nest(household, mother, None if head.female else head))

    def _open_nest(self, nest: Nest) -> None:
        if nest.household.room:
            age = nest.mother.age if nest.mother else nest.father.age - 4 if nest.father else 0
            self._nests[age].append(nest)

    def _readiness(self, person: Person) -> float:
        """How likely somebody without spouse heads a household."""
        settled = 0.0 if person.marital == SINGLE else 0.75
        ripe = min(person.age, 40) / 80 - (0.35 if person.age >= _OLD + 18 else 0.0)
        return settled + ripe + self._rng.random()

    def _loneliness(self, head: tuple[Person, Person | None]) -> float:
        person = head[0]
        return (1.0 if person.marital == SINGLE else 0.5 * (person.age >= _OLD)) + self._rng.random()

    def _expected_size(self, head: tuple[Person, Person | None]) -> float:
        mother = head[1] or head[0]
        if head[1] is None:
            base = 1.8 if mother.marital == SINGLE else 2.9 if mother.age < _OLD - 5 else 2.4
        else:
            peak = 42
            base = 4.3 - abs(mother.age - peak) * (0.075 if mother.age < peak else 0.06)
        return base + self._rng.gauss(0, 0.8)

    def _sizes(self, single_heads: int) -> list[int]:
        """Household sizes, ascending, by the given distribution but exact in count and sum."""
        values = [size for size, _ in _SIZES]
        counts = apportion(self._plan.households, [share for _, share in _SIZES])
        sizes = [size for size, n in zip(values, counts, strict=True) for _ in range(n)]
        for i in range(single_heads, counts[0]):
            sizes[i] = 2
        missing = self._plan.people - sum(sizes)
        while missing:
            i, step = self._rng.randrange(len(sizes)), 1 if missing > 0 else -1
            if sizes[i] in (_GROWS if step > 0 else _SHRINKS):
                sizes[i] += step
                missing -= step
        return sorted(sizes)

    def _place_couple(self, husband: Person, wife: Person) -> None:
        """A young couple goes to his or her parents; their children will be grandchildren."""
        pair = [husband, wife]
        self._rng.shuffle(pair)
        for child, other in (pair, pair[::-1]):
            nest = self._nest_for(child.age, room=2)
            if nest:
                self._join(child, nest)
                nest.household.add(other, IN_LAW)
                self._open_nest(Nest(nest.household, wife, husband, GRANDCHILD))
                return
        home = next(h for h in self._households if h.room >= len(pair))
        for person in pair:
            home.add(person, RELATIVE)

    def _place_parent(self, person: Person) -> None:
        """An old person without spouse goes to a child who heads a household."""
        for _ in range(24):
            home = self._rng.choice(self._households)
            if not home.room or any(m.relation in (PARENT, PARENT_IN_LAW) for m in home.members):
                continue
            child = self._rng.choice(home.members[:2] if home.head.spouse else home.members[:1])
            if child.mother is None and child.father is None and child.age + 20 <= person.age:
                if person.age - child.age not in MOTHER_GAP:
                    continue
                self._become_parent(person, child)
                home.add(person, PARENT if child is home.head else PARENT_IN_LAW)
                return
        self._alone.append(person)

    def _become_parent(self, person: Person, child: Person) -> None:
        if person.female:
            child.mother = person
        else:
            child.father = person

    def _place_child(self, person: Person) -> None:
        nest = self._nest_for(person.age)
        if nest:
            self._join(person, nest)
        else:
            self._alone.append(person)

    def _join(self, child: Person, nest: Nest) -> None:
        child.mother, child.father = nest.mother, nest.father
        nest.ages.append(child.age)
        nest.household.add(child, nest.relation)

    def _nest_for(self, age: int, *, room: int = 1) -> Nest | None:
        """A mother of fitting age with room; a few draws first, then a search."""
        for _ in range(12):
            gap = round(self._rng.triangular(MOTHER_GAP[0], MOTHER_GAP[-1], 25))
            bucket = self._nests[age + gap]
            if bucket:
                found = self._take(bucket, self._rng.randrange(len(bucket)), age, room)
                if found:
                    return found
        for gap in MOTHER_GAP:
            bucket = self._nests[age + gap]
            for i in range(len(bucket) - 1, -1, -1):
                found = self._take(bucket, i, age, room)
                if found:
                    return found
        return None

    def _take(self, bucket: list[Nest], i: int, age: int, room: int) -> Nest | None:
        nest = bucket[i]
        if not nest.household.room:
            bucket[i] = bucket[-1]
            bucket.pop()
            return None
        return nest if nest.household.room >= room and nest.fits(age) else None

    def _place_relatives(self) -> None:
        """Whoever is left fills the room that is left."""
        homes = [home for home in self._households for _ in range(home.room)]
        self._rng.shuffle(homes)
        for person, home in zip(self._waiting(lambda _: True), homes, strict=True):
            young = home.head.age - person.age >= _GRANDPARENT_GAP and person.age < _ADULT
            home.add(person, GRANDCHILD if young else RELATIVE)

    def _waiting(self, wanted: Callable[[Person], bool]) -> list[Person]:
        """Take those out of the queue who are wanted; whom they cannot place they put back."""
        taken = [p for p in self._alone if wanted(p)]
        self._alone = [p for p in self._alone if not wanted(p)]
        self._rng.shuffle(taken)
        return taken

    def _draws(self, probability: float) -> bool:
        return self._rng.random() < probability
