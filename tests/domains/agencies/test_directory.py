"""The directory of agencies: entering, changing, ending; codes that name their region."""

from datetime import date

import asyncpg
import pytest

from hub.domains.agencies import directory
from hub.domains.agencies.errors import AgencyCodeMalformed, AgencyRegionUnknown, AgencyUnknown
from hub.domains.agencies.model import Affair, Agency, AgencyKind


def agency(code: str = "32.15/DINSOS", **particulars: str) -> Agency:
    region = particulars.pop("region_code", code.partition("/")[0])
    return Agency(
        code=code, name="Dinas Sosial", kind=AgencyKind.DINAS.value, region_code=region, affairs=[Affair.SOCIAL.value]
    )


async def of(owner: asyncpg.Connection, code: str) -> list[tuple[str, str, list[str], date | None]]:
    return [
        (row["code"], row["name"], row["affairs"], row["ended_on"])
        for row in await directory.listed(owner, "32.15")
        if row["code"] == code
    ]


async def test_an_agency_is_entered_once_and_changed_when_it_is_entered_again(owner: asyncpg.Connection) -> None:
    await directory.enter(owner, agency())
    again = agency()
    again.name = "Dinas Sosial Kabupaten Karawang"
    await directory.enter(owner, again)
    assert await of(owner, "32.15/DINSOS") == [("32.15/DINSOS", "Dinas Sosial Kabupaten Karawang", ["SOCIAL"], None)]


async def test_an_agency_that_is_no_more_stays_in_the_directory(owner: asyncpg.Connection) -> None:
    await directory.enter(owner, agency("32.15/LAMA"))
    await directory.end(owner, "32.15/LAMA", date(2026, 3, 31))
    assert await of(owner, "32.15/LAMA") == [("32.15/LAMA", "Dinas Sosial", ["SOCIAL"], date(2026, 3, 31))]


async def test_what_gets_a_tenant_is_entered_and_what_is_there_stays(owner: asyncpg.Connection) -> None:
    await directory.enter(owner, agency("32.15/ADA"))
    await directory.enter_unless_there(owner, "32.15/ADA", "Lain")
    await directory.enter_unless_there(owner, "32.15/BARU", "Dinas Baru")
    await directory.enter_unless_there(owner, "00.00/NOWHERE", "Tidak ada")
    assert await of(owner, "32.15/ADA") == [("32.15/ADA", "Dinas Sosial", ["SOCIAL"], None)]
    assert await of(owner, "32.15/BARU") == [("32.15/BARU", "Dinas Baru", [], None)]
    assert "00.00/NOWHERE" not in {row["code"] for row in await directory.listed(owner)}


@pytest.mark.parametrize(
    ("code", "region"), [("32.15", "32.15"), ("32.15/", "32.15"), ("32.15/DIN SOS", "32.15"), ("63.11/DINSOS", "32.15")]
)
async def test_a_code_that_does_not_name_its_region_is_refused(
    owner: asyncpg.Connection, code: str, region: str
) -> None:
    with pytest.raises(AgencyCodeMalformed):
        await directory.enter(owner, agency(code, region_code=region))


async def test_an_agency_of_no_known_region_is_refused(owner: asyncpg.Connection) -> None:
    with pytest.raises(AgencyRegionUnknown):
        await directory.enter(owner, agency("99.99/DINSOS"))


async def test_ending_what_is_not_there_is_refused(owner: asyncpg.Connection) -> None:
    with pytest.raises(AgencyUnknown):
        await directory.end(owner, "32.15/NIHIL", date(2026, 1, 1))


async def test_only_a_region_and_what_lies_below_it_is_listed(owner: asyncpg.Connection) -> None:
    await directory.enter(owner, agency("32.15/SATU"))
    assert {row["region_code"] for row in await directory.listed(owner, "32.15")} == {"32.15"}
    assert {row["region_code"] for row in await directory.listed(owner, "32.1")} == set()
