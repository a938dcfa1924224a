"""What several reports count from: villages that report, the yearly profile, people of the register."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Date, FromClause, Integer, Select, cast, exists, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from hub.domains.imports.model import BatchState, ImportBatch, SyncState, VillageSync
from hub.domains.kecamatan.model import KecamatanProfile
from hub.domains.reports.definition import Frame, Statement, Variable, Words
from hub.domains.villages.model import Village
from hub.store.base import table

_VILLAGES, _PROFILES = table(Village), table(KecamatanProfile)
_BATCHES, _SYNCS = table(ImportBatch), table(VillageSync)

ALL, NONE = Decimal(100), Decimal(0)  # percent
REGISTER = Words("Register desa di hub", "Village register kept in the hub")
PROFILE = Words("Profil tahunan kecamatan", "Yearly profile of the kecamatan")
PEOPLE = Variable(
    name=Words("Penduduk tercatat", "Registered residents"),
    concept=Words("Penduduk menurut register desa", "Residents by the village register"),
    definition=Words(
        "Orang dalam register desa yang belum meninggal, pindah, atau dikeluarkan; bukan angka penduduk resmi",
        "People in the village register who have not died, moved or been taken out; not a figure of the civil registry",
    ),
    unit=Words("orang", "persons"),
    source=REGISTER,
)
POPULATION = Variable(
    name=Words("Jumlah penduduk menurut profil", "Residents by the profile"),
    concept=Words("Penduduk", "Residents"),
    definition=Words(
        "Jumlah penduduk yang dinyatakan kecamatan dalam profil tahunannya",
        "Number of residents that the kecamatan states in its yearly profile",
    ),
    unit=Words("jiwa", "persons"),
    source=PROFILE,
)


def reporting(of: FromClause) -> Statement:
    """Which villages have rows in a table that go on, and when each last sent a file that was taken over."""

    def statement(frame: Frame) -> Select[Any]:
        here = _VILLAGES.c
        there = exists(
            select(literal(1)).where(
                of.c.tenant_id == frame.tenant, of.c.village_id == here.id, of.c.ended_at.is_(None)
            )
        )
        return select(here.id.label("village_id"), there.label("reporting"), last_sync(frame).label("synced_at")).where(
            here.tenant_id == frame.tenant
        )

    return statement


def synced() -> Statement:
    """Every village; it reports once a file of it was taken over."""

    def statement(frame: Frame) -> Select[Any]:
        here, last = _VILLAGES.c, last_sync(frame)
        return select(here.id.label("village_id"), last.is_not(None).label("reporting"), last.label("synced_at")).where(
            here.tenant_id == frame.tenant
        )

    return statement


def last_sync(frame: Frame) -> ColumnElement[Any]:
    """When the village of the enclosing select last sent a file that was taken over, by hand or by itself."""
    batch = (
        select(func.max(_BATCHES.c.finished_at))
        .where(
            _BATCHES.c.tenant_id == frame.tenant,
            _BATCHES.c.village_id == _VILLAGES.c.id,
            _BATCHES.c.state == BatchState.DONE.value,
        )
        .correlate(_VILLAGES)
        .scalar_subquery()
    )
    sent = (
        select(_SYNCS.c.received_at)
        .where(
            _SYNCS.c.tenant_id == frame.tenant,
            _SYNCS.c.village_id == _VILLAGES.c.id,
            _SYNCS.c.state == SyncState.DONE.value,
        )
        .correlate(_VILLAGES)
        .scalar_subquery()
    )
    return func.greatest(batch, sent)


def of_profile(key: str, over: str, under: str) -> Statement:
    """A figure of the yearly profile, by the last year that states both its parts.

    An area is kept in hectares, a hundredth of its unit.
    """

    def statement(frame: Frame) -> Select[Any]:
        own = _PROFILES.c
        return (
            select(
                _whole(own[over]).label(f"n_{key}"),
                _whole(own[under]).label(f"d_{key}"),
                func.make_date(own.year, 12, 31).label("as_of"),
            )
            .where(own.tenant_id == frame.tenant, own[over].is_not(None), own[under].is_not(None))
            .order_by(own.year.desc())
            .limit(1)
        )

    return statement


def _whole(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column * 100, Integer) if column.name == "area_km2" else column


def today(frame: Frame) -> ColumnElement[Any]:
    """The day of the count, as a value."""
    return literal(frame.today, Date())
