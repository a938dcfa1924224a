"""Telling a clear number over HTTP: one person, one purpose, one entry in the journal."""

from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub.kernel.ids import GlobalId, decode
from hub.kernel.scope import Zone
from hub.tenants import administration as admin
from hub.tenants.administration import entered
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub, open_hub
from tests.client import Client, client_of
from tests.conftest import as_role
from tests.schema.citizens.stage import Office
from tests.world.build import World, key_for

NIK = "6399011705900009"
ABSENT = UUID("01890000-0000-7000-8000-000000000000")
REVEAL = (
    "mutation ($input: RevealIdentityInput!) "
    "{ answer: revealIdentity(input: $input) { number userErrors { code path } } }"
)
CONFIRM = (
    "mutation ($input: ConfirmNikInput!) { answer: confirmNik(input: $input) { matches userErrors { code path } } }"
)


@pytest.fixture(scope="module")
async def person(office: Office) -> Any:
    """A resident of the first village whose NIK is known."""
    home = await office.household()
    return await office.citizen(home, "HEAD", "Siti", nik=NIK)


async def tell(client: Client, key: str, person_id: str, **more: Any) -> Any:
    """The payload of a disclosure."""
    given = {"citizenId": person_id, "field": "NIK", "purpose": "Surat pengantar SKCK", **more}
    return (await client.data(REVEAL, {"input": given}, key=key))["answer"]


async def entries(owner: asyncpg.Connection, office: Office, kind: str) -> list[Any]:
    """The journal's entries of a kind in the office's kecamatan."""
    async with entered(owner, office.tenant.id):
        found: list[Any] = await owner.fetch("select * from journal_entry where kind = $1 order by id", kind)
    return found


async def test_the_number_of_a_person_is_told_and_the_purpose_is_kept(
    office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    before = len(await entries(owner, office, "IDENTITY_REVEALED"))

    assert await tell(office.client, office.camat, person["id"]) == {"number": NIK, "userErrors": []}

    entry = (await entries(owner, office, "IDENTITY_REVEALED"))[before:][0]
    key = decode(person["id"])
    assert key is not None
    assert (entry["purpose"], entry["fields"], entry["object_id"]) == ("Surat pengantar SKCK", ["nik"], key.key)
    assert NIK not in str(dict(entry))


async def test_the_number_of_the_family_card_is_told(office: Office) -> None:
    home = await office.household()
    head = await office.citizen(home, "HEAD", "Rusdi")
    told = await tell(office.client, office.camat, head["id"], field="KK")
    assert told["userErrors"] == []
    assert told["number"].startswith("6399010101")
    assert len(told["number"]) == 16


async def test_where_there_is_no_nik_none_is_told(office: Office) -> None:
    head = await office.citizen(await office.household(), "HEAD", "Tanpa Nomor")
    assert await tell(office.client, office.camat, head["id"]) == {"number": None, "userErrors": []}


async def test_nothing_is_told_without_a_purpose(office: Office, person: Any, owner: asyncpg.Connection) -> None:
    before = len(await entries(owner, office, "IDENTITY_REVEALED"))
    told = await tell(office.client, office.camat, person["id"], purpose="  ")
    assert told == {"number": None, "userErrors": [{"code": "TEXT_MISSING", "path": ["purpose"]}]}
    assert len(await entries(owner, office, "IDENTITY_REVEALED")) == before


async def test_a_role_without_the_right_is_told_nothing(office: Office, person: Any) -> None:
    refusal = [{"code": "FORBIDDEN", "path": []}]
    assert await tell(office.client, office.officer, person["id"]) == {"number": None, "userErrors": refusal}


async def test_an_agency_outside_has_no_register_to_ask_in(
    office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    agency = await admin.add_tenant(
        owner, kind=TenantKind.AGENCY, code="63.11.04/DUKCAPIL", name="Disdukcapil", zone=Zone.WITA
    )
    on = admin.On(region_code="63.11.04")
    key = await key_for(owner, agency, Role.DUKCAPIL_OPERATOR, on=on, kind=TenantKind.AGENCY)
    given = {"citizenId": person["id"], "digits": NIK}
    found = await office.client.data(CONFIRM, {"input": given}, key=key)
    assert found["answer"] == {"matches": None, "userErrors": [{"code": "FORBIDDEN", "path": []}]}


async def test_what_is_not_there_and_what_is_not_yours_answer_alike(office: Office, world: World) -> None:
    """Of another village, of another kecamatan, and of nobody."""
    other = await office.citizen(await office.household(village=1), "HEAD", "Lain", nik="6399011705900010")
    never = GlobalId("Citizen", office.tenant.id, ABSENT).encode()
    foreign = GlobalId("Citizen", world.takisung.tenant.id, ABSENT).encode()
    seconds: dict[str, list[float]] = {other["id"]: [], never: [], foreign: []}

    answers = []
    for _ in range(21):
        for each, times in seconds.items():
            started = perf_counter()
            given = {"citizenId": each, "digits": "6399011705900010"}
            answers.append((await office.client.data(CONFIRM, {"input": given}, key=office.officer))["answer"])
            times.append(perf_counter() - started)

    refusal = {"matches": None, "userErrors": [{"code": "NOT_FOUND", "path": ["citizenId"]}]}
    assert answers == [refusal] * 63
    best = [min(times) for times in seconds.values()]
    assert max(best) / min(best) < 2


async def test_a_nik_is_confirmed_or_not_and_either_is_journaled(
    office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    before = len(await entries(owner, office, "NIK_CONFIRMED"))
    for digits, wanted in ((NIK, True), ("6399011705900001", False)):
        found = await office.client.data(
            CONFIRM, {"input": {"citizenId": person["id"], "digits": digits}}, key=office.camat
        )
        assert found["answer"] == {"matches": wanted, "userErrors": []}

    told = (await entries(owner, office, "NIK_CONFIRMED"))[before:]
    assert [each["payload"] for each in told] == ['{"matches":[null,true]}', '{"matches":[null,false]}']
    assert NIK not in str([dict(each) for each in told])


async def test_digits_of_another_length_are_refused_and_not_repeated(office: Office, person: Any) -> None:
    response = await office.client.post(
        {"query": CONFIRM, "variables": {"input": {"citizenId": person["id"], "digits": "639901170590"}}},
        key=office.camat,
    )
    assert response.json()["errors"][0]["extensions"]["code"] == "NIK_LENGTH"
    assert "639901170590" not in response.text


@pytest.mark.parametrize(
    "body",
    [
        "a: revealIdentity(input: $input) { number } b: revealIdentity(input: $input) { number }",
        "revealIdentity(input: $input) { number } ...More",
        "... @include(if: true) { revealIdentity(input: $input) { number } } ...Other",
    ],
)
async def test_aliases_and_fragments_do_not_multiply_it(office: Office, person: Any, body: str) -> None:
    fragments = {
        "More": " fragment More on Mutation { b: revealIdentity(input: $input) { number } }",
        "Other": ' fragment Other on Mutation { confirmNik(input: {citizenId: "x", digits: "0000000000000000"}) '
        "{ matches } }",
    }
    query = f"mutation ($input: RevealIdentityInput!) {{ {body} }}{fragments.get(body.rpartition('...')[2], '')}"
    given = {"citizenId": person["id"], "field": "NIK", "purpose": "uji"}

    answer = await office.client.ask(query, {"input": given}, key=office.camat)

    assert [each["extensions"]["code"] for each in answer["errors"]] == ["ONCE_ONLY"]
    assert "data" not in answer


async def test_the_same_key_twice_is_one_field(office: Office, person: Any) -> None:
    query = f"{REVEAL[:-1]} answer: revealIdentity(input: $input) {{ number }} }}"
    given = {"citizenId": person["id"], "field": "NIK", "purpose": "uji"}
    found = await office.client.data(query, {"input": given}, key=office.camat)
    assert found["answer"]["number"] == NIK


@pytest.fixture
async def scanty(hub: Hub, database: str) -> AsyncIterator[Client]:
    """A client of a hub that lets somebody look at two numbers."""
    settings = hub.settings.model_copy(update={"rate_identity": 2, "rate_identity_per_hour": 1})
    made = await open_hub(settings, {reader: as_role(database, reader.value) for reader in hub.pools.pools})
    async with client_of(made) as client:
        yield client
    await made.close()


async def test_whoever_has_looked_often_enough_waits_and_nothing_is_told(
    scanty: Client, office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    key = await key_for(owner, office.tenant, Role.CAMAT)
    given = {"citizenId": person["id"], "field": "NIK", "purpose": "uji"}
    body = {"query": REVEAL, "variables": {"input": given}}

    statuses = [(await scanty.post(body, key=key)).status_code for _ in range(2)]
    before = len(await entries(owner, office, "IDENTITY_REVEALED"))
    third = await scanty.post(body, key=key)

    assert statuses == [200, 200]
    assert (third.status_code, third.json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert 3_500 < int(third.headers["retry-after"]) <= 3_600
    assert NIK not in third.text
    assert len(await entries(owner, office, "IDENTITY_REVEALED")) == before

    confirm = {"citizenId": person["id"], "digits": NIK}
    again = await scanty.post({"query": CONFIRM, "variables": {"input": confirm}}, key=key)
    assert again.status_code == 429
    other = await key_for(owner, office.tenant, Role.CAMAT)
    assert (await scanty.post(body, key=other)).status_code == 200
