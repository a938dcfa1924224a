"""Targets and achievements: the seventeen items of Care Mobile as planned, and as far as they were reported."""

from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from hub.domains.reports.assembling import ReportException
from hub.wiring import Hub
from tests.domains.reports.stage import Stage, opened, total
from tests.world import make

D = Decimal
CARE_MOBILE = (  # number, activity, target, unit, achieved
    ("1a", "Rapat koordinasi internal", D(100), "PERCENT", D(100)),
    ("1b", "Pembentukan tim efektif", D(100), "PERCENT", D(100)),
    ("2a", "Penyusunan SOP", D(80), "PERCENT", None),
    ("2b", "Penelaahan SOP", D(90), "PERCENT", None),
    ("3a", "Rapat komitmen dan maklumat", D(90), "PERCENT", None),
    ("3b", "Penandatanganan maklumat", D(100), "PERCENT", None),
    ("4a", "Rapat dengan kepala desa", D(90), "PERCENT", None),
    ("4b", "Penandatanganan komitmen", D(4), "VILLAGE", D(5)),
    ("5a", "Pemasangan stiker", D(5), "VEHICLE", D(5)),
    ("6a", "Rapat pemangku kepentingan", D(90), "PERCENT", None),
    ("6b", "Pembinaan desa", D(4), "TIMES", None),
    ("6c", "Penjemputan lansia dan difabel", D(2), "PERSON", D(4)),
    ("6d", "Jemput bola IMB", D(4), "HOUSE", D(4)),
    ("6e", "Silaturahmi", D(4), "TIMES", None),
    ("6f", "Komitmen dengan organisasi", D(8), "DOCUMENT", D(8)),
    ("7a", "Pemantauan dan evaluasi", D(90), "PERCENT", None),
    ("7b", "Laporan", D(90), "PERCENT", None),
)


@pytest.fixture(scope="module")
async def stage(hub: Hub, owner_dsn: str) -> Stage:
    """One with the plan in it."""
    owner = await asyncpg.connect(owner_dsn)
    made = await opened(hub, owner, "32.13.13")
    await owner.close()
    plan = make.plan(made.office, "Care Mobile", state="ACTIVE")
    items = [
        make.plan_item(
            plan,
            at,
            activity=f"{number} {activity}",
            target=D(target),
            unit=unit,
            actual=None if actual is None else D(actual),
        )
        for at, (number, activity, target, unit, actual) in enumerate(CARE_MOBILE, 1)
    ]
    bare = make.plan_item(plan, 18, activity="tanpa target")
    cancelled = make.plan_item(plan, 19, activity="batal", target=D(1), unit="TIMES", state="CANCELLED")
    draft = make.plan(made.office, "Rancangan")
    dreamt = make.plan_item(draft, 1, target=D(7), unit="TIMES")
    await made.add(plan, *items, bare, cancelled, draft, dreamt)
    await made.add(
        make.plan_problem(items[0], solution="Menumpang kegiatan lain", solved_on=date(2018, 3, 21)),
        make.plan_problem(items[10]),
    )
    return made


async def test_what_was_reached_of_each_target_is_exact_and_what_nobody_recorded_is_unknown(stage: Stage) -> None:
    found = await stage.report("R-04")

    number = {row.parts[1].key: row.parts[1].name.id.split(" · ")[1].split(" ")[1] for row in found.rows}
    reached = {number[row.parts[1].key]: row.cells[2].value for row in found.rows}
    unknown = {number[each.row.parts[1].key] for each in found.exceptions if each.kind.name == "ACTUAL_UNKNOWN"}
    assert reached == {
        **{each[0]: None for each in CARE_MOBILE},
        "1a": D("100.00"),
        "1b": D("100.00"),
        "4b": D("125.00"),
        "5a": D("100.00"),
        "6c": D("200.00"),
        "6d": D("100.00"),
        "6f": D("100.00"),
    }
    assert unknown == {"2a", "2b", "3a", "3b", "4a", "6a", "6b", "6e", "7a", "7b"}


async def test_only_targets_of_one_unit_are_added_up(stage: Stage) -> None:
    found = await stage.report("R-04")

    kept = {unit: (target[2], actual[2], achieved) for unit, target, actual, achieved, *_ in total(found.totals)}
    assert kept == {
        "DOCUMENT": (D(8), D(8), (D(8), D(8), D("100.00"))),
        "HOUSE": (D(4), D(4), (D(4), D(4), D("100.00"))),
        "PERCENT": (D(920), D(200), (D(200), D(200), D("100.00"))),
        "PERSON": (D(2), D(4), (D(4), D(2), D("200.00"))),
        "TIMES": (D(8), None, (None, None, None)),
        "VEHICLE": (D(5), D(5), (D(5), D(5), D("100.00"))),
        "VILLAGE": (D(4), D(5), (D(5), D(4), D("125.00"))),
    }


async def test_problems_stay_counted_and_open_ones_stand_out(stage: Stage) -> None:
    found = await stage.report("R-04")

    told = {row.parts[1].name.id: (row.cells[3].over, row.cells[4].over) for row in found.rows}
    assert {name: counts for name, counts in told.items() if counts != (D(0), D(0))} == {
        "Care Mobile · 1. 1a Rapat koordinasi internal": (D(1), D(0)),
        "Care Mobile · 11. 6b Pembinaan desa": (D(1), D(1)),
    }
    assert [each.row.parts[1].name.id for each in found.exceptions if each.kind is ReportException.ABOVE] == [
        "Care Mobile · 11. 6b Pembinaan desa"
    ]
