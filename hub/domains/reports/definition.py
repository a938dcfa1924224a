"""What a report is: one definition feeds the graph, the page, the files and the explanation of every figure.

A figure is kept as whole numbers, exactly: a numerator and, where it is a part of something, a denominator. Numbers
with decimals are kept in their smallest unit (`Variable.decimals`). The metadata are those of Satu Data Indonesia:
a figure is an indicator (MS-Ind), what it is made of are variables (MS-Var).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select

from hub.domains.reports.model import ReportOrigin
from hub.kernel.scope import Zone
from hub.kernel.words import Word
from hub.tenants.permissions import Permission, Role, roles_with

PERCENT = 100
MOST_DIMENSIONS = 2
YEAR = "year"
DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    id: str
    en: str

    def of(self, lang: str) -> str:
        """In one of them."""
        return self.en if lang == "en" else self.id


IN_PERCENT = Words("persen", "percent")


class ReportDisclosure(Word):
    """Class of disclosure (kelas keterbukaan) of a report: how small a group may be told outside."""

    ACTS = "ACTS", "Kegiatan pemerintahan: terbuka", "Acts of government: open"
    PERSONS = "PERSONS", "Orang: di bawah 5 tidak ditampilkan", "Persons: under 5 are not told"
    SENSITIVE_PERSONS = (
        "SENSITIVE_PERSONS",
        "Orang, data spesifik: di bawah 10 tidak ditampilkan",
        "Persons, specific data: under 10 are not told",
    )


class ReportTotalling(Word):
    """How a figure goes into totals (cara penjumlahan)."""

    SUM = "SUM", "Dijumlahkan", "Numerators and denominators are added"
    MAX = "MAX", "Yang terbesar", "The largest"


# What a reader inside the kecamatan needs besides READ_REPORTS.
NEEDS: Mapping[ReportDisclosure, Permission | None] = {
    ReportDisclosure.ACTS: None,
    ReportDisclosure.PERSONS: Permission.READ_REGISTER,
    ReportDisclosure.SENSITIVE_PERSONS: Permission.READ_VULNERABLE,
}


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a definition, what it means here, and who says so."""

    name: Words
    meaning: Words
    source: str


@dataclass(frozen=True, slots=True)
class Variable:
    """What is counted (MS-Var). `decimals`: how many of the kept digits stand behind the point.

    `each`: how many of it one person makes, where a report of acts counts by the register; outside, a change by a few
    persons is told of it as little as of persons themselves.
    """

    name: Words
    concept: Words
    definition: Words
    unit: Words
    source: Words
    decimals: int = 0
    each: int = 0

    def shown(self, kept: int) -> Decimal:
        """The kept whole number as the number it means."""
        return Decimal(kept).scaleb(-self.decimals)


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of a report (MS-Ind): a quotient of two variables, or one variable.

    `below` and `above` are thresholds: a row beyond one is an exception. So is a row without it where it is `awaited`.
    `growth_of` names the plain count whose change since the year before this one tells; the year is the first
    dimension. It is kept as that year's count and, in the place of a whole, the count of the year before.
    """

    key: str
    title: Words
    definition: Words
    interpretation: Words
    unit: Words
    numerator: Variable
    denominator: Variable | None = None
    factor: int = 1
    totalling: ReportTotalling = ReportTotalling.SUM
    below: Decimal | None = None
    above: Decimal | None = None
    awaited: bool = False
    growth_of: str | None = None

    def value(self, numerator: int | None, denominator: int | None) -> Decimal | None:
        """The value, two decimals, half up; null where nothing is known, or where there is nothing to divide by."""
        if numerator is None:
            return None
        if self.denominator is None:
            return self.numerator.shown(numerator)
        if not denominator:
            return None
        part = numerator if self.growth_of is None else numerator - denominator
        over = part * self.factor * 10**self.denominator.decimals
        return quotient(over, denominator * 10**self.numerator.decimals)

    def breaks(self, value: Decimal | None) -> bool:
        """Whether a value is beyond a threshold; one that is not known is beyond none."""
        if value is None:
            return False
        return (self.below is not None and value < self.below) or (self.above is not None and value > self.above)

    @property
    def measure(self) -> Words:
        """What kind of number it is."""
        if self.denominator is None:
            return Words("Jumlah", "Count")
        return Words("Persentase", "Percentage") if self.factor == PERCENT else Words("Rasio", "Ratio")

    @property
    def formula(self) -> Words:
        """How the value follows from the variables."""
        if self.denominator is None:
            return self.numerator.name
        times = f" × {self.factor}" if self.factor != 1 else ""
        over, under = self.numerator.name, self.denominator.name
        if self.growth_of is not None:
            return Words(
                f"({over.id} − {under.id}) ÷ {under.id}{times}", f"({over.en} − {under.en}) ÷ {under.en}{times}"
            )
        return Words(f"{over.id} ÷ {under.id}{times}", f"{over.en} ÷ {under.en}{times}")


@dataclass(frozen=True, slots=True)
class Dimension:
    """What rows are told apart by, besides the place.

    `kept` says that totals are made for each of its values; `words` name the values that are codes. The value '' is
    named by `whole`, where there is such a row.
    """

    key: str
    title: Words
    kept: bool = True
    words: Mapping[str, Words] | None = None
    whole: Words | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose figures are counted, as of which day of theirs, in which zone."""

    tenant: int
    today: date
    zone: Zone


Statement = Callable[[Frame], Select[Any]]


@dataclass(frozen=True, slots=True)
class Tally:
    """A statement that counts for one tenant, with `tenant_id` on each of its tables.

    Its columns are `village_id` (null: the kecamatan), `dimension_1`, `label_1`, `dimension_2`, `label_2` and `as_of`,
    each where there is one, and for each figure `n_<key>` and `d_<key>`; where `n_<key>` is null, nothing is known.
    `otherwise`: only where the tallies before it found nothing. `always` are values of the first dimension that a
    village which reports has a zero for.
    """

    statement: Statement
    origin: ReportOrigin
    otherwise: bool = False
    always: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A report. Without `tallies` its source is not kept yet, and `not_kept` says so.

    `marks` are the types of the journal's objects whose change makes it to be counted anew; `reporting` says of each
    village whether it has anything to count; without it the figures are the kecamatan's own acts, and no village is
    waited for. `disjoint` names figures that are parts of one whole and have nobody in common. `rule` is raised when
    the meaning of a statement changes: everything is counted anew.
    """

    code: str
    title: Words
    formula: Words
    terms: tuple[Term, ...]
    figures: tuple[Figure, ...]
    disclosure: ReportDisclosure
    basis: str
    dimensions: tuple[Dimension, ...] = ()
    tallies: tuple[Tally, ...] = ()
    marks: frozenset[str] = frozenset()
    reporting: Statement | None = None
    not_kept: Words | None = None
    disjoint: tuple[tuple[str, ...], ...] = ()
    rule: int = 1

    def figure(self, key: str) -> Figure | None:
        """One of its figures."""
        return next((each for each in self.figures if each.key == key), None)

    @property
    def classification(self) -> Words:
        """What its rows are told apart by."""
        titles = [Words("Wilayah", "Region"), *(each.title for each in self.dimensions)]
        return Words("; ".join(each.id for each in titles), "; ".join(each.en for each in titles))

    @property
    def level(self) -> Words:
        """The smallest region it is estimated for."""
        if self.reporting is None:
            return Words("Kecamatan", "Kecamatan")
        return Words("Desa dan kecamatan", "Village and kecamatan")

    def readable(self, permissions: frozenset[str]) -> bool:
        """Whether a reader inside the kecamatan may read it."""
        needed = NEEDS[self.disclosure]
        return Permission.READ_REPORTS in permissions and (needed is None or needed in permissions)

    @property
    def readers(self) -> tuple[Role, ...]:
        """The roles that read it inside the kecamatan."""
        needed = NEEDS[self.disclosure]
        may = set(roles_with(Permission.READ_REPORTS))
        return tuple(role for role in Role if role in may and (needed is None or role in roles_with(needed)))


def quotient(over: int, under: int, decimals: int = DECIMALS) -> Decimal:
    """An exact quotient, rounded half up (away from zero); `under` is positive."""
    scaled = (2 * abs(over) * 10**decimals + under) // (2 * under)
    return Decimal(scaled if over >= 0 else -scaled).scaleb(-decimals)


def faults(definitions: Sequence[Definition]) -> list[str]:
    """What is wrong with definitions, for the test that lets none of it in."""
    found = [f"{each.code}: twice" for each in definitions if sum(each.code == one.code for one in definitions) > 1]
    for each in definitions:
        keys = [figure.key for figure in each.figures]
        if len(keys) != len(set(keys)):
            found.append(f"{each.code}: two figures of one key")
        if bool(each.tallies) == (each.not_kept is not None):
            found.append(f"{each.code}: counts, or says why not, and not both")
        if each.tallies and not each.marks:
            found.append(f"{each.code}: nothing marks it")
        if any(not _one_whole(each, group) for group in each.disjoint):
            found.append(f"{each.code}: parts of different wholes are called disjoint")
        if any(figure.growth_of is not None and not _grows(each, figure) for figure in each.figures):
            found.append(f"{each.code}: growth of what is no count of years")
        if len(each.dimensions) > MOST_DIMENSIONS:
            found.append(f"{each.code}: more than two dimensions")
    return found


def _grows(definition: Definition, figure: Figure) -> bool:
    count = None if figure.growth_of is None else definition.figure(figure.growth_of)
    yearly = bool(definition.dimensions) and definition.dimensions[0].key == YEAR
    whole = figure.denominator is not None
    return yearly and whole and count is not None and count.denominator is None and count.numerator == figure.numerator


def _one_whole(definition: Definition, group: tuple[str, ...]) -> bool:
    figures = [definition.figure(key) for key in group]
    wholes = {None if figure is None else figure.denominator for figure in figures}
    return len(wholes) == 1 and None not in wholes
