"""A report as its readers get it: rows, totals, exceptions, and who is in it and who is not. No I/O.

The graph, the files and the tests read this one thing. A total adds numerators and denominators and never averages;
a village or kecamatan of which nothing is known is named and never counted as zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hub.domains.reports.definition import Definition, Dimension, Figure, ReportTotalling, Words
from hub.kernel.clock import Now
from hub.kernel.scope import TenantRef
from hub.kernel.words import Word


class ReportMissing(Word):
    """Why a kecamatan is not in a report (alasan tidak termasuk)."""

    NOT_COUNTED = "NOT_COUNTED", "Belum dihitung", "Not counted yet"
    NO_DATA = "NO_DATA", "Belum ada data", "There is nothing to count yet"
    OUTSIDE_SCOPE = "OUTSIDE_SCOPE", "Di luar lingkup Anda", "Figures of the whole kecamatan, outside your scope"
    SOURCE_NOT_KEPT = "SOURCE_NOT_KEPT", "Sumbernya belum disimpan di hub", "The hub does not keep its source yet"
    NOT_IN_HUB = "NOT_IN_HUB", "Belum menggunakan hub", "Does not use the hub yet"
    NOT_CONFIRMED = "NOT_CONFIRMED", "Belum mengesahkan periode ini", "Has not confirmed this period"


class ReportShown(Word):
    """Whether a figure is shown (tampilan angka)."""

    SHOWN = "SHOWN", "Ditampilkan", "Shown"
    ROUNDED = "ROUNDED", "Dibulatkan ke bawah ke puluhan", "Rounded down to tens"
    SUPPRESSED = "SUPPRESSED", "Disembunyikan untuk melindungi orang", "Suppressed to protect persons"
    NO_DATA = "NO_DATA", "Tidak ada data", "No data"


class ReportException(Word):
    """Why a row stands out (alasan penyimpangan)."""

    BELOW = "BELOW", "Di bawah ambang", "Below the threshold"
    ABOVE = "ABOVE", "Di atas ambang", "Above the threshold"
    NO_DATA = "NO_DATA", "Tidak ada data", "No data"
    ACTUAL_UNKNOWN = "ACTUAL_UNKNOWN", "Capaian belum diketahui", "What was achieved is not known"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a row. `numerator` and `denominator` as kept; None where nothing is known, or not shown."""

    figure: Figure
    numerator: int | None
    denominator: int | None
    origin: str | None = None
    as_of: date | None = None
    shown: ReportShown = ReportShown.SHOWN

    @property
    def value(self) -> Decimal | None:
        """Two decimals, half up; None of what is not shown exactly."""
        return self.figure.value(self.numerator, self.denominator) if self.shown is ReportShown.SHOWN else None

    @property
    def over(self) -> Decimal | None:
        """The numerator as the number it means."""
        return None if self.numerator is None else self.figure.numerator.shown(self.numerator)

    @property
    def under(self) -> Decimal | None:
        """The denominator as the number it means."""
        if self.denominator is None or self.figure.denominator is None:
            return None
        return self.figure.denominator.shown(self.denominator)


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a dimension: its code or id, and its name."""

    dimension: Dimension
    key: str
    name: Words


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many villages have anything to count, of how many, and which day the stalest of their files is of."""

    reporting: int
    total: int
    oldest_sync: datetime | None

    @property
    def whole(self) -> bool:
        """Whether none is missing."""
        return self.reporting == self.total


@dataclass(frozen=True, slots=True)
class Row:
    """A line. `village` is None where it is the kecamatan's, and `tenant` too in totals."""

    tenant: TenantRef | None
    region_code: str | None
    region_name: str | None
    village: UUID | None
    parts: tuple[Part, ...]
    cells: tuple[Cell, ...]
    coverage: Coverage | None

    @property
    def key(self) -> tuple[str, ...]:
        """What it is told apart by."""
        return (self.region_code or "", *(part.key for part in self.parts))


@dataclass(frozen=True, slots=True)
class Outlier:
    """A row beyond a threshold, or one of which nothing is known."""

    kind: ReportException
    row: Row
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Included:
    """A kecamatan in the report; `partial` where not all of its villages report."""

    code: str
    name: str
    partial: bool
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """A kecamatan that is not."""

    code: str
    name: str
    reason: ReportMissing


@dataclass(frozen=True, slots=True)
class Published:
    """Where a report was published: all reports of a region and a month have one publication."""

    number: str
    region_code: str
    region_name: str
    period: str
    revision: int
    state: Word
    published_at: datetime
    data_as_of: datetime | None
    partial: bool
    sha256: str
    reports: tuple[Mapping[str, Any], ...]
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that a revision tells otherwise than the publication before it."""

    row: "Row"
    before: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class Report:
    """A report, whole. `totals` are those of kecamatan all of whose villages report, `with_partial` those of all.

    A published one bears the `digest` of all of it, also where some kecamatan were selected.
    """

    definition: Definition
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    with_partial: tuple[Row, ...]
    exceptions: tuple[Outlier, ...]
    included: tuple[Included, ...]
    missing: tuple[Missing, ...]
    generated_at: datetime
    data_as_of: datetime | None
    number: str = ""
    revision: int = 0
    waiting: bool = False
    issue: str = ""  # the number under which it was taken away, if it was
    digest: str = ""
    published: Published | None = None
    difference: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """A kept figure."""

    figure: str
    village: UUID | None
    dimensions: tuple[str, str]
    labels: tuple[str | None, str | None]
    numerator: int
    denominator: int | None
    origin: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Place:
    """A village, by the order of its code."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Given:
    """What is kept of a report in one kecamatan. `villages`: whether each reports, and when it sent last."""

    tenant: TenantRef
    name: str
    places: tuple[Place, ...] = ()
    stands: tuple[Stand, ...] = ()
    villages: Mapping[UUID, tuple[bool, datetime | None]] = field(default_factory=dict)
    counted_at: datetime | None = None
    revision: int = 0
    waiting: bool = False
    narrowed: bool = False  # the reader sees some villages only


def assemble(definition: Definition, given: Sequence[Given], now: datetime) -> Report:
    """One report of all these kecamatan."""
    there = [each for each in given if _missing(definition, each) is None]
    rows = [row for each in there for row in _rows(definition, each)]
    partial = {each.tenant.id for each in there if not coverage(each).whole}
    counted = [each.counted_at for each in there if each.counted_at is not None]
    return Report(
        definition=definition,
        rows=tuple(rows),
        totals=_totals(definition, [each for each in there if each.tenant.id not in partial], rows),
        with_partial=_totals(definition, there, rows),
        exceptions=tuple(outliers(rows)),
        included=tuple(
            Included(each.tenant.code, each.name, each.tenant.id in partial, each.counted_at)
            for each in there
            if each.counted_at is not None
        ),
        missing=tuple(
            Missing(each.tenant.code, each.name, reason)
            for each in given
            if (reason := _missing(definition, each)) is not None
        ),
        generated_at=now,
        data_as_of=min(counted, default=None),
        number=_number(definition, given, now),
        revision=sum(each.revision for each in given),
        waiting=any(each.waiting for each in given),
    )


def _number(definition: Definition, given: Sequence[Given], now: datetime) -> str:
    """Code, kecamatan and day; the day is that of the first kecamatan."""
    codes = "+".join(each.tenant.code for each in given)
    day = Now(now).today(given[0].tenant.zone) if given else now.date()
    return f"{definition.code}/{codes}/{day}"


def _missing(definition: Definition, given: Given) -> ReportMissing | None:
    if definition.not_kept is not None:
        return ReportMissing.SOURCE_NOT_KEPT
    if given.counted_at is None:
        return ReportMissing.NOT_COUNTED
    if given.stands:
        return None
    return ReportMissing.OUTSIDE_SCOPE if given.narrowed and definition.reporting is None else ReportMissing.NO_DATA


def _rows(definition: Definition, given: Given) -> Iterable[Row]:
    """The kecamatan's own lines, then each village's by its code; a village without any has one of nothing."""
    grouped: dict[tuple[UUID | None, str, str], list[Stand]] = {}
    for stand in given.stands:
        grouped.setdefault((stand.village, *stand.dimensions), []).append(stand)
    places: list[Place | None] = [None, *given.places]
    for place in places:
        key = None if place is None else place.id
        found = sorted((group for group in grouped if group[0] == key), key=lambda group: _order(grouped[group]))
        for group in found:
            yield _row(definition, given, place, grouped[group])
        if not found and key in given.villages:
            yield _row(definition, given, place, ())


def _order(stands: Sequence[Stand]) -> tuple[str, ...]:
    """By what is read, then by the key."""
    first = stands[0]
    names = (label or key for label, key in zip(first.labels, first.dimensions, strict=True))
    return (*names, *first.dimensions)


def _row(definition: Definition, given: Given, place: Place | None, stands: Sequence[Stand]) -> Row:
    by_figure = {stand.figure: stand for stand in stands}
    parts = _parts(definition, stands[0].dimensions, stands[0].labels) if stands else ()
    return Row(
        tenant=given.tenant,
        region_code=given.tenant.code if place is None else place.code,
        region_name=given.name if place is None else place.name,
        village=None if place is None else place.id,
        parts=parts,
        cells=tuple(_cell(figure, by_figure.get(figure.key)) for figure in definition.figures),
        coverage=_coverage_of(given, place),
    )


def _cell(figure: Figure, stand: Stand | None) -> Cell:
    if stand is None:
        return Cell(figure, None, None, shown=ReportShown.NO_DATA)
    return Cell(figure, stand.numerator, stand.denominator, stand.origin, stand.as_of)


def _parts(definition: Definition, keys: tuple[str, str], labels: tuple[str | None, str | None]) -> tuple[Part, ...]:
    return tuple(
        Part(dimension, key, named(dimension, key, label))
        for dimension, key, label in zip(definition.dimensions, keys, labels, strict=False)
    )


def named(dimension: Dimension, key: str, label: str | None) -> Words:
    """The name of a dimension's value."""
    if key == "":
        return dimension.whole or Words("", "")
    if dimension.words is not None and key in dimension.words:
        return dimension.words[key]
    return Words(label or "", label or "")


def _coverage_of(given: Given, place: Place | None) -> Coverage | None:
    if not given.villages:
        return None
    if place is None:
        return coverage(given)
    if place.id not in given.villages:
        return None
    reports, synced_at = given.villages[place.id]
    return Coverage(int(reports), 1, synced_at)


def coverage(*given: Given) -> Coverage:
    """How many villages of these kecamatan report."""
    villages = [each for one in given for each in one.villages.values()]
    synced = [synced_at for _, synced_at in villages if synced_at is not None]
    return Coverage(sum(reports for reports, _ in villages), len(villages), min(synced, default=None))


def _totals(definition: Definition, given: Sequence[Given], rows: Sequence[Row]) -> tuple[Row, ...]:
    """A line for each value of the dimensions that are kept; none where there is no kecamatan to add up."""
    tenants = {each.tenant.id for each in given}
    grouped: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row.tenant is not None and row.tenant.id in tenants and (row.parts or not definition.dimensions):
            grouped.setdefault(tuple(part.key for part in row.parts if part.dimension.kept), []).append(row)
    covered = coverage(*given) if any(each.villages for each in given) else None
    return tuple(
        Row(
            tenant=None,
            region_code=None,
            region_name=None,
            village=None,
            parts=tuple(part for part in found[0].parts if part.dimension.kept),
            cells=tuple(
                _total(figure, [row.cells[index] for row in found]) for index, figure in enumerate(definition.figures)
            ),
            coverage=covered,
        )
        for _, found in sorted(grouped.items())
    )


def _total(figure: Figure, cells: Sequence[Cell]) -> Cell:
    known = [(cell.numerator, cell.denominator) for cell in cells if cell.numerator is not None]
    if not known:
        return Cell(figure, None, None, shown=ReportShown.NO_DATA)
    if figure.totalling is ReportTotalling.MAX:
        return Cell(figure, max(numerator for numerator, _ in known), None)
    over = sum(numerator for numerator, _ in known)
    under = None if figure.denominator is None else sum(denominator or 0 for _, denominator in known)
    return Cell(figure, over, under)


def outliers(rows: Iterable[Row]) -> Iterable[Outlier]:
    """Rows that stand out, by what is shown of them."""
    for row in rows:
        if all(cell.shown is ReportShown.NO_DATA for cell in row.cells):
            yield Outlier(ReportException.NO_DATA, row, None)
            continue
        for cell in row.cells:
            value = cell.value
            if cell.figure.awaited and cell.numerator is None:
                yield Outlier(ReportException.ACTUAL_UNKNOWN, row, cell.figure)
            if value is not None and cell.figure.breaks(value):
                low = cell.figure.below is not None and value < cell.figure.below
                yield Outlier(ReportException.BELOW if low else ReportException.ABOVE, row, cell.figure)
