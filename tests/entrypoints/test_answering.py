"""How answers go out: what caches may keep, what is compressed, what a browser may read."""

import gzip
from dataclasses import replace

import httpx
import pytest

from hub.entrypoints.answering import GRAPHQL_RESPONSE, JSON, NotAcceptable, accepted
from hub.wiring import Hub
from tests.client import Client, client_of
from tests.world.build import World

VILLAGES = "{ villages(first: 2) { nodes { name } } }"
HERE = {"hub-tenant": "63.01.01"}
MANY = "{ regions(first: 100) { nodes { id name code } } }"


async def get(client: Client, query: str = VILLAGES, **headers: str) -> httpx.Response:
    """An anonymous GET."""
    sent = {**HERE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await client.http.get("/graphql", params={"query": query}, headers=sent)


# What caches may keep


async def test_an_anonymous_answer_by_get_may_be_kept_by_anybody(client: Client, world: World) -> None:
    response = await get(client)
    assert response.json()["data"] == {"villages": {"nodes": [{"name": "Takisung 0"}, {"name": "Takisung 1"}]}}
    assert response.headers["cache-control"] == "public, max-age=60"
    assert response.headers["vary"] == "Accept, Accept-Encoding, Accept-Language, Authorization, Hub-Tenant, Origin"


async def test_who_has_the_answer_already_is_told_so(client: Client, world: World) -> None:
    first = await get(client)
    tag = first.headers["etag"]
    for asked in (tag, f'"other", W/{tag}', "*"):
        again = await get(client, if_none_match=asked)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "public, max-age=60"
        assert "content-type" not in again.headers
    assert (await get(client, if_none_match='"other"')).status_code == 200


async def test_another_form_of_an_answer_has_another_tag(client: Client, world: World) -> None:
    tags = [
        (await get(client, MANY, **each)).headers["etag"]
        for each in (
            {"accept_encoding": "identity"},
            {"accept_encoding": "gzip"},
            {"accept": "application/graphql-response+json", "accept_encoding": "identity"},
            {"accept_language": "en", "accept_encoding": "identity"},
        )
    ]
    assert len(set(tags)) == 4


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { requestId } }",
        "{ viewer { id: requestId } }",
        "{ villages { nodes { name } } }",
        "{ nothing }",
        "{",
    ],
)
async def test_what_is_about_this_request_or_faulty_is_not_kept(query: str, client: Client, world: World) -> None:
    response = await get(client, query)
    assert response.headers["cache-control"] == "private, no-store"
    assert "etag" not in response.headers


async def test_what_a_credential_is_answered_is_nobody_else_s(client: Client, world: World) -> None:
    for key in (world.takisung.keys["CAMAT"], world.takisung.keys["FRONT_END"], "hub_sec_1_wrong", ""):
        response = await get(client, authorization=f"Bearer {key}".strip(), origin="https://takisung.example")
        assert response.headers["cache-control"] == "private, no-store"
        assert "etag" not in response.headers


async def test_an_answer_to_a_post_is_not_kept(client: Client, world: World) -> None:
    response = await client.post({"query": VILLAGES}, hub_tenant="63.01.01")
    assert response.headers["cache-control"] == "private, no-store"
    assert "etag" not in response.headers


async def test_keeping_may_be_off(hub: Hub, world: World) -> None:
    async with client_of(replace(hub, settings=hub.settings.model_copy(update={"public_seconds": 0}))) as client:
        response = await get(client)
    assert response.headers["cache-control"] == "private, no-store"


async def test_head_is_get_without_the_body(client: Client, world: World) -> None:
    whole = await get(client)
    response = await client.http.head("/graphql", params={"query": VILLAGES}, headers=HERE)
    assert (response.status_code, response.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "cache-control"):
        assert response.headers[name] == whole.headers[name]


# Compression


async def test_a_long_answer_is_compressed_for_whoever_takes_it(client: Client, world: World) -> None:
    plain = await get(client, MANY, accept_encoding="identity")
    async with client.http.stream("GET", "/graphql", params={"query": MANY}, headers=HERE) as response:
        raw = b"".join([part async for part in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert len(raw) == int(response.headers["content-length"]) < len(plain.content) / 2
    assert gzip.decompress(raw) == plain.content


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br, gzip;q=0.2", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("gzip;q=0.4, identity;q=0.5", None),
        ("gzip;q=0", None),
        ("gzip;q=0, *", None),
        ("gzip;q=x", None),
        ("br, zstd", None),
        ("identity", None),
    ],
)
async def test_compression_follows_the_client_s_weights(
    header: str, coding: str | None, client: Client, world: World
) -> None:
    response = await get(client, MANY, accept_encoding=header)
    assert response.headers.get("content-encoding") == coding
    assert len(response.json()["data"]["regions"]["nodes"]) > 20


async def test_a_short_answer_is_not_compressed_and_a_setting_turns_all_of_it_off(
    hub: Hub, client: Client, world: World
) -> None:
    async with client_of(replace(hub, settings=hub.settings.model_copy(update={"compress": False}))) as without:
        for response in (await get(client), await get(without, MANY)):
            assert "content-encoding" not in response.headers


# What is accepted


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (b"", JSON),
        (b"*/*", JSON),
        (b"application/*", JSON),
        (b"application/json", JSON),
        (b"APPLICATION/JSON; Charset=utf-8", JSON),
        (b"application/graphql-response+json", GRAPHQL_RESPONSE),
        (b"application/graphql-response+json, application/json", GRAPHQL_RESPONSE),
        (b"application/json, application/graphql-response+json", GRAPHQL_RESPONSE),
        (b"application/graphql-response+json;q=0.9, application/json", JSON),
        (b"application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", GRAPHQL_RESPONSE),
        (b"application/graphql-response+json, */*", GRAPHQL_RESPONSE),
        (b"application/json, */*", JSON),
        (b"application/json;q=0, */*", GRAPHQL_RESPONSE),
        (b"text/html, */*;q=0.1", JSON),
    ],
)
def test_the_type_of_the_greatest_weight_is_sent(header: bytes, kind: bytes) -> None:
    assert accepted(header) == kind


@pytest.mark.parametrize(
    "header", [b"text/html", b"application/json;q=0", b"*/*;q=0", b"application/json;q=2", b"application/json;q=nan"]
)
def test_who_takes_no_json_is_refused(header: bytes) -> None:
    with pytest.raises(NotAcceptable):
        accepted(header)


# Browsers


async def test_a_page_may_read_why_the_gate_refused_it(client: Client, world: World) -> None:
    for key, status, code in (
        (world.takisung.keys["FRONT_END"], 403, "ORIGIN_NOT_ALLOWED"),
        (world.takisung.keys["CAMAT"], 403, "KEY_FROM_BROWSER"),
        ("hub_pub_1_wrong", 401, "KEY_MALFORMED"),
    ):
        response = await client.post({"query": VILLAGES}, key=key, origin="https://elsewhere.example")
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (status, code)
        assert response.headers["access-control-allow-origin"] == "https://elsewhere.example"
        assert "Origin" in response.headers["vary"]
        assert "X-Request-Id" in response.headers["access-control-expose-headers"]


async def test_a_page_reads_its_answers_and_no_other_page_does(client: Client, world: World) -> None:
    key = world.takisung.keys["FRONT_END"]
    own = await client.post({"query": VILLAGES}, key=key, origin="https://takisung.example")
    anybody = await client.post({"query": VILLAGES}, origin="https://elsewhere.example", hub_tenant="63.01.01")
    server = await client.post({"query": VILLAGES}, key=world.takisung.keys["CAMAT"])
    found = [each.headers.get("access-control-allow-origin") for each in (own, anybody, server)]
    assert found == ["https://takisung.example", "*", None]
    assert [each.status_code for each in (own, anybody, server)] == [200, 200, 200]


async def test_a_preflight_names_what_the_hub_takes(client: Client) -> None:
    response = await client.http.options(
        "/graphql",
        headers={
            "origin": "https://takisung.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type,hub-tenant",
        },
    )
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "https://takisung.example"
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    allowed = {each.strip().lower() for each in response.headers["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type", "hub-tenant", "hub-grant", "hub-purpose", "if-none-match"} <= allowed
    assert "access-control-allow-credentials" not in response.headers


async def test_a_bad_credential_is_challenged(client: Client, world: World) -> None:
    for sent in ("Bearer hub_sec_1_wrong", "Basic eDp5", "", " ", "Bearer"):
        response = await client.http.get(
            "/graphql", params={"query": "{ __typename }"}, headers={"authorization": sent, **HERE}
        )
        assert response.status_code == 401, sent
        assert response.headers["www-authenticate"] == 'Bearer realm="kecamatan-hub", error="invalid_token"'
        assert "data" not in response.json()


# The schema


async def test_the_schema_is_a_file_that_may_be_kept(client: Client) -> None:
    first = await client.http.get("/schema.graphql")
    assert first.headers["content-type"] == "application/graphql; charset=utf-8"
    assert first.text.startswith('"""') or first.text.startswith("directive")
    assert first.headers["cache-control"] == "public, max-age=300"
    again = await client.http.get("/schema.graphql", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = await client.http.get("/schema.graphql", headers={"accept-encoding": "identity"})
    assert plain.text == first.text
    assert plain.headers["etag"] != first.headers["etag"]
