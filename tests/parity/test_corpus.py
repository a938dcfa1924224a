"""Whether the operations of these tests ask for all that a plan can answer: no type, field or root can be forgotten."""

from collections.abc import Iterable
from functools import lru_cache

import pytest
from graphql import (
    FieldNode,
    GraphQLObjectType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_abstract_type,
    parse,
    visit,
)

from hub.graph.declare import CONNECTIONS, NODES, ROOTS, Answered
from hub.graph.registry import core_of
from hub.schema.build import schema
from tests.parity.test_operations import FOLDER, read
from tests.parity.test_statements import COUNTED

CORE = core_of(schema())
ALIKE = {"nodes", "edges", "pageInfo"}  # of every connection, and tried at enough of them


class Asked(Visitor):
    """Every field that is selected, with the type that it is selected of."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.found: set[tuple[str, str]] = set()

    def enter_field(self, field: FieldNode, *_: object) -> None:
        """Note it."""
        parent = self.info.get_parent_type()
        assert parent is not None
        self.found.add((parent.name, field.name.value))


def asked(texts: Iterable[str]) -> set[tuple[str, str]]:
    """The fields of operations, by type."""
    info = TypeInfo(CORE)
    notes = Asked(info)
    for text in texts:
        visit(parse(text), TypeInfoVisitor(info, notes))
    return notes.found


@lru_cache
def by_the_corpus() -> set[tuple[str, str]]:
    """The fields of all files of `operations/` that are answered by a plan."""
    cases = [read(path) for path in FOLDER.rglob("*.graphql")]
    return asked(each.text for each in cases if each.resolvers is None)


@lru_cache
def reachable() -> dict[str, GraphQLObjectType]:
    """The object types that a plan can come to, but edges and what tells of a page: those are the same everywhere."""
    found: dict[str, GraphQLObjectType] = {}
    waiting = [name for name, root in ROOTS.items() if not isinstance(root, Answered)]
    assert CORE.query_type is not None
    ahead = [get_named_type(CORE.query_type.fields[name].type) for name in waiting]
    while ahead:
        type_ = ahead.pop()
        if is_abstract_type(type_):
            ahead += CORE.get_possible_types(type_)
        elif isinstance(type_, GraphQLObjectType) and type_.name not in found:
            found[type_.name] = type_
            ahead += [get_named_type(each.type) for each in type_.fields.values()]
    return {name: type_ for name, type_ in found.items() if name != "PageInfo" and not name.endswith("Edge")}


def test_every_declared_type_can_be_reached() -> None:
    assert set(NODES) | set(CONNECTIONS) <= set(reachable())


@pytest.mark.parametrize("name", sorted(reachable()))
def test_every_field_that_can_be_planned_is_asked_for_on_both_paths(name: str) -> None:
    """Add it to an operation of `operations/`."""
    fields = set(reachable()[name].fields) - (ALIKE if name in CONNECTIONS else set())
    assert {each for each in fields if (name, each) not in by_the_corpus()} == set()


def test_every_root_that_can_be_planned_is_asked_for_on_both_paths() -> None:
    roots = {name for name, each in ROOTS.items() if not isinstance(each, Answered)}
    assert {name for name in roots if ("Query", name) not in by_the_corpus()} == set()


def test_the_statements_of_every_type_are_counted() -> None:
    """Add the type to an operation of test_statements.py."""
    counted = {type_ for type_, _ in asked(query for query, _, _ in COUNTED)}
    assert set(NODES) - counted == set()
