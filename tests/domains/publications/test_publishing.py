"""Publishing: confirmed figures leave the kecamatan once, whole, protected; what is missing is named and never zero."""

import asyncpg
import pytest

from hub.domains.publications import published
from hub.domains.publications.errors import KecamatanOutside, LaterPublished, NothingConfirmed, PeriodOver
from hub.domains.reports.assembling import ReportMissing
from hub.kernel.scope import Reader
from hub.wiring import Hub
from tests.domains.publications.stage import START, District, analyst, district, lines

MANY = [(700, 100, 1000), (600, 200, 1000)]


@pytest.fixture(scope="module")
async def balanced(hub: Hub, owner_dsn: str) -> District:
    """Two kecamatan of Balangan, published once; the other six do not use the hub."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        made = await district(hub, owner, "63.11.02", "63.11.04")
    finally:
        await owner.close()
    one, two = made.kecamatan
    await made.documents(one, MANY)
    await made.documents(two, [(800, 50, 900), None])
    await made.confirm(one, two)
    await made.publish()
    return made


async def test_what_is_published_adds_up_and_says_who_is_in_it_and_who_is_not(balanced: District) -> None:
    found = await balanced.report("R-07")
    assert lines(found) == {
        ("63.11.02", "KTP_EL"): [(1300, 2000, "SHOWN"), (300, 2000, "SHOWN")],
        ("63.11.02.2001", "KTP_EL"): [(700, 1000, "SHOWN"), (100, 1000, "SHOWN")],
        ("63.11.02.2002", "KTP_EL"): [(600, 1000, "SHOWN"), (200, 1000, "SHOWN")],
        ("63.11.04", "KTP_EL"): [(800, 900, "SHOWN"), (50, 900, "SHOWN")],
        ("63.11.04.2001", "KTP_EL"): [(800, 900, "SHOWN"), (50, 900, "SHOWN")],
        ("63.11.04.2002",): [(None, None, "NO_DATA"), (None, None, "NO_DATA")],
        ("", "KTP_EL"): [(2100, 2900, "SHOWN"), (350, 2900, "SHOWN")],
    }
    assert [cell.numerator for row in found.totals for cell in row.cells] == [1300, 300]
    assert [(each.code, each.partial) for each in found.included] == [("63.11.02", False), ("63.11.04", True)]
    assert {each.reason for each in found.missing} == {ReportMissing.NOT_IN_HUB}
    assert len(found.missing) == 6
    assert found.number == "R-07/63.11/2026-11/1"
    assert found.data_as_of is not None
    assert found.published is not None
    assert found.published.region_name == "Kabupaten Balangan"


async def test_what_nobody_has_counted_is_missing_and_not_zero(balanced: District) -> None:
    found = await balanced.report("R-28")
    assert (found.rows, found.totals, found.with_partial, found.included) == ((), (), (), ())
    assert {each.reason for each in found.missing} == {ReportMissing.NOT_IN_HUB, ReportMissing.NOT_COUNTED}


async def test_kecamatan_are_selected_without_a_sum_of_their_own(balanced: District) -> None:
    found = await balanced.report("R-07", ["63.11.02"])
    assert {row.region_code for row in found.rows} == {"63.11.02", "63.11.02.2001", "63.11.02.2002"}
    assert (found.totals, found.with_partial) == ((), ())
    assert [each.code for each in found.included] == ["63.11.02"]
    assert found.digest == (await balanced.report("R-07")).digest
    with pytest.raises(KecamatanOutside):
        await balanced.report("R-07", ["63.01.01"])


async def test_run_again_it_makes_nothing_and_the_kecamatan_hear_of_it_once(balanced: District) -> None:
    before = await balanced.period(balanced.kecamatan[0])
    assert (before.state, before.number) == ("PUBLISHED", "63.11/2026-11/1")
    found = await balanced.publish()
    assert (found.number, found.made) == ("63.11/2026-11/1", False)
    assert (await balanced.period(balanced.kecamatan[0])).version == before.version


async def test_a_confirmation_after_it_makes_a_revision_that_says_what_changed(
    hub: Hub, owner: asyncpg.Connection
) -> None:
    made = await district(hub, owner, "63.01.04", "63.01.05")
    one, two = made.kecamatan
    for each in (one, two):
        await made.documents(each, MANY)
    await made.confirm(one)
    await made.publish()
    await made.documents(one, [(700, 100, 1000), (650, 180, 1030)])
    await made.confirm(one, two)
    await made.publish(at_once=False)
    found = await made.report("R-07")
    assert found.published is not None
    assert (found.published.state.value, found.revision, found.number) == ("REVISED", 2, "R-07/63.01/2026-11/2")
    told = {
        (each.row.region_code, each.after.figure.key): (each.before.numerator, each.after.numerator)
        for each in found.difference
    }
    assert told == {
        ("63.01.04", "held"): (1300, 1350),
        ("63.01.04", "unknown"): (300, 280),
        ("63.01.04.2002", "held"): (600, 650),
        ("63.01.04.2002", "unknown"): (200, 180),
        (None, "held"): (1300, 2650),
        (None, "unknown"): (300, 580),
    }
    assert (await made.period(one)).state == "REVISED"
    assert (await made.period(two)).state == "REVISED"


async def test_nothing_is_published_before_somebody_confirms_and_others_are_waited_for_until_the_day(
    hub: Hub, owner: asyncpg.Connection
) -> None:
    made = await district(hub, owner, "32.15.02", "32.15.03")
    one, two = made.kecamatan
    await made.documents(one, MANY)
    with pytest.raises(NothingConfirmed):
        await made.publish()
    await made.confirm(one)
    assert (await made.publish(at_once=False)).number is None
    made.at = START.replace(month=12, day=10)
    assert (await made.publish(at_once=False)).number == "32.15/2026-11/1"
    found = await made.report("R-07")
    assert [(each.code, each.reason.value) for each in found.missing if each.code == two.tenant.code] == [
        ("32.15.03", "NOT_CONFIRMED")
    ]
    # a later month closes the one before it
    await made.confirm(one, period="2026-12")
    await made.publish("2026-12")
    with pytest.raises(PeriodOver):
        await made.confirm(one)
    with pytest.raises(LaterPublished):
        await made.publish()


async def test_nobody_else_reads_a_row(balanced: District) -> None:
    for each in ("publication", "published_figure"):
        async with balanced.reader("63.01") as session:
            assert await session.connection.fetch(f"select from {each} where region_code = '63.11'") == []
        async with balanced.reader("63.11.02") as session:
            assert await session.connection.fetch(f"select from {each} where region_code = '63.11'") == []
        async with balanced.reader("63") as session:
            assert await session.connection.fetch(f"select from {each} where region_code = '63.11'") != []
        for reader in (Reader.API, Reader.OUTSIDE):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await balanced.hub.pools.of(reader).fetchval(f"select count(*) from {each}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await balanced.hub.pools.of(Reader.REPORT).execute(f"delete from {each}")


async def test_a_number_shows_a_publication_to_anybody_and_no_figure(balanced: District) -> None:
    async with published.outside(balanced.hub.pools, analyst(), balanced.now()) as session:
        assert await published.listed(session) == []
        for number in ("63.11/2026-11/1", "R-07/63.11/2026-11/1"):
            found = await published.numbered(session, number)
            assert found is not None
            assert (found.number, found.superseded_by) == ("63.11/2026-11/1", None)
        assert await published.numbered(session, "63.11/2026-11/9") is None
        assert await session.connection.fetch("select from published_figure") == []
