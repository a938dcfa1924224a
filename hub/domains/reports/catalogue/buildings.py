"""Houses and their permits."""

from typing import Any

from sqlalchemy import Select, func, select

from hub.domains.houses.model import House
from hub.domains.reports.catalogue import sources
from hub.domains.reports.definition import (
    IN_PERCENT,
    PERCENT,
    Definition,
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

_HOUSES = table(House)
_SOURCE = Words("Register rumah di hub; bila belum ada, profil tahunan", "House register of the hub; else the profile")
_HOUSE = Variable(
    name=Words("Rumah", "Houses"),
    concept=Words("Bangunan tempat tinggal", "Dwellings"),
    definition=Words("Rumah yang masih berdiri menurut register", "Houses of the register that still stand"),
    unit=Words("rumah", "houses"),
    source=_SOURCE,
)
_PERMITTED = Variable(
    name=Words("Rumah ber-IMB/PBG", "Houses with a permit"),
    concept=Words("Izin bangunan", "Building permit"),
    definition=Words("Rumah dengan izin IMB atau PBG yang berlaku", "Houses with a permit (IMB or PBG) in force"),
    unit=Words("rumah", "houses"),
    source=_SOURCE,
)


def _houses(frame: Frame) -> Select[Any]:
    own = _HOUSES.c
    return (
        select(
            own.village_id,
            func.count().filter(own.has_permit).label("n_coverage"),
            func.count().label("d_coverage"),
        )
        .where(own.tenant_id == frame.tenant, own.ended_at.is_(None))
        .group_by(own.village_id)
    )


REPORTS = (
    Definition(
        code="R-01",
        title=Words("Cakupan IMB/PBG", "Coverage of building permits"),
        formula=Words("rumah ber-IMB/PBG ÷ rumah × 100", "houses with a permit ÷ houses × 100"),
        terms=(
            Term(
                Words("IMB/PBG", "IMB/PBG"),
                Words(
                    "Izin Mendirikan Bangunan; sejak 2021 Persetujuan Bangunan Gedung",
                    "Building permit (IMB); since 2021 building approval (PBG)",
                ),
                "PP 16/2021",
            ),
        ),
        figures=(
            Figure(
                key="coverage",
                title=Words("Cakupan", "Coverage"),
                definition=Words("Bagian rumah yang berizin", "Part of the houses that have a permit"),
                interpretation=Words("Makin tinggi makin tertib", "The higher, the more houses are in order"),
                unit=IN_PERCENT,
                numerator=_PERMITTED,
                denominator=_HOUSE,
                factor=PERCENT,
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis="Care Mobile",
        tallies=(
            Tally(_houses, ReportOrigin.REGISTER),
            Tally(
                sources.of_profile("coverage", "houses_with_permit", "house_count"),
                ReportOrigin.PROFILE,
                otherwise=True,
            ),
        ),
        marks=frozenset({"House", "BuildingPermit", "KecamatanProfile", "Village"}),
        reporting=sources.reporting(_HOUSES),
    ),
)
