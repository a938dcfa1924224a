"""The endpoint over HTTP."""

from dataclasses import replace

from graphql import get_introspection_query

from hub.wiring import Hub
from tests.client import Client, client_of
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


async def test_a_secret_key_works_from_the_hub_s_own_page_only(hub: Hub, world: World) -> None:
    key = world.takisung.keys["CAMAT"]
    with_page = replace(hub, settings=hub.settings.model_copy(update={"graphiql": True}))

    async with client_of(with_page) as client:
        own = await client.post({"query": "{ __typename }"}, key=key, origin="http://hub.test")
        foreign = await client.post({"query": "{ __typename }"}, key=key, origin="http://elsewhere.test")

    assert (own.status_code, own.json()["data"]) == (200, {"__typename": "Query"})
    assert foreign.json()["errors"][0]["extensions"]["code"] == "KEY_FROM_BROWSER"


async def test_without_graphiql_no_page_may_send_a_secret_key(client: Client, world: World) -> None:
    answer = await client.ask("{ __typename }", key=world.takisung.keys["CAMAT"], origin="http://hub.test")
    assert answer["errors"][0]["extensions"]["code"] == "KEY_FROM_BROWSER"


async def test_the_introspection_of_usual_tools_is_answered(client: Client) -> None:
    found = await client.data(get_introspection_query(input_value_deprecation=True))
    assert found["__schema"]["queryType"] == {"name": "Query", "kind": "OBJECT"}
