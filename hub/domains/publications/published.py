"""Publications as their readers get them: found by region and period, a report of one, what a revision changed.

Read as `hub_report`, whose rows are those of the scope's region.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, literal, select

from hub.domains.publications.errors import KecamatanOutside, PublicationUnknown, RegionNeeded
from hub.domains.publications.model import Publication, PublicationState, PublishedFigure, ReportLine
from hub.domains.reports.assembling import (
    Cell,
    Change,
    Coverage,
    Included,
    Missing,
    Part,
    Published,
    Report,
    ReportMissing,
    ReportShown,
    Row,
    named,
    outliers,
)
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.definition import Definition
from hub.kernel.clock import Now
from hub.kernel.scope import Reader, Scope
from hub.store.base import table
from hub.store.pools import Pools
from hub.store.unit import Session, reading

DISTRICT_PARTS = 2
_PUBLICATIONS, _FIGURES = table(Publication), table(PublishedFigure)
_PLACE = ("line", "kecamatan_code", "place_code")
Rows = Sequence[Mapping[str, Any]]


@asynccontextmanager
async def outside(pools: Pools, scope: Scope, now: Now) -> AsyncIterator[Session]:
    """A snapshot of what is published in the scope's region."""
    reader = replace(scope, reader=Reader.REPORT)
    async with reading(pools.of(Reader.REPORT), reader, now) as session:
        yield session


def region_in(scope: Scope, asked: str | None) -> str:
    """The district that is meant: the one that is named, or the scope's own where it has one only."""
    if asked is not None:
        return asked
    if scope.figures is None:
        raise PublicationUnknown(path=("region",))
    if scope.figures.count(".") + 1 != DISTRICT_PARTS:
        raise RegionNeeded(path=("region",))
    return scope.figures


async def listed(session: Session) -> list[Published]:
    """All publications of the region, the newest first."""
    own = _PUBLICATIONS.c
    rows = await session.rows(select(_PUBLICATIONS).order_by(own.published_at.desc(), own.number))
    return [_published(row, rows) for row in rows]


async def numbered(session: Session, number: str) -> Published | None:
    """A publication by its number, or by that of one of its reports, for anybody. Nothing of its figures."""
    wanted = number.partition("/")[2] if number.partition("/")[0] in REPORTS else number
    found = None if "\x00" in wanted else await _told(session, wanted)
    if found is None:
        return None
    standing = [found]
    while (later := await _told(session, _number(standing[-1], 1))) is not None:
        standing.append(later)
    return _published(found, standing)


async def _told(session: Session, number: str) -> Mapping[str, Any] | None:
    """The row with this number, which row-level security shows to whoever names it."""
    await session.rows(select(func.set_config("hub.publication", number, literal(value=True))))
    return await session.row(select(_PUBLICATIONS).where(_PUBLICATIONS.c.number == number))


def _number(row: Mapping[str, Any], step: int) -> str:
    return f"{row['region_code']}/{row['period']}/{row['revision'] + step}"


async def find(session: Session, region: str, period: str | None) -> Published:
    """The newest revision of a period, or of the newest period. PublicationUnknown."""
    if "\x00" in f"{region}{period}":  # PostgreSQL knows no such text
        raise PublicationUnknown(path=("period",))
    own = _PUBLICATIONS.c
    statement = select(_PUBLICATIONS).where(own.region_code == region)
    if period is not None:
        statement = statement.where(own.period == period)
    row = await session.row(statement.order_by(own.period.desc(), own.revision.desc()).limit(1))
    if row is None:
        raise PublicationUnknown(path=("period",))
    return _published(row, [row])


async def report(
    session: Session, found: Published, definition: Definition, now: datetime, kecamatan: Sequence[str] | None = None
) -> Report:
    """A report of a publication. With `kecamatan` only their lines, and no totals: no sum is made that was not
    published. KecamatanOutside.
    """
    about = next((each for each in found.reports if each["code"] == definition.code), None)
    rows = await _figures(session, found.number, definition)
    before: Rows = ()
    if found.revision > 1:
        before = await _figures(session, f"{found.region_code}/{found.period}/{found.revision - 1}", definition)
    told = _report(definition, found, about, rows, now)
    told = replace(told, difference=tuple(_changes(definition, rows, before)))
    return told if kecamatan is None else _selected(told, rows, frozenset(kecamatan))


async def _figures(session: Session, number: str, definition: Definition) -> Rows:
    own = _FIGURES.c
    statement = (
        select(_FIGURES)
        .join(_PUBLICATIONS, _PUBLICATIONS.c.id == own.publication_id)
        .where(_PUBLICATIONS.c.number == number, own.report == definition.code)
    )
    return await session.rows(statement)


def _published(row: Mapping[str, Any], among: Rows) -> Published:
    newest = max(
        (each for each in among if (each["region_code"], each["period"]) == (row["region_code"], row["period"])),
        key=lambda each: int(each["revision"]),
    )
    names = ("number", "region_code", "region_name", "period", "revision", "published_at", "data_as_of", "partial")
    return Published(
        **{name: row[name] for name in names},
        state=PublicationState[row["state"]],
        sha256=row["sha256"],
        reports=tuple(orjson.loads(row["reports"])),
        superseded_by=None if newest["number"] == row["number"] else newest["number"],
    )


# From figures to lines


def _report(
    definition: Definition, found: Published, about: Mapping[str, Any] | None, rows: Rows, now: datetime
) -> Report:
    lines = {
        line: [row for row in _lines(definition, rows) if row[0] == line]
        for line in (ReportLine.TOTAL, ReportLine.TOTAL_WITH_PARTIAL)
    }
    shown = tuple(row for line, row in _lines(definition, rows) if line not in lines)
    told = about or {"sha256": "", "data_as_of": None, "included": (), "missing": ()}
    return Report(
        definition=definition,
        rows=shown,
        totals=tuple(row for _, row in lines[ReportLine.TOTAL]),
        with_partial=tuple(row for _, row in lines[ReportLine.TOTAL_WITH_PARTIAL]),
        exceptions=tuple(outliers(shown)),
        included=tuple(
            Included(each["code"], each["name"], each["partial"], datetime.fromisoformat(each["counted_at"]))
            for each in told["included"]
        ),
        missing=tuple(Missing(each["code"], each["name"], ReportMissing[each["reason"]]) for each in told["missing"]),
        generated_at=now,
        data_as_of=None if told["data_as_of"] is None else datetime.fromisoformat(told["data_as_of"]),
        number=f"{definition.code}/{found.number}",
        revision=found.revision,
        digest=told["sha256"],
        published=found,
    )


def _lines(definition: Definition, rows: Rows) -> list[tuple[ReportLine, Row]]:
    """Kecamatan by their code, each before its villages."""
    grouped: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        key = (*(row[name] for name in _PLACE), row["dimension_1"], row["dimension_2"])
        grouped.setdefault(key, []).append(row)
    found = sorted(grouped.values(), key=lambda each: _order(each[0]))
    return [(ReportLine[each[0]["line"]], _row(definition, each)) for each in found]


def _order(row: Mapping[str, Any]) -> tuple[str, ...]:
    names = (row[f"label_{number}"] or row[f"dimension_{number}"] for number in (1, 2))
    return (row["kecamatan_code"] or "", row["line"], row["place_code"], *names, row["dimension_1"], row["dimension_2"])


def _row(definition: Definition, rows: Rows) -> Row:
    first, by_figure = rows[0], {row["figure"]: row for row in rows}
    total = first["kecamatan_code"] is None
    empty = all(row["shown"] == ReportShown.NO_DATA for row in rows)
    return Row(
        tenant=None,
        region_code=None if total else first["place_code"],
        region_name=None if total else first["place_name"],
        village=None,
        parts=() if empty else _parts(definition, first),
        cells=tuple(_cell(definition, key, by_figure.get(key)) for key in (each.key for each in definition.figures)),
        coverage=None
        if first["villages_total"] is None
        else Coverage(first["villages_reporting"], first["villages_total"], first["oldest_sync"]),
    )


def _parts(definition: Definition, row: Mapping[str, Any]) -> tuple[Part, ...]:
    """Of dimensions whose values are told."""
    return tuple(
        Part(
            dimension, row[f"dimension_{number}"], named(dimension, row[f"dimension_{number}"], row[f"label_{number}"])
        )
        for number, dimension in enumerate(definition.dimensions, start=1)
        if dimension.kept
    )


def _cell(definition: Definition, key: str, row: Mapping[str, Any] | None) -> Cell:
    figure = definition.figure(key)
    assert figure is not None  # noqa: S101  # the key is one of the definition's
    if row is None:
        return Cell(figure, None, None, shown=ReportShown.NO_DATA)
    shown = ReportShown[row["shown"]]
    return Cell(figure, row["numerator"], row["denominator"], row["origin"], row["as_of"], shown)


def _changes(definition: Definition, rows: Rows, before: Rows) -> Iterable[Change]:
    """Figures that both publications show, and otherwise."""
    former = {_key(row): row for row in before}
    for row in sorted(rows, key=_order):
        old = former.get(_key(row))
        told = {ReportShown.SHOWN.value, ReportShown.ROUNDED.value}
        if old is None or not {row["shown"], old["shown"]} <= told:
            continue
        if (row["numerator"], row["denominator"]) != (old["numerator"], old["denominator"]):
            after = _cell(definition, row["figure"], row)
            line = replace(_row(definition, [row]), cells=(after,))
            yield Change(line, _cell(definition, row["figure"], old), after)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("line", "place_code", "dimension_1", "dimension_2", "figure"))


def _selected(whole: Report, rows: Rows, kecamatan: frozenset[str]) -> Report:
    known = {each.code for each in whole.included} | {each.code for each in whole.missing}
    if kecamatan - known:
        raise KecamatanOutside(path=("kecamatan",))
    places = {row["place_code"] for row in rows if row["kecamatan_code"] in kecamatan}
    shown = tuple(row for row in whole.rows if row.region_code in places)
    return replace(
        whole,
        rows=shown,
        totals=(),
        with_partial=(),
        exceptions=tuple(outliers(shown)),
        included=tuple(each for each in whole.included if each.code in kecamatan),
        missing=tuple(each for each in whole.missing if each.code in kecamatan),
        difference=tuple(each for each in whole.difference if each.row.region_code in places),
    )
