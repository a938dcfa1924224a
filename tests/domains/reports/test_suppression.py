"""Suppression: what a reader can work out from all that is published, with the means a reader has."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from hub.domains.reports.suppression import HIDDEN, Cell, Key, Outcome, Sum, Treatment, publish

T = 5


def table(counts: Sequence[Sequence[int]], threshold: int = T) -> tuple[list[Cell], list[Sum]]:
    """Villages by groups with both totals, as a report has them; keys are (village, group), "all" for a total."""
    villages, groups = range(len(counts)), range(len(counts[0]))
    cells: dict[tuple[Any, Any], int] = {(v, g): counts[v][g] for v, g in product(villages, groups)}
    sums = [Sum((v, "all"), tuple((v, g) for g in groups)) for v in villages]
    sums += [Sum(("all", g), tuple((v, g) for v in villages)) for g in groups]
    sums.append(Sum(("all", "all"), tuple((v, "all") for v in villages)))
    cells |= {(v, "all"): sum(counts[v]) for v in villages}
    cells |= {("all", g): sum(row[g] for row in counts) for g in groups}
    cells["all", "all"] = sum(map(sum, counts))
    return [Cell(key, value, threshold, known_to=offices(key)) for key, value in cells.items()], sums


def offices(key: tuple[Any, Any]) -> frozenset[str]:
    """Who keeps a figure: its village."""
    return frozenset() if key[0] == "all" else frozenset({f"village {key[0]}"})


def values(outcome: Mapping[Key, Outcome]) -> dict[Key, int | None]:
    return {key: each.value for key, each in outcome.items()}


class Attacker:
    """Somebody who has kept every publication, knows the rules, and knows how some figures really changed."""

    def __init__(self, sums: Sequence[Sum], periods: Sequence[Mapping[Key, Outcome]]) -> None:
        self.sums, self.periods = sums, periods
        keys = {key for each in sums for key in (each.total, *each.parts)}
        names = [(period, key) for period in range(len(periods)) for key in sorted(keys, key=repr)]
        self.place = {name: number for number, name in enumerate(names)}
        self.rows: list[dict[int, int]] = []
        self.right: list[int] = []
        for period in range(len(periods)):
            for each in sums:
                row = {self.place[period, part]: 1 for part in each.parts}
                self._equal({**row, self.place[period, each.total]: -1}, 0)
        self.limits = [self._limits(period, key) for period, key in names]

    def _equal(self, row: dict[int, int], value: int) -> None:
        self.rows.append(row)
        self.right.append(value)

    def _limits(self, period: int, key: Key) -> tuple[int, int | None]:
        shown, *before = [each.get(key, HIDDEN).value for each in reversed(self.periods[: period + 1])]
        if shown is None:
            return 0, None
        if shown and shown == next((each for each in before if each is not None), None):
            return max(T, shown - T + 1), shown + T - 1  # held, or really the same: nobody can tell
        return shown, shown

    def knows(self, period: int, key: Key, value: int) -> None:
        """A figure as it really was."""
        self._equal({self.place[period, key]: 1}, value)

    def bounds(self, *terms: tuple[int, int, Key]) -> tuple[float, float]:
        """Between what a combination of figures must lie; terms are (sign, period, key)."""
        aim = np.zeros(len(self.place))
        for sign, period, key in terms:
            aim[self.place[period, key]] = sign
        entries = [(number, column, sign) for number, row in enumerate(self.rows) for column, sign in row.items()]
        rows, columns, signs = zip(*entries, strict=True)
        matrix = csr_matrix((signs, (rows, columns)), shape=(len(self.rows), len(self.place)))
        found = []
        for sign in (1, -1):
            solved: Any = linprog(sign * aim, A_eq=matrix, b_eq=self.right, bounds=self.limits, method="highs")
            found.append(sign * solved.fun if solved.status == 0 else -sign * np.inf)
        return found[0], found[1]


def test_a_small_figure_takes_others_with_it_until_it_cannot_be_worked_out() -> None:
    cells, sums = table([[12, 3], [40, 20], [30, 9]])
    outcome = publish(cells, sums)
    hidden = {key for key, each in outcome.items() if each.value is None}
    assert (0, 1) in hidden
    assert len(hidden) == 6  # each row and column has two, whichever of the other villages a reader comes from
    assert values(outcome)["all", "all"] == 114


def test_large_figures_are_all_shown() -> None:
    cells, sums = table([[12, 30], [40, 20]])
    assert {each.treatment for each in publish(cells, sums).values()} == {Treatment.SHOWN}


def test_acts_have_no_threshold_and_are_all_shown() -> None:
    cells, sums = table([[1, 2], [3, 0]], threshold=0)
    assert values(publish(cells, sums)) == {cell.key: cell.value for cell in cells}


def test_nobody_at_all_is_shown_and_who_is_implied_is_protected() -> None:
    cells = [Cell("elderly", 60, T), Cell("with card", 57, T), Cell("without", 3, T, published=False)]
    sums = [Sum("elderly", ("with card", "without"))]
    found = publish(cells, sums)
    assert found["without"] == HIDDEN
    assert [each.value for each in found.values()].count(None) == 2
    none = publish([Cell("here", 60, T), Cell("there", 0, T), Cell("all", 60, T)], [Sum("all", ("here", "there"))])
    assert values(none) == {"here": 60, "there": 0, "all": 60}


def test_of_sensitive_groups_nobody_and_everybody_tell_as_much_as_few() -> None:
    cells = [Cell("elderly", 30, 10), Cell("ill", 30, 10), Cell("well", 0, 10, published=False, whole=True)]
    found = publish(cells, [Sum("elderly", ("ill", "well"))])
    assert found["well"] == HIDDEN
    assert [each.value for each in found.values()].count(None) == 2


def test_a_change_by_few_is_held_and_one_by_many_is_shown() -> None:
    first = publish(*table([[50, 60], [70, 80]]))
    cells, sums = table([[52, 60], [70, 80]])
    second = publish(cells, sums, first)
    assert second[0, 0] == Outcome(Treatment.HELD, 50)
    assert second["all", "all"] == Outcome(Treatment.HELD, 260)
    third = publish(*table([[57, 60], [70, 80]]), second)
    assert third[0, 0] == Outcome(Treatment.SHOWN, 57)
    assert third["all", "all"] == Outcome(Treatment.SHOWN, 267)


def test_what_is_shown_again_is_compared_with_what_was_shown_before_it_was_hidden() -> None:
    row = Cell("a", 20, T), Cell("b", 30, T), Cell("c", 30, T), Cell("all", 80, T)
    sums = [Sum("all", ("a", "b", "c"))]
    first = publish(row, sums)
    hidden = publish((replace(row[0], value=4), row[1], row[2], replace(row[3], value=64)), sums, first)
    assert hidden["a"] == HIDDEN
    again = publish((replace(row[0], value=22), row[1], row[2], replace(row[3], value=82)), sums, hidden)
    assert again["a"] == Outcome(Treatment.HELD, 20)


def test_what_is_implied_does_not_tell_a_small_change_either() -> None:
    sums = [Sum("due", ("with card", "without"))]
    first = publish([Cell("due", 60, T), Cell("with card", 40, T), Cell("without", 20, T, published=False)], sums)
    assert {each.treatment for each in first.values()} == {Treatment.SHOWN}
    second = publish(
        [Cell("due", 67, T), Cell("with card", 45, T), Cell("without", 22, T, published=False)], sums, first
    )
    assert None in (second["due"].value, second["with card"].value)


def test_what_was_hidden_is_shown_again_from_twice_the_threshold_on() -> None:
    first = publish(*table([[4, 60], [70, 80]]))
    assert first[0, 0] == HIDDEN
    assert publish(*table([[9, 60], [70, 80]]), first)[0, 0] == HIDDEN
    assert publish(*table([[10, 60], [70, 80]]), first)[0, 0] == Outcome(Treatment.SHOWN, 10)


def test_figures_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="all is not the sum of its parts"):
        publish([Cell("all", 5, T), Cell("here", 4, T)], [Sum("all", ("here",))])


def test_the_same_figures_give_the_same_publication() -> None:
    cells, sums = table([[3, 12, 0], [7, 2, 30], [9, 9, 4]])
    assert publish(cells, sums) == publish(list(reversed(cells)), sums)


TABLES = st.integers(2, 4).flatmap(
    lambda groups: st.lists(st.lists(st.integers(0, 30), min_size=groups, max_size=groups), min_size=2, max_size=4)
)


@settings(max_examples=25, deadline=None, report_multiple_bugs=False)
@given(TABLES, st.data())
def test_no_small_figure_can_be_worked_out_of_one_publication_even_by_a_village(
    counts: list[list[int]], data: st.DataObject
) -> None:
    cells, sums = table(counts)
    attacker = Attacker(sums, [publish(cells, sums)])
    known = data.draw(st.integers(-1, len(counts) - 1))  # -1: somebody who knows no village
    theirs = {cell.key: cell.value for cell in cells if f"village {known}" in cell.known_to}
    for key, value in theirs.items():
        attacker.knows(0, key, value)
    for cell in cells:
        if 0 < cell.value < T and cell.key not in theirs:
            low, high = attacker.bounds((1, 0, cell.key))
            assert high >= T, cell
            assert high - low >= T - 1, cell


@settings(max_examples=10, deadline=None, report_multiple_bugs=False, phases=[Phase.generate])
@given(TABLES, st.data())
def test_no_small_figure_and_no_small_change_can_be_worked_out_of_four_publications_even_by_a_village(
    counts: list[list[int]], data: st.DataObject
) -> None:
    courses = [counts]
    for _ in range(3):
        steps = st.lists(st.integers(-3, 3), min_size=len(counts[0]), max_size=len(counts[0]))
        change = data.draw(st.lists(steps, min_size=len(counts), max_size=len(counts)))
        courses.append(
            [
                [max(0, value + step) for value, step in zip(*both, strict=True)]
                for both in zip(courses[-1], change, strict=True)
            ]
        )
    nothing_is_worked_out(courses, known=data.draw(st.integers(-1, len(counts) - 1)))


@pytest.mark.parametrize("known", [-1, 0, 1])
def test_a_village_learns_nothing_of_the_only_other_one_though_their_sum_was_told_in_between(known: int) -> None:
    nothing_is_worked_out(
        [
            [[0, 5, 0, 0], [5, 0, 3, 4]],
            [[0, 5, 0, 2], [5, 0, 0, 1]],
            [[0, 5, 0, 2], [5, 0, 0, 0]],
            [[0, 5, 0, 4], [6, 0, 2, 0]],
        ],
        known,
    )


def nothing_is_worked_out(courses: Sequence[Sequence[Sequence[int]]], known: int) -> None:
    """By whoever has read all these periods and knows one village whole; -1 knows none.

    That a sum changed by what changed in their own village, and by nothing else, is no secret to them.
    """
    truth, history = list[dict[Any, int]](), list[Mapping[Key, Outcome]]()
    for counts in courses:
        cells, sums = table(counts)
        history.append(publish(cells, sums, history[-1] if history else None))
        truth.append({cell.key: cell.value for cell in cells})
    attacker = Attacker(sums, history)
    theirs = {key for key in truth[0] if key[0] == known}
    for period, key in product(range(len(courses)), theirs):
        attacker.knows(period, key, truth[period][key])
    for period, key in product(range(len(courses)), sorted(set(truth[0]) - theirs, key=repr)):
        if 0 < truth[period][key] < T:
            low, high = attacker.bounds((1, period, key))
            assert high - low >= T - 1, (period, key)
        if not period:
            continue
        changed = truth[period][key] - truth[period - 1][key]
        own = (known, key[1]) if known >= 0 and key[0] == "all" else None
        elsewhere = changed - (truth[period][own] - truth[period - 1][own] if own else 0)
        if 0 < abs(changed) < T and 0 < abs(elsewhere) < T:
            low, high = attacker.bounds((1, period, key), (-1, period - 1, key))
            assert high - low >= T - 1, (period, key)
