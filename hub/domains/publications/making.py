"""From what the kecamatan of a region confirmed to the figures that are published, and the digests of them. No I/O.

Three things stay inside: what a dimension without totals names (a commitment, a party), small groups, and the villages
of sensitive reports. See docs/adr/0033-publications.md.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from hub.domains.publications.model import ReportLine
from hub.domains.reports.assembling import Given, ReportMissing, ReportShown, Stand, coverage
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.definition import Definition, Figure, ReportDisclosure
from hub.domains.reports.protecting import THRESHOLDS, Table, figure_key, protect, whole_key, whole_place
from hub.domains.reports.suppression import Key, Outcome, Treatment

TEN = THRESHOLDS[ReportDisclosure.SENSITIVE_PERSONS]
Dimensions = tuple[str, str]
Outcomes = Mapping[Key, Outcome]
PLACE = ("report", "variable", "place_code", "dimension_1", "dimension_2")  # what a key of `protecting` consists of
FIGURE = ("line", "place_code", "dimension_1", "dimension_2", "figure", "shown", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Member:
    """A kecamatan of the region; `reports` is what it confirmed, None where it has not, or does not use the hub."""

    code: str
    name: str
    in_hub: bool
    reports: Mapping[str, Given] | None = None
    confirmation: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """A publication before it is written: rows of `published_figure` without its id, rows of `figure_shown`."""

    figures: list[dict[str, Any]]
    shown: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    sha256: str
    partial: bool
    data_as_of: datetime | None


@dataclass(slots=True)
class _Sheet:
    """A report of the region, as far as it may be told."""

    definition: Definition
    region: str
    region_name: str
    there: list[Given]
    missing: list[tuple[Member, ReportMissing]]
    partial: frozenset[str]
    outcomes: dict[Key, Outcome] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        return Table(self.definition, self.region, self.there, self.partial)


def source_of(members: Iterable[Member]) -> str:
    """Which confirmations a publication is made from; the same source makes the same publication."""
    told = [[each.code, each.confirmation] for each in members if each.reports is not None]
    return hashlib.sha256(orjson.dumps(sorted(told))).hexdigest()


def make(region: str, region_name: str, members: Sequence[Member], earlier: Outcomes) -> Made:
    """The publication. `earlier` is how each figure stood when it was published last, in whichever period.

    Figures of persons are protected all at once; it takes seconds, and minutes where much changed.
    """
    sheets = [_sheet(each, region, region_name, members) for each in REPORTS.values() if each.tallies]
    exact = [each for each in sheets if each.definition.disclosure is not ReportDisclosure.SENSITIVE_PERSONS]
    outcomes = protect([each.table for each in exact if each.there], earlier)
    figures: list[dict[str, Any]] = []
    reports: list[dict[str, Any]] = []
    for sheet in sheets:
        told = list(_rounded(sheet) if sheet not in exact else _lines(sheet, outcomes))
        figures += told
        reports.append(_about(sheet, told))
    counted = [given.counted_at for sheet in sheets for given in sheet.there if given.counted_at is not None]
    return Made(
        figures=figures,
        shown=list(_rows_shown(region, exact, outcomes)),
        reports=reports,
        sha256=_sha256([each["code"], each["sha256"]] for each in reports),
        partial=any(each.partial or each.missing for each in sheets),
        data_as_of=min(counted, default=None),
    )


def outcomes_of(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Outcome]:
    """Rows of `figure_shown` as what was decided."""
    return {
        tuple(row[name] for name in PLACE): Outcome(Treatment.HIDDEN, None, row["value"])
        if row["hidden"]
        else Outcome(Treatment.SHOWN, row["value"], row["value"])
        for row in rows
    }


def _rows_shown(region: str, sheets: Iterable[_Sheet], outcomes: Outcomes) -> Iterator[dict[str, Any]]:
    """What the next publication of the region starts from.

    Where no kecamatan is partial, both totals were the same, and the one without partial ones is told by it too.
    """
    whole = {each.definition.code for each in sheets if not each.partial}
    for key, each in outcomes.items():
        assert isinstance(key, tuple)  # noqa: S101  # keys of `protecting` are
        told = {"region_code": region, "hidden": each.value is None, "value": each.last}
        row = dict(zip(PLACE, key, strict=True))
        yield {**told, **row}
        if row["place_code"] == region and row["report"] in whole:
            yield {**told, **row, "place_code": whole_place(region)}


def _sheet(definition: Definition, region: str, region_name: str, members: Sequence[Member]) -> _Sheet:
    there: list[Given] = []
    missing: list[tuple[Member, ReportMissing]] = []
    for member in members:
        reason = _reason(definition, member)
        if reason is not None:
            missing.append((member, reason))
        else:
            assert member.reports is not None  # noqa: S101  # it has a reason otherwise
            there.append(_added_up(definition, member.reports[definition.code]))
    partial = frozenset(each.tenant.code for each in there if each.villages and not coverage(each).whole)
    return _Sheet(definition, region, region_name, there, missing, partial)


def _reason(definition: Definition, member: Member) -> ReportMissing | None:
    if not member.in_hub:
        return ReportMissing.NOT_IN_HUB
    if member.reports is None:
        return ReportMissing.NOT_CONFIRMED
    given = member.reports.get(definition.code)
    if given is None:
        return ReportMissing.NOT_COUNTED
    return None if given.stands else ReportMissing.NO_DATA


def _added_up(definition: Definition, given: Given) -> Given:
    """Without the values that no total is made for: they name single acts and those who take part."""
    kept = [each.kept for each in definition.dimensions] + [False, False]
    grouped: dict[tuple[str, UUID | None, Dimensions], list[Stand]] = {}
    for stand in given.stands:
        keys = [key if keep else "" for key, keep in zip(stand.dimensions, kept, strict=False)]
        grouped.setdefault((stand.figure, stand.village, (keys[0], keys[1])), []).append(stand)
    return replace(given, stands=tuple(_summed(key[2], stands, kept) for key, stands in grouped.items()))


def _summed(dimensions: Dimensions, stands: Sequence[Stand], kept: Sequence[bool]) -> Stand:
    first = stands[0]
    labels = [label if keep else None for label, keep in zip(first.labels, kept, strict=False)]
    denominators = [each.denominator for each in stands if each.denominator is not None]
    return replace(
        first,
        dimensions=dimensions,
        labels=(labels[0], labels[1]),
        numerator=sum(each.numerator for each in stands),
        denominator=sum(denominators) if denominators else None,
    )


# Exact figures


def _lines(sheet: _Sheet, outcomes: Outcomes) -> Iterator[dict[str, Any]]:
    """Kecamatan with their villages, then the totals."""
    dimensions = _dimensions(outcomes, sheet.definition.code)
    stands = {(given.tenant.code, *each): stand for given in sheet.there for each, stand in _told(given)}
    for given in sheet.there:
        for place in _places(given):
            row = {**place, "region_code": sheet.region, "kecamatan_code": given.tenant.code}
            found = dimensions.get(place["place_code"], [])
            for each in found or [("", "")]:
                told = stands.get((given.tenant.code, place["place_code"], each))
                for figure in sheet.definition.figures:
                    yield {
                        **row,
                        **_of(told, each),
                        **_cell(sheet.definition, figure, place["place_code"], each, outcomes),
                    }
    for line, code, members in _totals(sheet):
        row = _total_row(sheet, line, members)
        for each in dimensions.get(code, []):
            labelled = next((stand for key, stand in stands.items() if key[2] == each), None)
            for figure in sheet.definition.figures:
                whole = {**_of(labelled, each), "origin": None, "as_of": None}
                yield {**row, **whole, **_cell(sheet.definition, figure, code, each, outcomes)}


def _dimensions(outcomes: Outcomes, report: str) -> dict[str, list[Dimensions]]:
    """The values of the dimensions at each place of a report."""
    found: dict[str, set[Dimensions]] = {}
    for key in outcomes:
        assert isinstance(key, tuple)  # noqa: S101  # keys of `protecting` are
        code, _, place, one, two = key
        if code == report:
            found.setdefault(place, set()).add((one, two))
    return {place: sorted(each) for place, each in found.items()}


def _told(given: Given) -> Iterator[tuple[tuple[str, Dimensions], Stand]]:
    """Where labels, origin and day of a line come from: its own stands, of a kecamatan any of its villages'."""
    codes = {place.id: place.code for place in given.places}
    for stand in given.stands:
        yield (given.tenant.code, stand.dimensions), stand
    for stand in given.stands:
        yield (given.tenant.code if stand.village is None else codes[stand.village], stand.dimensions), stand


def _places(given: Given) -> Iterator[dict[str, Any]]:
    """The kecamatan, and each village where villages are waited for."""
    yield {
        "line": ReportLine.KECAMATAN.value,
        "place_code": given.tenant.code,
        "place_name": given.name,
        **_covered([given]),
    }
    for place in given.places if given.villages else ():
        reports, synced_at = given.villages[place.id]
        yield {
            "line": ReportLine.VILLAGE.value,
            "place_code": place.code,
            "place_name": place.name,
            "villages_reporting": int(reports),
            "villages_total": 1,
            "oldest_sync": synced_at,
        }


def _totals(sheet: _Sheet) -> Iterator[tuple[ReportLine, str, list[Given]]]:
    """Kind, place in the outcomes, and who is in it."""
    whole = [each for each in sheet.there if each.tenant.code not in sheet.partial]
    if whole:
        code = whole_place(sheet.region) if sheet.partial else sheet.region
        yield ReportLine.TOTAL, code, whole
    if sheet.there:
        yield ReportLine.TOTAL_WITH_PARTIAL, sheet.region, sheet.there


def _total_row(sheet: _Sheet, line: ReportLine, members: Sequence[Given]) -> dict[str, Any]:
    return {
        "line": line.value,
        "place_code": sheet.region,
        "place_name": sheet.region_name,
        "region_code": sheet.region,
        "kecamatan_code": None,
        **_covered(members),
    }


def _covered(given: Sequence[Given]) -> dict[str, Any]:
    found = coverage(*given) if any(each.villages for each in given) else None
    return {
        "villages_reporting": None if found is None else found.reporting,
        "villages_total": None if found is None else found.total,
        "oldest_sync": None if found is None else found.oldest_sync,
    }


def _of(stand: Stand | None, dimensions: Dimensions) -> dict[str, Any]:
    return {
        "dimension_1": dimensions[0],
        "dimension_2": dimensions[1],
        "label_1": None if stand is None else stand.labels[0],
        "label_2": None if stand is None else stand.labels[1],
        "origin": None if stand is None else stand.origin,
        "as_of": None if stand is None else stand.as_of,
    }


def _cell(
    definition: Definition, figure: Figure, place: str, dimensions: Dimensions, outcomes: Outcomes
) -> dict[str, Any]:
    parts = [outcomes.get(figure_key(definition, figure.key, place, dimensions))]
    if figure.denominator is not None:
        parts.append(outcomes.get(whole_key(definition, figure.key, place, dimensions)))
    if parts[0] is None or parts[-1] is None:
        return _shown(definition, figure, ReportShown.NO_DATA, None, None)
    values = [None if each is None else each.value for each in parts]
    state = ReportShown.SUPPRESSED if None in values else ReportShown.SHOWN
    return _shown(definition, figure, state, values[0], values[1] if len(values) > 1 else None)


def _shown(
    definition: Definition, figure: Figure, state: ReportShown, numerator: int | None, denominator: int | None
) -> dict[str, Any]:
    return {
        "report": definition.code,
        "figure": figure.key,
        "shown": state.value,
        "numerator": numerator,
        "denominator": denominator,
    }


# Sensitive figures


def _rounded(sheet: _Sheet) -> Iterator[dict[str, Any]]:
    """Kecamatan in tens, no villages; every value of the dimensions, so that nobody sees which has nobody.

    Totals add up what is shown, and so tell nothing that the lines do not.
    """
    tens = {given.tenant.code: _tens(sheet.definition, given) for given in sheet.there}
    for given in sheet.there:
        row = {**next(_places(given)), "region_code": sheet.region, "kecamatan_code": given.tenant.code}
        first = given.stands[0]
        for each in _values(sheet.definition):
            told = {**_of(None, each), "origin": first.origin, "as_of": first.as_of}
            for figure in sheet.definition.figures:
                yield {**row, **told, **_approximate(sheet.definition, figure, [tens[given.tenant.code]], each)}
    for line, _, members in _totals(sheet):
        row = _total_row(sheet, line, members)
        for each in _values(sheet.definition):
            shown = [tens[given.tenant.code] for given in members]
            for figure in sheet.definition.figures:
                yield {**row, **_of(None, each), **_approximate(sheet.definition, figure, shown, each)}


def _values(definition: Definition) -> list[Dimensions]:
    first = definition.dimensions[0] if definition.dimensions else None
    words = {} if first is None else first.words or {}
    return [("", ""), *((each, "") for each in words)]


Tens = Mapping[tuple[str, bool, Dimensions], int]


def _tens(definition: Definition, given: Given) -> Tens:
    """Each figure's numerators and denominators in full tens, where they are ten or more, also without any one village.

    An official who knows one village whole would otherwise know how few there are in all others.
    """
    parts: dict[tuple[str, bool, Dimensions], list[int]] = {}
    for stand in given.stands:
        parts.setdefault((stand.figure, True, stand.dimensions), []).append(stand.numerator)
        if stand.denominator is not None:
            parts.setdefault((stand.figure, False, stand.dimensions), []).append(stand.denominator)
    known = {each.key for each in definition.figures}
    return {
        key: sum(each) // TEN * TEN for key, each in parts.items() if key[0] in known and sum(each) - max(each) >= TEN
    }


def _approximate(definition: Definition, figure: Figure, tens: Sequence[Tens], each: Dimensions) -> dict[str, Any]:
    def added(numerator: bool) -> int | None:  # which of two
        found = [one[figure.key, numerator, each] for one in tens if (figure.key, numerator, each) in one]
        return sum(found) if found else None

    over, under = added(True), None if figure.denominator is None else added(False)
    state = ReportShown.SUPPRESSED if over is None and under is None else ReportShown.ROUNDED
    return _shown(definition, figure, state, over, under)


# What is told of a report as such


def _about(sheet: _Sheet, told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counted = [each.counted_at for each in sheet.there if each.counted_at is not None]
    named = [sheet.definition.code, sheet.definition.rule]
    return {
        "code": sheet.definition.code,
        "rule": sheet.definition.rule,
        "sha256": _sha256([named, *([*named, *(row[name] for name in FIGURE)] for row in told)]),
        "data_as_of": None if not counted else min(counted).isoformat(),
        "included": [
            {
                "code": each.tenant.code,
                "name": each.name,
                "partial": each.tenant.code in sheet.partial,
                "counted_at": None if each.counted_at is None else each.counted_at.isoformat(),
            }
            for each in sheet.there
        ],
        "missing": [{"code": each.code, "name": each.name, "reason": why.value} for each, why in sheet.missing],
    }


def _sha256(lines: Iterable[Sequence[Any]]) -> str:
    told = hashlib.sha256()
    for line in sorted(orjson.dumps(list(each)) for each in lines):
        told.update(line + b"\n")
    return told.hexdigest()
