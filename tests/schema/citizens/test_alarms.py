"""Whoever looks at many numbers is noticed, with however many keys; the time of an answer tells nothing."""

from collections.abc import AsyncIterator, Callable
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub.kernel.ids import GlobalId
from hub.tenants import administration as admin
from hub.tenants.administration import entered
from hub.tenants.model import KeyKind, PrincipalKind
from hub.tenants.permissions import Role
from hub.wiring import Hub, open_hub
from tests.client import Client, client_of
from tests.conftest import as_role
from tests.schema.citizens.stage import Office, open_office
from tests.schema.citizens.test_disclosing import CONFIRM, REVEAL
from tests.schema.citizens.test_numbers import FIND
from tests.world.build import SINCE, World

NIK, WRONG = "6399011705900009", "6399011705900010"
ABSENT = UUID("01890000-0000-7000-8000-000000000000")
ALARMS = "{ disclosureAlarms(first: 20) { nodes { kind who role number threshold } } }"
RAISED = "DISCLOSURE_ALARM_RAISED"
ROUNDS, WARM = 41, 3
Told = Callable[[str, object], None]


@pytest.fixture(scope="module")
async def office(hub: Hub, client: Client, owner_dsn: str) -> Office:
    """A kecamatan of these tests alone, whose alarms can be counted."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await open_office(hub, client, owner, "32.15.29")
    finally:
        await owner.close()


@pytest.fixture(scope="module")
async def watchful(hub: Hub, database: str) -> AsyncIterator[tuple[Hub, Client]]:
    """A hub that notices three numbers, two misses, six in the office."""
    update = {"alarm_revealed": 3, "alarm_missed": 2, "alarm_office": 6, "rate_identity": 10_000}
    settings = hub.settings.model_copy(update=update)
    made = await open_hub(settings, {reader: as_role(database, reader.value) for reader in hub.pools.pools})
    async with client_of(made) as client:
        yield made, client
    await made.close()


@pytest.fixture(scope="module")
async def person(office: Office) -> Any:
    """A resident with a NIK."""
    return await office.citizen(await office.household(), "HEAD", "Siti", nik=NIK)


async def keys_of_one(owner: asyncpg.Connection, office: Office, name: str, number: int) -> list[str]:
    """Several keys of one principal, each of a grant of its own."""
    principal = await admin.add_principal(owner, office.tenant.id, kind=PrincipalKind.MACHINE, name=name)
    found = []
    for _ in range(number):
        grant = await admin.add_grant(owner, office.tenant, principal, Role.KEC_COUNTER, starts_on=SINCE, reason="uji")
        found.append(await admin.create_key(owner, office.tenant.id, grant, KeyKind.SECRET, label=name))
    return found


async def reveal(client: Client, key: str, person: Any) -> int:
    """The status of a disclosure."""
    given = {"citizenId": person["id"], "field": "NIK", "purpose": "uji"}
    return (await client.post({"query": REVEAL, "variables": {"input": given}}, key=key)).status_code


async def test_alarms_are_raised_once_a_day_and_seen_by_the_camat_alone(
    watchful: tuple[Hub, Client], office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    hub, client = watchful
    one, two = await keys_of_one(owner, office, "Loket 1", 2)
    (other,) = await keys_of_one(owner, office, "Loket 2", 1)
    assert (await client.data(ALARMS, key=office.camat))["disclosureAlarms"]["nodes"] == []

    for key in (one, two, one, two):
        assert await reveal(client, key, person) == 200
    for digits in (WRONG, NIK, WRONG):
        await client.data(CONFIRM, {"input": {"citizenId": person["id"], "digits": digits}}, key=other)
    await client.data(FIND, {"input": {"nik": WRONG}}, key=other)

    found = (await client.data(ALARMS, key=office.camat))["disclosureAlarms"]
    assert sorted(found["nodes"], key=lambda each: str(each["kind"])) == [
        {"kind": "MISSED", "who": "Loket 2", "role": "KEC_COUNTER", "number": 2, "threshold": 2},
        {"kind": "OFFICE", "who": None, "role": "KEC_COUNTER", "number": 6, "threshold": 6},
        {"kind": "REVEALED", "who": "Loket 1", "role": "KEC_COUNTER", "number": 3, "threshold": 3},
    ]
    assert (await client.data(ALARMS, key=one))["disclosureAlarms"] is None
    async with entered(owner, office.tenant.id):
        kinds = await owner.fetch("select payload from journal_entry where kind = $1 order by id", RAISED)
    assert [each["payload"] for each in kinds] == [
        '{"kind":[null,"REVEALED"],"number":[null,3],"threshold":[null,3]}',
        '{"kind":[null,"MISSED"],"number":[null,2],"threshold":[null,2]}',
        '{"kind":[null,"OFFICE"],"number":[null,6],"threshold":[null,6]}',
    ]
    assert hub.services.watch.raised == {"REVEALED": 1, "MISSED": 1, "OFFICE": 1}
    metrics = (await client.http.get("/metrics")).text
    assert 'hub_disclosure_alarms_total{kind="REVEALED"} 1\n' in metrics


async def test_an_alarm_is_not_read_by_an_id_that_became_known(watchful: tuple[Hub, Client], office: Office) -> None:
    _, client = watchful
    query = "{ disclosureAlarms(first: 1) { nodes { id } } }"
    (alarm,) = (await client.data(query, key=office.camat))["disclosureAlarms"]["nodes"]
    look = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await client.data(look, {"id": alarm["id"]}, key=office.counter))["node"] is None
    assert (await client.data(look, {"id": alarm["id"]}, key=office.camat))["node"] == alarm


async def test_several_keys_of_one_principal_share_one_bucket(
    hub: Hub, database: str, office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    settings = hub.settings.model_copy(update={"rate_identity": 3, "rate_identity_per_hour": 1})
    scanty = await open_hub(settings, {reader: as_role(database, reader.value) for reader in hub.pools.pools})
    keys = await keys_of_one(owner, office, "Tiga kunci", 3)
    async with client_of(scanty) as client:
        statuses = [await reveal(client, key, person) for key in (*keys, *keys)]
    await scanty.close()
    assert statuses == [200, 200, 200, 429, 429, 429]


async def test_the_time_of_an_answer_tells_no_more_than_the_answer(
    watchful: tuple[Hub, Client],
    office: Office,
    person: Any,
    world: World,
    record_property: Told,
) -> None:
    """Medians of interleaved rounds. Between equal answers they differ by less than the rounds themselves do."""
    _, client = watchful
    numberless = await office.citizen(await office.household(), "HEAD", "Tanpa Nomor")
    elsewhere = await office.citizen(await office.household(village=1), "HEAD", "Lain", nik=WRONG)
    asked = {
        "wrong digits": person["id"],
        "no NIK": numberless["id"],
        "other village": elsewhere["id"],
        "never was": GlobalId("Citizen", office.tenant.id, ABSENT).encode(),
        "other kecamatan": world.takisung.id("Citizen"),
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    answers: dict[str, list[Any]] = {name: [] for name in asked}
    for number in range(ROUNDS + WARM):
        for name, person_id in asked.items():
            given = {"citizenId": person_id, "digits": "6399011705900011"}
            started = perf_counter()
            answer = (await client.data(CONFIRM, {"input": given}, key=office.officer))["answer"]
            if number >= WARM:  # plans and pools are warm
                times[name].append(perf_counter() - started)
                answers[name].append(answer)

    wrong = {"matches": False, "userErrors": []}
    absent = {"matches": None, "userErrors": [{"code": "NOT_FOUND", "path": ["citizenId"]}]}
    for names, answer in ((("wrong digits", "no NIK"), wrong), (tuple(asked)[2:], absent)):
        assert all(answers[name] == [answer] * ROUNDS for name in names)
        medians = [median(times[name]) for name in names]
        spread = max(quantiles(times[name])[2] - quantiles(times[name])[0] for name in names)
        record_property(" / ".join(names), [round(each * 1_000, 2) for each in (*medians, spread)])
        assert max(medians) - min(medians) < max(spread, 0.15 * min(medians))
