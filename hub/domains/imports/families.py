"""Which rows must be written together: a family is never split over two transactions."""

from collections.abc import Hashable, Iterable, Iterator
from itertools import groupby

GROUP = 500

Link = tuple[int, Hashable | None, Hashable | None]  # a row's position and the one or two families it touches


def groups(links: Iterable[Link], *, size: int = GROUP) -> Iterator[list[int]]:
    """Positions in groups of about `size`, cut between families; a move ties two families together.

    The same links give the same groups. A group is larger than `size` only where one knot of families is.
    """
    rows = list(links)
    knots = _Knots()
    for _, first, second in rows:
        if first is not None and second is not None:
            knots.tie(first, second)
    keyed = [(knots.root(first if first is not None else second), position) for position, first, second in rows]
    order: dict[Hashable, int] = {}
    for root, position in keyed:
        order.setdefault((position,) if root is None else root, position)
    keyed.sort(key=lambda pair: (order[(pair[1],) if pair[0] is None else pair[0]], pair[1]))
    group: list[int] = []
    for _, together in groupby(keyed, key=lambda pair: (pair[1],) if pair[0] is None else pair[0]):
        family = [position for _, position in together]
        if group and len(group) + len(family) > size:
            yield group
            group = []
        group += family
    if group:
        yield group


class _Knots:
    """Families tied together, directly or through others."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def tie(self, one: Hashable, other: Hashable) -> None:
        first, second = self.root(one), self.root(other)
        if first != second:
            self._above[second] = first

    def root(self, family: Hashable) -> Hashable:
        root = family
        while root in self._above:
            root = self._above[root]
        while family != root:  # shorten the way for the next
            above = self._above[family]
            self._above[family] = root
            family = above
        return root
