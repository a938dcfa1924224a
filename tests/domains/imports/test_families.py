"""Rows that must be written together stay together."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domains.imports.families import Link, groups

FAMILIES = st.one_of(st.none(), st.integers(0, 30))
ROWS = st.lists(st.tuples(FAMILIES, FAMILIES), max_size=80).map(
    lambda pairs: [(position, first, second) for position, (first, second) in enumerate(pairs, start=1)]
)


def test_a_group_ends_where_a_family_ends() -> None:
    links: list[Link] = [(1, "a", None), (2, "a", None), (3, "b", None), (4, "b", None), (5, "c", None)]

    assert list(groups(links, size=3)) == [[1, 2], [3, 4, 5]]


def test_a_family_that_is_scattered_over_the_file_is_gathered() -> None:
    links: list[Link] = [(1, "a", None), (2, "b", None), (3, "a", None)]

    assert list(groups(links, size=2)) == [[1, 3], [2]]


def test_a_move_ties_two_families_and_those_behind_them_together() -> None:
    links: list[Link] = [(1, "a", "b"), (2, "b", "a"), (3, "c", "b"), (4, "d", None), (5, "c", None)]

    assert list(groups(links, size=1)) == [[1, 2, 3, 5], [4]]


def test_a_family_larger_than_a_group_is_not_cut() -> None:
    assert list(groups([(n, "a", None) for n in range(1, 6)], size=2)) == [[1, 2, 3, 4, 5]]


@given(ROWS, st.integers(1, 10))
def test_every_row_once_and_no_family_twice(links: list[Link], size: int) -> None:
    found = list(groups(links, size=size))

    assert sorted(position for group in found for position in group) == [position for position, *_ in links]
    by_position = {position: families for position, *families in links}
    seen: dict[object, int] = {}
    for number, group in enumerate(found):
        for position in group:
            for family in by_position[position]:
                assert family is None or seen.setdefault(family, number) == number
