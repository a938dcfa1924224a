"""Reading events: timeliness, counts, and how many people there were on a day."""

from typing import Any

import asyncpg
import pytest

from hub.wiring import Hub
from tests.client import Client
from tests.schema.citizens.stage import END, Office, open_office
from tests.schema.vital_events.stage import changing, correct, done


@pytest.fixture(scope="module")
async def village(hub: Hub, client: Client, owner_dsn: str) -> Office:
    """A kecamatan of these tests alone, so that its people can be counted."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await open_office(hub, client, owner, "32.15.03")
    finally:
        await owner.close()


@pytest.mark.parametrize(
    ("reported", "timeliness"), [("2026-03-04", "ON_TIME"), ("2026-04-03", "ON_TIME"), ("2026-04-04", "LATE")]
)
async def test_a_death_is_to_be_reported_within_thirty_days(office: Office, reported: str, timeliness: str) -> None:
    _, (_, child) = await office.family("HEAD", "CHILD")

    answer = await done(office, "recordDeath", **await changing(office, child), reportedOn=reported)

    assert answer["event"]["timeliness"] == timeliness


async def test_what_the_law_sets_no_limit_for_has_none(office: Office) -> None:
    _, (head,) = await office.family("HEAD")

    answer = await done(
        office, "recordOtherEvent", type="OTHER_VITAL", **await changing(office, head), reportedOn="2026-11-01"
    )

    assert answer["event"]["timeliness"] == "NO_LIMIT"


async def test_the_limits_are_data(office: Office) -> None:
    found = await office.ask("{ eventLimits(first: 20) { nodes { type days legalBasis } } }")

    limits = {each["type"]: each["days"] for each in found["eventLimits"]["nodes"]}
    assert limits == {
        "BIRTH": 60,
        "STILLBIRTH": 30,
        "DEATH": 30,
        "MARRIAGE": 60,
        "DIVORCE": 60,
        "ADOPTION": 30,
        "CHILD_ACKNOWLEDGEMENT": 30,
        "CHILD_LEGITIMATION": 30,
        "NAME_CHANGE": 30,
        "CITIZENSHIP_CHANGE": 60,
    }
    assert found["eventLimits"]["nodes"][0]["legalBasis"] == "UU 23/2006 jo. UU 24/2013, Pasal 47"


async def population(office: Office, on: str, key: str | None = None) -> list[tuple[str, int, int]]:
    """Village, males and females on a day."""
    query = "query ($on: Date!) { populationAt(on: $on) { males females total village { name } } }"
    found: list[Any] = (await office.ask(query, {"on": on}, key=key))["populationAt"]
    assert all(each["total"] == each["males"] + each["females"] for each in found)
    return [(each["village"]["name"], each["males"], each["females"]) for each in found]


async def test_people_count_from_their_birth_or_arrival_to_their_end(village: Office) -> None:
    home = await village.household()
    await village.citizen(home, "HEAD", "Tua", birthDate="1950-01-01")
    arriving = await village.citizen(home, "CHILD", "Pendatang", birthDate="1990-01-01", sex="MALE")
    going = await village.citizen(home, "CHILD", "Pergi", birthDate="1991-01-01")
    await village.citizen(await village.household(village=1), "HEAD", "Seberang", birthDate="2000-01-01", sex="MALE")
    await done(
        village,
        "recordOtherEvent",
        type="MOVE_IN_PERMANENT",
        **await changing(village, arriving),
        occurredOn="2026-02-01",
        reportedOn="2026-02-01",
    )
    await village.do(END, **await changing(village, going), status="MOVED", on="2026-03-01")
    mother = {"household": home["id"], "sex": "FEMALE"}
    born = await done(
        village, "recordBirth", **mother, fullName="Bayi", occurredOn="2026-04-01", reportedOn="2026-04-05"
    )
    wrong = await done(
        village, "recordBirth", **mother, fullName="Keliru", occurredOn="2026-04-02", reportedOn="2026-04-05"
    )
    await correct(village, wrong["event"])
    await done(
        village,
        "recordDeath",
        **await changing(village, born["citizen"]),
        occurredOn="2026-05-01",
        reportedOn="2026-05-02",
    )

    days = (
        "1949-12-31",
        "2026-01-31",
        "2026-02-01",
        "2026-02-28",
        "2026-03-01",
        "2026-04-02",
        "2026-04-30",
        "2026-05-01",
    )
    first = [(await population(village, day))[0] for day in days]

    assert [each[1:] for each in first] == [(0, 0), (0, 2), (1, 2), (1, 2), (1, 1), (1, 2), (1, 2), (1, 1)]
    assert (await population(village, "2026-05-01"))[1] == ("Dua", 1, 0)
    assert await population(village, "2026-05-01", key=village.officer) == [("Satu", 1, 1)]


async def test_events_are_counted_by_type_and_state(village: Office) -> None:
    query = """{ villages(first: 1, orderBy: CODE) { nodes {
      vitalEvents(first: 1, filter: { state: { eq: RECORDED } }) {
      totalCount countBy(field: TYPE) { key count } } } } }"""

    found = (await village.ask(query))["villages"]["nodes"][0]["vitalEvents"]

    assert found == {
        "totalCount": 3,
        "countBy": [
            {"key": "BIRTH", "count": 1},
            {"key": "DEATH", "count": 1},
            {"key": "MOVE_IN_PERMANENT", "count": 1},
        ],
    }
