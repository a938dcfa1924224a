"""One NIK in two kecamatan that one Disdukcapil decides for: it sees both sides, rules, and the worker carries it."""

from typing import Any

import asyncpg
import pytest

from hub.kernel import ids
from hub.kernel.clock import system_clock
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.conftest import as_role
from tests.relay import Worker, worker_of
from tests.schema.citizens.stage import CORRECT_NIK, open_office
from tests.schema.twins.stage import Desk, Pair, open_desk, seat
from tests.world.build import key_for

NOTHING = {"villageName": None, "fullName": None, "sex": None, "birthPlace": None, "birthDate": None, "nik": None}


async def opened(
    hub: Hub, client: Client, owner: asyncpg.Connection, database: str, codes: tuple[str, str], agency: str
) -> tuple[Pair, Desk]:
    """Two kecamatan with nobody in them, and an agency."""
    one, two = [await open_office(hub, client, owner, code) for code in codes]
    desk = await open_desk(client, owner, agency)
    return Pair(one, two, worker_of(hub, database, one.tenant.id, two.tenant.id, desk.tenant.id)), desk


@pytest.fixture(scope="module")
async def court(hub: Hub, client: Client, owner_dsn: str, database: str) -> tuple[Pair, Desk]:
    """Two kecamatan of a regency and its Disdukcapil."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await opened(hub, client, owner, database, ("32.14.02", "32.14.03"), "32.14/DUKCAPIL")
    finally:
        await owner.close()


def errors(answer: Any) -> tuple[str, list[str]]:
    """Code and path of the one refusal."""
    (error,) = answer["userErrors"]
    return error["code"], error["path"]


async def revoke(owner: asyncpg.Connection, desk: Desk) -> None:
    """Nobody sits there any more."""
    async with owner.transaction():
        await owner.execute("select set_config('hub.tenant', $1, true)", str(desk.tenant.id))
        await owner.execute(
            "update access_grant set revoked_at = $2 where tenant_id = $1", desk.tenant.id, system_clock().instant
        )


async def test_the_disdukcapil_over_both_sees_both_and_the_camats_wait(court: tuple[Pair, Desk]) -> None:
    pair, desk = court
    _, cases = await pair.twins()
    referral = await desk.newest()
    camat = await pair.say(0, cases[0], "TWO_PEOPLE", None)

    assert [(each["state"], each["referredCode"]) for each in cases] == [("REFERRED", desk.tenant.code)] * 2
    assert errors(camat) == ("TWIN_CASE_REFERRED", [])
    assert (referral["state"], referral["decision"]) == ("OPEN", None)
    assert [(each["action"], each["disabledReason"]) for each in referral["allowedActions"]] == [("DECIDE", None)]
    same = {
        "villageName": "Satu",
        "sex": "FEMALE",
        "birthPlace": None,
        "birthDate": "1977-07-13",
        "nik": "6311............",
    }
    assert referral["sides"]["nodes"] == [
        {"code": "32.14.02", "fullName": "Kembar A", **same},
        {"code": "32.14.03", "fullName": "Kembar B", **same},
    ]


async def test_one_person_lives_on_where_it_rules(court: tuple[Pair, Desk]) -> None:
    pair, desk = court
    people, _ = await pair.twins()
    referral = await desk.newest()

    ruled = (await desk.rule(referral, "SAME_PERSON", "32.14.03"))["twinReferral"]
    await pair.worker.catch_up()

    assert (ruled["state"], ruled["decisionCode"], ruled["reason"]) == ("RULED", "32.14.03", "Diperiksa di SIAK")
    assert [
        (each["state"], each["decision"], each["decisionSide"], each["rulingReason"])
        for each in await pair.cases(people)
    ] == [
        ("SETTLED", "SAME_PERSON", "THERE", "Diperiksa di SIAK"),
        ("SETTLED", "SAME_PERSON", "HERE", "Diperiksa di SIAK"),
    ]
    left = [await office.read(person) for office, person in zip(pair.offices, people, strict=True)]
    assert [each["baseStatus"] for each in left] == ["INVALID", "ALIVE"]
    done = await desk.read(referral)
    assert done["state"] == "DONE"
    assert done["sides"]["nodes"] == [{"code": code, **NOTHING} for code in ("32.14.02", "32.14.03")]


async def test_a_mistyped_number_is_a_task_on_the_side_it_names(court: tuple[Pair, Desk]) -> None:
    pair, desk = court
    people, _ = await pair.twins()

    await desk.rule(await desk.newest(), "TYPING_ERROR", "32.14.02")
    await pair.worker.catch_up()

    assert [(each["state"], each["task"]) for each in await pair.cases(people)] == [
        ("DECIDED", "CORRECT_NIK"),
        ("SETTLED", None),
    ]


async def test_a_ruling_comes_too_late_where_the_number_was_corrected_first(court: tuple[Pair, Desk]) -> None:
    pair, desk = court
    people, _ = await pair.twins()
    referral = await desk.newest()

    await pair.offices[0].do(CORRECT_NIK, citizen=people[0]["id"], expectedVersion=1, nik=None, reason="Salah ketik")
    await desk.rule(referral, "SAME_PERSON", "32.14.03")
    await pair.worker.catch_up()

    assert [each["state"] for each in await pair.cases(people)] == ["CLOSED", "CLOSED"]
    assert [(await office.read(person))["baseStatus"] for office, person in zip(pair.offices, people, strict=True)] == [
        "ALIVE",
        "ALIVE",
    ]
    late = await desk.read(referral)
    assert (late["state"], late["sides"]["nodes"][0]) == ("LATE", {"code": "32.14.02", **NOTHING})


async def test_a_ruling_reaches_both_sides_wherever_the_worker_dies(court: tuple[Pair, Desk]) -> None:
    pair, desk = court
    people, cases = await pair.twins(dying=40)
    referral = await desk.newest()
    await desk.rule(referral, "SAME_PERSON", "32.14.02")
    await pair.worker.look()
    assert await pair.worker.die_everywhere(pair.worker.run_errands, anew=True) > 40
    await pair.worker.catch_up()

    assert [each["state"] for each in cases] == ["REFERRED", "REFERRED"]
    assert [each["state"] for each in await pair.cases(people)] == ["SETTLED", "SETTLED"]
    left = [await office.read(person) for office, person in zip(pair.offices, people, strict=True)]
    assert [each["baseStatus"] for each in left] == ["ALIVE", "INVALID"]
    assert (await desk.read(referral))["state"] == "DONE"


async def test_what_it_sees_follows_the_records_until_it_rules(court: tuple[Pair, Desk]) -> None:
    pair, desk = court
    people, _ = await pair.twins()
    update = """mutation ($input: UpdateCitizenInput!) { answer: updateCitizen(input: $input)
      { citizen { id } userErrors { code } } }"""

    await pair.offices[1].do(update, citizen=people[1]["id"], expectedVersion=1, birthPlace="Subang")
    await pair.worker.catch_up()

    places = [each["birthPlace"] for each in (await desk.newest())["sides"]["nodes"]]
    assert places == [None, "Subang"]


async def test_who_may_not_rule_and_what_does_not_fit_is_refused(
    court: tuple[Pair, Desk], owner: asyncpg.Connection
) -> None:
    pair, desk = court
    await pair.twins()
    referral = await desk.newest()
    analyst = await key_for(owner, desk.tenant, Role.AGENCY_ANALYST, kind=TenantKind.AGENCY)
    narrow = await seat(owner, desk.tenant, "32.14.02")

    async def refusal(decision: str, code: str | None, **more: Any) -> Any:
        return errors(await desk.rule(referral, decision, code, **more))

    assert await refusal("TWO_PEOPLE", None, key=pair.offices[0].camat) == ("NOT_FOUND", ["twinReferral"])
    assert await refusal("TWO_PEOPLE", None, key=analyst) == ("FORBIDDEN", [])
    assert await refusal("TWO_PEOPLE", None, key=narrow) == ("NOT_FOUND", ["twinReferral"])
    assert await desk.referrals(key=narrow) == []
    assert await refusal("TWO_PEOPLE", "32.14.02") == ("TWIN_SIDE", ["kecamatan"])
    assert await refusal("SAME_PERSON", None) == ("TWIN_SIDE", ["kecamatan"])
    assert await refusal("SAME_PERSON", "32.14.04") == ("TWIN_NOT_A_SIDE", ["kecamatan"])
    assert await refusal("TWO_PEOPLE", None, reason=" ") == ("TEXT_MISSING", ["reason"])
    assert await refusal("TWO_PEOPLE", None, expectedVersion=9) == ("STALE_VERSION", ["expectedVersion"])
    assert (await desk.read(referral))["state"] == "OPEN"
    again = {"idempotencyKey": "once", "reason": "Dua orang"}
    first, second = [await desk.rule(referral, "TWO_PEOPLE", None, **again) for _ in range(2)]
    assert (first["replayed"], second["replayed"], second["twinReferral"]["state"]) == (False, True, "RULED")
    assert await refusal("TWO_PEOPLE", None) == ("TWIN_REFERRAL_CLOSED", [])


async def test_without_anybody_to_rule_the_camats_decide_again(
    hub: Hub, client: Client, owner: asyncpg.Connection, database: str
) -> None:
    """The regency's Disdukcapil has nobody any more, the province's takes over, and then has nobody either."""
    codes = ("32.13.02", "32.13.05")
    pair, regency = await opened(hub, client, owner, database, codes, "32.13/DUKCAPIL")
    people, cases = await pair.twins()
    mine = [each["id"] for each in await regency.referrals()]

    await revoke(owner, regency)
    province = await open_desk(client, owner, "32/DUKCAPIL", region="32.13")
    pair.worker.tenants.append(province.tenant.id)
    await again(pair.worker, database)
    moved = await pair.cases(people)
    (waiting,) = await province.referrals()
    await revoke(owner, province)
    await again(pair.worker, database)
    back = await pair.cases(people)
    await pair.agree(back, "TWO_PEOPLE", None, None)

    assert [each["referredCode"] for each in (*cases, *moved, *back)] == [
        *["32.13/DUKCAPIL"] * 2,
        *["32/DUKCAPIL"] * 2,
        None,
        None,
    ]
    assert [each["state"] for each in (*moved, *back)] == ["REFERRED", "REFERRED", "OPEN", "OPEN"]
    assert [(each["state"], each["decision"]) for each in await pair.cases(people)] == [("SETTLED", "TWO_PEOPLE")] * 2
    assert await state_of(database, regency.tenant.id) == {key_of(mine[0]): "CLOSED"}
    assert await state_of(database, province.tenant.id) == {key_of(waiting["id"]): "CLOSED"}


async def again(worker: Worker, database: str) -> None:
    """The day's look at what is undecided."""
    admin = await asyncpg.connect(database)
    try:
        await admin.execute("update errand set due_at = now() where home_tenant = any($1)", worker.tenants)
    finally:
        await admin.close()
    await worker.catch_up()


async def state_of(database: str, tenant: int) -> dict[Any, str]:
    """The referrals of an agency that is closed to everybody."""
    admin = await asyncpg.connect(database)
    try:
        rows = await admin.fetch("select id, state from twin_referral where tenant_id = $1", tenant)
        return {row["id"]: row["state"] for row in rows}
    finally:
        await admin.close()


def key_of(global_id: str) -> Any:
    found = ids.decode(global_id)
    assert found is not None
    return found.key


async def test_a_ruling_of_somebody_without_the_region_is_not_carried_out(
    court: tuple[Pair, Desk], database: str
) -> None:
    """As it would be if a row were written past the gate: the worker holds the grant against the region itself."""
    pair, desk = court
    people, _ = await pair.twins()
    referral = await desk.newest()
    await desk.rule(referral, "SAME_PERSON", "32.14.03")
    admin = await asyncpg.connect(database)
    try:
        key = key_of(referral["id"])
        await admin.execute("update twin_referral set grant_id = id where id = $1", key)
    finally:
        await admin.close()
    await pair.worker.catch_up()

    assert [each["state"] for each in await pair.cases(people)] == ["REFERRED", "REFERRED"]
    assert ((await desk.read(referral))["state"], (await desk.read(referral))["decision"]) == ("OPEN", None)


async def test_outside_nobody_but_its_region_reads_a_referral_and_no_ruling_is_made_for_others(
    court: tuple[Pair, Desk], database: str
) -> None:
    pair, desk = court
    await pair.twins()
    connection = await asyncpg.connect(as_role(database, "hub_outside"))
    enter = "select set_config('hub.tenant', $1, false), set_config('hub.tenants', '{' || $1 || '}', false), "
    try:
        seen = []
        for region in ("", "32.14.02", "32.1", "63", "32.14"):
            await connection.execute(enter + "set_config('hub.region', $2, false)", str(desk.tenant.id), region)
            seen.append(await connection.fetchval("select count(*) > 0 from twin_referral"))
            seen.append(await connection.fetchval("select count(full_name) > 0 from twin_referral_side"))
        assert seen == [False] * 8 + [True, True]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select citizen_id from twin_referral_side")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update twin_referral_side set full_name = 'X'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update twin_referral set state = 'OPEN', decision = null, decision_code = null")
    finally:
        await connection.close()
