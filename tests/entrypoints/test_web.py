"""The endpoint over HTTP."""

from tests.client import Client
from tests.world.build import World


async def test_an_official_reads_the_own_kecamatan(client: Client, world: World) -> None:
    found = await client.data("{ villages(first: 5) { nodes { name } } }", key=world.takisung.keys["CAMAT"])
    assert found == {"villages": {"nodes": [{"name": "Takisung 0"}, {"name": "Takisung 1"}]}}


async def test_nobody_without_a_key_sees_a_register(client: Client, world: World) -> None:
    answer = await client.ask("{ citizens(first: 5) { nodes { fullName } } }", hub_tenant="63.01.01")
    assert answer == {"data": {"citizens": None}, "extensions": {"withheld": ["Query.citizens"]}}


async def test_a_bad_key_is_refused_and_never_taken_for_none(client: Client, world: World) -> None:
    response = await client.post({"query": "{ __typename }"}, key="hub_sec_1_wrong")
    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "KEY_MALFORMED"
