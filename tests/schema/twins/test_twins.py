"""One NIK in two kecamatan: each camat sees their own half, both must say the same, and the worker does the rest."""

import asyncpg
import pytest

from hub.wiring import Hub
from tests.client import Client
from tests.relay import worker_of
from tests.schema.citizens.stage import CORRECT_NIK, open_office
from tests.schema.twins.stage import Pair


@pytest.fixture(scope="module")
async def pair(hub: Hub, client: Client, owner_dsn: str, database: str) -> Pair:
    """Both with nobody in them."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        one, two = [await open_office(hub, client, owner, code) for code in ("32.15.09", "32.15.10")]
    finally:
        await owner.close()
    return Pair(one, two, worker_of(hub, database, one.tenant.id, two.tenant.id))


async def test_each_side_sees_its_own_person_and_the_other_office_only(pair: Pair) -> None:
    people, cases = await pair.twins()

    assert [(each["state"], each["citizen"]["id"]) for each in cases] == [
        ("OPEN", people[0]["id"]),
        ("OPEN", people[1]["id"]),
    ]
    assert [each["otherCode"] for each in cases] == [pair.offices[1].tenant.code, pair.offices[0].tenant.code]
    assert cases[0]["allowedActions"] == [{"action": "DECIDE", "disabledReason": None}]


async def test_one_word_alone_and_two_different_words_decide_nothing(pair: Pair) -> None:
    people, cases = await pair.twins()

    await pair.say(0, cases[0], "SAME_PERSON", "HERE")
    await pair.worker.catch_up()
    alone = await pair.cases(people)
    await pair.say(1, alone[1], "SAME_PERSON", "HERE")
    await pair.worker.catch_up()

    assert [each["state"] for each in alone] == ["OPEN", "OPEN"]
    assert alone[1]["proposal"] is None
    assert [each["state"] for each in await pair.cases(people)] == ["OPEN", "OPEN"]


async def test_one_person_lives_on_where_both_say(pair: Pair) -> None:
    people, cases = await pair.twins()

    await pair.agree(cases, "SAME_PERSON", "HERE", "THERE")

    assert [(each["state"], each["decisionSide"]) for each in await pair.cases(people)] == [
        ("SETTLED", "HERE"),
        ("SETTLED", "THERE"),
    ]
    left = [await office.read(person) for office, person in zip(pair.offices, people, strict=True)]
    assert [(each["baseStatus"], each["endReason"]) for each in left] == [("ALIVE", None), ("INVALID", "INVALID")]


async def test_a_head_whose_family_stays_is_ended_by_an_officer(pair: Pair) -> None:
    people, cases = await pair.twins(members=True)

    await pair.agree(cases, "SAME_PERSON", "HERE", "THERE")

    after = await pair.cases(people)
    assert [(each["state"], each["task"]) for each in after] == [("SETTLED", None), ("DECIDED", "END_RECORD")]
    assert (await pair.offices[1].read(people[1]))["baseStatus"] == "ALIVE"


async def test_two_people_are_not_asked_about_again(pair: Pair) -> None:
    people, cases = await pair.twins()

    await pair.agree(cases, "TWO_PEOPLE", None, None)
    async with pair.worker.connected() as connection:
        await connection.execute("update feed_mark set seq = 0 where home_tenant = any($1)", pair.worker.tenants)
    await pair.worker.catch_up()

    after = await pair.cases(people)
    assert [(each["state"], each["decision"], each["task"]) for each in after] == [("SETTLED", "TWO_PEOPLE", None)] * 2


async def test_a_mistyped_number_is_an_officers_task_until_it_is_corrected(pair: Pair) -> None:
    people, cases = await pair.twins()

    await pair.agree(cases, "TYPING_ERROR", "THERE", "HERE")
    asked = await pair.cases(people)
    await pair.offices[1].do(
        CORRECT_NIK, citizen=people[1]["id"], expectedVersion=1, nik="6311025307709999", reason="Salah ketik"
    )
    await pair.worker.catch_up()

    assert [(each["state"], each["task"]) for each in asked] == [("SETTLED", None), ("DECIDED", "CORRECT_NIK")]
    assert [(each["state"], each["task"]) for each in await pair.cases(people)] == [("SETTLED", None)] * 2


async def test_a_case_falls_away_when_the_number_is_corrected_first(pair: Pair) -> None:
    people, _ = await pair.twins()

    await pair.offices[0].do(CORRECT_NIK, citizen=people[0]["id"], expectedVersion=1, nik=None, reason="Salah ketik")
    await pair.worker.catch_up()

    assert [each["state"] for each in await pair.cases(people)] == ["CLOSED", "CLOSED"]


async def test_a_decision_reaches_both_sides_wherever_the_worker_dies(pair: Pair) -> None:
    people, cases = await pair.twins()
    await pair.say(0, cases[0], "SAME_PERSON", "THERE")
    await pair.say(1, cases[1], "SAME_PERSON", "HERE")

    await pair.worker.look()
    assert await pair.worker.die_everywhere(pair.worker.run_errands, anew=True) > 20
    await pair.worker.catch_up()

    assert [each["state"] for each in await pair.cases(people)] == ["SETTLED", "SETTLED"]
    left = [await office.read(person) for office, person in zip(pair.offices, people, strict=True)]
    assert [each["baseStatus"] for each in left] == ["INVALID", "ALIVE"]


async def test_who_may_not_decide_and_what_does_not_fit_is_refused(pair: Pair) -> None:
    people, (case, _) = await pair.twins()

    officer = await pair.say(0, case, "TWO_PEOPLE", None, key=pair.offices[0].officer)
    sided = await pair.say(0, case, "TWO_PEOPLE", "HERE")
    sideless = await pair.say(0, case, "SAME_PERSON", None)
    await pair.agree(await pair.cases(people), "TWO_PEOPLE", None, None)
    late = await pair.say(0, (await pair.cases(people))[0], "SAME_PERSON", "HERE")

    assert [each["userErrors"][0]["code"] for each in (officer, sided, sideless, late)] == [
        "FORBIDDEN",
        "TWIN_SIDE",
        "TWIN_SIDE",
        "TWIN_CASE_DECIDED",
    ]
