"""Figures of one kecamatan, counted by the worker from base tables."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from hub.domains.citizens.model import Citizen
from hub.domains.reports.assembling import ReportException, ReportMissing
from hub.domains.reports.counting import Told
from hub.wiring import Hub
from tests.domains.reports.stage import Stage, lines, opened, total
from tests.world import make

_codes = iter(
    ("32.01.03", "32.01.04", "32.01.05", "32.01.08", "32.01.09", "32.01.10", "32.01.11", "32.01.12", "32.01.13")
)
# Takisung in 2018.
FIGURES: dict[str, Any] = {
    "area_km2": Decimal("343.00"),
    "village_count": 12,
    "kelurahan_count": 0,
    "population": 31_020,
    "household_count": 9_379,
    "house_count": 9_187,
    "houses_with_permit": 127,
    "civil_servant_count": 22,
    "new_village_heads": 7,
}
D = Decimal


@pytest.fixture
async def stage(hub: Hub, owner: asyncpg.Connection) -> Stage:
    """One for each test, under a code of its own."""
    return await opened(hub, owner, next(_codes))


def people(stage: Stage, *persons: dict[str, Any], village: int = 0) -> list[Any]:
    """A household's rows with these people in it."""
    home = make.household(stage.hub, stage.tenant, stage.villages[village].id)
    found: list[Any] = [home]
    for each in persons:
        found += make.citizen(stage.hub, stage.tenant, home, "Aminah", **each)
    return found


async def test_takisungs_profile_gives_r01_to_r03_where_no_house_is_registered(stage: Stage) -> None:
    await stage.add(
        make.profile(stage.tenant, stage.office, 2018, **FIGURES), make.profile(stage.tenant, stage.office, 2019)
    )
    r01, r02, r03 = [await stage.report(code) for code in ("R-01", "R-02", "R-03")]
    code = stage.tenant.code
    assert lines(r01) == [(code, (D(127), D(9_187), D("1.38")))]
    assert lines(r02) == [(code, (D(31_020), D(22), D("1410.00")))]
    assert lines(r03) == [
        (
            code,
            (D(31_020), D("343.00"), D("90.44")),
            (D(31_020), D(9_379), D("3.31")),
            (D(9_187), D(9_379), D("0.98")),
            (D(7), D(12), D("58.33")),
        )
    ]
    assert {(cell.origin, cell.as_of) for row in r03.rows for cell in row.cells} == {("PROFILE", date(2018, 12, 31))}
    assert [row.coverage for report in (r01, r02, r03) for row in report.rows] == [None, None, None]
    assert total(r01.totals) == [((D(127), D(9_187), D("1.38")),)]


async def test_four_more_permits_in_a_later_profile_give_one_point_four_three(stage: Stage) -> None:
    later = {**FIGURES, "houses_with_permit": 131}
    await stage.add(
        make.profile(stage.tenant, stage.office, 2018, **FIGURES),
        make.profile(stage.tenant, stage.office, 2019, **later),
    )
    assert lines(await stage.report("R-01")) == [(stage.tenant.code, (D(131), D(9_187), D("1.43")))]


async def test_registered_houses_go_before_the_profile_and_a_village_without_any_is_not_zero(stage: Stage) -> None:
    village, other = stage.villages
    gone = {"ended_at": datetime(2020, 1, 1, tzinfo=UTC), "end_reason": "DEMOLISHED"}
    await stage.add(
        make.profile(stage.tenant, stage.office, 2018, **FIGURES),
        make.house(stage.tenant, village.id, has_permit=True),
        make.house(stage.tenant, village.id),
        make.house(stage.tenant, village.id),
        make.house(stage.tenant, village.id, has_permit=True, **gone),
    )
    report = await stage.report("R-01")
    assert lines(report) == [(village.code, (D(1), D(3), D("33.33"))), (other.code, (None, None, None))]
    assert [(row.coverage.reporting, row.coverage.total) for row in report.rows if row.coverage] == [(1, 1), (0, 1)]
    assert report.totals == ()
    assert total(report.with_partial) == [((D(1), D(3), D("33.33")),)]
    assert [(each.kind, each.row.region_code) for each in report.exceptions] == [(ReportException.NO_DATA, other.code)]
    assert [each.partial for each in report.included] == [True]


async def test_the_gap_of_a_commitment_names_karang_taruna_and_more_than_planned_is_over_100(stage: Stage) -> None:
    first, second, draft = [
        make.commitment(stage.tenant, title, state=state, planned_parties=planned)
        for title, state, planned in (("C1", "SIGNED", 1), ("C2", "PARTIALLY_SIGNED", None), ("X", "DRAFT", 9))
    ]
    pkk, taruna = [make.partner(stage.tenant, name) for name in ("PKK", "Karang Taruna")]
    signed: dict[str, Any] = {"signed_at": datetime(2018, 4, 17, tzinfo=UTC), "signed_on": date(2018, 4, 17)}
    villages = [{"village_id": each.id} for each in stage.villages]
    await stage.add(
        *(first, second, draft, pkk, taruna),
        *(make.party(stage.tenant, first, n, **each, **signed) for n, each in enumerate(villages)),
        make.party(stage.tenant, second, 0, organization_id=pkk.id, **signed),
        make.party(stage.tenant, second, 1, organization_id=taruna.id),
        make.party(stage.tenant, second, 2, kecamatan_id=stage.office.id, role="WITNESS"),
        make.party(stage.tenant, draft, 0, village_id=stage.villages[0].id),
    )
    report = await stage.report("R-05")
    code, none = stage.tenant.code, (None, None, None)
    assert lines(report) == [
        (code, "C1", "", (D(2), D(2), D("100.00")), (D(2), D(1), D("200.00")), none),
        (code, "C2", "", (D(1), D(2), D("50.00")), none, none),
        (code, "C2", "Karang Taruna", none, none, (D(1), None, D(1))),
    ]
    assert total(report.totals) == [((D(3), D(4), D("75.00")), (D(2), D(1), D("200.00")), (D(1), None, D(1)))]
    assert [(each.kind, each.row.parts[0].name.en) for each in report.exceptions] == [(ReportException.BELOW, "C2")]


async def test_documents_count_who_is_due_by_the_day_and_never_take_unknown_for_none(stage: Stage) -> None:
    village, other = stage.villages
    seventeen = date(2009, 11, 22)  # to the day
    await stage.add(
        *people(
            stage,
            {"ektp_status": "KTP_EL"},
            {"ektp_status": "NOT_YET", "birth_date": seventeen},
            {"ektp_status": "NOT_YET", "birth_date": date(2009, 11, 23)},
            {"birth_date": date(1980, 1, 1), "marital_status": "MARRIED", "marriage_certificate": "AK-1"},
            {"birth_date": None},
            {"birth_date": date(2020, 2, 29), "birth_certificate": "AL-1"},
        )
    )
    report = await stage.report("R-07")
    none = (D(0), D(1), D("0.00"))
    assert lines(report) == [
        (village.code, "BIRTH_CERT", (D(1), D(3), D("33.33")), (D(0), D(3), D("0.00"))),
        (village.code, "KTP_EL", (D(1), D(3), D("33.33")), (D(1), D(3), D("33.33"))),
        (village.code, "MARRIAGE_CERT", (D(1), D(1), D("100.00")), none),
        (other.code, (None, None, None), (None, None, None)),
    ]
    assert [each[0] for each in total(report.with_partial)] == ["BIRTH_CERT", "KTP_EL", "MARRIAGE_CERT"]


async def test_whoever_is_in_two_groups_counts_once_above_and_once_in_each(stage: Stage) -> None:
    rows = people(stage, {"ektp_status": "NOT_YET"}, {"ektp_status": "KTP_EL"}, {})
    one, two, three = [each for each in rows if isinstance(each, Citizen)]
    verified = make.verified(date(2026, 3, 1), date(2027, 3, 1))
    await stage.add(
        *rows,
        make.vulnerability(one, "DISABLED", **verified),
        make.vulnerability(one, "ELDERLY", **verified),
        make.vulnerability(two, "ELDERLY", **verified),
        make.vulnerability(three, "ELDERLY"),  # proposed only
        *people(stage, {}, village=1),
    )
    village, other = stage.villages
    assert lines(await stage.report("R-15")) == [
        (village.code, "", (D(1), D(2), D("50.00")), (D(0), D(2), D("0.00"))),
        (village.code, "DISABLED", (D(1), D(1), D("100.00")), (D(0), D(1), D("0.00"))),
        (village.code, "ELDERLY", (D(1), D(2), D("50.00")), (D(0), D(2), D("0.00"))),
        (other.code, "", (D(0), D(0), None), (D(0), D(0), None)),
    ]


async def test_completeness_and_freshness_by_village(stage: Stage) -> None:
    village, other = stage.villages
    whole = {
        "nik": "3213011705900001",
        "birth_place": "Subang",
        "education": "SD",
        "occupation": "FARMER",
        "marital_status": "MARRIED",
        "citizenship": "WNI",
    }
    sent = datetime(2026, 10, 1, 18, 0, tzinfo=UTC)  # the second of October in this kecamatan
    await stage.add(
        *people(stage, whole, {"birth_place": ""}),
        *people(stage, {}, village=1),
        make.import_batch(stage.tenant, village.id, finished_at=sent),
        make.import_batch(stage.tenant, other.id, state="REFUSED", finished_at=sent),
    )
    report = await stage.report("R-33")
    assert lines(report) == [
        (village.code, (D(8), D(14), D("57.14")), (D(51), None, D(51))),
        (other.code, (D(1), D(7), D("14.29")), (None, None, None)),
    ]
    assert total(report.totals) == [((D(9), D(21), D("42.86")), (D(51), None, D(51)))]
    assert [(each.kind, each.row.region_code) for each in report.exceptions] == [(ReportException.ABOVE, village.code)]
    assert [row.coverage.oldest_sync for row in report.totals if row.coverage] == [sent]


async def test_what_was_never_counted_or_is_not_kept_is_missing_and_not_zero(stage: Stage) -> None:
    for code, counted, reason in (
        ("R-02", False, ReportMissing.NOT_COUNTED),
        ("R-02", True, ReportMissing.NO_DATA),
        ("R-07", True, ReportMissing.NO_DATA),
        ("R-08", False, ReportMissing.SOURCE_NOT_KEPT),
    ):
        report = await stage.report(code, counted=counted)
        assert [each.reason for each in report.missing] == [reason]
        assert (report.rows, report.totals, report.with_partial, report.included) == ((), (), (), ())


async def test_verifying_finds_what_was_tampered_with_and_counting_mends_it(stage: Stage) -> None:
    await stage.add(make.profile(stage.tenant, stage.office, 2018, **FIGURES))
    first = await stage.report("R-02")
    assert await stage.recount("R-02", write=False) == []
    async with stage.worker() as unit:
        await unit.connection.fetch("update report_count set numerator = 9 where report = 'R-02'")
    found = await stage.recount("R-02", write=False)
    assert [(each.stood, each.counted) for each in found] == [
        (
            Told(9, 22, "PROFILE", date(2018, 12, 31)),
            Told(31_020, 22, "PROFILE", date(2018, 12, 31)),
        )
    ]
    assert lines(await stage.report("R-02", counted=False)) == [(stage.tenant.code, (D(9), D(22), D("0.41")))]
    again = await stage.report("R-02")
    assert lines(again) == lines(first)
    assert (first.revision, again.revision) == (1, 2)
