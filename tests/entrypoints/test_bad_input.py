"""Bad input over HTTP: each with its own code, a sentence in Bahasa Indonesia, and nothing of the inside."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest

from hub.graph.documents import Documents
from hub.graph.limits import Limits
from hub.kernel.ids import GlobalId, base64url, new_id, unbase64url
from hub.kernel.scope import Reader
from hub.store.pools import PoolOptions, open_pools
from hub.wiring import Hub
from tests.client import Client, client_of
from tests.conftest import as_role
from tests.world.build import World

NIK = "63010157059000011"  # seventeen digits
VILLAGES = "{ villages(first: 1) { nodes { name } } }"
GRAPHQL_RESPONSE = "application/graphql-response+json"
# What no error may ever show: a trace, SQL, a path, the name of a class, a driver or a library.
INSIDE = re.compile(
    r"Traceback|\.py\b|File \"|select |insert into|asyncpg|sqlalchemy|postgres|pydantic|strawberry|"
    r"graphql-core|Exception|current_setting|hub_api|hub_outside|/hub/",
    re.IGNORECASE,
)


def nested(depth: int) -> str:
    """A query of this depth: regions within regions."""
    inner, levels = "{ id }", (depth - 4) // 2
    for _ in range(levels):
        inner = f"{{ parent {{ parent {inner} }} }}"
    if depth % 2:
        inner = f"{{ parent {inner} }}"
    return f"{{ regions(first: 1) {{ nodes {{ parent {inner} }} }} }}"


def aliased(number: int) -> str:
    """A query with so many aliases."""
    names = " ".join(f"a{index}: name" for index in range(number))
    return f"{{ regions(first: 1) {{ nodes {{ {names} }} }} }}"


def tokens(number: int) -> str:
    """A query of so many tokens: a root field takes one, the braces two more, start and end of file none."""
    return "{" + " __typename" * (number - 2) + "}"


def roots(number: int) -> str:
    """A query of so many root fields."""
    return "{ " + " ".join("__typename" for _ in range(number)) + " }"


def listed(number: int) -> dict[str, Any]:
    """Variables of a filter by so many values."""
    return {"filter": {"code": {"in": ["63.01.01.2004"] * number}}}


BY_FILTER = "query($filter: VillageFilter) { villages(first: 1, filter: $filter) { nodes { id } } }"
BY_CURSOR = "query($after: Cursor) { villages(first: 1, after: $after) { nodes { id } } }"
BY_HOUSEHOLD = "query($id: ID!) { citizens(first: 1, filter: { household: { eq: $id } }) { nodes { id } } }"
APPOINT = "mutation($input: AppointOfficialInput!) { appointOfficial(input: $input) { userErrors { code } } }"

# query, variables, the errors' codes
REFUSED: dict[str, tuple[str, dict[str, Any] | None, list[str]]] = {
    "malformed document": ("{ villages(", None, ["QUERY_MALFORMED"]),
    "empty document": ("# nothing", None, ["QUERY_MALFORMED"]),
    "unknown field": ("{ villages(first: 1) { nodes { secrets } } }", None, ["QUERY_INVALID"]),
    "unknown argument": ("{ villages(first: 1, page: 2) { nodes { id } } }", None, ["QUERY_INVALID"]),
    "unknown type": ("query($x: Nothing) { villages(first: 1) { nodes { id } } }", None, ["QUERY_INVALID"] * 2),
    "leaf without leaves": ("{ villages(first: 1) }", None, ["QUERY_INVALID"]),
    "unknown fragment": ("{ ...Missing }", None, ["QUERY_INVALID"]),
    "fragment in a circle": ("{ ...A } fragment A on Query { ...A }", None, ["QUERY_INVALID"]),
    "variable of the wrong type": (
        "query($n: Int) { villages(first: $n) { nodes { id } } }",
        {"n": "ten"},
        ["VARIABLES_INVALID"],
    ),
    "variable that is missing": ("query($id: ID!) { node(id: $id) { id } }", None, ["VARIABLES_INVALID"]),
    "page of nothing": ("{ villages(first: 0) { nodes { id } } }", None, ["PAGE_SIZE"]),
    "page of too much": ("{ villages(first: 101) { nodes { id } } }", None, ["PAGE_SIZE"]),
    "page of too much, only counted": ("{ villages(first: 101) { totalCount } }", None, ["PAGE_SIZE"]),
    "page of nothing, only counted": ("{ villages(first: 0) { totalCount } }", None, ["PAGE_SIZE"]),
    "page below nothing": ("{ villages(first: -1) { nodes { id } } }", None, ["PAGE_SIZE"]),
    "both ends": ("{ villages(first: 1, last: 1) { nodes { id } } }", None, ["PAGE_SIZE"]),
    "neither end": ("{ villages { nodes { id } } }", None, ["PAGE_SIZE"]),
    "date that does not exist": (
        'query { citizens(first: 1, filter: { birthDate: { eq: "2020-02-31" } }) { nodes { id } } }',
        None,
        ["DATE_INVALID"],
    ),
    "date in a variable": (
        "query($on: Date) { citizens(first: 1, filter: { birthDate: { eq: $on } }) { nodes { id } } }",
        {"on": "31-02-2020"},
        ["DATE_INVALID"],
    ),
    "region code": ('{ village(code: "630101") { id } }', None, ["REGION_CODE_INVALID"]),
    "no cursor": (BY_CURSOR, {"after": "!"}, ["CURSOR_MALFORMED"]),
    "an id that is none": (BY_HOUSEHOLD, {"id": "1"}, ["ID_INVALID"]),
    "two ways to look up": ('{ village(code: "63.01.01.2004", id: "x") { id } }', None, ["ONE_ARGUMENT"]),
    "no way to look up": ("{ village { id } }", None, ["ONE_ARGUMENT"]),
    "list of 101": (BY_FILTER, listed(101), ["FILTER_TOO_LONG"]),
    "101 ids": ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 101}, ["TOO_MANY_IDS"]),
    "depth 13": (nested(13), None, ["TOO_DEEP"]),
    "51 aliases": (aliased(51), None, ["TOO_MANY_ALIASES"]),
    "5001 tokens": (tokens(5_001), None, ["TOO_MANY_TOKENS"]),
    "21 root fields": (roots(21), None, ["TOO_MANY_ROOT_FIELDS"]),
    "subscription": ("subscription { changes { id } }", None, ["QUERY_INVALID"]),
    "unknown word of an enum": (
        "{ citizens(first: 1, filter: { sex: { eq: OTHER } }) { nodes { id } } }",
        None,
        ["QUERY_INVALID"],
    ),
    "nesting without end": ("{a" * 2_400, None, ["QUERY_MALFORMED"]),
    "one field without end": (
        "{ regions(first: 1) { nodes {" + " parent { id }" * 900 + "} } }",
        None,
        ["TOO_MANY_REPEATS"],
    ),
    "fragments of fragments": (
        "{" + " ...A" * 900 + "} fragment A on Query {" + " ...B" * 900 + "} fragment B on Query { __typename }",
        None,
        ["TOO_MANY_FIELDS"],
    ),
}


@pytest.fixture(scope="session")
def camat(world: World) -> str:
    """A key that may read nearly everything."""
    return world.takisung.keys["CAMAT"]


def codes(response: httpx.Response) -> list[str]:
    """The codes of an answer's errors, once nothing of the inside shows in them."""
    assert INSIDE.search(response.text) is None, response.text
    assert response.headers["x-request-id"]
    errors = response.json()["errors"]
    for error in errors:
        assert error["extensions"]["requestId"] == response.headers["x-request-id"]
        assert error["message"]
        assert error["extensions"]["hint"]
    return [error["extensions"]["code"] for error in errors]


# Documents, variables, values


@pytest.mark.parametrize("name", REFUSED)
async def test_bad_operations_have_their_own_codes(name: str, client: Client, camat: str) -> None:
    query, variables, expected = REFUSED[name]
    response = await client.post({"query": query, "variables": variables}, key=camat)
    assert codes(response) == expected
    assert response.status_code == 200  # to a client that asks for plain JSON


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (nested(12), None),
        (aliased(50), None),
        (roots(20), None),
        (BY_FILTER, listed(100)),
        ("{ villages(first: 100) { nodes { id } } }", None),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 100}),
    ],
    ids=["depth 12", "50 aliases", "20 root fields", "list of 100", "page of 100", "100 ids"],
)
async def test_what_is_just_within_the_limits_is_answered(
    query: str, variables: dict[str, Any] | None, client: Client, camat: str
) -> None:
    answer = await client.ask(query, variables, key=camat)
    assert "errors" not in answer


@pytest.mark.parametrize("name", REFUSED)
async def test_every_refusal_speaks_indonesian_by_default(name: str, client: Client, camat: str) -> None:
    query, variables, _ = REFUSED[name]
    found, english = [
        (await client.ask(query, variables, key=camat, accept_language=lang))["errors"] for lang in ("id", "en")
    ]
    for mine, theirs in zip(found, english, strict=True):
        assert mine["extensions"]["code"] == theirs["extensions"]["code"]
        assert mine["extensions"]["hint"] != theirs["extensions"]["hint"]
        assert mine["message"] != theirs["message"]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (f'{{ citizen(id: "{NIK}") {{ id }} }}', None),
        ("query($id: ID!) { node(id: $id) { id } }", {"id": {"nik": NIK}}),
        ("query($id: ID!) { citizen(id: $id) { id } }", {"id": NIK}),
        (BY_HOUSEHOLD, {"id": NIK}),
        (BY_CURSOR, {"after": NIK + "aaaaaaaa"}),
        ("query($on: Date) { citizens(first: 1, filter: { birthDate: { eq: $on } }) { nodes { id } } }", {"on": NIK}),
        (BY_FILTER, {"filter": {"code": {"eq": NIK}}}),
        (BY_FILTER, {"filter": {"nik": NIK}}),
        (BY_FILTER, {"filter": {NIK: "x"}}),
        (BY_FILTER, {"filter": {"and": [{"name": {NIK: 1}}]}}),
        (BY_FILTER, {"filter": {"and": {NIK: {}}}}),
        (f'{{ citizens(first: 1, filter: {{ birthDate: {{ eq: "{NIK}" }} }}) {{ nodes {{ id }} }} }}', None),
        (f"{{ villages(first: {NIK}) {{ nodes {{ id }} }} }}", None),
        (f'{{ villages(first: "{NIK}") {{ nodes {{ id }} }} }}', None),
        (f'{{ villages(first: 1 "{NIK}") {{ nodes {{ id }} }} }}', None),
        ("query($n: Int) { villages(first: $n) { nodes { id } } }", {"n": int(NIK)}),
        (APPOINT, {"input": {"name": "x", "village": NIK, "position": NIK, "idempotencyKey": "k"}}),
        (APPOINT, {"input": NIK}),
        (APPOINT, {"input": {"nik": NIK}}),
    ],
)
async def test_a_number_that_was_sent_is_never_sent_back(
    query: str, variables: dict[str, Any] | None, client: Client, camat: str
) -> None:
    for body in (
        {"query": query, "variables": variables},
        {"query": query, "variables": {NIK: NIK, **(variables or {})}},
    ):
        response = await client.post(body, key=camat)
        assert codes(response)
        assert NIK not in response.text


async def test_a_cursor_works_in_its_own_list_only(client: Client, world: World, camat: str) -> None:
    own = await cursor(client, "villages", camat)
    assert (await client.data(BY_CURSOR, {"after": own}, key=camat))["villages"]["nodes"] != []
    for other in (
        await cursor(client, "citizens", camat),
        await cursor(client, "villages", world.halong.keys["CAMAT"]),
        own[4:],
        base64url((unbase64url(own) or b"")[:20]),
        "A" * 40,
    ):
        response = await client.post({"query": BY_CURSOR, "variables": {"after": other}}, key=camat)
        assert codes(response) == ["CURSOR_INVALID"]


async def test_another_order_does_not_take_the_cursor(client: Client, camat: str) -> None:
    query = "query($after: Cursor) { villages(first: 1, after: $after, orderBy: CODE) { nodes { id } } }"
    response = await client.post(
        {"query": query, "variables": {"after": await cursor(client, "villages", camat)}}, key=camat
    )
    assert codes(response) == ["CURSOR_INVALID"]


async def cursor(client: Client, name: str, key: str) -> str:
    """The cursor of the first item of a list."""
    found = await client.data(f"{{ {name}(first: 1) {{ edges {{ cursor }} }} }}", key=key)
    made: str = found[name]["edges"][0]["cursor"]
    return made


async def test_an_id_of_another_type_is_refused_where_one_type_is_wanted(
    client: Client, world: World, camat: str
) -> None:
    for given in (world.takisung.id("Village"), GlobalId("Nothing", 1, new_id()).encode(), "AAAA", ""):
        response = await client.post({"query": BY_HOUSEHOLD, "variables": {"id": given}}, key=camat)
        assert codes(response) == ["ID_INVALID"]


async def test_an_unknown_id_is_no_node_and_no_error(client: Client, camat: str) -> None:
    found = await client.data('{ a: node(id: "") { id } b: node(id: "AAAA") { id } }', key=camat)
    assert found == {"a": None, "b": None}


async def test_one_of_several_operations_must_be_named(client: Client, camat: str) -> None:
    query = "query A { __typename } query B { __typename }"
    for name in (None, "C", ""):
        response = await client.post({"query": query, "operationName": name}, key=camat)
        assert codes(response) == ["OPERATION_NOT_FOUND"]
    response = await client.post({"query": query, "operationName": "B"}, key=camat)
    assert response.json()["data"] == {"__typename": "Query"}


# The request itself


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b'"{ __typename }"',
        b'[{"query": "{ __typename }"}]',
        b"{}",
        b'{"query": ""}',
        b'{"query": 1}',
        b'{"query": null}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "{}"}',
        b'{"query": "{ __typename }", "operationName": 1}',
        b'{"query": "{ __typename }", "extensions": 1}',
        b'{"query": "{ __typename }\\u0000"}',
        b'{"query": "{ __typename }", "variables": {"x": NaN}}',
        b"[" * 100_000,
    ],
)
async def test_a_body_that_is_no_request_is_refused(body: bytes, client: Client, camat: str) -> None:
    for accept in ("application/json", GRAPHQL_RESPONSE):
        headers = {"content-type": "application/json", "authorization": f"Bearer {camat}", "accept": accept}
        response = await client.http.post("/graphql", content=body, headers=headers)
        assert codes(response) == ["BODY_MALFORMED"]
        assert response.status_code == 400


async def test_a_body_may_have_256_kib_and_no_byte_more(client: Client, camat: str) -> None:
    bare = orjson.dumps({"query": "{ __typename }", "variables": {"x": ""}})
    headers = {"content-type": "application/json", "authorization": f"Bearer {camat}"}
    for size, expected in ((256 * 1024, 200), (256 * 1024 + 1, 413)):
        body = bare.replace(b'""', b'"' + b"x" * (size - len(bare)) + b'"')
        assert len(body) == size
        response = await client.http.post("/graphql", content=body, headers=headers)
        assert response.status_code == expected
    assert codes(response) == ["BODY_TOO_LARGE"]


async def test_a_body_that_does_not_say_its_size_is_measured_as_it_comes(client: Client, camat: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    headers = {"content-type": "application/json", "authorization": f"Bearer {camat}"}
    response = await client.http.post("/graphql", content=endless(), headers=headers)
    assert (response.status_code, codes(response)) == (413, ["BODY_TOO_LARGE"])


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/graphql", ""],
)
async def test_only_json_is_taken(kind: str, client: Client, camat: str) -> None:
    headers = {"content-type": kind, "authorization": f"Bearer {camat}"}
    response = await client.http.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
    assert (response.status_code, codes(response)) == (415, ["CONTENT_TYPE"])


async def test_json_may_name_its_charset(client: Client, camat: str) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8", "authorization": f"Bearer {camat}"}
    response = await client.http.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
    assert response.json()["data"] == {"__typename": "Query"}


# Methods and answers


async def test_a_query_may_come_by_get(client: Client, camat: str) -> None:
    given = {"query": BY_FILTER, "variables": '{"filter": {"name": {"eq": "nobody"}}}'}
    response = await client.http.get("/graphql", params=given, headers={"authorization": f"Bearer {camat}"})
    assert (response.status_code, response.json()["data"]) == (200, {"villages": {"nodes": []}})


async def test_a_mutation_may_not_come_by_get(client: Client, camat: str) -> None:
    given = {"query": APPOINT, "variables": "{}"}
    response = await client.http.get("/graphql", params=given, headers={"authorization": f"Bearer {camat}"})
    assert (response.status_code, codes(response)) == (405, ["MUTATION_BY_GET"])


@pytest.mark.parametrize(
    "given", [{}, {"query": "{ __typename }", "variables": "{"}, {"query": "{ a }", "extensions": "["}]
)
async def test_a_get_that_is_no_request_is_refused(given: dict[str, str], client: Client, camat: str) -> None:
    response = await client.http.get("/graphql", params=given, headers={"authorization": f"Bearer {camat}"})
    assert (response.status_code, codes(response)) == (400, ["BODY_MALFORMED"])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_refused(method: str, client: Client) -> None:
    response = await client.http.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("accept", "kind", "status"),
    [
        ("", "application/json", 200),
        ("*/*", "application/json", 200),
        ("application/json", "application/json", 200),
        ("application/*;q=0.5", "application/json", 200),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE, 400),
        (f"application/json, {GRAPHQL_RESPONSE};q=0.9", "application/json", 200),
        ("image/png", "application/json", 406),
    ],
)
async def test_the_answer_is_of_the_kind_that_is_accepted(
    accept: str, kind: str, status: int, client: Client, camat: str
) -> None:
    headers = {"authorization": f"Bearer {camat}", "accept": accept}
    response = await client.http.post("/graphql", json={"query": "{ nothing }"}, headers=headers)
    assert response.headers["content-type"] == f"{kind}; charset=utf-8"
    assert response.status_code == status
    assert codes(response) == ["NOT_ACCEPTABLE" if status == 406 else "QUERY_INVALID"]


async def test_an_error_of_one_field_is_no_refusal_of_the_request(client: Client, camat: str) -> None:
    headers = {"authorization": f"Bearer {camat}", "accept": GRAPHQL_RESPONSE}
    query = "{ __typename villages(first: 0) { nodes { id } } }"
    response = await client.http.post("/graphql", json={"query": query}, headers=headers)
    assert (response.status_code, codes(response)) == (200, ["PAGE_SIZE"])
    assert response.json()["data"] == {"__typename": "Query", "villages": None}


# Hubs that are set otherwise


async def test_introspection_may_be_off(hub: Hub, client: Client, camat: str) -> None:
    documents = Documents(hub.engine.schema, Limits(), introspection=False)
    async with client_of(replace(hub, engine=replace(hub.engine, documents=documents))) as closed:
        for query in ("{ __schema { types { name } } }", '{ __type(name: "Citizen") { fields { name } } }'):
            assert codes(await closed.post({"query": query}, key=camat))[0] == "QUERY_INVALID"
            assert "errors" not in await client.ask(query, key=camat)
        assert await closed.data("{ __typename }", key=camat) == {"__typename": "Query"}


@pytest.mark.parametrize("planning", [True, False])
async def test_an_answer_that_takes_too_long_is_given_up(planning: bool, hub: Hub, database: str, camat: str) -> None:
    inner = "children(first: 20) { totalCount nodes { children(first: 20) { nodes { id } } } }"
    query = f"{{ regions(first: 100) {{ nodes {{ {inner} }} }} }}"
    pools = await open_pools({Reader.API: as_role(database, "hub_api")}, PoolOptions(size=1, statement_timeout_ms=2))
    try:
        engine = replace(hub.engine, pools=pools, planning=planning)
        async with client_of(replace(hub, engine=engine)) as hurried:
            response = await hurried.post({"query": query}, key=camat)
    finally:
        await pools.close()
    assert codes(response)[0] == "STATEMENT_TIMEOUT"
