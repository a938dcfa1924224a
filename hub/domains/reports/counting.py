"""Counting a report of one kecamatan from its base tables. Rebuilding, refreshing and verifying are this one function.

The worker runs it inside the tenant; nothing is ever added to a figure that stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.domains.reports.definition import Definition, Frame, Tally
from hub.domains.reports.model import ReportCount, ReportState, ReportVillage
from hub.store.base import table
from hub.store.unit import Unit

_COUNTS, _VILLAGES, _STATES = table(ReportCount), table(ReportVillage), table(ReportState)
_NAMESPACE = UUID("9d0f6a53-7a44-5d3e-8d0e-0b1a6c1f7a31")

Key = tuple[str, UUID | None, str, str]  # figure, village, dimensions


@dataclass(frozen=True, slots=True)
class Told:
    """What a figure says, apart from where it stands."""

    numerator: int
    denominator: int | None
    origin: str
    as_of: date
    label_1: str | None = None
    label_2: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A report as counted: its figures, and for each village whether it reports and when it sent last."""

    figures: Mapping[Key, Told]
    villages: Mapping[UUID, tuple[bool, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that stands otherwise than it was counted now; None: there was none, or there is none any more."""

    key: Key
    stood: Told | None
    counted: Told | None


def state_id(report: str) -> UUID:
    """The id of a report's state, and of the errand to count it; the same in every tenant."""
    return uuid5(_NAMESPACE, report)


async def recount(unit: Unit, definition: Definition, *, write: bool = True) -> list[Difference]:
    """Count anew and, unless only verifying, let it stand; what differed from what stood.

    Two workers come one after the other; the mark falls with the count that has seen what it was set for.
    """
    await _lock(unit, definition)
    counted = await count(unit, definition)
    stood = await _standing(unit, definition)
    found = _differences(stood, counted)
    if not write:
        return found
    if stood != counted:
        await _replace(unit, definition, counted)
    await _settle(unit, definition, changed=bool(found))
    return found


async def count(unit: Unit, definition: Definition) -> Counted:
    """The figures as the base tables have them now."""
    frame = Frame(unit.tenant.id, unit.now.today(unit.tenant.zone), unit.tenant.zone)
    figures: dict[Key, Told] = {}
    villages: dict[UUID, tuple[bool, Any]] = {}
    if definition.reporting is not None:
        rows = await unit.rows(definition.reporting(frame))
        villages = {row["village_id"]: (row["reporting"], row["synced_at"]) for row in rows}
    for tally in definition.tallies:
        if tally.otherwise and figures:
            continue
        statement = tally.statement(frame)
        counted = _told(definition, tally, await unit.rows(statement), frame.today)
        reporting = [village for village, (reports, _) in villages.items() if reports]
        zeros = _zeros(definition, tally, reporting, set(statement.selected_columns.keys()), frame.today)
        figures = {**dict(zeros), **figures, **dict(counted)}
    if any(key[1] is None for key in figures):
        villages = {}  # the kecamatan's own figures stand for all of it
    return Counted(figures, villages)


async def mark(unit: Unit, reports: Iterable[str]) -> None:
    """Say that these are to be counted anew; an earlier mark stays."""
    for report in sorted(reports):
        fresh = insert(_STATES).values(**_fresh(unit, report), marked_at=unit.now.instant)
        marked = func.coalesce(_STATES.c.marked_at, fresh.excluded.marked_at)
        await unit.rows(fresh.on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"marked_at": marked}))


def _told(
    definition: Definition, tally: Tally, rows: Sequence[Mapping[str, Any]], today: date
) -> Iterator[tuple[Key, Told]]:
    for row in rows:
        for figure in definition.figures:
            if (numerator := row.get(f"n_{figure.key}")) is None:
                continue
            denominator = row.get(f"d_{figure.key}")
            if figure.denominator is not None and denominator is None:
                continue
            told = Told(
                int(numerator),
                None if denominator is None else int(denominator),
                tally.origin.value,
                row.get("as_of") or today,
                row.get("label_1"),
                row.get("label_2"),
            )
            place = (row.get("village_id"), row.get("dimension_1") or "", row.get("dimension_2") or "")
            yield (figure.key, *place), told


def _zeros(
    definition: Definition, tally: Tally, villages: Iterable[UUID], names: set[str], today: date
) -> Iterator[tuple[Key, Told]]:
    """What a village that reports has none of is zero, and is said."""
    figures = [figure for figure in definition.figures if f"n_{figure.key}" in names]
    for village in villages:
        for value in tally.always:
            for figure in figures:
                none = None if figure.denominator is None else 0
                yield (figure.key, village, value, ""), Told(0, none, tally.origin.value, today)


async def _lock(unit: Unit, definition: Definition) -> None:
    fresh = _fresh(unit, definition.code)
    await unit.rows(insert(_STATES).values(**fresh).on_conflict_do_nothing())
    own = _STATES.c
    await unit.rows(select(own.id).where(own.tenant_id == unit.tenant.id, own.id == fresh["id"]).with_for_update())


def _fresh(unit: Unit, report: str) -> dict[str, Any]:
    now = unit.now.instant
    return {
        "tenant_id": unit.tenant.id,
        "id": state_id(report),
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "report": report,
        "rule": 0,
        "revision": 0,
    }


async def _standing(unit: Unit, definition: Definition) -> Counted:
    own, there = _COUNTS.c, _VILLAGES.c
    rows = await unit.rows(select(_COUNTS).where(own.tenant_id == unit.tenant.id, own.report == definition.code))
    figures = {
        (row["figure"], row["village_id"], row["dimension_1"], row["dimension_2"]): Told(
            row["numerator"], row["denominator"], row["origin"], row["as_of"], row["label_1"], row["label_2"]
        )
        for row in rows
    }
    rows = await unit.rows(select(_VILLAGES).where(there.tenant_id == unit.tenant.id, there.report == definition.code))
    return Counted(figures, {row["village_id"]: (row["reporting"], row["synced_at"]) for row in rows})


def _differences(stood: Counted, counted: Counted) -> list[Difference]:
    keys = sorted({*stood.figures, *counted.figures}, key=lambda key: tuple(str(part) for part in key))
    pairs = [Difference(key, stood.figures.get(key), counted.figures.get(key)) for key in keys]
    return [each for each in pairs if _figures(each.stood) != _figures(each.counted)]


def _figures(told: Told | None) -> tuple[int, int | None, str] | None:
    """What makes a difference: that a day has passed makes none."""
    return None if told is None else (told.numerator, told.denominator, told.origin)


async def _replace(unit: Unit, definition: Definition, counted: Counted) -> None:
    for each in (_COUNTS, _VILLAGES):
        await unit.rows(delete(each).where(each.c.tenant_id == unit.tenant.id, each.c.report == definition.code))
    now = unit.now.instant
    await unit.add_all(
        [
            ReportCount(
                tenant_id=unit.tenant.id,
                report=definition.code,
                figure=figure,
                village_id=village,
                dimension_1=one,
                dimension_2=two,
                label_1=told.label_1,
                label_2=told.label_2,
                numerator=told.numerator,
                denominator=told.denominator,
                origin=told.origin,
                as_of=told.as_of,
                created_at=now,
                updated_at=now,
            )
            for (figure, village, one, two), told in counted.figures.items()
        ]
    )
    await unit.add_all(
        [
            ReportVillage(
                tenant_id=unit.tenant.id,
                report=definition.code,
                village_id=village,
                reporting=reports,
                synced_at=synced_at,
                created_at=now,
                updated_at=now,
            )
            for village, (reports, synced_at) in counted.villages.items()
        ]
    )


async def _settle(unit: Unit, definition: Definition, *, changed: bool) -> None:
    now = unit.now.instant
    state = await unit.find(ReportState, state_id(definition.code))
    fresh: dict[str, Any] = {"marked_at": None, "counted_at": now, "rule": definition.rule}
    if changed or state.counted_at is None:
        fresh |= {"changed_at": now, "revision": state.revision + 1}
    await unit.change(state, **fresh)
