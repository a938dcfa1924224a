"""The vocabularies as data."""

import re

import pytest
from graphql import GraphQLEnumType

from hub.graph.declare import NODES
from hub.graph.enums import EXPOSED
from hub.graph.registry import core_of
from hub.schema.build import schema
from hub.schema.codes.queries import CodeList, lists
from tests.client import Client

# Enums made from the declarations: columns to order and to count by.
DERIVED = ("Order", "Group", "Figure")
# What people write just like that.
ABBREVIATIONS = {"A", "B", "AB", "O", "IUD", "PKK", "KNPI"}

schema()


@pytest.fixture
def every() -> list[CodeList]:
    """All lists."""
    return list(lists().values())


def derived(name: str) -> bool:
    """Whether an enum is made of a type's declaration, such as VillageOrder."""
    return any(name.endswith(each) and name.removesuffix(each) in NODES for each in DERIVED)


def test_every_enum_of_the_graph_is_listed_with_all_its_values(every: list[CodeList]) -> None:
    enums = {
        name: sorted(type_.values)
        for name, type_ in core_of(schema()).type_map.items()
        if isinstance(type_, GraphQLEnumType) and not name.startswith("__") and not derived(name)
    }
    assert {each.name: sorted(value.name for value in each.values) for each in every} == enums


def test_every_value_has_labels_for_people_in_both_languages(every: list[CodeList]) -> None:
    raw = [
        (each.name, value.name)
        for each in every
        for value in each.values
        for label in (value.label_id, value.label_en)
        if not label.strip() or (label == value.name and label not in ABBREVIATIONS) or re.search(r"[A-Z]_[A-Z]", label)
    ]
    assert raw == []


def test_every_list_has_titles_that_are_not_its_name(every: list[CodeList]) -> None:
    raw = [
        each.name
        for each in every
        for title in (each.title_id, each.title_en)
        if not title.strip() or re.search(r"[a-z][A-Z]", title.replace("KTP-el", ""))
    ]
    assert raw == []


def test_every_list_has_an_indonesian_title_of_its_own(every: list[CodeList]) -> None:
    assert [each.name for each in every if each.title_id == each.title_en] == []


def test_labels_within_a_list_differ(every: list[CodeList]) -> None:
    doubled = [each.name for each in every if len({value.label_id for value in each.values}) != len(each.values)]
    assert doubled == []


async def test_lists_are_asked_for_by_name_without_a_key(client: Client) -> None:
    query = '{ codeLists(names: ["Sex", "Effect"]) { name titleId titleEn values { name labelId labelEn number } } }'
    found = await client.data(query)
    assert found["codeLists"][0] == {
        "name": "Sex",
        "titleId": "Jenis kelamin",
        "titleEn": "Sex",
        "values": [
            {"name": "MALE", "labelId": "Laki-laki", "labelEn": "Male", "number": 1},
            {"name": "FEMALE", "labelId": "Perempuan", "labelEn": "Female", "number": 2},
        ],
    }
    assert [(value["name"], value["number"]) for value in found["codeLists"][1]["values"]] == [
        ("CREATED", None),
        ("CHANGED", None),
        ("ENDED", None),
        ("LEFT", None),
    ]


async def test_all_lists_come_without_names(client: Client) -> None:
    found = await client.data("{ codeLists { name } }")
    assert [each["name"] for each in found["codeLists"]] == sorted(EXPOSED)


async def test_an_unknown_list_is_refused_without_repeating_the_name(client: Client) -> None:
    response = await client.post({"query": '{ codeLists(names: ["Zzz9"]) { name } }'})
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "CODE_LIST_UNKNOWN"
    assert "Zzz9" not in response.text


def test_lists_are_made_once() -> None:
    assert lists() is lists()
