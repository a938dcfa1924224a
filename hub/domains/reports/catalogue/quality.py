"""How complete and how fresh the village registers are."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Select, Text, cast, func, literal, select

from hub.domains.citizens.model import Citizen
from hub.domains.reports.catalogue import sources
from hub.domains.reports.definition import (
    IN_PERCENT,
    PERCENT,
    Definition,
    Figure,
    Frame,
    ReportDisclosure,
    ReportTotalling,
    Tally,
    Term,
    Variable,
    Words,
)
from hub.domains.reports.model import ReportOrigin
from hub.domains.villages.model import Village
from hub.store.base import table

_CITIZENS, _VILLAGES = table(Citizen), table(Village)
_REQUIRED = (
    "nik_bidx",
    "birth_place",
    "birth_date",
    "education",
    "occupation",
    "marital_status",
    "citizenship",
)
_A_MONTH = Decimal(31)
_ISIAN = Words("isian", "fields")
_FILLED = Variable(
    name=Words("Isian terisi", "Filled fields"),
    concept=Words("Kelengkapan data", "Completeness"),
    definition=Words(
        "Isian wajib yang terisi, dari semua penduduk tercatat",
        "Required fields that are filled, of all registered residents",
    ),
    unit=_ISIAN,
    source=sources.REGISTER,
    each=len(_REQUIRED),
)
_TO_FILL = Variable(
    name=Words("Isian wajib", "Required fields"),
    concept=Words("Kelengkapan data", "Completeness"),
    definition=Words(
        "Tujuh isian tiap penduduk tercatat: NIK, tempat lahir, tanggal lahir, pendidikan, pekerjaan, "
        "status perkawinan, kewarganegaraan",
        "Seven fields of each registered resident: NIK, birth place, birth date, education, occupation, "
        "marital status, citizenship",
    ),
    unit=_ISIAN,
    source=sources.REGISTER,
    each=len(_REQUIRED),
)
_DAYS = Variable(
    name=Words("Hari sejak kiriman terakhir", "Days since the last file"),
    concept=Words("Kemutakhiran data", "Freshness"),
    definition=Words(
        "Hari sejak berkas terakhir desa diambil alih, diimpor atau dikirim desa sendiri",
        "Days since the last file of the village was taken over, imported or sent by the village itself",
    ),
    unit=Words("hari", "days"),
    source=Words("Catatan impor dan kiriman desa", "Record of imports and of the villages' sendings"),
)


def _filled(frame: Frame) -> Select[Any]:
    who = _CITIZENS.c
    filled = func.num_nonnulls(*(_present(who[name]) for name in _REQUIRED))
    return (
        select(
            who.village_id,
            func.sum(filled).label("n_filled"),
            (func.count() * len(_REQUIRED)).label("d_filled"),
        )
        .where(who.tenant_id == frame.tenant, who.ended_at.is_(None))
        .group_by(who.village_id)
    )


def _present(column: Any) -> Any:
    return func.nullif(column, "") if isinstance(column.type, Text) else column


def _since(frame: Frame) -> Select[Any]:
    here = _VILLAGES.c
    day = cast(func.timezone(frame.zone.value, sources.last_sync(frame)), Date)
    return select(here.id.label("village_id"), (literal(frame.today, Date()) - day).label("n_daysSinceSync")).where(
        here.tenant_id == frame.tenant
    )


REPORTS = (
    Definition(
        code="R-33",
        title=Words("Kelengkapan dan kemutakhiran data", "Completeness and freshness of data"),
        formula=Words(
            "isian terisi ÷ isian wajib × 100; hari sejak kiriman terakhir",
            "filled fields ÷ required fields × 100; days since the last file",
        ),
        terms=(
            Term(Words("Penduduk tercatat", "Registered residents"), sources.PEOPLE.definition, "Kecamatan Hub"),
            Term(Words("Isian wajib", "Required fields"), _TO_FILL.definition, "Kecamatan Hub"),
        ),
        figures=(
            Figure(
                key="filled",
                title=Words("Kelengkapan", "Completeness"),
                definition=_FILLED.definition,
                interpretation=Words("100 berarti lengkap", "100 means complete"),
                unit=IN_PERCENT,
                numerator=_FILLED,
                denominator=_TO_FILL,
                factor=PERCENT,
            ),
            Figure(
                key="daysSinceSync",
                title=Words("Hari sejak kiriman terakhir", "Days since the last file"),
                definition=_DAYS.definition,
                interpretation=Words("Di atas 31: sebulan tanpa kiriman", "Over 31: a month without a file"),
                unit=_DAYS.unit,
                numerator=_DAYS,
                totalling=ReportTotalling.MAX,
                above=_A_MONTH,
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis="Permendagri 100/2016",
        tallies=(Tally(_filled, ReportOrigin.REGISTER), Tally(_since, ReportOrigin.REGISTER)),
        marks=frozenset({"Citizen", "Village", "ImportBatch", "ImportJob"}),
        reporting=sources.reporting(_CITIZENS),
    ),
)
