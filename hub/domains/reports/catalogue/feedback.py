"""Feedback: how long what was raised has been waiting, by sector."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, String, case, func, literal, literal_column, select, type_coerce

from hub.domains.feedback import standing
from hub.domains.feedback.model import Feedback, FeedbackSector
from hub.domains.reports.catalogue import sources
from hub.domains.reports.definition import (
    IN_PERCENT,
    PERCENT,
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

_OWN = table(Feedback).c
_SOURCE = Words("Laporan masyarakat yang dicatat di hub", "Feedback recorded in the hub")
_UNIT = Words("laporan", "items")
_BASIS = "Buku Kerja Camat; SP4N-LAPOR!"
_UNSORTED = "UNSORTED"
# Days from, and the bucket's name; the last one has no end.
_BUCKETS: Mapping[int, str] = {0: "0-3", 4: "4-7", 8: "8-14", 15: "15-28", 29: "29+"}


def _counted(name: Words, definition: Words) -> Variable:
    concept = Words("Laporan masyarakat", "Feedback")
    return Variable(name=name, concept=concept, definition=definition, unit=_UNIT, source=_SOURCE)


_OPEN = _counted(
    Words("Laporan terbuka", "Open feedback"),
    Words(
        "Laporan yang belum dijawab, ditutup, atau ditolak; tanpa laporan tentang kantor kecamatan sendiri",
        "Feedback that is neither answered, closed nor refused; without complaints about the office itself",
    ),
)
_LATE = _counted(
    Words("Lewat tenggat", "Past the deadline"),
    Words(
        "Laporan terbuka yang melewati 3 hari kerja untuk diteruskan atau 5 hari kerja untuk dijawab",
        "Open feedback past three working days to be passed on, or five to be answered",
    ),
)
_WAITING = _counted(
    Words("Tertahan", "Held up"),
    Words(
        "Diteruskan ke perangkat daerah lebih dari 14 hari, atau lebih dari 7 hari sementara layanan terganggu",
        "Escalated more than 14 days ago, or more than 7 days old while a service suffers",
    ),
)


def _shown(frame: Frame) -> Any:
    """The open ones that the office itself handles."""
    return (_OWN.tenant_id == frame.tenant) & standing.unsettled(_OWN) & ~_OWN.about_office


def _in_all(frame: Frame) -> Select[Any]:
    """One line, also where nothing is open: that is a figure, and a good one."""
    today, every = type_coerce(literal(frame.today), _OWN.received_on.type), func.count(_OWN.id)
    figures: tuple[Any, ...] = (
        every.label("n_all"),
        every.filter(standing.overdue(_OWN, today)).label("n_late"),
        every.label("d_late"),
        every.filter(standing.ageing(_OWN, today)).label("n_waiting"),
        every.label("d_waiting"),
    )
    return select(*figures).where(_shown(frame))


def _by_age(frame: Frame) -> Select[Any]:
    """A line for each sector and bucket of age that has any."""
    today = type_coerce(literal(frame.today), _OWN.received_on.type)
    days = standing.age(_OWN, today)
    (_, newest), *older = _BUCKETS.items()
    age = case(
        *((days >= since, literal_column(f"'{name}'", String)) for since, name in reversed(older)),
        else_=literal_column(f"'{newest}'", String),
    )
    sector = func.coalesce(_OWN.sector, literal_column(f"'{_UNSORTED}'", String))
    return (
        select(sector.label("dimension_1"), age.label("dimension_2"), func.count(_OWN.id).label("n_open"))
        .where(_shown(frame))
        .group_by(sector, age)
    )


REPORTS = (
    Definition(
        code="R-28",
        title=Words("Umur laporan masyarakat", "Ageing of feedback"),
        formula=Words(
            "laporan terbuka per bidang dan kelompok umur; lewat tenggat ÷ terbuka × 100",
            "open feedback by sector and age; past the deadline ÷ open × 100",
        ),
        terms=(
            Term(
                Words("Umur", "Age"),
                Words("Hari kalender sejak laporan diterima", "Calendar days since it was received"),
                _BASIS,
            ),
        ),
        figures=(
            Figure(
                key="all",
                title=Words("Terbuka, semua", "Open in all"),
                definition=Words("Jumlah laporan terbuka", "Number of open feedback"),
                interpretation=Words("Beban penanganan", "What is to be handled"),
                unit=_UNIT,
                numerator=_OPEN,
            ),
            Figure(
                key="late",
                title=Words("Lewat tenggat", "Past the deadline"),
                definition=Words("Bagian laporan terbuka yang lewat tenggat", "Part of open feedback that is late"),
                interpretation=Words("Di atas 0 perlu ditindaklanjuti", "Over 0 calls for action"),
                unit=IN_PERCENT,
                numerator=_LATE,
                denominator=_OPEN,
                factor=PERCENT,
                above=sources.NONE,
            ),
            Figure(
                key="waiting",
                title=Words("Tertahan", "Held up"),
                definition=Words("Bagian laporan terbuka yang tertahan", "Part of open feedback that is held up"),
                interpretation=Words("Di atas 0 perlu dibahas dengan dinas", "Over 0 is to be raised with the agency"),
                unit=IN_PERCENT,
                numerator=_WAITING,
                denominator=_OPEN,
                factor=PERCENT,
                above=sources.NONE,
            ),
            Figure(
                key="open",
                title=Words("Terbuka", "Open"),
                definition=Words("Laporan terbuka bidang dan umur ini", "Open feedback of this sector and age"),
                interpretation=Words("Yang paling lama menunggu didahulukan", "What has waited longest comes first"),
                unit=_UNIT,
                numerator=_OPEN,
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis=_BASIS,
        dimensions=(
            Dimension(
                "sector",
                Words("Bidang", "Sector"),
                words={
                    **{each.value: Words(each.label_id, each.label_en) for each in FeedbackSector},
                    _UNSORTED: Words("Belum ditelaah", "Not sorted yet"),
                },
                whole=Words("Semua bidang", "All sectors"),
            ),
            Dimension(
                "age",
                Words("Umur", "Age"),
                words={each: Words(f"{each} hari", f"{each} days") for each in _BUCKETS.values()},
                whole=Words("Semua umur", "All ages"),
            ),
        ),
        tallies=(Tally(_in_all, ReportOrigin.ACTS), Tally(_by_age, ReportOrigin.ACTS)),
        marks=frozenset({"Feedback"}),
    ),
)
