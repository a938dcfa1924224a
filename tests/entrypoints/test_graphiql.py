import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.entrypoints import graphiql
from hub.entrypoints.examples import Example
from hub.entrypoints.graphiql import GraphiqlChanged, page, preferred_language

EXAMPLES = [
    Example(
        title="Villages",
        audience="clerk",
        query="query Villages { villages { name } }\n",
        variables={"first": 3},
        headers={"Authorization": "Bearer demo"},
    )
]


async def answer(request: Request) -> Response:
    return await graphiql.answer(request, examples=EXAMPLES)


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = Starlette(routes=[Route("/graphql", answer), *graphiql.routes()])
    async with AsyncClient(transport=ASGITransport(app), base_url="http://hub") as opened:
        yield opened


def config(body: str) -> dict[str, object]:
    found = re.search(r'id="hub-config">(.*?)</script>', body, re.DOTALL)
    assert found is not None
    told: dict[str, object] = json.loads(found[1])
    return told


async def test_every_file_the_page_names_is_served_by_the_hub(client: AsyncClient) -> None:
    body = (await client.get("/graphql")).text
    named = re.findall(r'(?:src|href)="(/[^"]+)"', body)

    answers = [(url.partition("?")[0], await client.get(url)) for url in named]

    assert [answered.status_code for _, answered in answers] == [200] * 7
    assert [(path, answered.headers["content-type"].partition(";")[0]) for path, answered in answers] == [
        ("/graphiql/graphiql.min.css", "text/css"),
        ("/graphiql/style.css", "text/css"),
        ("/graphiql/page.css", "text/css"),
        ("/graphiql/react.production.min.js", "text/javascript"),
        ("/graphiql/react-dom.production.min.js", "text/javascript"),
        ("/graphiql/graphiql.min.js", "text/javascript"),
        ("/graphiql/graphiql-plugin-explorer.umd.js", "text/javascript"),
    ]


def test_the_page_names_no_other_host() -> None:
    assert b"://" not in page("nonce", examples=EXAMPLES, language="en")


async def test_style_sheets_carry_their_fonts_and_pictures_within(client: AsyncClient) -> None:
    sheets = [(await client.get(f"/graphiql/{name}")).text for name in ("graphiql.min.css", "style.css")]

    fetched = [url for sheet in sheets for url in re.findall(r"url\(\"?(?!\"?data:)[^)]*", sheet)]

    assert fetched == []
    assert [sheet for sheet in sheets if "@import" in sheet] == []


async def test_the_policy_allows_this_hub_and_the_page_s_own_script_only(
    client: AsyncClient,
) -> None:
    answered = await client.get("/graphql")

    nonce = re.findall(r'<script nonce="([^"]+)">', answered.text)
    assert len(nonce) == 1
    assert answered.headers["content-security-policy"] == (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce[0]}'; style-src 'self'; "
        "connect-src 'self'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


async def test_a_nonce_is_never_used_twice_and_the_page_never_cached(client: AsyncClient) -> None:
    first, second = await client.get("/graphql"), await client.get("/graphql")

    assert first.headers["content-security-policy"] != second.headers["content-security-policy"]
    assert first.headers["cache-control"] == "no-store"


async def test_files_may_be_kept_for_a_year_and_are_not_sent_again(client: AsyncClient) -> None:
    first = await client.get("/graphiql/graphiql.min.js")
    again = await client.get("/graphiql/graphiql.min.js", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert first.headers["etag"] == f'"{graphiql.KNOWN["graphiql.min.js"]}"'
    assert (again.status_code, again.content) == (304, b"")


async def test_no_other_file_of_the_package_is_reachable(client: AsyncClient) -> None:
    assert (await client.get("/graphiql/fetch.umd.js")).status_code == 404
    assert (await client.get("/graphiql/%2e%2e/views.py")).status_code == 404


def test_an_example_becomes_a_tab_with_its_own_headers_and_variables() -> None:
    told = config(page("nonce", examples=EXAMPLES, language="en").decode())

    assert told["endpoint"] == "/graphql"
    assert told["tabs"] == [
        {
            "query": "# Villages\n# For: clerk\n\nquery Villages { villages { name } }\n",
            "variables": '{\n  "first": 3\n}',
            "headers": '{\n  "Authorization": "Bearer demo"\n}',
        }
    ]


def test_other_keys_give_another_version_so_that_stale_tabs_are_left_behind() -> None:
    other = [Example("Villages", "clerk", EXAMPLES[0].query, {"first": 3}, {})]

    versions = {
        config(page("nonce", examples=examples).decode())["version"] for examples in (EXAMPLES, EXAMPLES, other)
    }

    assert len(versions) == 2


def test_an_example_cannot_leave_its_script_element() -> None:
    evil = Example("</script><script>alert(1)</script>", "public", "query A { a }", {}, {})

    body = page("nonce", examples=[evil]).decode()

    assert "<script>alert" not in body
    assert config(body)["tabs"] == [
        {
            "query": "# </script><script>alert(1)</script>\n# Untuk: public\n\nquery A { a }",
            "variables": "{}",
            "headers": "{}",
        }
    ]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en-GB,en;q=0.9", "en"),
        ("fr,en;q=0.3", "en"),
        ("en;q=0.5,id;q=0.7", "id"),
        ("en;q=0", "id"),
        ("en;q=much", "id"),
    ],
)
def test_the_language_is_indonesian_unless_english_is_preferred(accept: str, expected: str) -> None:
    assert preferred_language(accept) == expected


async def test_the_page_speaks_the_browser_s_language(client: AsyncClient) -> None:
    told = {
        language: re.findall(
            r'<html lang="(\w+)">|id="hub-reset">([^<]+)',
            (await client.get("/graphql", headers={"accept-language": language})).text,
        )
        for language in ("id", "en")
    }

    assert told == {
        "id": [("id", ""), ("", "Kembalikan contoh")],
        "en": [("en", ""), ("", "Restore the examples")],
    }


def test_a_changed_file_is_refused_at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, {**dict.fromkeys(graphiql.KNOWN, b"changed")})
    monkeypatch.syspath_prepend(str(tmp_path))
    graphiql.assets.cache_clear()

    with pytest.raises(GraphiqlChanged) as refused:
        graphiql.routes()

    assert refused.value.params == {"name": "graphiql.min.css"}


def test_a_missing_file_is_refused_at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, {})
    monkeypatch.syspath_prepend(str(tmp_path))
    graphiql.assets.cache_clear()

    with pytest.raises(GraphiqlChanged) as refused:
        graphiql.routes()

    assert refused.value.params == {"name": "graphiql.min.css"}


def installed(place: Path, files: dict[str, bytes]) -> None:
    """A package of the right name, found before the real one."""
    told = place / "graphene_django_graphiql_static-0.8.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {graphiql.PACKAGE}\nVersion: 0.8\n")
    folder = place / graphiql.FOLDER
    folder.mkdir(parents=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
