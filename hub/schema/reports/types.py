"""`reports`, `report`, `explainCell` and `reportIssue`: the catalogue, a report of the own kecamatan, how a figure
came about, and what was issued under a number.

Answers of Python: definitions stand in code, totals and exceptions are worked out from them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import orjson
import strawberry
from graphql import GraphQLResolveInfo
from sqlalchemy import Text, func, select

from hub.domains.reports import assembling, explaining, issuing, writing
from hub.domains.reports.assembling import ReportException, ReportMissing, ReportShown
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.definition import Definition, Figure, ReportDisclosure, ReportTotalling, Variable
from hub.domains.reports.errors import CellUnknown
from hub.domains.reports.model import ReportForm, ReportOrigin
from hub.graph.context import Context
from hub.graph.declare import NODES, answered, answered_part, queries
from hub.graph.enums import exposed
from hub.graph.identity import read_id
from hub.graph.resolving import load_row
from hub.graph.scalars import Date, DateTime, Decimal
from hub.kernel import tracking_code
from hub.schema.publications import types as publications
from hub.schema.publications.types import Publication
from hub.schema.villages.types import Village
from hub.tenants.permissions import ROLE_WORDS, Permission, Role

Info: TypeAlias = "GraphQLResolveInfo[Context]"
Shown = Mapping[str, Any]

for _words in (
    ReportDisclosure,
    ReportException,
    ReportForm,
    ReportMissing,
    ReportOrigin,
    ReportShown,
    ReportTotalling,
):
    exposed(_words)
exposed(Role, labels=lambda role: (ROLE_WORDS[role].id, ROLE_WORDS[role].en))


# What is shown of the domain's values


def _variable(found: Variable | None, lang: str) -> Shown | None:
    if found is None:
        return None
    return {name: getattr(found, name).of(lang) for name in ("name", "concept", "definition", "unit", "source")}


def _column(definition: Definition, figure: Figure, lang: str) -> Shown:
    words = ("title", "definition", "interpretation", "formula", "measure", "unit")
    return {
        "key": figure.key,
        **{name: getattr(figure, name).of(lang) for name in words},
        "concept": figure.numerator.concept.of(lang),
        "classification": definition.classification.of(lang),
        "level": definition.level.of(lang),
        "public": definition.disclosure is ReportDisclosure.ACTS,
        "activity": definition.basis,
        "numerator": _variable(figure.numerator, lang),
        "denominator": _variable(figure.denominator, lang),
        "totalling": figure.totalling,
        "below": figure.below,
        "above": figure.above,
    }


def _definition(found: Definition, lang: str, permissions: frozenset[str]) -> Shown:
    return {
        "code": found.code,
        "title": found.title.of(lang),
        "formula": found.formula.of(lang),
        "terms": [
            {"name": each.name.of(lang), "meaning": each.meaning.of(lang), "source": each.source}
            for each in found.terms
        ],
        "columns": [_column(found, each, lang) for each in found.figures],
        "dimensions": [{"key": each.key, "title": each.title.of(lang)} for each in found.dimensions],
        "disclosure": found.disclosure,
        "basis": found.basis,
        "readers": list(found.readers),
        "may_read": found.readable(permissions),
        "not_kept": None if found.not_kept is None else found.not_kept.of(lang),
    }


def _cell(cell: assembling.Cell) -> Shown:
    return {
        "column": cell.figure.key,
        "numerator": cell.over,
        "denominator": cell.under,
        "value": cell.value,
        "origin": cell.origin,
        "as_of": cell.as_of,
        "shown": cell.shown,
    }


def _row(row: assembling.Row, lang: str) -> Shown:
    coverage = row.coverage
    return {
        "of": row,
        "region_code": row.region_code,
        "region_name": row.region_name,
        "dimensions": [
            {"dimension": part.dimension.key, "key": part.key, "name": part.name.of(lang)} for part in row.parts
        ],
        "cells": [_cell(each) for each in row.cells],
        "coverage": None
        if coverage is None
        else {
            "villages_reporting": coverage.reporting,
            "villages_total": coverage.total,
            "oldest_sync": coverage.oldest_sync,
        },
    }


def report_shown(report: assembling.Report, lang: str, permissions: frozenset[str]) -> Shown:
    """A report as the graph tells it."""
    return {
        "definition": _definition(report.definition, lang, permissions),
        "number": report.number,
        "revision": report.revision,
        "sha256": writing.digest(report),
        "rows": [_row(each, lang) for each in report.rows],
        "totals": [_row(each, lang) for each in report.totals],
        "totals_with_partial": [_row(each, lang) for each in report.with_partial],
        "exceptions": [
            {
                "kind": each.kind,
                "row": _row(each.row, lang),
                "column": None if each.figure is None else each.figure.key,
            }
            for each in report.exceptions
        ],
        "generated_at": report.generated_at,
        "data_as_of": report.data_as_of,
        "waiting": report.waiting,
        "tenants_included": [
            {"code": each.code, "name": each.name, "partial": each.partial, "counted_at": each.counted_at}
            for each in report.included
        ],
        "tenants_missing": [{"code": each.code, "name": each.name, "reason": each.reason} for each in report.missing],
        "publication": None if report.published is None else publications.shown(report.published, lang),
        "difference": [
            {
                "row": _row(each.row, lang),
                "column": each.after.figure.key,
                "before": _cell(each.before),
                "after": _cell(each.after),
            }
            for each in report.difference
        ],
    }


# Answers


def _reports(_root: object, info: Info) -> list[Shown]:
    context: Context = info.context
    scope = context.given.scope
    return [_definition(each, scope.lang, scope.permissions) for each in REPORTS.values()]


async def _one(_root: object, info: Info, code: str) -> Shown | None:
    context: Context = info.context
    scope, found = context.given.scope, await _assembled(context, code)
    return None if found is None else report_shown(found, scope.lang, scope.permissions)


async def _explained(
    _root: object,
    info: Info,
    code: str,
    column: str,
    village: str | None = None,
    dimensions: Sequence[str] | None = None,
) -> Shown | None:
    context: Context = info.context
    lang = context.given.scope.lang
    report = await _assembled(context, code)
    if report is None:
        return None
    key: Any = None if village is None else read_id(village, context.given, NODES["Village"])
    if village is not None and key is None:
        raise CellUnknown(path=("village",))
    row, cell = explaining.find(report, column, key, dimensions or ())
    return {
        "column": _column(report.definition, cell.figure, lang),
        "cell": _cell(cell),
        "row": _row(row, lang),
        "calculation": explaining.calculation(cell).of(lang),
        "terms": _definition(report.definition, lang, frozenset())["terms"],
        "data_as_of": report.data_as_of,
    }


async def _assembled(context: Context, code: str) -> assembling.Report | None:
    """A report of the scope's one kecamatan."""
    given = context.given
    assert context.session is not None  # noqa: S101  # a query has one from the start
    if given.scope.tenant is None and code in REPORTS and REPORTS[code].readable(given.scope.permissions):
        return None
    async with context.lock:
        return await issuing.standing(context.session, code)


async def _issue(_root: object, info: Info, number: str) -> Shown | None:
    """Whatever is no number of an issue is answered alike."""
    context: Context = info.context
    held = tracking_code.parse(number)
    if held is None:
        return None
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        text = await context.session.value(select(func.hub_find_report_issue(held.tenant, held.text, type_=Text())))
    if text is None:
        return None
    found = orjson.loads(text)
    definition = REPORTS.get(found["report"])
    return {
        **found,
        "code": found["report"],
        "title": "" if definition is None else definition.title.of(context.given.scope.lang),
        "form": ReportForm[found["form"]],
        **{name: found[name] and datetime.fromisoformat(found[name]) for name in ("generated_at", "data_as_of")},
    }


def _village(shown: Shown, info: Info) -> Any:
    row: assembling.Row = shown["of"]
    if row.village is None or row.tenant is None:
        return None
    return load_row(info, NODES["Village"], row.tenant.id, row.village)


# Types


@strawberry.type(description="A word of a definition, and what it means in this report (istilah).")
class ReportTerm:
    """A term."""

    name: str = strawberry.field(description="The word.")
    meaning: str = strawberry.field(description="What it means here.")
    source: str = strawberry.field(description="Who says so.")


@strawberry.type(description="What is counted (variabel), with the metadata of Satu Data Indonesia (MS-Var).")
class ReportVariable:
    """A variable."""

    name: str = strawberry.field(description="Name (nama variabel).")
    concept: str = strawberry.field(description="Concept (konsep).")
    definition: str = strawberry.field(description="Definition (definisi).")
    unit: str = strawberry.field(description="Unit (satuan).")
    source: str = strawberry.field(description="Where it is counted from (sumber).")


@strawberry.type(description="A column of a report, with the metadata of Satu Data Indonesia (MS-Ind).")
class ReportColumn:
    """A column."""

    key: str = strawberry.field(description="Key of the column, as cells name it.")
    title: str = strawberry.field(description="Title (nama indikator).")
    concept: str = strawberry.field(description="Concept (konsep).")
    definition: str = strawberry.field(description="Definition (definisi).")
    interpretation: str = strawberry.field(description="How to read it (interpretasi).")
    formula: str = strawberry.field(description="How it follows from its variables (rumus).")
    measure: str = strawberry.field(description="What kind of number it is (ukuran).")
    unit: str = strawberry.field(description="Unit of the value (satuan).")
    classification: str = strawberry.field(description="What it is told apart by (klasifikasi).")
    level: str = strawberry.field(description="The smallest region it is estimated for (level estimasi).")
    public: bool = strawberry.field(description="Whether it is open to the public (aksesibilitas).")
    activity: str = strawberry.field(description="The programme or rule that it comes from (kegiatan penghasil).")
    numerator: ReportVariable = strawberry.field(description="What is counted (pembilang).")
    denominator: ReportVariable | None = strawberry.field(
        description="What it is a part of (penyebut); null where it is a plain number."
    )
    totalling: ReportTotalling = strawberry.field(description="How it goes into totals.")
    below: Decimal | None = strawberry.field(description="A row with a lower value is an exception.")
    above: Decimal | None = strawberry.field(description="A row with a higher value is an exception.")


@strawberry.type(description="What rows are told apart by, besides the place (dimensi).")
class ReportDimension:
    """A dimension."""

    key: str = strawberry.field(description="Key of the dimension.")
    title: str = strawberry.field(description="Title.")


@strawberry.type(description="What a report is (definisi laporan): the same for the graph, the files and every reader.")
class ReportDefinition:
    """A definition."""

    code: str = strawberry.field(description="Code, such as R-01.")
    title: str = strawberry.field(description="Title (judul).")
    formula: str = strawberry.field(description="Formula in words (rumus).")
    terms: list[ReportTerm] = strawberry.field(description="Its words and what they mean.")
    columns: list[ReportColumn] = strawberry.field(description="Its columns; none where its source is not kept yet.")
    dimensions: list[ReportDimension] = strawberry.field(description="Its dimensions, in the order of rows.")
    disclosure: ReportDisclosure = strawberry.field(description="Class of disclosure.")
    basis: str = strawberry.field(description="The programme or rule that it comes from (dasar).")
    readers: list[Role] = strawberry.field(description="The roles that read it inside the kecamatan.")
    may_read: bool = strawberry.field(description="Whether the grant in use reads it.")
    not_kept: str | None = strawberry.field(
        description="Why there are no figures: the hub does not keep its source yet. Null where there are."
    )


@strawberry.type(description="A value of a dimension.")
class ReportPart:
    """A row's value in a dimension."""

    dimension: str = strawberry.field(description="Key of the dimension.")
    key: str = strawberry.field(description="The value: a code or an opaque text; empty for the whole.")
    name: str = strawberry.field(description="Its name.")


@strawberry.type(
    description="A figure: numerator, denominator and value. All null where nothing is known, never zero; null too "
    "what is suppressed, as `shown` says."
)
class ReportCell:
    """A cell."""

    column: str = strawberry.field(description="Key of the column.")
    numerator: Decimal | None = strawberry.field(description="What was counted (pembilang), exactly.")
    denominator: Decimal | None = strawberry.field(description="What it is a part of (penyebut), exactly.")
    value: Decimal | None = strawberry.field(
        description="The value; of a quotient two decimals, half up, and null where there is nothing to divide by."
    )
    origin: ReportOrigin | None = strawberry.field(description="Where the figure comes from; null in totals.")
    as_of: Date | None = strawberry.field(description="The day it speaks of: of a profile the end of its year.")
    shown: ReportShown = strawberry.field(
        description="Whether it is shown. A published figure of persons may stand still while the true one changes by "
        "fewer than five."
    )


@strawberry.type(description="How many villages have anything to count, of how many (cakupan).")
class ReportCoverage:
    """A row's coverage."""

    villages_reporting: int = strawberry.field(description="Villages that have something to count.")
    villages_total: int = strawberry.field(description="All villages of the row.")
    oldest_sync: DateTime | None = strawberry.field(
        description="When the village whose last file is oldest sent it; null where none sent any."
    )


@strawberry.type(description="A line of a report.")
class ReportRow:
    """A row."""

    region_code: str | None = strawberry.field(description="Region code of kecamatan or village; null in totals.")
    region_name: str | None = strawberry.field(description="Its name.")
    village: Village | None = answered_part("The village; null where the line is the kecamatan's.", _village)
    dimensions: list[ReportPart] = strawberry.field(description="Its values in the dimensions.")
    cells: list[ReportCell] = strawberry.field(description="A cell for each column, in their order.")
    coverage: ReportCoverage | None = strawberry.field(
        description="Coverage; null for figures of the kecamatan itself, for which no village is waited for."
    )


@strawberry.type(description="A row that stands out (penyimpangan).")
class ReportOutlier:
    """An exception."""

    kind: ReportException = strawberry.field(description="Why.")
    row: ReportRow = strawberry.field(description="The row.")
    column: str | None = strawberry.field(description="Key of the column; null where nothing of the row is known.")


@strawberry.type(description="A kecamatan in the report.")
class ReportTenant:
    """An included kecamatan."""

    code: str = strawberry.field(description="Region code.")
    name: str = strawberry.field(description="Name.")
    partial: bool = strawberry.field(description="Whether some of its villages have nothing to count yet.")
    counted_at: DateTime = strawberry.field(description="When it was counted.")


@strawberry.type(description="A kecamatan that is not in the report: named, never counted as zero.")
class ReportMissingTenant:
    """A missing kecamatan."""

    code: str = strawberry.field(description="Region code.")
    name: str = strawberry.field(description="Name.")
    reason: ReportMissing = strawberry.field(description="Why.")


@strawberry.type(description="A figure that a revision tells otherwise than the publication before it (selisih).")
class ReportChange:
    """A change."""

    row: ReportRow = strawberry.field(description="The row, with this figure alone in its cells.")
    column: str = strawberry.field(description="Key of the column.")
    before: ReportCell = strawberry.field(description="As it was published before.")
    after: ReportCell = strawberry.field(description="As it is published now.")


@strawberry.type(
    description="A report (laporan). Percentages come with numerator and denominator, and are never averaged."
)
class Report:
    """A report."""

    definition: ReportDefinition = strawberry.field(description="What it is.")
    number: str = strawberry.field(description="Number: code, kecamatan and day.")
    revision: int = strawberry.field(description="How often its figures have changed.")
    sha256: str = strawberry.field(
        description="SHA-256 of its figures, in lower-case hexadecimal; files bear the same."
    )
    rows: list[ReportRow] = strawberry.field(description="Its lines: the kecamatan's own, then the villages' by code.")
    totals: list[ReportRow] = strawberry.field(
        description="Sums of numerators and denominators, without kecamatan of which villages are missing."
    )
    totals_with_partial: list[ReportRow] = strawberry.field(description="The same with them.")
    exceptions: list[ReportOutlier] = strawberry.field(description="Rows beyond a threshold, or without data.")
    generated_at: DateTime = strawberry.field(description="When it was put together.")
    data_as_of: DateTime | None = strawberry.field(description="When its figures were counted.")
    waiting: bool = strawberry.field(
        description="Whether something changed since, so that it is about to be recounted."
    )
    tenants_included: list[ReportTenant] = strawberry.field(description="Kecamatan that are in it.")
    tenants_missing: list[ReportMissingTenant] = strawberry.field(description="Kecamatan that are not, and why.")
    publication: Publication | None = strawberry.field(
        description="The publication it stands in; null of a report inside the kecamatan."
    )
    difference: list[ReportChange] = strawberry.field(
        description="Of a revision, the figures that both show and that differ."
    )


@strawberry.type(description="How a figure came about (penjelasan angka).")
class ReportExplanation:
    """An explanation."""

    column: ReportColumn = strawberry.field(description="What the figure is.")
    cell: ReportCell = strawberry.field(description="The figure.")
    row: ReportRow = strawberry.field(description="Where it stands.")
    calculation: str = strawberry.field(description="The calculation, written down.")
    terms: list[ReportTerm] = strawberry.field(description="The words used.")
    data_as_of: DateTime | None = strawberry.field(description="When it was counted.")


@strawberry.type(
    description="A report that was taken away on paper or as a file, as whoever holds its number may know it: what the "
    "paper says, and whether the figures have changed since. Never the figures."
)
class ReportIssue:
    """An issue."""

    number: str = strawberry.field(description="Number for verification (nomor verifikasi).")
    code: str = strawberry.field(description="Code of the report.")
    title: str = strawberry.field(description="Its title.")
    report_number: str = strawberry.field(description="Number of the report: code, kecamatan and day.")
    tenant_code: str = strawberry.field(description="Region code of the kecamatan that issued it.")
    tenant_name: str = strawberry.field(description="Its name.")
    form: ReportForm = strawberry.field(description="In which form it was taken.")
    revision: int = strawberry.field(description="Its revision.")
    sha256: str = strawberry.field(description="SHA-256 of its figures, in lower-case hexadecimal.")
    generated_at: DateTime = strawberry.field(description="When it was issued.")
    data_as_of: DateTime | None = strawberry.field(description="When its figures were counted.")
    narrowed: bool = strawberry.field(description="Whether it holds some villages only: those of whoever took it.")
    revised: bool = strawberry.field(description="Whether the figures of the kecamatan have changed since.")


_CODE = (str, "Code of the report, such as R-01.")


@queries
class ReportQueries:
    """Root fields."""

    reports: list[ReportDefinition] = answered("The catalogue of reports, for everybody.", _reports)
    report: Report | None = answered(
        "A report of the kecamatan, within your villages; its figures are at most seconds old.",
        _one,
        arguments={"code": _CODE},
        guard=Permission.READ_REPORTS,
    )
    explain_cell: ReportExplanation | None = answered(
        "How a figure of a report came about.",
        _explained,
        arguments={
            "code": _CODE,
            "column": (str, "Key of the column."),
            "village": (strawberry.ID | None, "The row's village; none for the kecamatan's own."),
            "dimensions": (list[str] | None, "The row's values in the dimensions, in their order."),
        },
        guard=Permission.READ_REPORTS,
    )
    report_issue: ReportIssue | None = answered(
        "A report that was issued, by the number on the paper or in the file, from whichever kecamatan; null for any "
        "other text. For everybody; each use is counted.",
        _issue,
        arguments={"number": (str, "The number for verification, with or without its dashes.")},
        meter="tracking",
    )
