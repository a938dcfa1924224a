"""The operations by which pages ask: each holds against the schema, and no fragment of theirs is left over."""

from pathlib import Path

import pytest
from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate

import hub.pages
import hub.schema
from hub.pages.asking import document

OPERATIONS = Path(hub.pages.__path__[0]) / "operations"
NAMES = sorted(each.stem for each in OPERATIONS.glob("*.graphql"))
FRAGMENTS = sorted(each.stem for each in OPERATIONS.glob("fragments/*.graphql"))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema as it is published."""
    return build_schema((Path(hub.schema.__path__[0]) / "schema.graphql").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_stands_alone_and_holds_against_the_schema(name: str, schema: GraphQLSchema) -> None:
    parsed = parse(document(name))

    assert [type(each) for each in parsed.definitions].count(OperationDefinitionNode) == 1
    assert validate(schema, parsed) == []


def test_every_fragment_is_spread_by_an_operation_and_bears_its_file_s_name() -> None:
    spread = {
        each.name.value
        for name in NAMES
        for each in parse(document(name)).definitions
        if isinstance(each, FragmentDefinitionNode)
    }

    assert sorted(spread) == FRAGMENTS


def test_a_fragment_that_two_others_spread_is_in_the_document_once() -> None:
    assert document("district-report").count("fragment Line on ") == 1
