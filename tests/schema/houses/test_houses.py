"""Houses and their permits over HTTP."""

from itertools import count
from typing import Any

import pytest

from hub.domains.houses.model import House
from hub.store.base import all_columns
from hub.store.bulk import insert_many
from hub.wiring import Hub
from tests.schema.citizens.stage import END, Office
from tests.world import make

_numbers = count(1)
HOUSE = (
    "id version address latitude longitude floorAreaM2 condition hasCleanWater hasSanitation hasPermit endReason "
    "household { id } owner { id } permits(first: 9) { nodes { number legalName issuedOn } }"
)
NOTHING_KNOWN: dict[str, Any] = {
    "version": 1,
    "address": None,
    "latitude": None,
    "longitude": None,
    "floorAreaM2": None,
    "condition": None,
    "hasCleanWater": None,
    "hasSanitation": None,
    "hasPermit": False,
    "endReason": None,
    "household": None,
    "owner": None,
    "permits": {"nodes": []},
}


def _mutation(name: str, given: str, *answers: str) -> str:
    shown = " ".join(answers)
    return f"mutation ($input: {given}!) {{ answer: {name}(input: $input) {{ {shown} userErrors {{ code path }} }} }}"


SHOWN = f"house {{ {HOUSE} }}"
PERMIT = "permit { id version number legalName issuedOn endReason }"
REGISTER = _mutation("registerHouse", "RegisterHouseInput", SHOWN)
UPDATE = _mutation("updateHouse", "UpdateHouseInput", SHOWN)
END_HOUSE = _mutation("endHouse", "EndHouseInput", SHOWN)
RECORD = _mutation("recordBuildingPermit", "RecordBuildingPermitInput", PERMIT, SHOWN)
TAKE_BACK = _mutation("takeBackBuildingPermit", "TakeBackBuildingPermitInput", PERMIT, SHOWN)
COVERAGE = """{ permitCoverage { kecamatan { ...Figures } villages { village { name } coverage { ...Figures } } } }
fragment Figures on PermitCoverage { houses housesWithPermit percent }"""
_READ = f"query ($id: ID) {{ house(id: $id) {{ {HOUSE} }} }}"


def number() -> str:
    """A permit's number that no other test has."""
    return f"503/{next(_numbers)}/IMB"


def refused(answer: Any, code: str, *path: str) -> bool:
    """Whether an answer is exactly this refusal and shows nothing."""
    assert answer["userErrors"] == [{"code": code, "path": list(path)}]
    assert {answer.get("house"), answer.get("permit")} == {None}
    return True


async def a_house(office: Office, *, village: int = 0, **more: Any) -> Any:
    """A new house."""
    answer = await office.do(REGISTER, village=office.village(village), **more)
    assert answer["userErrors"] == []
    return answer["house"]


async def permit_of(office: Office, house: Any, **more: Any) -> Any:
    """A new permit of a house."""
    given = {"house": house["id"], "number": number(), "legalName": "IMB", "issuedOn": "2018-03-04", **more}
    answer = await office.do(RECORD, **given)
    assert answer["userErrors"] == []
    return answer["permit"]


async def read(office: Office, house: Any) -> Any:
    """A house as it is now."""
    return (await office.ask(_READ, {"id": house["id"]}))["house"]


# Houses


async def test_what_nobody_has_looked_at_is_not_known(office: Office) -> None:
    house = await a_house(office)

    assert house == {"id": house["id"], **NOTHING_KNOWN}


async def test_a_house_is_entered_with_all_that_is_known(office: Office) -> None:
    home, (head,) = await office.family("HEAD")

    house = await a_house(
        office,
        household=home["id"],
        owner=head["id"],
        address="  Jl. Melati   1 ",
        latitude="-3.812345",
        longitude="114.9",
        floorAreaM2="36.5",
        condition="POOR",
        hasCleanWater=False,
        hasSanitation=True,
    )

    assert house == {
        **NOTHING_KNOWN,
        "id": house["id"],
        "address": "Jl. Melati 1",
        "latitude": "-3.812345",
        "longitude": "114.900000",
        "floorAreaM2": "36.50",
        "condition": "POOR",
        "hasCleanWater": False,
        "hasSanitation": True,
        "household": {"id": home["id"]},
        "owner": {"id": head["id"]},
    }


async def test_what_is_left_out_stays_and_null_is_not_known_again(office: Office) -> None:
    house = await a_house(office, condition="GOOD", hasCleanWater=True, latitude="-3.8", longitude="114.9")

    answer = await office.do(
        UPDATE, house=house["id"], expectedVersion=1, hasCleanWater=None, latitude=None, longitude=None, address="Baru"
    )

    assert answer["house"] == {
        **house,
        "version": 2,
        "hasCleanWater": None,
        "latitude": None,
        "longitude": None,
        "address": "Baru",
    }


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"latitude": "-3.8"}, "PLACE_INCOMPLETE", "longitude"),
        ({"longitude": "114.9"}, "PLACE_INCOMPLETE", "latitude"),
        ({"latitude": "90.1", "longitude": "0"}, "COORDINATE", "latitude"),
        ({"latitude": "0", "longitude": "-180.000001"}, "COORDINATE", "longitude"),
        ({"floorAreaM2": "0.99"}, "FIGURE_OUT_OF_RANGE", "floorAreaM2"),
        ({"floorAreaM2": "99999.01"}, "FIGURE_OUT_OF_RANGE", "floorAreaM2"),
    ],
)
async def test_figures_that_cannot_be_are_refused(office: Office, given: Any, code: str, path: str) -> None:
    house = await a_house(office)

    assert refused(await office.do(REGISTER, village=office.village(), **given), code, path)
    assert refused(await office.do(UPDATE, house=house["id"], expectedVersion=1, **given), code, path)
    assert await read(office, house) == house


async def test_a_place_is_not_halved_afterwards(office: Office) -> None:
    house = await a_house(office, latitude="-3.8", longitude="114.9")

    answer = await office.do(UPDATE, house=house["id"], expectedVersion=1, latitude=None)

    assert refused(answer, "PLACE_INCOMPLETE", "latitude")
    assert await read(office, house) == house


async def test_a_family_lives_in_a_house_of_its_village_and_an_owner_anywhere(office: Office) -> None:
    home, (head,) = await office.family("HEAD", village=1)
    ended, (last,) = await office.family("HEAD")
    await office.do(END, citizen=last["id"], expectedVersion=1, status="DEAD", on="2026-01-02")

    elsewhere = await office.do(REGISTER, village=office.village(), household=home["id"])
    nobody = await office.do(REGISTER, village=office.village(), household=ended["id"])
    owned = await a_house(office, owner=head["id"])

    assert refused(elsewhere, "OTHER_VILLAGE", "household")
    assert refused(nobody, "HOUSEHOLD_ENDED", "household")
    assert owned["owner"] == {"id": head["id"]}


async def test_an_update_needs_something_and_the_version_that_is(office: Office) -> None:
    house = await a_house(office)

    assert refused(await office.do(UPDATE, house=house["id"], expectedVersion=1), "NOTHING_TO_CHANGE")
    stale = await office.do(UPDATE, house=house["id"], expectedVersion=2, address="Baru")
    assert refused(stale, "STALE_VERSION", "expectedVersion")


async def test_a_house_that_is_gone_is_changed_no_more(office: Office) -> None:
    house = await a_house(office)
    permit = await permit_of(office, house)

    ended = await office.do(END_HOUSE, house=house["id"], expectedVersion=2, reason="DEMOLISHED")

    assert (ended["userErrors"], ended["house"]["endReason"]) == ([], "DEMOLISHED")
    again = await office.do(END_HOUSE, house=house["id"], expectedVersion=3, reason="DUPLICATE")
    update = await office.do(UPDATE, house=house["id"], expectedVersion=3, address="Baru")
    record = await office.do(RECORD, house=house["id"], number=number(), legalName="PBG", issuedOn="2022-01-02")
    assert [refused(each, "HOUSE_ENDED", "house") for each in (again, update, record)] == [True] * 3
    back = await office.do(TAKE_BACK, permit=permit["id"], expectedVersion=1, reason="Salah rumah")
    assert (back["userErrors"], back["house"]["hasPermit"]) == ([], False)


async def test_families_and_villages_show_their_houses(office: Office) -> None:
    home, _ = await office.family("HEAD")
    poor = await a_house(office, household=home["id"], condition="POOR")
    gone = await a_house(office, household=home["id"], condition="POOR")
    await office.do(END_HOUSE, house=gone["id"], expectedVersion=1, reason="MISTAKE")
    query = """query ($home: ID!) {
      household(id: $home) { houses(first: 9) { nodes { id } } }
      houses(first: 9, filter: { household: { eq: $home }, condition: { eq: POOR } }) { nodes { id } }
      villages(first: 1, orderBy: CODE) { nodes { houses(first: 9, filter: { household: { eq: $home } }) {
        nodes { id } } } } }"""

    found = await office.ask(query, {"home": home["id"]})

    only = {"nodes": [{"id": poor["id"]}]}
    assert found == {
        "household": {"houses": only},
        "houses": only,
        "villages": {"nodes": [{"houses": only}]},
    }


async def test_the_journal_keeps_a_house_under_its_owners_key(office: Office, hub: Hub) -> None:
    _, (owner,) = await office.family("HEAD")
    await a_house(office, owner=owner["id"], address="Jl. Rahasia")
    await a_house(office, address="Jl. Rahasia")

    async with make.unit(hub, office.tenant) as unit:
        rows = await unit.connection.fetch(
            "select id, subject_id, payload::text from journal_entry "
            "where tenant_id = $1 and kind = 'HOUSE_REGISTERED' order by id desc limit 2",
            office.tenant.id,
        )

    assert ["Rahasia" in row["payload"] for row in rows] == [False, False]
    assert [row["subject_id"] is None for row in rows] == [True, False]
    assert '"address"' in rows[0]["payload"]


# Permits


async def test_a_permit_is_recorded_and_taken_back(office: Office) -> None:
    house, mine = await a_house(office), number()

    recorded = await office.do(RECORD, house=house["id"], number=mine, legalName="PBG", issuedOn="2022-01-02")

    permit = recorded["permit"]
    assert permit == {
        "id": permit["id"],
        "version": 1,
        "number": mine,
        "legalName": "PBG",
        "issuedOn": "2022-01-02",
        "endReason": None,
    }
    shown = {"number": mine, "legalName": "PBG", "issuedOn": "2022-01-02"}
    assert recorded["house"] == {**house, "version": 2, "hasPermit": True, "permits": {"nodes": [shown]}}
    taken = await office.do(TAKE_BACK, permit=permit["id"], expectedVersion=1, reason="Salah rumah")
    assert taken == {
        "permit": {**permit, "version": 2, "endReason": "Salah rumah"},
        "house": {**house, "version": 3},
        "userErrors": [],
    }
    again = await office.do(TAKE_BACK, permit=permit["id"], expectedVersion=2, reason="Lagi")
    assert refused(again, "PERMIT_TAKEN_BACK", "permit")


async def test_a_house_keeps_its_permit_while_another_is_taken_back(office: Office) -> None:
    house = await a_house(office)
    first, _second = await permit_of(office, house), await permit_of(office, house)

    answer = await office.do(TAKE_BACK, permit=first["id"], expectedVersion=1, reason="Tercatat dua kali")

    assert (answer["house"]["hasPermit"], answer["house"]["version"]) == (True, 2)
    assert len(answer["house"]["permits"]["nodes"]) == 1


async def test_a_number_is_recorded_once_in_a_village_while_it_is_in_force(office: Office) -> None:
    house, other, elsewhere = await a_house(office), await a_house(office), await a_house(office, village=1)
    permit = await permit_of(office, house, number="503/99/IMB")
    again = {"number": "503/99/IMB", "legalName": "IMB", "issuedOn": "2018-03-04"}

    assert refused(await office.do(RECORD, house=other["id"], **again), "PERMIT_EXISTS", "number")
    assert (await read(office, other))["hasPermit"] is False
    assert (await office.do(RECORD, house=elsewhere["id"], **again))["userErrors"] == []
    assert (await office.do(RECORD, house=other["id"], **{**again, "legalName": "PBG"}))["userErrors"] == []
    await office.do(TAKE_BACK, permit=permit["id"], expectedVersion=1, reason="Salah rumah")
    assert (await office.do(RECORD, house=other["id"], **again))["userErrors"] == []


async def test_a_permit_has_a_number_and_a_day_that_has_been(office: Office) -> None:
    house = await a_house(office)
    record = {"house": house["id"], "legalName": "IMB"}

    assert refused(await office.do(RECORD, **record, number=" ", issuedOn="2018-03-04"), "TEXT_MISSING", "number")
    assert refused(
        await office.do(RECORD, **record, number="9" * 101, issuedOn="2018-03-04"), "TEXT_TOO_LONG", "number"
    )
    assert refused(await office.do(RECORD, **record, number="1", issuedOn="2999-01-01"), "DATE_IN_FUTURE", "issuedOn")


# Rights


async def test_an_officer_keeps_the_houses_of_the_own_village_only(office: Office) -> None:
    house = await a_house(office, village=1)
    permit = await permit_of(office, house)
    officer = {"key": office.officer}

    register = await office.do(REGISTER, **officer, village=office.village(1))
    update = await office.do(UPDATE, **officer, house=house["id"], expectedVersion=2, address="Baru")
    back = await office.do(TAKE_BACK, **officer, permit=permit["id"], expectedVersion=1, reason="Salah")
    reader = await office.do(REGISTER, key=office.counter, village=office.village())

    assert refused(register, "NOT_FOUND", "village")
    assert refused(update, "NOT_FOUND", "house")
    assert refused(back, "NOT_FOUND", "permit")
    assert refused(reader, "FORBIDDEN")


# Coverage


def row(office: Office, *, has_permit: bool, village: int = 0) -> dict[str, Any]:
    """A house as bulk writing takes it."""
    made = make.house(office.tenant, office.villages[village].id, has_permit=has_permit)
    return {name: getattr(made, name) for name in all_columns(House)}


async def test_127_of_9187_houses_are_1_38_percent(large: Office, hub: Hub) -> None:
    nothing = {"houses": 0, "housesWithPermit": 0, "percent": None}
    before = (await large.ask(COVERAGE))["permitCoverage"]
    with_permit = [row(large, has_permit=True) for _ in range(127)]
    without = [row(large, has_permit=False, village=number % 2) for number in range(9187 - 127)]
    async with make.unit(hub, large.tenant) as unit:
        await insert_many(unit, House, [*with_permit, *without])

    found = (await large.ask(COVERAGE))["permitCoverage"]
    officer = (await large.ask(COVERAGE, key=large.officer))["permitCoverage"]

    assert before == {
        "kecamatan": nothing,
        "villages": [{"village": {"name": name}, "coverage": nothing} for name in ("Satu", "Dua")],
    }
    lines = [
        {
            "village": {"name": "Satu"},
            "coverage": {"houses": 4657, "housesWithPermit": 127, "percent": "2.73"},
        },
        {"village": {"name": "Dua"}, "coverage": {"houses": 4530, "housesWithPermit": 0, "percent": "0.00"}},
    ]
    assert found == {
        "kecamatan": {"houses": 9187, "housesWithPermit": 127, "percent": "1.38"},
        "villages": lines,
    }
    assert officer == {"kecamatan": None, "villages": lines[:1]}


async def test_four_more_permits_are_1_43_percent_and_a_house_that_is_gone_counts_no_more(large: Office) -> None:
    query = "query { houses(first: 5, filter: { hasPermit: { eq: false } }) { nodes { id version } } }"
    *four, fifth = (await large.ask(query))["houses"]["nodes"]

    for house in four:
        await permit_of(large, house)
    covered = (await large.ask(COVERAGE))["permitCoverage"]["kecamatan"]
    await large.do(END_HOUSE, house=four[0]["id"], expectedVersion=2, reason="DEMOLISHED")
    await large.do(END_HOUSE, house=fifth["id"], expectedVersion=1, reason="DUPLICATE")
    then = (await large.ask(COVERAGE))["permitCoverage"]["kecamatan"]

    assert covered == {"houses": 9187, "housesWithPermit": 131, "percent": "1.43"}
    assert then == {"houses": 9185, "housesWithPermit": 130, "percent": "1.42"}


async def test_who_may_not_read_the_register_hears_no_coverage(large: Office) -> None:
    response = await large.client.post({"query": COVERAGE}, hub_tenant=large.tenant.code)

    assert response.json()["data"] == {"permitCoverage": None}
