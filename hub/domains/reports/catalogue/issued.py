"""Population documents that were issued, by year and type, and how their number grew.

A year of which the kecamatan has recorded no document at all is not known: it has no row, and nothing grows from it.
"""

from typing import Any

from sqlalchemy import CTE, Integer, Select, String, and_, case, cast, func, literal, literal_column, select, union

from hub.domains.documents.model import PopulationDocument, PopulationDocumentType
from hub.domains.reports.definition import (
    IN_PERCENT,
    PERCENT,
    YEAR,
    Definition,
    Dimension,
    Figure,
    Frame,
    ReportDisclosure,
    Tally,
    Term,
    Variable,
    Words,
)
from hub.domains.reports.model import ReportOrigin
from hub.store.base import table

_DOCUMENTS = table(PopulationDocument)
_BASIS = "Dik Jamila"
_SOURCE = Words("Dokumen kependudukan yang dicatat di hub", "Population documents recorded in the hub")
_CONCEPT = Words("Penerbitan dokumen kependudukan", "Issuing of population documents")
_UNIT = Words("dokumen", "documents")
_ISSUED = Variable(
    name=Words("Dokumen terbit", "Documents issued"),
    concept=_CONCEPT,
    definition=Words(
        "Dokumen yang terbit dalam tahun itu menurut catatan hub, juga yang kemudian diganti, hilang, atau dicabut",
        "Documents issued in the year as recorded in the hub, also those replaced, lost or revoked since",
    ),
    unit=_UNIT,
    source=_SOURCE,
)
_BEFORE = Variable(
    name=Words("Dokumen terbit tahun sebelumnya", "Documents issued in the year before"),
    concept=_CONCEPT,
    definition=Words(
        "Dokumen yang terbit dalam tahun sebelumnya menurut catatan hub",
        "Documents issued in the year before as recorded in the hub",
    ),
    unit=_UNIT,
    source=_SOURCE,
)


def _issued(frame: Frame) -> Select[Any]:
    """A line for each type and each year of which anything is recorded, and this year, from the type's first on."""
    counts = _counts(frame)
    years = union(select(counts.c.year), select(literal(frame.today.year, Integer()))).cte("years")
    first = select(counts.c.type, func.min(counts.c.year).label("year")).group_by(counts.c.type).cte("first")
    here, before, last = counts.alias("here"), counts.alias("before"), years.alias("last")
    lines = (
        first.join(years, years.c.year >= first.c.year)
        .outerjoin(here, and_(here.c.type == first.c.type, here.c.year == years.c.year))
        .outerjoin(before, and_(before.c.type == first.c.type, before.c.year == years.c.year - 1))
        .outerjoin(last, and_(last.c.year >= first.c.year, last.c.year == years.c.year - 1))
    )
    issued, year = func.coalesce(here.c.number, 0), cast(years.c.year, String)
    return select(
        year.label("dimension_1"),
        year.label("label_1"),
        first.c.type.label("dimension_2"),
        issued.label("n_issued"),
        issued.label("n_growth"),
        case((last.c.year.is_not(None), func.coalesce(before.c.number, 0))).label("d_growth"),
    ).select_from(lines)


def _counts(frame: Frame) -> CTE:
    own = _DOCUMENTS.c
    year = cast(func.date_part(literal_column("'year'"), own.issued_on), Integer)
    return (
        select(own.type, year.label("year"), func.count().label("number"))
        .where(own.tenant_id == frame.tenant, own.ended_at.is_(None))
        .group_by(own.type, year)
        .cte("counts")
    )


REPORTS = (
    Definition(
        code="R-06",
        title=Words("Dokumen terbit per tahun dan pertumbuhannya", "Documents issued by year, and growth"),
        formula=Words(
            "dokumen terbit tahun ini; (tahun ini − tahun lalu) ÷ tahun lalu × 100",
            "documents issued in the year; (this year − last year) ÷ last year × 100",
        ),
        terms=(
            Term(
                Words("Tahun tanpa catatan", "Year without a record"),
                Words(
                    "Tahun yang tidak punya satu pun dokumen tercatat tidak dihitung nol; tahun sesudahnya tanpa "
                    "pertumbuhan",
                    "A year of which no document is recorded does not count as zero; the year after it has no growth",
                ),
                _BASIS,
            ),
        ),
        figures=(
            Figure(
                key="issued",
                title=Words("Dokumen terbit", "Documents issued"),
                definition=Words(
                    "Jumlah dokumen yang terbit dalam tahun itu", "Number of documents issued in the year"
                ),
                interpretation=Words(
                    "Banyaknya dokumen yang tercatat; tahun berjalan belum lengkap",
                    "How many are recorded; the present year is not whole yet",
                ),
                unit=_UNIT,
                numerator=_ISSUED,
            ),
            Figure(
                key="growth",
                title=Words("Pertumbuhan", "Growth"),
                definition=Words("Perubahan dari tahun sebelumnya", "Change since the year before"),
                interpretation=Words(
                    "Di bawah 0 berarti berkurang; kosong bila tahun sebelumnya tidak tercatat atau nol",
                    "Below 0: fewer; empty where the year before is not recorded or zero",
                ),
                unit=IN_PERCENT,
                numerator=_ISSUED,
                denominator=_BEFORE,
                factor=PERCENT,
                growth_of="issued",
            ),
        ),
        disclosure=ReportDisclosure.PERSONS,
        basis=_BASIS,
        dimensions=(
            Dimension(YEAR, Words("Tahun", "Year")),
            Dimension(
                "type",
                Words("Jenis dokumen", "Type of document"),
                words={each.value: Words(each.label_id, each.label_en) for each in PopulationDocumentType},
            ),
        ),
        tallies=(Tally(_issued, ReportOrigin.ACTS),),
        marks=frozenset({"PopulationDocument"}),
    ),
)
