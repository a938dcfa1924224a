"""Errors as clients see them."""

from typing import Any

from tests.client import Client
from tests.world.build import World

NIK = "6301010101900001x"
SHOWN = ("code", "inputPath")


async def refused(client: Client, query: str, variables: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The errors of a request, none of which may repeat the number that was sent."""
    response = await client.post({"query": query, "variables": variables})
    assert NIK not in response.text
    found: list[dict[str, Any]] = response.json()["errors"]
    return found


def told(errors: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Code and place in the variables of each error."""
    return [tuple(each["extensions"].get(name) for name in SHOWN) for each in errors]


async def test_a_scalar_in_a_variable_is_refused_by_its_own_code(client: Client) -> None:
    query = "query($code: RegionCode) { village(code: $code) { name } }"
    (error,) = await refused(client, query, {"code": NIK})
    assert told([error]) == [("REGION_CODE_INVALID", ["code"])]
    assert error["message"] == (
        "Kode wilayah ditulis dengan titik, dari dua angka untuk provinsi sampai empat bagian untuk desa."
    )
    assert error["extensions"]["hint"] == "Kirim kode seperti 63.01.01 (kecamatan) atau 63.01.01.2004 (desa)."


async def test_a_scalar_in_the_document_is_refused_by_its_own_code(client: Client) -> None:
    (error,) = await refused(client, f'{{ village(code: "{NIK}") {{ name }} }}')
    assert told([error]) == [("REGION_CODE_INVALID", None)]
    assert error["locations"] == [{"line": 1, "column": 17}]


async def test_the_place_inside_a_variable_is_named(client: Client) -> None:
    query = "query($filter: CitizenFilter) { citizens(first: 1, filter: $filter) { nodes { id } } }"
    given = {"and": [{"birthDate": {"gte": "2020-02-31"}}], "sex": {"eq": NIK}}
    assert told(await refused(client, query, {"filter": given})) == [
        ("VARIABLES_INVALID", ["filter", "sex", "eq"]),
        ("DATE_INVALID", ["filter", "and", 0, "birthDate", "gte"]),
    ]


async def test_an_unknown_field_of_an_input_does_not_bring_back_the_whole_input(client: Client) -> None:
    query = "query($filter: CitizenFilter) { citizens(first: 1, filter: $filter) { nodes { id } } }"
    (error,) = await refused(client, query, {"filter": {"nik": NIK}})
    assert told([error]) == [("VARIABLES_INVALID", ["filter"])]
    assert "not to include unknown field 'nik'." in error["message"]


async def test_values_of_built_in_types_are_not_repeated(client: Client) -> None:
    query = "query($size: Int!, $ids: [ID!]!) { nodes(ids: $ids) { id } villages(first: $size) { nodes { id } } }"
    assert told(await refused(client, query, {"size": NIK, "ids": [{"nik": NIK}]})) == [
        ("VARIABLES_INVALID", ["size"]),
        ("VARIABLES_INVALID", ["ids", 0]),
    ]
    document = f'{{ villages(first: "{NIK}", filter: {{ kind: {{ eq: "{NIK}" }} }}) {{ nodes {{ id }} }} }}'
    assert told(await refused(client, document)) == [("QUERY_INVALID", None), ("QUERY_INVALID", None)]


async def test_a_document_that_cannot_be_read_names_the_place_and_not_the_value(client: Client) -> None:
    (error,) = await refused(client, f'{{ villages(first: 1 "{NIK}") }}')
    assert told([error]) == [("QUERY_MALFORMED", None)]
    assert error["locations"] == [{"line": 1, "column": 21}]
    assert error["message"] == "Kueri tidak dapat dibaca: Expected Name, found String."


async def test_english_is_spoken_on_request(client: Client, world: World) -> None:
    answer = await client.ask('{ village(code: "x") { name } }', key=world.takisung.keys["CAMAT"], accept_language="en")
    assert answer["errors"][0]["message"].startswith("A region code is written with dots")
