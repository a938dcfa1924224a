"""A report as files: CSV, the CSV that Excel in Indonesia opens, XLSX and JSON. One table feeds all four.

Each bears the report's number, its revision and the SHA-256 of its figures, which is the same in every form.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from xlsxwriter import Workbook

from hub.domains.reports.assembling import Report, ReportShown, Row
from hub.domains.reports.definition import Figure, ReportDisclosure, Words
from hub.domains.reports.explaining import indonesian

Value = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the file."""

    key: str
    title: Words


_KINDS = {"ROW": "rows", "TOTAL": "totals", "TOTAL_WITH_PARTIAL": "with_partial"}
_BEFORE = (
    Heading("kind", Words("Jenis baris", "Kind of line")),
    Heading("region_code", Words("Kode wilayah", "Region code")),
    Heading("region_name", Words("Nama wilayah", "Region name")),
)
_AFTER = (
    Heading("villages_reporting", Words("Desa melapor", "Villages reporting")),
    Heading("villages_total", Words("Jumlah desa", "Villages")),
    Heading("oldest_sync", Words("Kiriman tertua", "Oldest file")),
    Heading("origin", Words("Asal", "Origin")),
    Heading("as_of", Words("Keadaan per", "As of")),
)
_SUPPRESSED = Heading("suppressed", Words("Disembunyikan", "Suppressed"))
_ROUNDED = Heading("rounded", Words("Dibulatkan ke bawah ke puluhan", "Rounded down to tens"))
_YES, _NO = Words("ya", "yes"), Words("tidak", "no")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def headings(report: Report) -> tuple[Heading, ...]:
    """The columns of the table."""
    definition = report.definition
    parts = [
        Heading(each.key + suffix, Words(f"{each.title.id}{after.id}", f"{each.title.en}{after.en}"))
        for each in definition.dimensions
        for suffix, after in (("_key", Words(" (kode)", " (code)")), ("_name", Words("", "")))
    ]
    figures = [heading for each in definition.figures for heading in _of_figure(each)]
    return (*_BEFORE, *parts, *figures, *_AFTER, *((_SUPPRESSED, _ROUNDED) if report.published else ()))


def _of_figure(figure: Figure) -> list[Heading]:
    """A title is told apart by the figure's own: two figures may be parts of one thing."""

    def titled(name: Words) -> Words:
        return Words(f"{figure.title.id}: {name.id}", f"{figure.title.en}: {name.en}")

    found = [Heading(f"{figure.key}_numerator", titled(figure.numerator.name))]
    if figure.denominator is not None:
        found.append(Heading(f"{figure.key}_denominator", titled(figure.denominator.name)))
    value = Words(f"{figure.title.id} ({figure.unit.id})", f"{figure.title.en} ({figure.unit.en})")
    return [*found, Heading(f"{figure.key}_value", value)]


def lines(report: Report, lang: str) -> Iterator[tuple[Value, ...]]:
    """The table: rows, then totals without and with what is partial. Figures as they are, None where unknown."""
    for kind, name in _KINDS.items():
        for row in getattr(report, name):
            yield _line(report, kind, row, lang)


def digest(report: Report) -> str:
    """SHA-256 of the figures and where they stand, in no language; equal figures have equal digests.

    Of a published report it is the publication's, of all lines.
    """
    if report.digest:
        return report.digest
    told = hashlib.sha256()
    for row in report.rows:
        cells = [[cell.figure.key, cell.numerator, cell.denominator] for cell in row.cells]
        told.update(orjson.dumps([report.definition.code, report.definition.rule, row.key, cells]) + b"\n")
    return told.hexdigest()


def about(report: Report, lang: str) -> list[tuple[str, str]]:
    """What travels with the figures: title, formula, terms, variables, who is in it and who is not."""
    definition = report.definition
    found = [
        (Words("Nomor", "Number"), report.number),
        (Words("Judul", "Title"), definition.title.of(lang)),
        (Words("Revisi", "Revision"), str(report.revision)),
        (Words("SHA-256 angka", "SHA-256 of the figures"), digest(report)),
        *([(Words("Nomor verifikasi", "Number for verification"), report.issue)] if report.issue else []),
        (Words("Dibuat", "Generated at"), report.generated_at.isoformat(timespec="seconds")),
        (
            Words("Keadaan data", "Data as of"),
            "" if report.data_as_of is None else report.data_as_of.isoformat(timespec="seconds"),
        ),
        (Words("Rumus", "Formula"), definition.formula.of(lang)),
        (
            Words("Kelas keterbukaan", "Class of disclosure"),
            definition.disclosure.label_en if lang == "en" else definition.disclosure.label_id,
        ),
        (Words("Kecamatan termasuk", "Kecamatan included"), ", ".join(each.code for each in report.included)),
        (
            Words("Kecamatan tidak termasuk", "Kecamatan missing"),
            ", ".join(f"{each.code} ({each.reason})" for each in report.missing),
        ),
    ]
    told = [(words.of(lang), text) for words, text in (*found, *_about_publication(report, lang))]
    told += [(each.name.of(lang), f"{each.meaning.of(lang)} [{each.source}]") for each in definition.terms]
    for figure in definition.figures:
        told += [
            (f"MS-Ind {figure.title.of(lang)}: {name.of(lang)}", text)
            for name, text in _indicator(report, figure, lang)
        ]
        for variable in (figure.numerator, figure.denominator):
            if variable is not None:
                text = f"{variable.definition.of(lang)} ({variable.unit.of(lang)}; {variable.source.of(lang)})"
                told.append((f"MS-Var {variable.name.of(lang)}", text))
    return told


def _about_publication(report: Report, lang: str) -> list[tuple[Words, str]]:
    """Of a published report: which one, and what may stand in it otherwise than it is."""
    found = report.published
    if found is None:
        return []
    least = _HIDDEN.get(report.definition.disclosure)
    return [
        (Words("Periode", "Period"), found.period),
        (Words("Keadaan terbitan", "State"), f"{found.state.label_en if lang == 'en' else found.state.label_id}"),
        (Words("Diterbitkan", "Published at"), found.published_at.isoformat(timespec="seconds")),
        *([] if least is None else [(Words("Perlindungan", "Protection"), least.of(lang))]),
    ]


_HIDDEN = {
    ReportDisclosure.PERSONS: Words(
        "Angka di bawah 5, dan angka yang dapat mengungkapkannya, tidak ditampilkan; perubahan di bawah 5 ditahan",
        "Figures under 5, and those that would tell them, are not shown; changes by fewer than 5 are held back",
    ),
    ReportDisclosure.SENSITIVE_PERSONS: Words(
        "Hanya puluhan penuh per kecamatan; di bawah 10 tidak ditampilkan",
        "Only full tens by kecamatan; under 10 nothing is shown",
    ),
}


def _indicator(report: Report, figure: Figure, lang: str) -> list[tuple[Words, str]]:
    """The metadata of an indicator (BPS 5/2020)."""
    definition = report.definition
    public = definition.disclosure is ReportDisclosure.ACTS
    return [
        (Words("konsep", "concept"), figure.numerator.concept.of(lang)),
        (Words("definisi", "definition"), figure.definition.of(lang)),
        (Words("interpretasi", "interpretation"), figure.interpretation.of(lang)),
        (Words("rumus", "formula"), figure.formula.of(lang)),
        (Words("ukuran", "measure"), figure.measure.of(lang)),
        (Words("satuan", "unit"), figure.unit.of(lang)),
        (Words("klasifikasi", "classification"), definition.classification.of(lang)),
        (Words("level estimasi", "level of estimation"), definition.level.of(lang)),
        (Words("dapat diakses umum", "open to the public"), (_YES if public else _NO).of(lang)),
        (Words("kegiatan penghasil", "comes from"), definition.basis),
    ]


# Forms


def to_csv(report: Report, lang: str) -> bytes:
    """RFC 4180: commas, decimal points, CRLF, UTF-8 without a mark."""
    return _delimited(report, lang, ",", lambda value: "" if value is None else str(value)).encode()


def to_excel_csv(report: Report, lang: str) -> bytes:
    """What a double click opens well in Indonesia: semicolons, decimal commas, and a byte order mark."""
    return _delimited(report, lang, ";", _with_comma).encode("utf-8-sig")


def to_json(report: Report, lang: str) -> bytes:
    """Figures as text, so that no reader's floating point touches them; metadata beside them."""
    names = [heading.key for heading in headings(report)]
    return orjson.dumps(
        {
            "number": report.number,
            "revision": report.revision,
            "sha256": digest(report),
            "about": [{"name": name, "text": text} for name, text in about(report, lang)],
            "columns": [{"key": each.key, "title": each.title.of(lang)} for each in headings(report)],
            "lines": [dict(zip(names, (_text(value) for value in line), strict=True)) for line in lines(report, lang)],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def to_xlsx(report: Report, lang: str, path: Path) -> None:
    """A workbook with the table and a sheet of metadata, written row by row: memory does not grow with it."""
    titles = [each.title.of(lang) for each in headings(report)]
    sheet(path, report.definition.code, titles, lines(report, lang), about(report, lang))


def sheet(
    path: Path, name: str, titles: list[str], table: Iterable[tuple[Value, ...]], told: list[tuple[str, str]]
) -> None:
    """The workbook itself. Text stays text: nothing in it is a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(path), options) as book:
        bold, whole, exact = (
            book.add_format(each) for each in ({"bold": True}, {"num_format": "#,##0"}, {"num_format": "#,##0.00"})
        )
        data = book.add_worksheet(name)
        data.freeze_panes(1, 0)
        data.write_row(0, 0, titles, bold)
        for number, line in enumerate(table, 1):
            for place, value in enumerate(line):
                _write(data, number, place, value, whole, exact)
        notes = book.add_worksheet("Metadata")
        for number, pair in enumerate(told):
            notes.write_string(number, 0, pair[0], bold)
            notes.write_string(number, 1, pair[1])


def _write(data: Any, number: int, place: int, value: Value, whole: Any, exact: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        data.write_string(number, place, value)
    else:
        has_cents = isinstance(value, Decimal) and value.as_tuple().exponent != 0
        data.write_number(number, place, value, exact if has_cents else whole)


# Lines


def _line(report: Report, kind: str, row: Row, lang: str) -> tuple[Value, ...]:
    parts: dict[str, Value] = {}
    for part in row.parts:
        parts[f"{part.dimension.key}_key"], parts[f"{part.dimension.key}_name"] = part.key, part.name.of(lang)
    named = [name for each in report.definition.dimensions for name in (f"{each.key}_key", f"{each.key}_name")]
    figures: list[Value] = []
    for cell in row.cells:
        figures += [cell.over, *([cell.under] if cell.figure.denominator is not None else ()), cell.value]
    coverage = row.coverage
    origins = sorted({cell.origin for cell in row.cells if cell.origin is not None})
    days = sorted({cell.as_of for cell in row.cells if cell.as_of is not None})
    return (
        kind,
        row.region_code,
        row.region_name,
        *(parts.get(name) for name in named),
        *figures,
        None if coverage is None else coverage.reporting,
        None if coverage is None else coverage.total,
        None
        if coverage is None or coverage.oldest_sync is None
        else coverage.oldest_sync.isoformat(timespec="seconds"),
        ", ".join(origins) or None,
        days[0].isoformat() if days else None,
        *((_those(row, ReportShown.SUPPRESSED), _those(row, ReportShown.ROUNDED)) if report.published else ()),
    )


def _those(row: Row, shown: ReportShown) -> str | None:
    """The figures of a line that are shown so."""
    return ", ".join(cell.figure.key for cell in row.cells if cell.shown is shown) or None


def _delimited(report: Report, lang: str, delimiter: str, text: Any) -> str:
    held = io.StringIO()
    writer = csv.writer(held, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([each.title.of(lang) for each in headings(report)])
    for line in lines(report, lang):
        writer.writerow([text(_harmless(value)) for value in line])
    return held.getvalue()


def _harmless(value: Value) -> Value:
    """A text that a spreadsheet would take for a formula is shown as text."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def _with_comma(value: Value) -> str:
    if isinstance(value, Decimal):
        return indonesian(value).replace(".", "")
    return "" if value is None else str(value)


def _text(value: Value) -> str | int | None:
    return str(value) if isinstance(value, Decimal) else value
