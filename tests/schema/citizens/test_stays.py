"""Who lived where on a day: the same tables read as of then, whatever happened since."""

from typing import Any

import asyncpg
import pytest

from hub.kernel.clock import system_clock
from hub.wiring import Hub
from tests.client import Client
from tests.schema.citizens.stage import CHANGE_HOUSEHOLD, END, UPDATE, Office, open_office
from tests.schema.vital_events.stage import changing, correct, done

AT = """query ($at: Date!, $home: ID, $citizen: ID, $village: ID) { stays(first: 20, at: $at,
  filter: { household: { eq: $home }, citizen: { eq: $citizen }, village: { eq: $village } }) {
  totalCount nodes { fullName familyRelation isHead maritalStatus beginning household { id } } } }"""
OF_CITIZEN = """query ($id: ID) { citizen(id: $id) { stays(first: 20) {
  nodes { fullName familyRelation fromOn untilOn beginning endReason household { id } } } } }"""


@pytest.fixture(scope="module")
async def stays(hub: Hub, client: Client, owner_dsn: str) -> Office:
    """A kecamatan of these tests alone, so that its people can be counted."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await open_office(hub, client, owner, "32.14.06")
    finally:
        await owner.close()


async def then(office: Office, at: str, key: str | None = None, **chosen: str) -> list[Any]:
    """The stays of a day."""
    found = (await office.ask(AT, {"at": at, **chosen}, key=key))["stays"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[Any] = found["nodes"]
    return nodes


async def members(office: Office, home: Any, at: str) -> dict[str, str]:
    """Names and relations of a day; who heads the family is marked."""
    nodes = await then(office, at, home=home["id"])
    assert all(each["isHead"] == (each["familyRelation"] == "HEAD") for each in nodes)
    return {each["fullName"]: each["familyRelation"] for each in nodes}


async def history(office: Office, citizen: Any) -> list[tuple[Any, ...]]:
    """A person's stays: relation, first and last day, what is known of the first, why it ended."""
    nodes = (await office.ask(OF_CITIZEN, {"id": citizen["id"]}))["citizen"]["stays"]["nodes"]
    names = ("familyRelation", "fromOn", "untilOn", "beginning", "endReason")
    return [tuple(each[name] for name in names) for each in nodes]


async def arrived(office: Office, home: Any, name: str, relation: str, on: str, **more: Any) -> Any:
    """Somebody of whom the register knows since when they are here."""
    made = await office.citizen(home, relation, name, **more)
    event = {"type": "MOVE_IN_PERMANENT", "occurredOn": on, "reportedOn": on}
    await done(office, "recordOtherEvent", **await changing(office, made), **event)
    return await office.read(made)


async def test_a_family_is_read_as_it_was_on_a_day(stays: Office) -> None:
    home, other = await stays.household(), await stays.household()
    father = await arrived(stays, home, "Ayah", "HEAD", "2025-01-01", sex="MALE", maritalStatus="MARRIED")
    mother = await arrived(stays, home, "Ibu", "WIFE", "2025-01-01", maritalStatus="MARRIED")
    daughter = await arrived(stays, home, "Putri", "CHILD", "2025-01-01")
    await arrived(stays, other, "Menantu", "HEAD", "2025-01-01", sex="MALE")

    spouse = await changing(stays, daughter, household=other["id"], familyRelation="WIFE")
    await done(stays, "recordMarriage", spouse=spouse, occurredOn="2025-06-01", reportedOn="2025-06-20")
    dying = await changing(stays, father, newHead=mother["id"])
    await done(
        stays,
        "recordDeath",
        **dying,
        widowed=await changing(stays, mother),
        occurredOn="2025-09-01",
        reportedOn="2025-09-02",
    )

    assert [await members(stays, home, day) for day in ("2024-12-31", "2025-05-31", "2025-06-01", "2025-09-01")] == [
        {},
        {"Ayah": "HEAD", "Ibu": "WIFE", "Putri": "CHILD"},
        {"Ayah": "HEAD", "Ibu": "WIFE"},
        {"Ibu": "HEAD"},
    ]
    assert await members(stays, other, "2025-06-01") == {"Menantu": "HEAD", "Putri": "WIFE"}
    assert await history(stays, daughter) == [
        ("CHILD", "2025-01-01", "2025-06-01", "EVENT", None),
        ("WIFE", "2025-06-01", None, "EVENT", None),
    ]
    assert await history(stays, father) == [("HEAD", "2025-01-01", "2025-09-01", "EVENT", "DIED")]
    (before,), (since,) = [await then(stays, day, citizen=mother["id"]) for day in ("2025-08-31", "2025-09-01")]
    assert (before["maritalStatus"], since["maritalStatus"]) == ("MARRIED", "WIDOWED")


async def test_an_event_that_is_taken_back_was_never(stays: Office) -> None:
    home, other = await stays.household(), await stays.household()
    await arrived(stays, home, "Ayah", "HEAD", "2025-01-01", sex="MALE")
    daughter = await arrived(stays, home, "Putri", "CHILD", "2025-01-01")
    await arrived(stays, other, "Menantu", "HEAD", "2025-01-01", sex="MALE")
    spouse = await changing(stays, daughter, household=other["id"], familyRelation="WIFE")
    told = await done(stays, "recordMarriage", spouse=spouse, occurredOn="2025-06-01", reportedOn="2025-06-20")
    named = await done(
        stays,
        "recordNameChange",
        **await changing(stays, daughter),
        fullName="Putri Ayu",
        occurredOn="2025-07-01",
        reportedOn="2025-07-01",
    )

    await correct(stays, named["event"])
    await correct(stays, told["event"])

    assert await history(stays, daughter) == [("CHILD", "2025-01-01", None, "EVENT", None)]
    assert await members(stays, other, "2025-07-01") == {"Menantu": "HEAD"}
    assert await members(stays, home, "2025-07-01") == {"Ayah": "HEAD", "Putri": "CHILD"}


async def test_a_death_and_a_birth_that_are_taken_back_were_never(stays: Office) -> None:
    home = await stays.household()
    mother = await arrived(stays, home, "Ibu", "HEAD", "2025-01-01")
    heir = await arrived(stays, home, "Adik", "OTHER_RELATIVE", "2025-01-01")
    birth = {"household": home["id"], "sex": "FEMALE", "fullName": "Bayi"}
    born = await done(stays, "recordBirth", **birth, occurredOn="2025-03-01", reportedOn="2025-03-02")
    dying = await changing(stays, mother, newHead=heir["id"])
    dead = await done(stays, "recordDeath", **dying, occurredOn="2025-04-01", reportedOn="2025-04-02")
    assert await members(stays, home, "2025-04-01") == {"Adik": "HEAD", "Bayi": "CHILD"}

    await correct(stays, dead["event"])
    await correct(stays, born["event"])

    assert await members(stays, home, "2025-04-01") == {"Ibu": "HEAD", "Adik": "OTHER_RELATIVE"}
    assert await history(stays, mother) == [("HEAD", "2025-01-01", None, "EVENT", None)]
    assert await history(stays, born["citizen"]) == []


async def test_nobody_is_known_before_the_register_knew_of_them(stays: Office) -> None:
    home = await stays.household()
    head = await stays.citizen(home, "HEAD", "Lama", birthDate="1960-01-01")

    ((relation, since, until, beginning, _),) = await history(stays, head)

    assert (relation, until, beginning) == ("HEAD", None, "RECORDED")
    assert await members(stays, home, "2020-01-01") == {}
    assert await members(stays, home, since) == {"Lama": "HEAD"}


async def test_what_no_event_dates_is_of_the_day_it_was_told(stays: Office) -> None:
    home, other = await stays.household(), await stays.household()
    await arrived(stays, home, "Ayah", "HEAD", "2025-01-01")
    child = await arrived(stays, home, "Anak", "CHILD", "2025-01-01")
    await arrived(stays, other, "Bibi", "HEAD", "2025-01-01")

    moving = await changing(stays, child, household=other["id"], familyRelation="OTHER_RELATIVE")
    answer = await stays.do(CHANGE_HOUSEHOLD, **moving)
    assert answer["userErrors"] == []
    answer = await stays.do(UPDATE, **await changing(stays, child), fullName="Anak Ayah")
    assert answer["userErrors"] == []

    first, second = await history(stays, child)
    today = second[1]
    assert first == ("CHILD", "2025-01-01", today, "EVENT", None)
    assert second == ("OTHER_RELATIVE", today, None, "RECORDED", None)
    assert [each["fullName"] for each in await then(stays, today, citizen=child["id"])] == ["Anak Ayah"]

    answer = await stays.do(END, **await changing(stays, child), status="MOVED", on=today)
    assert answer["userErrors"] == []
    assert await then(stays, today, citizen=child["id"]) == []


async def test_a_village_sees_its_own_stays_and_a_stranger_none(stays: Office) -> None:
    home = await stays.household(village=1)
    await arrived(stays, home, "Seberang", "HEAD", "2025-01-01")

    assert len(await then(stays, "2025-01-01", village=stays.village(1))) == 1
    assert await then(stays, "2025-01-01", key=stays.officer, village=stays.village(1)) == []


async def test_the_stays_of_today_are_whom_the_other_readings_count(stays: Office) -> None:
    today = system_clock().today(stays.tenant.zone).isoformat()
    asked = """query ($on: Date!) { populationAt(on: $on) { males females }
      stays(first: 1, at: $on) { countBy(field: SEX) { key count } }
      citizens(first: 1) { countBy(field: SEX) { key count } } }"""

    found = await stays.ask(asked, {"on": today})

    counted = {each["key"]: each["count"] for each in found["stays"]["countBy"]}
    assert found["citizens"]["countBy"] == found["stays"]["countBy"]
    assert counted["MALE"] == sum(each["males"] for each in found["populationAt"])
    assert counted["FEMALE"] == sum(each["females"] for each in found["populationAt"])
