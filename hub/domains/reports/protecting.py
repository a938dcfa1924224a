"""From what the kecamatan of a region have counted to what may be told outside: the figures, how they hang together,
and how each is published. No I/O.

Villages make a kecamatan and kecamatan a region, once with and once without those of which villages are missing; what
a figure counts and what it leaves out make the whole it is a part of. All reports of a period are protected at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.domains.reports.assembling import Given, Stand
from hub.domains.reports.definition import Definition, ReportDisclosure, ReportTotalling
from hub.domains.reports.suppression import Cell, Key, Outcome, Sum, publish

THRESHOLDS: Mapping[ReportDisclosure, int] = {
    ReportDisclosure.ACTS: 0,
    ReportDisclosure.PERSONS: 5,
    ReportDisclosure.SENSITIVE_PERSONS: 10,
}
Dimensions = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A report of all kecamatan of a region that have figures; of `partial` ones villages are missing."""

    definition: Definition
    region: str
    given: Sequence[Given]
    partial: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A figure's place: code, what lies directly below it, and the offices that keep its figures themselves."""

    code: str
    below: tuple[str, ...]
    known_to: frozenset[str]
    level: int = 0  # how far above villages


@dataclass(slots=True)
class _Sheet:
    """The figures of one report by variable, place and dimensions, and their sums."""

    definition: Definition
    values: dict[tuple[str, str, Dimensions], int] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def key(self, variable: str, place: str, dimensions: Dimensions) -> Key:
        return (self.definition.code, variable, place, *dimensions)


def protect(tables: Sequence[Table], earlier: Mapping[Key, Outcome] | None = None) -> dict[Key, Outcome]:
    """How every figure of a period is published; `figure_key` and `whole_key` say which is which."""
    cells: list[Cell] = []
    sums: list[Sum] = []
    for table in tables:
        sheet = _sheet(table)
        cells.extend(_cells(sheet))
        sums.extend(_sums(sheet))
    return publish(cells, sums, earlier)


def whole_place(region: str) -> str:
    """The region without kecamatan of which villages are missing, as a place."""
    return f"{region} without partial"


def figure_key(definition: Definition, figure: str, place: str, dimensions: Dimensions = ("", "")) -> Key:
    """Of a numerator; growth has none of its own, it is the count that it tells the change of."""
    found = definition.figure(figure)
    count = figure if found is None or found.growth_of is None else found.growth_of
    return (definition.code, count, place, *dimensions)


def whole_key(definition: Definition, figure: str, place: str, dimensions: Dimensions = ("", "")) -> Key:
    """Of a denominator; figures that are parts of one variable share it. That of growth is last year's count."""
    found = definition.figure(figure)
    assert found is not None  # noqa: S101  # the caller has it from the definition
    if found.growth_of is not None:
        year, *others = dimensions
        return (definition.code, found.growth_of, place, str(int(year) - 1), *others)
    assert found.denominator is not None  # noqa: S101
    return (definition.code, _whole(found.denominator.name.en), place, *dimensions)


def _whole(name: str) -> str:
    return f"of {name}"


def _sheet(table: Table) -> _Sheet:
    sheet = _Sheet(table.definition)
    for given in table.given:
        _place(sheet, given)
    kecamatan = tuple(given.tenant.code for given in table.given)
    sheet.places[table.region] = Place(table.region, kecamatan, frozenset(), 2)
    whole = tuple(code for code in kecamatan if code not in table.partial)
    if whole and len(whole) < len(kecamatan):
        sheet.places[whole_place(table.region)] = Place(whole_place(table.region), whole, frozenset(), 2)
    _add_up(sheet)
    return sheet


def _place(sheet: _Sheet, given: Given) -> None:
    """A kecamatan and its villages. Where it states a figure for itself, its villages have none of it."""
    own, codes = given.tenant.code, {place.id: place.code for place in given.places}
    sheet.places[own] = Place(own, tuple(sorted(codes.values())), frozenset({own}), 1)
    for code in codes.values():
        sheet.places[code] = Place(code, (), frozenset({own, code}))
    for stand in given.stands:
        code = own if stand.village is None else codes[stand.village]
        for variable, value in _told(sheet.definition, stand):
            sheet.values[variable, code, stand.dimensions] = value


def _told(definition: Definition, stand: Stand) -> Iterator[tuple[str, int]]:
    figure = definition.figure(stand.figure)
    if figure is not None and figure.growth_of is not None:
        return  # two counts that are told by themselves
    yield stand.figure, stand.numerator
    if figure is not None and figure.denominator is not None and stand.denominator is not None:
        yield _whole(figure.denominator.name.en), stand.denominator


def _add_up(sheet: _Sheet) -> None:
    """Places that state nothing themselves are the sum of what lies below, the lowest first."""
    kinds = sorted({(variable, dimensions) for variable, _, dimensions in sheet.values})
    for place in sorted(sheet.places.values(), key=lambda each: each.level):
        for variable, dimensions in kinds:
            below = [
                sheet.values[variable, code, dimensions]
                for code in place.below
                if (variable, code, dimensions) in sheet.values
            ]
            if below and (variable, place.code, dimensions) not in sheet.values:
                together = max if variable in _largest(sheet.definition) else sum
                sheet.values[variable, place.code, dimensions] = together(below)


def _largest(definition: Definition) -> frozenset[str]:
    """Variables of which the largest is told for several places."""
    return frozenset(each.key for each in definition.figures if each.totalling is ReportTotalling.MAX)


def _cells(sheet: _Sheet) -> Iterator[Cell]:
    disclosure = sheet.definition.disclosure
    threshold = THRESHOLDS[disclosure]
    for (variable, place, dimensions), value in sheet.values.items():
        known_to = sheet.places[place].known_to
        least = threshold or THRESHOLDS[ReportDisclosure.PERSONS] * _each(sheet.definition, variable)
        yield Cell(sheet.key(variable, place, dimensions), value, least, known_to=known_to)
    whole = disclosure is ReportDisclosure.SENSITIVE_PERSONS
    for total, parts, rest, place, dimensions in _divisions(sheet):
        left = sheet.values[total, place, dimensions] - sum(sheet.values[part, place, dimensions] for part in parts)
        yield Cell(
            sheet.key(rest, place, dimensions),
            left,
            threshold,
            published=False,
            whole=whole,
            known_to=sheet.places[place].known_to,
        )


def _each(definition: Definition, variable: str) -> int:
    """How many of a variable one person makes; 0 where it does not count persons."""
    for figure in definition.figures:
        if figure.key == variable:
            return figure.numerator.each
        if figure.denominator is not None and _whole(figure.denominator.name.en) == variable:
            return figure.denominator.each
    return 0


def _sums(sheet: _Sheet) -> Iterator[Sum]:
    largest = _largest(sheet.definition)
    for variable, place, dimensions in sheet.values:
        if variable in largest:
            continue
        below = [code for code in sheet.places[place].below if (variable, code, dimensions) in sheet.values]
        if below and sheet.values[variable, place, dimensions] == sum(
            sheet.values[variable, code, dimensions] for code in below
        ):
            total = sheet.key(variable, place, dimensions)
            yield Sum(total, tuple(sheet.key(variable, code, dimensions) for code in below))
    for total, parts, rest, place, dimensions in _divisions(sheet):
        named = tuple(sheet.key(each, place, dimensions) for each in (*parts, rest))
        yield Sum(sheet.key(total, place, dimensions), named)


def _divisions(sheet: _Sheet) -> Iterator[tuple[str, tuple[str, ...], str, str, Dimensions]]:
    """Whole, parts and what is left of each division, at each place and value of the dimensions that has them."""
    for parts in _groups(sheet.definition):
        figure = sheet.definition.figure(parts[0])
        assert figure is not None  # noqa: S101  # `faults` has looked
        assert figure.denominator is not None  # noqa: S101
        total = _whole(figure.denominator.name.en)
        for variable, place, dimensions in list(sheet.values):
            if variable == total and all((part, place, dimensions) in sheet.values for part in parts):
                yield total, parts, f"not {' or '.join(parts)}", place, dimensions


def _groups(definition: Definition) -> Iterable[tuple[str, ...]]:
    """Figures that are disjoint parts of one whole; each other quotient of people is a group of its own."""
    together = {key for group in definition.disjoint for key in group}
    quotients = [each for each in definition.figures if each.denominator is not None and each.growth_of is None]
    alone = [(each.key,) for each in quotients if each.key not in together]
    return (*definition.disjoint, *alone)
