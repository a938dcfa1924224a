"""Which figures of a period may be shown, so that no small group can be worked out from all of them together.

A reader of published figures knows how they add up (villages make a kecamatan, those with and those without a card make
all), what was published before, and which rules are followed here. What may not be possible is to learn that a group
has between one and `threshold` - 1 people, or that a figure grew or shrank by so few since it was published last.

- A small figure is hidden (primary suppression), and further ones until it might as well be so much larger that it is
  not small, for all that is shown (secondary suppression; linear programming finds the least to hide). One mark stands
  for both.
- A figure that changed by less than the threshold since it was last shown is held: what was shown stays. So whoever
  knows of one death in a village does not find it in two periods' difference.
- Whatever is hidden or held, small or not, stays uncertain by at least `threshold` - 1 for everybody, in every period.
  So one who worked out none of it before and finds it now has not learned how it changed; a period need only be looked
  at by itself, whatever came before it.
- Every office reads what is published knowing its own figures. So what is hidden stays hidden also from a reader who
  knows all of any one other office; and with that from whoever knows what happened in one village.
- A figure that is only implied by others, such as those without a card, is decided on as if it were published too.
- Figures that were hidden together are shown again only when each of them has reached twice the threshold: what is
  shown now would tell what was hidden then.

Everything that is published of one period is decided at once, over all its tables. The result depends on its input
alone: no chance is involved, so a repeated run gives the same.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack

Key = Hashable
_EPSILON = 1e-6
_SOLVED, _INFEASIBLE = 0, 2  # what the solver says of itself
_CLOSE = 60  # figures
_FREE, _LITTLE, _DEAR = 1e-3, 1e-2, 1e6  # prices beside those of figures, which cost what they count


class Treatment(StrEnum):
    """What is done with a figure."""

    SHOWN = "SHOWN"
    HELD = "HELD"  # as it was shown before; the true one differs by less than the threshold
    HIDDEN = "HIDDEN"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure that counts people, or acts where `threshold` is 0."""

    key: Key
    value: int
    threshold: int
    published: bool = True  # False: only implied by others, such as those without a card; protected all the same
    whole: bool = False  # a group without anybody is worth protecting too: none of them, or all of them
    known_to: frozenset[str] = frozenset()  # offices that keep the figure themselves, such as its village

    @property
    def small(self) -> bool:
        """Whether it must not be worked out."""
        return (0 if self.whole else 1) <= self.value < self.threshold


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure and those that make it up, without overlap."""

    total: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a figure is published; `value` is None where it is hidden, `last` what was ever shown of it last."""

    treatment: Treatment
    value: int | None
    last: int | None = field(default=None, compare=False)


HIDDEN = Outcome(Treatment.HIDDEN, None)


def publish(
    cells: Sequence[Cell], sums: Sequence[Sum], earlier: Mapping[Key, Outcome] | None = None
) -> dict[Key, Outcome]:
    """How each figure appears, implied ones too. `earlier` is how each appeared when it was published last.

    Raises ValueError where a sum does not add up: figures that disagree betray more than any small group.
    """
    drawn = _Drawing({cell.key: cell for cell in sorted(cells, key=lambda each: repr(each.key))}, sums, earlier or {})
    drawn.protect()
    return {cell.key: drawn.outcome(cell) for cell in cells}


class _Drawing:
    """The decisions as they stand."""

    def __init__(self, cells: Mapping[Key, Cell], sums: Sequence[Sum], earlier: Mapping[Key, Outcome]) -> None:
        self.cells, self.sums = cells, sums
        self.last = {key: each.last for key, each in earlier.items() if each.last is not None}
        for each in sums:
            if cells[each.total].value != sum(cells[part].value for part in each.parts):
                message = f"{each.total} is not the sum of its parts"
                raise ValueError(message)
        self.sums_of: dict[Key, list[Sum]] = defaultdict(list)
        for each in sums:
            for key in {each.total, *each.parts}:
                self.sums_of[key].append(each)
        lasting = self._lasting({key for key, each in earlier.items() if each.value is None and key in cells})
        self.treatment = {
            key: Treatment.HIDDEN if cell.small or key in lasting else self._shown(cell) for key, cell in cells.items()
        }
        self.refuting: dict[Key, list[frozenset[str]]] = defaultdict(list)  # who knows better, by course that moves it

    def _shown(self, cell: Cell) -> Treatment:
        return Treatment.HELD if cell.threshold and 0 < abs(self._apart(cell)) < cell.threshold else Treatment.SHOWN

    def _apart(self, cell: Cell) -> int:
        """How much a figure has changed since it was shown last; 0 where it was not."""
        return cell.value - self.last.get(cell.key, cell.value)

    def _lasting(self, hidden: set[Key]) -> set[Key]:
        """What was hidden and stays so, because it was hidden together with something that is not large yet."""
        return {
            key
            for group in _connected(hidden, self.sums)
            if any(self.cells[each].value < 2 * self.cells[each].threshold for each in group)
            for key in group
        }

    def outcome(self, cell: Cell) -> Outcome:
        treatment, last = self.treatment[cell.key], self.last.get(cell.key)
        if treatment is Treatment.HIDDEN:
            return Outcome(treatment, None, last)
        value = last if treatment is Treatment.HELD else cell.value
        return Outcome(treatment, value, value)

    def protect(self) -> None:
        """Hide more until nothing that is not shown can be worked out.

        For each such figure another course of things is sought, in which it differs by so much that it is not small,
        and all that a reader sees is the same. Where there is none, the one that takes the least from what is shown is
        found, and what differs in it is hidden. What is hidden only adds to what can be otherwise; but it must be
        protected as well, so it waits at the end.
        """
        held_back = (key for key, treatment in self.treatment.items() if treatment is not Treatment.SHOWN)
        waiting = deque(key for key in held_back if self.cells[key].threshold)
        waited = set(waiting)
        while waiting:
            hidden = self._protect(self.cells[waiting.popleft()])
            more = [key for key in hidden if key not in waited and self.cells[key].threshold]
            waiting.extend(more)
            waited.update(more)

    def _protect(self, cell: Cell) -> list[Key]:
        """Protect a figure from everybody, also from each office; what had to be hidden for it."""
        hidden = [] if self.refuting[cell.key] else self._find(cell, None)
        offices = frozenset.intersection(*self.refuting[cell.key]) - cell.known_to
        while offices:
            office = min(offices)
            hidden += self._find(cell, office)
            offices = offices.intersection(*self.refuting[cell.key]) - {office}
        return hidden

    def _find(self, cell: Cell, reader: str | None) -> list[Key]:
        """Find another course of things for a reader who knows what one office knows; what is hidden for it.

        It is sought closely around without hiding more, where most are found; then in all that hangs together; then
        everywhere.
        """
        most = len(self.cells)
        for sought, spared in ((_CLOSE, True), (most, False), (None, False)):
            keys = self.cells if sought is None else self._around(cell.key, sought)
            unknown = [key for key in keys if reader not in self.cells[key].known_to]
            for steps in self._steps(cell, spared=spared):
                courses = [self._course(cell.key, step, unknown, spared=spared) for step in steps]
                if None not in courses:
                    return self._accept([course for course in courses if course is not None])
        if reader is None:
            message = f"{cell.key} cannot be otherwise whatever is hidden"
            raise ValueError(message)
        return []  # the reader's own figures are all there is of it, such as a kecamatan's only village

    def _steps(self, cell: Cell, *, spared: bool) -> list[tuple[int, ...]]:
        """By how much a figure is to differ, the best first: upwards, downwards, or partly both."""
        wide = cell.threshold - 1
        if cell.small:
            return [(max(wide, cell.threshold - cell.value),)]
        up, down = self._freedom(cell)
        ways: list[tuple[int, ...]] = [(step,) for step, room in ((wide, up), (-wide, down)) if room >= wide]
        if not ways:
            return [(int(up), int(up) - wide)]
        return ways if spared else ways[:1]

    def _accept(self, courses: Sequence[Mapping[Key, tuple[float, bool]]]) -> list[Key]:
        """Hide what must be, and remember what else is uncertain by the same courses, and who knows better."""
        hidden = [key for course in courses for key, (_, hide) in course.items() if hide]
        self.treatment.update(dict.fromkeys(hidden, Treatment.HIDDEN))
        moved = {key for course in courses for key in course}
        offices = frozenset(office for key in moved for office in self.cells[key].known_to)
        for key in moved:
            steps = [0.0, *(course[key][0] for course in courses if key in course)]
            if _uncertain(self.cells[key], max(steps) + _EPSILON, min(steps) - _EPSILON):
                self.refuting[key].append(offices)
        return hidden

    def _around(self, key: Key, most: int) -> list[Key]:
        """Figures that a reader does not see, linked to this one by sums, the nearest first."""
        found = {key: None}
        waiting = deque([key])
        while waiting and len(found) < most:
            for each in self.sums_of[waiting.popleft()]:
                for other in (each.total, *each.parts):
                    if other not in found and any(self._freedom(self.cells[other])):
                        found[other] = None
                        waiting.append(other)
        return list(found)

    def _course(
        self, key: Key, step: int, keys: Sequence[Key], *, spared: bool
    ) -> dict[Key, tuple[float, bool]] | None:
        """What differs where a figure differs by a step: how much, and whether it is hidden for that; None: nothing.

        Four numbers are sought for each figure: its growth and decline within what the reader does not know, and both
        beyond that, at the price of hiding it (not where figures are to be `spared`). Small figures are the cheapest.
        """
        place = {each: number for number, each in enumerate(keys)}
        if key not in place:
            return None
        sums = list(dict.fromkeys(each for one in keys for each in self.sums_of[one]))
        count, values = len(keys), [self.cells[each].value for each in keys]
        ways = [self._freedom(self.cells[each]) for each in keys]
        limits: list[tuple[float, float | None]] = [(0, up) for up, _ in ways]
        falls = [down for _, down in ways]
        limits += [(0, fall) for fall in falls] + [(0, 0 if spared else None)] * count
        limits += [(0, 0 if spared else value - fall) for value, fall in zip(values, falls, strict=True)]
        prices = [_price(self.cells[each]) for each in keys]
        entries = [
            (number, place[part], sign)
            for number, one in enumerate(sums)
            for part, sign in ((one.total, -1), *((each, 1) for each in one.parts))
            if part in place
        ]
        rows, columns, signs = zip(*entries, (len(sums), place[key], 1), strict=True)
        change = csr_matrix((signs, (rows, columns)), shape=(len(sums) + 1, count))
        solved = linprog(
            np.array([_FREE] * (2 * count) + prices * 2),
            A_eq=hstack([change, -change, change, -change], format="csr"),
            b_eq=np.array([0] * len(sums) + [step]),
            bounds=limits,
            method="highs",
        )
        if solved.status == _INFEASIBLE:
            return None
        if solved.status != _SOLVED:
            raise RuntimeError(solved.message)
        up, down, far_up, far_down = solved.x.reshape(4, count)
        moved = zip(keys, up - down + far_up - far_down, far_up + far_down, strict=True)
        return {each: (by, far > _EPSILON) for each, by, far in moved if max(abs(by), far) > _EPSILON}

    def _freedom(self, cell: Cell) -> tuple[float, float]:
        """How much a figure may grow and decline without a reader's noticing.

        What is shown as it was shown last may be so, or be held; but not if it were small.
        """
        if self.treatment[cell.key] is Treatment.HIDDEN:
            return np.inf, cell.value
        last = self.last.get(cell.key)
        if not cell.threshold or not cell.value or last is None or abs(cell.value - last) >= cell.threshold:
            return 0, 0
        reach = cell.threshold - 1
        return last + reach - cell.value, cell.value - max(cell.threshold, last - reach)


def _uncertain(cell: Cell, up: float, down: float) -> bool:
    """Whether a figure that may differ by so much, in either direction, is protected."""
    return up - down >= cell.threshold - 1 and not (cell.small and cell.value + up < cell.threshold)


def _price(cell: Cell) -> float:
    """What hiding a figure costs: what is only implied hardly anything, that there is nobody is the last resort."""
    if not cell.published:
        return _LITTLE
    return 1.0 + cell.value if cell.value else _DEAR


def _connected(keys: set[Key], sums: Sequence[Sum]) -> list[list[Key]]:
    """Keys that stand in one sum, or are linked by sums, together; in an order that depends on the sums alone."""
    leader = {key: key for key in keys}

    def top(key: Key) -> Key:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for each in sums:
        first, *others = [key for key in (each.total, *each.parts) if key in keys] or [None]
        for key in others:
            leader[top(key)] = top(first)
    groups: dict[Key, list[Key]] = defaultdict(list)
    for key in sorted(keys, key=repr):
        groups[top(key)].append(key)
    return list(groups.values())
