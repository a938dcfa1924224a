"""Between Halong and Takisung over HTTP, the worker in between: a NIK that is in both, and a family that moves.

A database of its own: elsewhere these two kecamatan are made by many.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hub.wiring import Hub
from tests import cluster
from tests.client import Client, client_of
from tests.conftest import as_role, hub_over, prepare
from tests.relay import Worker, worker_of
from tests.schema.citizens.stage import Office, open_office
from tests.schema.moves.stage import Moving, accepting
from tests.schema.twins.stage import Desk, Pair, open_desk

HALONG, TAKISUNG = "63.11.02", "63.01.01"
DAY = "2026-11-02"


@dataclass
class Stage:
    """Both offices, the province's Disdukcapil, and the worker."""

    halong: Office
    takisung: Office
    desk: Desk
    worker: Worker
    database: str


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Nobody lives there yet."""
    name = f"journeys_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    database = await cluster.database_for(name, prepare)
    folder: Path = tmp_path_factory.mktemp("journeys")
    async with hub_over(database, folder) as hub, client_of(hub) as client:
        yield await _set(hub, client, database)


async def _set(hub: Hub, client: Client, database: str) -> Stage:
    owner = await asyncpg.connect(as_role(database, "hub_owner"))
    try:
        halong, takisung = [await open_office(hub, client, owner, code) for code in (HALONG, TAKISUNG)]
        desk = await open_desk(client, owner, "63/DUKCAPIL")
    finally:
        await owner.close()
    worker = worker_of(hub, database, halong.tenant.id, takisung.tenant.id, desk.tenant.id)
    return Stage(halong, takisung, desk, worker, database)


async def counted(office: Office, on: str) -> dict[str, int]:
    """People in each village on a day."""
    query = "query ($on: Date!) { populationAt(on: $on) { males females village { name } } }"
    found = (await office.ask(query, {"on": on}))["populationAt"]
    return {each["village"]["name"]: each["males"] + each["females"] for each in found}


async def living(office: Office) -> int:
    """People by the register's own list."""
    found = await office.ask("{ citizens(first: 1, filter: {baseStatus: {eq: ALIVE}}) { totalCount } }")
    total: int = found["citizens"]["totalCount"]
    return total


async def test_a_nik_in_two_kecamatan_is_decided_by_the_disdukcapil(stage: Stage) -> None:
    before = await living(stage.halong), await living(stage.takisung)
    pair = Pair(stage.halong, stage.takisung, stage.worker)

    # Both offices register somebody with the number; neither is told anything of the other.
    people, (in_halong, in_takisung) = await pair.twins()
    assert [(each["state"], each["otherCode"]) for each in (in_halong, in_takisung)] == [
        ("REFERRED", TAKISUNG),
        ("REFERRED", HALONG),
    ]
    assert (await living(stage.halong), await living(stage.takisung)) == (before[0] + 1, before[1] + 1)

    # No camat decides now; the Disdukcapil of the province sees both, and no register.
    assert (await pair.say(1, in_takisung, "SAME_PERSON", "HERE"))["userErrors"] == [
        {"code": "TWIN_CASE_REFERRED", "path": []}
    ]
    (referral,) = await stage.desk.referrals()
    assert [(each["code"], each["fullName"], each["nik"]) for each in referral["sides"]["nodes"]] == [
        (HALONG, "Kembar A", "6311............"),
        (TAKISUNG, "Kembar B", "6311............"),
    ]
    register = {"query": "{ citizens(first: 1) { totalCount } twinCases(first: 1) { totalCount } }"}
    answer = (await stage.desk.client.post(register, key=stage.desk.key)).json()
    assert answer["data"] == {"citizens": None, "twinCases": None}

    # She lives in Takisung.
    ruled = await stage.desk.rule(referral, "SAME_PERSON", TAKISUNG, reason="KTP-el direkam di Takisung")
    assert ruled["userErrors"] == []
    await stage.worker.catch_up()

    cases = await pair.cases(people)
    assert [(each["state"], each["decisionSide"], each["task"], each["rulingReason"]) for each in cases] == [
        ("SETTLED", "THERE", None, "KTP-el direkam di Takisung"),
        ("SETTLED", "HERE", None, "KTP-el direkam di Takisung"),
    ]
    left = await stage.halong.read(people[0])
    assert (left["baseStatus"], left["endReason"]) == ("INVALID", "INVALID")
    assert (await living(stage.halong), await living(stage.takisung)) == (before[0], before[1] + 1)
    over = await stage.desk.read(referral)
    assert (over["state"], over["decisionCode"], [each["fullName"] for each in over["sides"]["nodes"]]) == (
        "DONE",
        TAKISUNG,
        [None, None],
    )


COMMIT = """mutation ($input: CreateCommitmentInput!) { answer: createCommitment(input: $input)
  { commitment { id state } userErrors { code path } } }"""
STEP = """mutation ($input: CommitmentStepInput!) { answer: %s(input: $input)
  { commitment { id state } userErrors { code path } } }"""
COMMITMENT = """query ($id: ID) { commitment(id: $id) { state
  parties(first: 3) { nodes { party { ... on Citizen { id fullName baseStatus } } } } } }"""


async def test_a_family_of_halong_moves_to_takisung_and_its_commitment_stays(stage: Stage) -> None:
    moving = Moving(stage.halong, stage.takisung, stage.worker, stage.database)
    halong, takisung = stage.halong, stage.takisung
    home = await halong.household()
    head = await halong.citizen(home, "HEAD", "Rusmini", nik="6311025208880001", birthDate="1988-08-12")
    child = await halong.citizen(home, "CHILD", "Hidayat", sex="MALE", birthDate="2015-03-01")
    before = {each.tenant.code: await living(each) for each in (halong, takisung)}
    there, here = await counted(halong, DAY), await counted(takisung, DAY)

    # A commitment with her is open: agreed, and signatures are asked for.
    given: dict[str, Any] = {
        "type": "VILLAGE_HEAD_COMMITMENT",
        "title": "Komitmen warga",
        "object": "Kartu keluarga",
        "plannedOn": "2026-12-01",
        "parties": [{"citizen": head["id"]}, {"village": halong.village()}],
    }
    made = (await halong.do(COMMIT, **given))["commitment"]
    for step in ("recordAgreement", "requestSignatures"):
        answer = await halong.do(STEP % step, id=made["id"])
        assert answer["userErrors"] == []
    open_state = answer["commitment"]["state"]

    # The village officer records the departure; until it is accepted the family counts nowhere.
    officer = await moving.answer(
        halong,
        "startMove",
        key=halong.officer,
        household=home["id"],
        to={"kind": "KECAMATAN", "kecamatan": TAKISUNG, "village": f"{TAKISUNG}.2001"},
        reason="FAMILY",
        departedOn=DAY,
    )
    assert officer["userErrors"] == []
    sent = officer["move"]
    await stage.worker.catch_up()
    assert {each.tenant.code: await living(each) for each in (halong, takisung)} == {
        HALONG: before[HALONG] - 2,
        TAKISUNG: before[TAKISUNG],
    }

    # Takisung is told of it, accepts, and both sides agree about it.
    arrival = await moving.arrival(sent)
    assert (arrival["state"], arrival["fromCode"]) == ("OFFERED", HALONG)
    assert [each["fullName"] for each in arrival["people"]["nodes"]] == ["Rusmini", "Hidayat"]
    taken = await moving.done(takisung, "acceptMove", **accepting(arrival, arrivedOn=DAY))
    await stage.worker.catch_up()
    assert (await moving.departure(sent))["state"] == "ACCEPTED"
    assert taken["state"] == "ACCEPTED"

    # New rows with new ids; the old ones ended on the day of departure.
    new = [await takisung.read(each["citizen"]) for each in taken["people"]["nodes"]]
    old = [await halong.read(each) for each in (head, child)]
    assert [(each["fullName"], each["baseStatus"], each["endReason"]) for each in new] == [
        ("Rusmini", "ALIVE", None),
        ("Hidayat", "ALIVE", None),
    ]
    assert [(each["baseStatus"], each["endedOn"]) for each in old] == [("MOVED", DAY), ("MOVED", DAY)]
    assert new[0]["nik"] == head["nik"]
    assert {each["id"] for each in new}.isdisjoint({each["id"] for each in old})

    # Both populations are right, by every way to count; no case of twins is opened about the move.
    assert {each.tenant.code: await living(each) for each in (halong, takisung)} == {
        HALONG: before[HALONG] - 2,
        TAKISUNG: before[TAKISUNG] + 2,
    }
    assert await counted(halong, DAY) == {**there, "Satu": there["Satu"] - 2}
    assert await counted(takisung, DAY) == {**here, "Satu": here["Satu"] + 2}
    open_cases = "{ twinCases(first: 1, filter: {state: {in: [OPEN, REFERRED]}}) { totalCount } }"
    assert [(await each.ask(open_cases))["twinCases"]["totalCount"] for each in (halong, takisung)] == [0, 0]

    # The commitment stays open in Halong, with her as its party.
    kept: Any = (await halong.ask(COMMITMENT, {"id": made["id"]}))["commitment"]
    assert open_state == "AWAITING_SIGNATURES"
    assert kept["state"] == open_state
    assert kept["parties"]["nodes"][0]["party"] == {"id": head["id"], "fullName": "Rusmini", "baseStatus": "MOVED"}
    assert (await takisung.ask("{ commitments(first: 1) { totalCount } }"))["commitments"] == {"totalCount": 0}
