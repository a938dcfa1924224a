"""What a report's page shows of the graph's answer: numbers as people write them, lines, outliers, marks to be drawn.

What is not known stays without a number here too: it is said in words and never drawn as zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from hub.domains.reports.assembling import ReportException, ReportShown
from hub.domains.reports.definition import IN_PERCENT
from hub.domains.reports.explaining import english, indonesian
from hub.domains.reports.model import ReportOrigin
from hub.kernel.texts import say
from hub.kernel.words import Word
from hub.pages.laporan.drawing import Mark

Shown = Mapping[str, Any]
WHOLE = Decimal(100)
_KECAMATAN_POINTS = 2  # in the code of a kecamatan
PERCENT = frozenset({IN_PERCENT.id, IN_PERCENT.en})


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell for the table: the value, what it is made of, and where it is explained."""

    text: str
    parts: str
    known: bool
    link: str = ""
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    place: str
    code: str
    parts: tuple[str, ...]
    figures: tuple[Figure, ...]
    source: str
    synced: datetime | None
    reporting: str


@dataclass(frozen=True, slots=True)
class Outlier:
    """A row that stands out, in words."""

    place: str
    parts: tuple[str, ...]
    why: str
    column: str
    text: str


def number(text: str | None, lang: str) -> str:
    """An exact number as it is written in a language; '' for none."""
    if text is None:
        return ""
    return english(Decimal(text)) if lang == "en" else indonesian(Decimal(text))


def named(word: Word, lang: str) -> str:
    """A word of a vocabulary."""
    return word.label_en if lang == "en" else word.label_id


def when(text: str | None) -> datetime | None:
    """A moment as the graph writes it."""
    return None if text is None else datetime.fromisoformat(text)


def value(cell: Shown, column: Shown, lang: str) -> str:
    """A value with its unit, or that there is none."""
    if cell["shown"] == ReportShown.SUPPRESSED:
        return say("suppressed", lang)
    if cell["value"] is None:
        return say("no data" if cell["numerator"] is None else "nothing to divide by", lang)
    written = number(cell["value"], lang)
    told = f"{written}%" if column["unit"] in PERCENT else f"{written} {column['unit']}"
    return say("{value}, rounded down", lang, value=told) if cell["shown"] == ReportShown.ROUNDED else told


def line(
    code: str, row: Shown, columns: Sequence[Shown], outliers: Mapping[str, str], lang: str, *, linked: bool = True
) -> Line:
    """A row of the report; `outliers` says by column why it stands out. Published figures are explained nowhere."""
    pairs = list(zip(row["cells"], columns, strict=True))
    figures = tuple(
        _figure(code, row, cell, column, outliers.get(column["key"], ""), lang, linked=linked) for cell, column in pairs
    )
    origins = sorted({cell["origin"] for cell in row["cells"] if cell["origin"] is not None})
    coverage = row["coverage"]
    return Line(
        place=row["regionName"] or "",
        code=row["regionCode"] or "",
        parts=names(row),
        figures=figures,
        source=", ".join(named(ReportOrigin[each], lang) for each in origins),
        synced=None if coverage is None else when(coverage["oldestSync"]),
        reporting="" if coverage is None else f"{coverage['villagesReporting']} / {coverage['villagesTotal']}",
    )


def _figure(code: str, row: Shown, cell: Shown, column: Shown, beyond: str, lang: str, *, linked: bool) -> Figure:
    parts = [number(cell[name], lang) for name in ("numerator", "denominator") if cell[name] is not None]
    known = cell["numerator"] is not None and cell.get("shown") != ReportShown.SUPPRESSED
    link = explanation(code, row, column["key"]) if linked and known and row["regionCode"] is not None else ""
    return Figure(value(cell, column, lang), " ÷ ".join(parts) if len(parts) > 1 else "", known, link, beyond)


def explanation(code: str, row: Shown, column: str) -> str:
    """Where a figure is explained."""
    given = [("kolom", column)]
    if row["village"] is not None:
        given.append(("desa", row["village"]["id"]))
    given += [("bagian", part["key"]) for part in row["dimensions"]]
    return f"/laporan/{code}/penjelasan?{urlencode(given)}"


def names(row: Shown) -> tuple[str, ...]:
    """The row's values in the dimensions."""
    return tuple(part["name"] or part["key"] for part in row["dimensions"])


def place_of(row: Shown) -> tuple[str, ...]:
    """What a row is told apart by."""
    return (row["regionCode"] or "", *(part["key"] for part in row["dimensions"]))


def outliers(report: Shown, lang: str) -> tuple[list[Outlier], dict[tuple[str, ...], dict[str, str]]]:
    """Rows that stand out, as a list and by row and column."""
    columns = {each["key"]: each for each in report["definition"]["columns"]}
    told: list[Outlier] = []
    by_row: dict[tuple[str, ...], dict[str, str]] = {}
    for each in report["exceptions"]:
        row, key, why = each["row"], each["column"], named(ReportException[each["kind"]], lang)
        column = columns.get(key)
        text = ""
        if column is not None:
            cell = next(one for one in row["cells"] if one["column"] == key)
            text = value(cell, column, lang)
            by_row.setdefault(place_of(row), {})[key] = why
        told.append(Outlier(row["regionName"] or "", names(row), why, column["title"] if column else "", text))
    return told, by_row


@dataclass(frozen=True, slots=True)
class Part:
    """A choice of what is drawn: the rows of one value of the dimensions."""

    key: str
    name: str
    chosen: bool


def drawn(rows: Sequence[Shown], column: Shown, part: str, lang: str) -> tuple[list[Mark], list[Part]]:
    """Marks of the villages, and among which parts one can choose; of reports without villages all their lines."""
    of_villages = [row for row in rows if row["village"] is not None] or _of_kecamatan(rows)
    if not of_villages:
        return [_mark(row, column, " · ".join([*names(row)] or [row["regionName"]]), lang) for row in rows], []
    found = {_key(row): " · ".join(names(row)) for row in of_villages if row["dimensions"]}
    chosen = part if part in found else next(iter(found), "")
    parts = [Part(key, name, key == chosen) for key, name in found.items()]
    kept = [row for row in of_villages if not row["dimensions"] or _key(row) == chosen]
    return [_mark(row, column, row["regionName"], lang) for row in kept], parts


def _of_kecamatan(rows: Sequence[Shown]) -> list[Shown]:
    """Of a district's report the lines of kecamatan, where there are several."""
    found = [row for row in rows if str(row["regionCode"]).count(".") == _KECAMATAN_POINTS]
    return found if len({row["regionCode"] for row in found}) > 1 else []


def _key(row: Shown) -> str:
    return "\t".join(part["key"] for part in row["dimensions"])


def _mark(row: Shown, column: Shown, name: str, lang: str) -> Mark:
    cell = next(each for each in row["cells"] if each["column"] == column["key"])
    found = None if cell["value"] is None else Decimal(cell["value"])
    low, high = (None if column[name] is None else Decimal(column[name]) for name in ("below", "above"))
    beyond = ""
    if found is not None and low is not None and found < low:
        beyond = named(ReportException.BELOW, lang)
    elif found is not None and high is not None and found > high:
        beyond = named(ReportException.ABOVE, lang)
    return Mark(row["regionCode"] or "", name, found, value(cell, column, lang), beyond)
