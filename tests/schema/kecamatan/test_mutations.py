"""The kecamatan's office over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from hub.kernel.ids import GlobalId
from hub.wiring import Hub
from tests.acting import Acting, acting_in, key_of
from tests.client import Client
from tests.world.build import World


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in."""
    return await acting_in(hub, client, owner_dsn, "63.01.06", "Jorong", ("63.01.06.2001", "63.01.06.2002"))


async def test_the_office_tells_where_it_is_found(acting: Acting) -> None:
    office = acting.place.id("Kecamatan")
    given = {"id": office, "expectedVersion": 1, "website": "https://jorong.example/", "instagram": "@jorong"}
    made = await acting.done("updateKecamatan", given, "kecamatan { website instagram facebook version }")
    assert made["kecamatan"] == {
        "website": "https://jorong.example/",
        "instagram": "@jorong",
        "facebook": None,
        "version": 2,
    }
    assert await acting.refused("updateKecamatan", given) == ("STALE_VERSION", ["expectedVersion"])
    faulty = {"id": office, "expectedVersion": 2, "website": "jorong"}
    assert await acting.refused("updateKecamatan", faulty) == ("ADDRESS_INVALID", ["website"])
    assert await acting.told(office) == ["KECAMATAN_UPDATED"]


async def test_figures_of_a_year_are_set_and_completed(acting: Acting) -> None:
    office = acting.place.id("Kecamatan")
    given = {
        "kecamatan": office,
        "year": 2024,
        "expectedVersion": 0,
        "areaKm2": "343.00",
        "population": 31020,
        "houseCount": 9187,
        "housesWithPermit": 127,
        "civilServantCount": 22,
        "contractStaffCount": 3,
        "topography": ["COAST"],
    }
    shape = (
        "profile { id year areaKm2 population civilServantCount contractStaffCount topography householdCount version }"
    )
    made = (await acting.done("upsertKecamatanProfile", given, shape))["profile"]
    profile = made["id"]
    assert made == {
        "id": profile,
        "year": 2024,
        "areaKm2": "343.00",
        "population": 31020,
        "civilServantCount": 22,
        "contractStaffCount": 3,
        "topography": ["COAST"],
        "householdCount": None,
        "version": 1,
    }
    more = {"kecamatan": office, "year": 2024, "expectedVersion": 1, "householdCount": 9379, "contractStaffCount": None}
    made = (await acting.done("upsertKecamatanProfile", more, shape))["profile"]
    assert (made["id"], made["householdCount"], made["contractStaffCount"]) == (profile, 9379, None)
    assert (made["population"], made["version"]) == (31020, 2)
    assert await acting.refused("upsertKecamatanProfile", given) == ("STALE_VERSION", ["expectedVersion"])


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"year": 1900}, "YEAR_OUT_OF_RANGE", []),
        ({"areaKm2": "0"}, "AREA_NOT_POSITIVE", []),
        ({"areaKm2": "100000000"}, "FIGURE_OUT_OF_RANGE", ["areaKm2"]),
        ({"houseCount": 1, "housesWithPermit": 2}, "PERMITS_EXCEED_HOUSES", []),
        ({"civilServantCount": -1}, "FIGURE_OUT_OF_RANGE", ["civilServantCount"]),
        ({"topography": None}, "VALUE_MISSING", ["topography"]),
        ({"source": "x" * 201}, "TEXT_TOO_LONG", ["source"]),
    ],
)
async def test_faulty_figures_are_refused(acting: Acting, more: dict[str, Any], code: str, path: list[str]) -> None:
    given = {"kecamatan": acting.place.id("Kecamatan"), "year": 2023, **more}
    assert await acting.refused("upsertKecamatanProfile", given) == (code, path)


async def test_two_first_profiles_of_a_year_become_one(acting: Acting) -> None:
    office = acting.place.id("Kecamatan")
    await asyncio.gather(
        acting.done("upsertKecamatanProfile", {"kecamatan": office, "year": 2022, "cars": 1}),
        acting.done("upsertKecamatanProfile", {"kecamatan": office, "year": 2022, "motorcycles": 4}),
    )
    (row,) = await acting.rows("kecamatan_profile", year=2022)
    assert (row["cars"], row["motorcycles"], row["version"]) == (1, 4, 2)


async def test_service_hours_are_set_changed_and_removed(acting: Acting) -> None:
    office = acting.place.id("Kecamatan")
    given = {
        "kecamatan": office,
        "channel": "COUNTER",
        "weekdays": ["FRIDAY", "MONDAY", "MONDAY"],
        "opensAt": "07:30",
        "closesAt": "15:00",
    }
    shape = "serviceHours { id channel weekdays opensAt closesAt version }"
    made = (await acting.done("setServiceHours", given, shape))["serviceHours"]
    hours = made.pop("id")
    assert made == {
        "channel": "COUNTER",
        "weekdays": ["MONDAY", "FRIDAY"],
        "opensAt": "07:30",
        "closesAt": "15:00",
        "version": 1,
    }
    later = {**given, "opensAt": "08:00", "expectedVersion": 1}
    made = (await acting.done("setServiceHours", later, shape))["serviceHours"]
    assert (made["id"], made["opensAt"], made["version"]) == (hours, "08:00", 2)
    assert await acting.refused("setServiceHours", later) == ("STALE_VERSION", ["expectedVersion"])
    made = (await acting.done("removeServiceHours", {"id": hours}, shape))["serviceHours"]
    assert made["weekdays"] == []
    assert await acting.told(hours) == ["SERVICE_HOURS_SET", "SERVICE_HOURS_SET", "SERVICE_HOURS_REMOVED"]


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"closesAt": "07:30"}, "HOURS_OUT_OF_ORDER", ["closesAt"]),
        ({"weekdays": []}, "WEEKDAY_NEEDED", ["weekdays"]),
    ],
)
async def test_faulty_hours_are_refused(acting: Acting, more: dict[str, Any], code: str, path: list[str]) -> None:
    given = {
        "kecamatan": acting.place.id("Kecamatan"),
        "channel": "EMAIL",
        "weekdays": ["MONDAY"],
        "opensAt": "07:30",
        "closesAt": "15:00",
        **more,
    }
    assert await acting.refused("setServiceHours", given) == (code, path)


async def test_foreign_offices_and_those_that_never_were_answer_alike(acting: Acting, world: World) -> None:
    unknown = GlobalId("Kecamatan", acting.place.tenant.id, uuid4()).encode()
    for office in (unknown, world.halong.id("Kecamatan")):
        answer = await acting.refused("upsertKecamatanProfile", {"kecamatan": office, "year": 2024})
        assert answer == ("NOT_FOUND", ["kecamatan"])
        assert await acting.refused("updateKecamatan", {"id": office, "expectedVersion": 1}) == ("NOT_FOUND", ["id"])
    foreign = world.halong.id("ServiceHours")
    assert await acting.refused("removeServiceHours", {"id": foreign}) == ("NOT_FOUND", ["id"])


@pytest.mark.parametrize("role", ["VILLAGE_HEAD", "KEC_SECTION_HEAD", "PARTNER_ORG"])
async def test_roles_without_the_right_are_refused(acting: Acting, role: str) -> None:
    given = {"kecamatan": acting.place.id("Kecamatan"), "year": 2024, "cars": 1}
    assert await acting.refused("upsertKecamatanProfile", given, role=role) == ("FORBIDDEN", [])


async def test_the_secretary_may(acting: Acting) -> None:
    given = {"kecamatan": acting.place.id("Kecamatan"), "year": 2021, "cars": 1}
    made = await acting.done("upsertKecamatanProfile", given, "profile { id cars }", role="KEC_SECRETARY")
    assert made["profile"]["cars"] == 1
    assert await acting.rows("kecamatan_profile", id=key_of(made["profile"]["id"]))


async def test_the_camat_alone_records_and_ends_agreements_on_the_use_of_data(acting: Acting) -> None:
    given = {"number": "PKS/1", "purpose": "Verifikasi", "startsOn": "2026-01-01", "expiresOn": "2099-12-31"}
    shape = "agreement { id number purpose startsOn expiresOn inForce endedAt endReason version }"

    denied = await acting.refused("recordDataUseAgreement", given, role="KEC_SECRETARY")
    made = await acting.done("recordDataUseAgreement", given, shape)
    again = await acting.refused("recordDataUseAgreement", given)
    key = made["agreement"].pop("id")
    ending = {"id": key, "expectedVersion": 1, "reason": "Dicabut"}
    ended = await acting.done("endDataUseAgreement", ending, "agreement { inForce endReason version }")

    assert denied == ("FORBIDDEN", [])
    assert made["agreement"] == {**given, "inForce": True, "endedAt": None, "endReason": None, "version": 1}
    assert again == ("AGREEMENT_EXISTS", ["number"])
    assert ended["agreement"] == {"inForce": False, "endReason": "Dicabut", "version": 2}
    assert await acting.refused("endDataUseAgreement", {**ending, "expectedVersion": 2}) == ("AGREEMENT_ENDED", ["id"])
    assert await acting.told(key) == ["DATA_USE_AGREEMENT_RECORDED", "DATA_USE_AGREEMENT_ENDED"]
    listed = "{ dataUseAgreements(first: 3) { nodes { number inForce } } }"
    data = await acting.client.data(listed, key=acting.place.keys["KEC_SECRETARY"])
    assert {"number": "PKS/1", "inForce": False} in data["dataUseAgreements"]["nodes"]
